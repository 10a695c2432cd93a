"""The cells of a spreadsheet file as texts, row by row: CSV in UTF-8 or UTF-16, or XLSX."""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from undersigned.lib.refusal import Refusal, gettext_noop

BYTES_LIMIT = 20 * 1024 * 1024
UNPACKED_LIMIT = 200 * 1024 * 1024
ROWS_LIMIT = 100_000
COLUMNS_LIMIT = 256
LAST_NUMBER = 1_048_576  # of a row in any spreadsheet; a file may claim more, and would have us count up to it


class NoSuchSheet(Refusal):
    """A path without a file."""

    code = "no-such-sheet"
    message = gettext_noop("%(file)s: there is no such file.")


class NotASheet(Refusal):
    """A file of another kind, or a broken one."""

    code = "not-a-sheet"
    message = gettext_noop("%(file)s: this is neither a CSV nor an XLSX file, or it is damaged.")


class SheetTooLarge(Refusal):
    """A file that nobody would print as a list of signatories."""

    code = "sheet-too-large"
    message = gettext_noop("%(file)s: this sheet is too large. At most %(rows)s rows and %(megabytes)s MB are read.")


class WrongEncoding(Refusal):
    """CSV in the code page of somebody's office."""

    code = "wrong-encoding"
    message = gettext_noop(
        "%(file)s: byte %(byte)s in line %(line)s is not UTF-8. Save the sheet as CSV in UTF-8, or as XLSX."
    )


class BrokenQuotes(Refusal):
    """CSV in which one cell swallows the next ones."""

    code = "broken-quotes"
    message = gettext_noop(
        "%(file)s: from row %(row)s on, the quotation marks do not come in pairs. "
        "Inside a quoted cell, a quotation mark is written twice."
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number as the spreadsheet shows it, its texts, and the places of those that are calculated."""

    number: int
    cells: tuple[str, ...]
    formulas: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Source:
    """A spreadsheet file, read whole; `raw` is within the limit."""

    name: str
    raw: bytes

    @classmethod
    def read(cls, path: Path) -> "Source":
        """The file at `path`; else NoSuchSheet or SheetTooLarge."""
        if not path.is_file():
            raise NoSuchSheet("file", file=path.name)
        source = cls(path.name, path.read_bytes() if path.stat().st_size <= BYTES_LIMIT else b"")
        if path.stat().st_size > BYTES_LIMIT:
            raise source.too_large()
        return source

    @property
    def is_workbook(self) -> bool:
        return self.raw.startswith(b"PK")

    def too_large(self) -> SheetTooLarge:
        return SheetTooLarge("file", file=self.name, rows=ROWS_LIMIT, megabytes=BYTES_LIMIT // (1024 * 1024))

    def text(self) -> str:
        """The text of a CSV file; else WrongEncoding, or NotASheet for what is no text at all."""
        is_wide = self.raw.startswith((b"\xff\xfe", b"\xfe\xff"))
        if not is_wide and b"\0" in self.raw:
            raise NotASheet("file", file=self.name)
        try:
            return self.raw.decode("utf-16" if is_wide else "utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.raw[: error.start].count(b"\n") + 1
            byte = f"0x{self.raw[error.start]:02X}"
            raise WrongEncoding("file", file=self.name, byte=byte, line=line) from None


def csv_lines(text: str, delimiter: str, file: str) -> Iterator[Line]:
    """The rows of a CSV text that have something in them; BrokenQuotes where it cannot be read on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if any(texts := _trimmed([" ".join(cell.split()) for cell in cells])):
                yield Line(number, texts)
    except csv.Error:
        raise BrokenQuotes("file", file=file, row=number + 1) from None


def workbook_lines(source: Source) -> Iterator[Iterator[Line]]:
    """Each worksheet of an XLSX file as its rows that have something in them; NotASheet where it is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(source.raw)) as packed:
            unpacked_bytes = sum(entry.file_size for entry in packed.infolist())
        if unpacked_bytes > UNPACKED_LIMIT:
            raise source.too_large()
        with warnings.catch_warnings(action="ignore"):  # on decorations that openpyxl does not keep
            book = openpyxl.load_workbook(io.BytesIO(source.raw), read_only=True)
            sheets = list(book.worksheets)
    except Refusal:
        raise
    except Exception as error:  # a damaged file makes openpyxl raise whatever it stumbles over
        raise NotASheet("file", file=source.name) from error
    return (_sheet_lines(sheet, source) for sheet in sheets)


def _sheet_lines(sheet: Worksheet, source: Source) -> Iterator[Line]:
    try:
        for number, cells in enumerate(sheet.iter_rows(max_col=COLUMNS_LIMIT), start=1):
            if number > LAST_NUMBER:
                raise source.too_large()
            if any(texts := _trimmed([_text(cell.value) for cell in cells])):
                yield Line(number, texts, frozenset(i for i, cell in enumerate(cells) if cell.data_type in ("f", "e")))
    except Refusal:
        raise
    except Exception as error:  # as above: the rows are read as we go
        raise NotASheet("file", file=source.name) from error


def _text(value: object) -> str:
    """A cell as the spreadsheet shows it, near enough: whole numbers without a point, dates in ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return " ".join(str(value).split())


def _trimmed(cells: list[str]) -> tuple[str, ...]:
    """Without the empty cells behind the last filled one."""
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)
