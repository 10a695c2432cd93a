"""Today's spreadsheet of signatories: CSV or XLSX, any column order, the headers that people really write."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from undersigned.lib.refusal import Refusal, gettext_noop
from undersigned.signing.cells import ROWS_LIMIT, BrokenQuotes, Line, Source, csv_lines, workbook_lines
from undersigned.signing.headers import FIELDS, PER_LANGUAGE, field_of, parse_field

DELIMITERS = ",;\t"
HEADER_WITHIN = 10  # filled rows from the top: titles may stand above the header


class NoHeader(Refusal):
    """A sheet in which no column is recognised as the names."""

    code = "no-header"
    message = gettext_noop(
        "%(file)s: no column for the name was recognised. The first row reads: %(seen)s. Use --map HEADER=FIELD."
    )


class FieldTwice(Refusal):
    """Two columns that mean the same."""

    code = "field-twice"
    message = gettext_noop(
        "%(file)s: the columns “%(first)s” and “%(second)s” both mean “%(meaning)s”. Use --map to choose."
    )


class UnknownMapping(Refusal):
    """A --map that fits neither the sheet nor the fields."""

    code = "unknown-mapping"
    message = gettext_noop(
        "--map %(header)s=%(meaning)s: there is no such column in the sheet, or no such field. Fields: %(fields)s."
    )


class RaggedRow(Refusal):
    """A row that is wider than the header: a comma too many, most likely."""

    code = "ragged-row"
    message = gettext_noop("This row has %(cells)s cells, but the header has %(columns)s columns.")


class FormulaInCell(Refusal):
    """A cell whose value would have to be calculated, or is an error."""

    code = "formula-in-cell"
    message = gettext_noop("The column “%(header)s” holds a formula in this row. Paste its value instead.")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as the spreadsheet shows it, its texts by field, and what is wrong with its shape."""

    number: int
    values: Mapping[str, str]
    fault: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of signatories: which header became which field, which were not recognised, and the filled rows."""

    headers: Mapping[str, str]
    unknown: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class _Header:
    """The row that names the columns; `fields` has one for each, empty for those that we leave out."""

    number: int
    cells: tuple[str, ...]
    fields: tuple[str, ...]

    @property
    def recognised(self) -> int:
        """How many columns we know; none where the names are not among them."""
        has_names = any(field == "name" or field.startswith("name_") for field in self.fields)
        return sum(map(bool, self.fields)) if has_names else 0


def read_sheet(path: Path, mapping: Mapping[str, str] | None = None) -> Sheet:
    """The signatories in the file at `path`.

    `mapping` says which field a header means where we would not know; an empty field leaves the column out.
    Raises a Refusal that names the file and what is wrong with it; nothing is taken by halves.
    """
    fields = {header.strip(): _mapped(header, field) for header, field in (mapping or {}).items()}
    source = Source.read(path)
    header, lines = _workbook(source, fields) if source.is_workbook else _csv(source, fields)
    for unused in fields.keys() - set(header.cells):
        raise _unknown_mapping(unused, fields[unused])
    _refuse_twice(header, source)
    pairs = [(cell, field) for cell, field in zip(header.cells, header.fields, strict=True) if cell]
    unknown = tuple(cell for cell, field in pairs if not field and cell not in fields)
    return Sheet({cell: field for cell, field in pairs if field}, unknown, tuple(_rows(lines, header, source)))


def texts_per_language(values: Mapping[str, str], field: str) -> Iterable[tuple[str, str]]:
    """The pairs of language tag and text that a row gives for `field`."""
    prefix = f"{field}_"
    return ((key.removeprefix(prefix), text) for key, text in values.items() if key.startswith(prefix) and text)


def _csv(source: Source, mapping: Mapping[str, str]) -> tuple[_Header, Iterator[Line]]:
    """Read with the delimiter under which most columns are recognised."""
    text = source.text()
    tops = {delimiter: _top(csv_lines(text, delimiter, source.name)) for delimiter in DELIMITERS}
    headers = {delimiter: _header(top, mapping) for delimiter, top in tops.items()}
    delimiter = max(DELIMITERS, key=lambda delimiter: headers[delimiter].recognised)
    if not headers[delimiter].recognised:
        raise _no_header(tops[delimiter], source)
    return headers[delimiter], csv_lines(text, delimiter, source.name)


def _top(lines: Iterator[Line]) -> list[Line]:
    """The first rows, as far as they can be read: with the wrong delimiter, quotation marks need not come in pairs."""
    top = []
    with suppress(BrokenQuotes):
        for line in islice(lines, HEADER_WITHIN):
            top.append(line)
    return top


def _workbook(source: Source, mapping: Mapping[str, str]) -> tuple[_Header, Iterator[Line]]:
    """Read the first worksheet that has a header."""
    tops = []
    for lines in workbook_lines(source):
        top = list(islice(lines, HEADER_WITHIN))
        header = _header(top, mapping)
        if header.recognised:
            return header, chain(top, lines)
        tops += top
    raise _no_header(tops, source)


def _header(top: Sequence[Line], mapping: Mapping[str, str]) -> _Header:
    """The row among the first in which most columns are recognised."""
    found = [_Header(line.number, line.cells, _fields(line.cells, mapping)) for line in top]
    return max(found, key=lambda header: header.recognised, default=_Header(0, (), ()))


def _fields(cells: Sequence[str], mapping: Mapping[str, str]) -> tuple[str, ...]:
    taken = {mapping[cell] for cell in cells if cell in mapping}
    found = (mapping[cell] if cell in mapping else field_of(cell) for cell in cells)
    return tuple(
        "" if field in taken and cell not in mapping else field for cell, field in zip(cells, found, strict=True)
    )


def _rows(lines: Iterator[Line], header: _Header, source: Source) -> Iterator[Row]:
    below = (line for line in lines if line.number > header.number)
    for count, line in enumerate(below, start=1):
        if count > ROWS_LIMIT:
            raise source.too_large()
        cells = zip(header.fields, line.cells, strict=False)
        yield Row(line.number, {field: cell for field, cell in cells if field}, _fault(line, header))


def _fault(line: Line, header: _Header) -> Refusal | None:
    if len(line.cells) > len(header.cells):
        return RaggedRow("row", cells=len(line.cells), columns=len(header.cells))
    for place in sorted(line.formulas):
        if header.fields[place]:
            return FormulaInCell(header.fields[place], header=header.cells[place])
    return None


def _refuse_twice(header: _Header, source: Source) -> None:
    first: dict[str, str] = {}
    for cell, field in zip(header.cells, header.fields, strict=True):
        if field in first:
            raise FieldTwice("file", file=source.name, first=first[field], second=cell, meaning=field)
        if field:
            first[field] = cell


def _mapped(header: str, field: str) -> str:
    parsed = parse_field(field) if field.strip() else ""
    if parsed is None:
        raise _unknown_mapping(header, field)
    return parsed


def _unknown_mapping(header: str, field: str) -> UnknownMapping:
    per_language = (f"{base}_LANGUAGE" for base in PER_LANGUAGE)
    return UnknownMapping("map", header=header, meaning=field, fields=", ".join((*FIELDS, *per_language)))


def _no_header(top: Sequence[Line], source: Source) -> NoHeader:
    seen = ", ".join(f"“{cell}”" for cell in (top[0].cells if top else ()) if cell)
    return NoHeader("file", file=source.name, seen=seen[:300] or "–")
