"""The list of signatories as a file for a spreadsheet: what the public page may show, and no more.

A list of a million is drawn while others sign. So the database gives what the file shows and nothing else, a piece of
the file holds many rows, for each piece passes through the door, and in a rush the export makes way for those who sign.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import chain, islice
from time import sleep
from typing import Any, TypeVar

from django.db.models import Func, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from undersigned.desk.access import DeskRequest, on_letter
from undersigned.desk.signatories import Filters
from undersigned.desk.templatetags.desk import html_tag
from undersigned.desk.words import CARD, KINDS, STATES
from undersigned.desk.workbook import CONTENT_TYPE, workbook
from undersigned.letters.models import Letter
from undersigned.lib.clock import now
from undersigned.lib.cores import Cores
from undersigned.lib.countries import label_name
from undersigned.signing.arrivals import rest
from undersigned.signing.models import Signature

FORMULA_STARTS = frozenset(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
BATCH = 2000
"""Rows in one piece of a file: some two hundred kilobytes."""
REST_IN_A_RUSH = 4
"""How much longer than its work an export pauses where very many sign and no core is idle: a million rows still take
minutes only."""

T = TypeVar("T")


@require_safe
@on_letter
def as_csv(request: DeskRequest, letter: Letter) -> HttpResponseBase:
    """UTF-8 with the mark that spreadsheets need to see it, as the database gives the rows."""
    pieces = _making_way(_csv(_table(letter, Filters.of(request.GET))))
    return _file(pieces, f"{letter.slug}.csv", "text/csv; charset=utf-8")


@require_safe
@on_letter
def as_xlsx(request: DeskRequest, letter: Letter) -> HttpResponseBase:
    """A workbook, likewise."""
    pieces = _making_way(workbook(letter.slug, _batches(_table(letter, Filters.of(request.GET)))))
    return _file(pieces, f"{letter.slug}.xlsx", CONTENT_TYPE)


def _file(pieces: Iterator[bytes], name: str, content_type: str) -> HttpResponseBase:
    disposition = f'attachment; filename="{name}"'
    return StreamingHttpResponse(pieces, content_type=content_type, headers={"Content-Disposition": disposition})


def safe(cells: Iterable[str]) -> list[str]:
    """The cells, each as text that no spreadsheet takes for a formula."""
    return [f"'{cell}" if cell[:1] in FORMULA_STARTS else cell for cell in cells]


# --- The pieces of a file ---------------------------------------------------------------------------------------------


def _csv(table: Iterator[list[str]]) -> Iterator[bytes]:
    mark = "\ufeff"
    for rows in _batches(table):
        text = StringIO(newline="")
        csv.writer(text).writerows(rows)
        yield (mark + text.getvalue()).encode()
        mark = ""


def _batches(table: Iterator[T]) -> Iterator[list[T]]:
    """The heading at once, so that whoever waits sees that it has begun; then many rows at a time."""
    size = 1
    while rows := list(islice(table, size)):
        yield rows
        size = BATCH


def _making_way(pieces: Iterator[T]) -> Iterator[T]:
    """The pieces, with a rest after each while others sign who need all cores: what they wait for is more urgent."""
    begun = now()
    cores = Cores(begun)
    for piece in pieces:
        made = now()
        yield piece
        sleep(max(0.0, rest(made - begun, made, REST_IN_A_RUSH, cores.idle(made)).total_seconds()))
        begun = now()


# --- The rows ---------------------------------------------------------------------------------------------------------


class _Stamp(Func):
    """A moment as the file has it, to the minute and in UTC. The database writes it in less time than it takes to read
    one."""

    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI\"Z\"')"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "strftime('%%%%Y-%%%%m-%%%%d %%%%H:%%%%MZ', %(expressions)s)"
        return self.as_sql(compiler, connection, template=template, **context)


def _table(letter: Letter, filters: Filters) -> Iterator[list[str]]:
    """The heading, then a row for each signatory whose name is open; hidden and erased ones have none."""
    words = _Words(letter, html_tag(get_language() or "en"))
    rows = _rows(letter, filters).iterator(chunk_size=BATCH)  # asked for when the heading has left
    return chain([safe(_heading(letter))], (safe(words.cells(row)) for row in rows))


def _rows(letter: Letter, filters: Filters) -> "QuerySet[Signature, tuple[Any, ...]]":
    """What the file shows, in the order of `_Words.cells`; as models it would take several times as long.

    PostgreSQL finds all of it at once and keeps it in a file, so that no transaction stays open while the list is
    drawn: what others have changed meanwhile could not be tidied away before its end.
    """
    return (
        filters.narrow(letter)
        .filter(signatory__isnull=False)
        .values_list(
            *("kind", "state", "signatory__name", Cast("signatory__names", TextField()), "signatory__latin"),
            *("signatory__website", "country", "signatory__seat", "signatory__role", "signatory__is_former"),
            *("signatory__affiliation", "language", _Stamp("created_at"), _Stamp("listed_at")),
        )
    )


def _heading(letter: Letter) -> Iterable[str]:
    yield from (_("Kind"), _("State"), str(CARD["name"]))
    yield from (_("Name (%(language)s)") % {"language": tag} for tag in letter.languages)
    rest_of_card = ("latin", "website", "country", "seat", "role", "is_former", "affiliation")
    yield from (str(CARD[field]) for field in rest_of_card)
    yield from (_("Language"), _("Signed"), _("Listed"))


class _Words:
    """The words of a letter's file in the language of whoever draws it, each looked up once."""

    def __init__(self, letter: Letter, tag: str) -> None:
        self._letter, self._tag = letter, tag
        self._kinds = {key: str(word) for key, word in KINDS.items()}
        self._states = {key: str(word) for key, word in STATES.items()}
        self._former = {True: _("former"), False: ""}
        self._countries: dict[str, str] = {}

    def cells(self, row: tuple[Any, ...]) -> Iterable[str]:
        kind, state, name, names, latin, website, country, seat, role, is_former, affiliation, *rest_of_row = row
        language, signed, listed = rest_of_row
        in_other = json.loads(names) if names != "{}" else {}
        return (
            *(self._kinds[kind], self._states[state], name),
            *(in_other.get(tag, "") for tag in self._letter.languages),
            *(latin, website, self._country(country), seat, role, self._former[is_former], affiliation),
            *(language, signed, listed or ""),
        )

    def _country(self, key: str) -> str:
        if key not in self._countries:
            self._countries[key] = label_name(key, self._tag, self._letter.country_labels)
        return self._countries[key]
