"""A workbook for spreadsheets (ISO/IEC 29500, “XLSX”) that holds texts, written while it leaves.

By hand, since libraries for it keep the whole of it until its end: with a million rows nothing would leave for minutes,
and the door takes a desk that is silent for one minute for dead. The tests have a library read it.
"""

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl.utils import get_column_letter

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_ROWS = 1_048_576
"""More no spreadsheet takes in one sheet; the rest follows in another."""
QUICKLY = 1
"""The level of compression."""

Rows = Sequence[Sequence[str]]

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_TYPES = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/></Types>'
)
_BEGIN = f'{_XML}<worksheet xmlns="{_SHEETS}"><sheetData>'
_END = "</sheetData></worksheet>"

_NOT_PLAIN = re.compile("[&<>_\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def workbook(title: str, batches: Iterator[Rows]) -> Iterator[bytes]:
    """The file, piece by piece as the rows come; each sheet begins with the first batch, which is the heading."""
    pipe = _Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED, compresslevel=QUICKLY) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _relationships([("officeDocument", "xl/workbook.xml")]))
        names = []
        for number, places in groupby(_placed(batches), key=lambda place: place[0]):
            names.append(title[:31] if number == 1 else f"{title[:25]}-{number}")
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as sheet:
                sheet.write(_BEGIN.encode())
                for _sheet, first, rows in places:
                    sheet.write(_lines(first, rows).encode())
                    if piece := pipe.take():
                        yield piece
                sheet.write(_END.encode())
        sheets = [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(names) + 1)]
        archive.writestr("xl/_rels/workbook.xml.rels", _relationships(sheets))
        archive.writestr("xl/workbook.xml", _contents(names))
    yield pipe.take()


class _Pipe:
    """Keeps what is written to it until it is taken."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._written.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is held open."""

    def take(self) -> bytes:
        taken = b"".join(self._written)
        self._written.clear()
        return taken


def _placed(batches: Iterator[Rows]) -> Iterator[tuple[int, int, Rows]]:
    """Each batch with the number of its sheet, and that of its first row there."""
    heading = next(batches)
    sheet, place = 1, 1 + len(heading)
    yield sheet, 1, heading
    for rows in batches:
        if place + len(rows) > SHEET_ROWS + 1:
            sheet, place = sheet + 1, 1 + len(heading)
            yield sheet, 1, heading
        yield sheet, place, rows
        place += len(rows)


def _lines(first: int, rows: Rows) -> str:
    columns = [get_column_letter(number) for number in range(1, len(rows[0]) + 1)]
    return "".join([f'<row r="{place}">{_line(place, columns, row)}</row>' for place, row in enumerate(rows, first)])


def _line(place: int, columns: Sequence[str], row: Sequence[str]) -> str:
    """A cell that holds nothing is left out."""
    return "".join(
        [
            f'<c r="{column}{place}" t="inlineStr"><is><t xml:space="preserve">{_written(cell)}</t></is></c>'
            for column, cell in zip(columns, row, strict=True)
            if cell
        ]
    )


def _written(text: str) -> str:
    """As a cell has it (§22.9.2.19): what looks like the escape of a character is none, and what XML cannot hold is
    left out."""
    if not _NOT_PLAIN.search(text):  # as almost all are
        return text
    return escape(_LOOKS_ESCAPED.sub("_x005F_", _NOT_IN_XML.sub("", text)), quote=False)


def _relationships(targets: Sequence[tuple[str, str]]) -> str:
    lines = (
        f'<Relationship Id="r{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(lines)}</Relationships>'


def _contents(names: Sequence[str]) -> str:
    lines = (
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="r{number}"/>'
        for number, name in enumerate(names, start=1)
    )
    return f'{_XML}<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}"><sheets>{"".join(lines)}</sheets></workbook>'
