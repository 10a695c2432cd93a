"""Today's spreadsheet of signatories: CSV or XLSX, any column order, the headers that people really write."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import openpyxl

from undersigned.lib.refusal import Refusal, gettext_noop

BYTES_LIMIT = 20 * 1024 * 1024
UNPACKED_LIMIT = 200 * 1024 * 1024
ROWS_LIMIT = 100_000
HEADER_WITHIN = 10  # rows from the top: titles may stand above the header
FIELDS = (
    "kind", "name", "latin", "sort_key", "website", "country", "seat", "representative", "office", "email", "role",
    "former", "affiliation", "order", "language", "visibility",
)  # fmt: skip
PER_LANGUAGE = ("name", "role", "affiliation")

HEADERS: dict[str, tuple[str, ...]] = {
    "kind": ("kind", "type", "구분", "종류", "유형", "类别", "类型"),
    "name": (
        "name", "organisation", "organization", "organisation name", "organization name", "org", "org name", "group",
        "name of organisation", "name of organization", "full name", "signatory", "단체", "단체명", "기관", "기관명",
        "이름", "성명", "성함", "名称", "组织", "组织名称", "机构", "机构名称", "团体", "姓名", "名字",
    ),
    "latin": ("latin", "latin form", "latin name", "romanisation", "romanization", "로마자", "영문 표기", "拉丁拼写"),
    "sort_key": ("sort key", "sort", "sort as", "정렬", "排序"),
    "website": (
        "website", "web site", "web", "url", "site", "homepage", "domain", "웹사이트", "홈페이지", "网站", "网址",
    ),
    "country": (
        "country", "region", "country of seat", "nation", "국가", "나라", "소재국", "国家", "地区", "国家/地区",
    ),
    "seat": ("seat", "in exile", "in exile, seat in", "소재지", "망명지", "所在地"),
    "representative": (
        "representative", "contact", "contact person", "contact name", "authorised by", "signed by", "대표", "대표자",
        "담당자", "연락 담당자", "代表", "代表人", "联系人",
    ),
    "office": ("office", "position", "job title", "title of representative", "직책", "직위", "职务", "职位"),
    "email": (
        "email", "e-mail", "mail", "e-mail address", "email address", "이메일", "메일", "전자우편",
        "邮箱", "电子邮件", "电邮",
    ),
    "role": ("role", "role text", "description", "역할", "약력", "소개", "头衔", "身份"),
    "former": ("former", "former or current", "former/current", "전직", "전현직", "전·현직", "前任", "前任或现任"),
    "affiliation": (
        "affiliation", "affiliation (for identification only)", "institution", "소속", "所属", "所属机构", "单位",
    ),
    "order": ("order", "no", "no.", "number", "#", "순서", "번호", "연번", "序号", "顺序"),
    "language": ("language", "언어", "语言"),
    "visibility": ("visibility", "공개", "공개 여부", "是否公开"),
}  # fmt: skip
LANGUAGE_WORDS = {
    "ko": "ko", "korean": "ko", "한글": "ko", "한국어": "ko", "국문": "ko", "韩文": "ko",
    "en": "en", "english": "en", "영문": "en", "영어": "en", "英文": "en",
    "zh": "zh-Hans", "zh-hans": "zh-Hans", "chinese": "zh-Hans", "중문": "zh-Hans", "중국어": "zh-Hans",
    "中文": "zh-Hans",
}  # fmt: skip


class NotASheet(Refusal):
    code = "not-a-sheet"
    message = gettext_noop("%(file)s: this is neither a CSV nor an XLSX file, or it is damaged.")


class SheetTooLarge(Refusal):
    code = "sheet-too-large"
    message = gettext_noop("%(file)s: this sheet is too large. At most %(rows)s rows and %(megabytes)s MB are read.")


class WrongEncoding(Refusal):
    code = "wrong-encoding"
    message = gettext_noop(
        "%(file)s: byte %(byte)s in line %(line)s is not UTF-8. Save the sheet as CSV in UTF-8, or as XLSX."
    )


class NoHeader(Refusal):
    code = "no-header"
    message = gettext_noop(
        "%(file)s: no column for the name was recognised. The first row reads: %(seen)s. Use --map HEADER=FIELD."
    )


class FieldTwice(Refusal):
    code = "field-twice"
    message = gettext_noop(
        "%(file)s: the columns “%(first)s” and “%(second)s” both mean “%(meaning)s”. Use --map to choose."
    )


class UnknownMapping(Refusal):
    code = "unknown-mapping"
    message = gettext_noop(
        "--map %(header)s=%(meaning)s: there is no such column in the sheet, or no such field. Fields: %(fields)s."
    )


class RaggedRow(Refusal):
    code = "ragged-row"
    message = gettext_noop("This row has more cells than the header has columns.")


class FormulaInCell(Refusal):
    code = "formula-in-cell"
    message = gettext_noop("A cell of this row holds a formula. Paste its value instead.")


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


def read_sheet(path: Path, mapping: Mapping[str, str] | None = None) -> Sheet:
    """The signatories in `path`; `mapping` says which field a header means where we would not know.

    Raises a Refusal that names the file and what is wrong with it; nothing is taken by halves.
    """
    lines = _numbered(path)
    for place, (number, cells) in enumerate(lines[:HEADER_WITHIN]):
        headers = _recognise(cells, mapping or {}, path)
        if "name" in headers.values() or any(field.startswith("name_") for field in headers.values()):
            _refuse_unused(mapping or {}, cells)
            unknown = tuple(cell for cell in cells if cell and cell not in headers)
            fields = [headers.get(cell, "") for cell in cells]
            rows = tuple(_row(number, cells, fields) for number, cells in lines[place + 1 :] if any(cells))
            return Sheet(headers, unknown, rows)
    seen = ", ".join(f"“{cell}”" for cell in (lines[0][1] if lines else []) if cell)
    raise NoHeader("file", file=path.name, seen=seen[:300])


def field_of(header: str) -> str | None:
    """The field that a header means, such as “name”, or “name_ko” for one language; None when we do not know."""
    folded = " ".join(re.sub(r"[\s_*:：]+", " ", header).casefold().split())
    for field, words in HEADERS.items():
        if folded in words:
            return field
    return _per_language(folded)


def _per_language(folded: str) -> str | None:
    """“name (ko)”, “한글 단체명”, “role [english]” → name_ko, name_ko, role_en."""
    words = [word for word in re.split(r"[\s()\[\]（）/·,-]+", folded.replace("zh-hans", "zh")) if word]
    tags = {LANGUAGE_WORDS[word] for word in words if word in LANGUAGE_WORDS}
    rest = " ".join(word for word in words if word not in LANGUAGE_WORDS)
    for field in PER_LANGUAGE:
        if rest in HEADERS[field] and len(tags) == 1:
            return f"{field}_{tags.pop()}"
    return None


def _recognise(cells: Sequence[str], mapping: Mapping[str, str], path: Path) -> dict[str, str]:
    headers: dict[str, str] = {}
    for cell in cells:
        field = mapping.get(cell) or field_of(cell)
        if not cell or field is None:
            continue
        other = next((header for header, known in headers.items() if known == field), None)
        if other and cell not in mapping and other not in mapping:
            raise FieldTwice("file", file=path.name, first=other, second=cell, meaning=field)
        if other and cell not in mapping:
            continue
        if other:
            del headers[other]
        headers[cell] = field
    return headers


def _refuse_unused(mapping: Mapping[str, str], cells: Sequence[str]) -> None:
    for header, field in mapping.items():
        known = field in FIELDS or any(re.fullmatch(rf"{base}_[A-Za-z-]+", field) for base in PER_LANGUAGE)
        if header not in cells or not known:
            raise UnknownMapping("map", header=header, meaning=field, fields=", ".join(FIELDS))


def _row(number: int, cells: Sequence[str], fields: Sequence[str]) -> Row:
    values = {field: cell.strip() for field, cell in zip(fields, cells, strict=False) if field}
    fault: Refusal | None = None
    if any(cells[len(fields) :]):
        fault = RaggedRow("row")
    elif any(cell.startswith(_FORMULA) for cell in cells):
        fault = FormulaInCell("row")
    return Row(number, values, fault)


_FORMULA = "\0="  # how the reader of XLSX hands on a cell with a formula


def _numbered(path: Path) -> list[tuple[int, list[str]]]:
    if not path.is_file():
        raise NotASheet("file", file=path.name)
    if path.stat().st_size > BYTES_LIMIT:
        raise _too_large(path)
    raw = path.read_bytes()
    lines = _of_workbook(raw, path) if raw.startswith(b"PK") else _of_csv(raw, path)
    found: list[tuple[int, list[str]]] = []
    for number, cells in lines:
        if len(found) > ROWS_LIMIT:
            raise _too_large(path)
        if any(cells):
            found.append((number, cells))
    return found


def _of_csv(raw: bytes, path: Path) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(raw, path)
    if "\0" in text:
        raise NotASheet("file", file=path.name)
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        start = 1
        for cells in reader:
            yield start, [cell.strip() for cell in cells]
            start = reader.line_num + 1
    except csv.Error:
        raise NotASheet("file", file=path.name) from None


def _decoded(raw: bytes, path: Path) -> str:
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        byte = f"0x{raw[error.start]:02X}"
        raise WrongEncoding("file", file=path.name, byte=byte, line=line) from None


def _of_workbook(raw: bytes, path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > UNPACKED_LIMIT:
                raise _too_large(path)
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=False)
        sheet = book.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield number, [_text(cell) for cell in cells]
    except (BadZipFile, KeyError, ValueError, IndexError, OSError, SyntaxError):
        raise NotASheet("file", file=path.name) from None


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).strip()
    return f"\0{text}" if text.startswith("=") else text


def _too_large(path: Path) -> SheetTooLarge:
    return SheetTooLarge("file", file=path.name, rows=ROWS_LIMIT, megabytes=BYTES_LIMIT // (1024 * 1024))


def texts_per_language(values: Mapping[str, str], field: str) -> Iterable[tuple[str, str]]:
    """The pairs of language tag and text that a row gives for `field`."""
    prefix = f"{field}_"
    return ((key.removeprefix(prefix), text) for key, text in values.items() if key.startswith(prefix) and text)
