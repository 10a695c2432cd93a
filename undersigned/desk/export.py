"""The list of signatories as a file for a spreadsheet: what the public page may show, and no more."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from tempfile import TemporaryFile

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from openpyxl import Workbook

from undersigned.desk.access import DeskRequest, on_letter
from undersigned.desk.signatories import Filters
from undersigned.desk.templatetags.desk import html_tag
from undersigned.desk.words import CARD, KINDS, STATES
from undersigned.letters.models import Letter
from undersigned.lib.countries import label_name
from undersigned.signing.models import Signature

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BATCH = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _Echo:
    """Hands each line that csv writes straight on."""

    def write(self, line: str) -> str:
        return line


@require_safe
@on_letter
def as_csv(request: DeskRequest, letter: Letter) -> HttpResponseBase:
    """UTF-8 with the mark that spreadsheets need to see it, row by row as the database gives them."""
    writer = csv.writer(_Echo())
    table = _table(letter, Filters.of(request.GET))
    lines = (("\ufeff" if number == 0 else "") + str(writer.writerow(row)) for number, row in enumerate(table))
    return StreamingHttpResponse(
        (line.encode() for line in lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{letter.slug}.csv"'},
    )


@require_safe
@on_letter
def as_xlsx(request: DeskRequest, letter: Letter) -> HttpResponseBase:
    """A workbook of one sheet, written row by row to a file without a name that goes when it was sent."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(letter.slug[:31])
    for row in _table(letter, Filters.of(request.GET)):
        sheet.append(row)
    file = TemporaryFile()  # noqa: SIM115  (the answer closes it when it was sent)
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{letter.slug}.xlsx", content_type=XLSX)


def safe(cell: str) -> str:
    """`cell` as text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _table(letter: Letter, filters: Filters) -> Iterator[list[str]]:
    """The heading, then a row for each signatory whose name is open; hidden and erased ones have none."""
    yield [safe(cell) for cell in _heading(letter)]
    rows = filters.narrow(letter).filter(signatory__isnull=False)
    tag = html_tag(get_language() or "en")
    for row in rows.iterator(chunk_size=BATCH):
        yield [safe(cell) for cell in _cells(row, letter, tag)]


def _heading(letter: Letter) -> Iterable[str]:
    yield from (_("Kind"), _("State"), str(CARD["name"]))
    yield from (_("Name (%(language)s)") % {"language": tag} for tag in letter.languages)
    rest = ("latin", "website", "country", "seat", "role", "is_former", "affiliation")
    yield from (str(CARD[field]) for field in rest)
    yield from (_("Language"), _("Signed"), _("Listed"))


def _cells(row: Signature, letter: Letter, tag: str) -> Iterable[str]:
    card = row.signatory
    yield from (str(KINDS[row.kind]), str(STATES[row.state]), card.name)
    yield from (card.names.get(language, "") for language in letter.languages)
    yield from (card.latin, card.website, label_name(row.country, tag, letter.country_labels), card.seat)
    yield from (card.role, _("former") if card.is_former else "", card.affiliation)
    yield from (row.language, _stamp(row.created_at), _stamp(row.listed_at))


def _stamp(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z" if at else ""
