import csv
import io
import zipfile
from contextlib import suppress
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undersigned.lib.refusal import Refusal
from undersigned.signing import cells, sheet
from undersigned.signing.cells import BrokenQuotes, NoSuchSheet, NotASheet, SheetTooLarge, WrongEncoding
from undersigned.signing.headers import FIELDS, WORDINGS, field_of, parse_field
from undersigned.signing.sheet import FieldTwice, FormulaInCell, NoHeader, RaggedRow, UnknownMapping, read_sheet

SHEET = """organization,url,region
Open Rivers,openrivers.example,DE
물길인권센터,mulgil.example,대한민국
"Rivers, Rights & Delta",delta.example,
"""


@pytest.fixture
def file(tmp_path):
    def write(content, name="sheet.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def workbook(tmp_path):
    def write(*sheets):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for rows in sheets:
            made = book.create_sheet()
            for row in rows:
                made.append(row)
        path = tmp_path / "sheet.xlsx"
        book.save(path)
        return path

    return write


def values(path, mapping=None):
    return [dict(row.values) for row in read_sheet(path, mapping).rows]


def numbers(path):
    return [row.number for row in read_sheet(path).rows]


# --- CSV --------------------------------------------------------------------------------------------------------------


def test_a_sheet_of_organisations_is_read_by_its_headers(file):
    read = read_sheet(file(SHEET))
    assert read.headers == {"organization": "name", "url": "website", "region": "country"}
    assert [row.values for row in read.rows] == [
        {"name": "Open Rivers", "website": "openrivers.example", "country": "DE"},
        {"name": "물길인권센터", "website": "mulgil.example", "country": "대한민국"},
        {"name": "Rivers, Rights & Delta", "website": "delta.example"},
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_unicode_encoding_that_spreadsheets_save_is_read(file, encoding):
    marks = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    path = file(marks.get(encoding, b"") + SHEET.encode(encoding))
    assert values(path)[1]["name"] == "물길인권센터"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_usual_delimiter_is_found_out(file, delimiter):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(csv.reader(io.StringIO(SHEET)))
    assert values(file(out.getvalue())) == values(file(SHEET))


def test_commas_inside_cells_do_not_mislead_where_semicolons_separate(file):
    path = file("Signatories, as of today, of all countries;\nName;Country\nRivers, Rights, Delta;DE\n")
    assert values(path) == [{"name": "Rivers, Rights, Delta", "country": "DE"}]


def test_the_columns_may_stand_in_any_order(file):
    assert values(file("country,e-mail,name\nDE,a@b.example,Open Rivers\n")) == [
        {"country": "DE", "email": "a@b.example", "name": "Open Rivers"}
    ]


def test_titles_may_stand_above_the_header(file):
    path = file("Joint letter,,\n,,\nSignatories,,\nName,Country,E-mail\nOpen Rivers,DE,\n")
    assert values(path) == [{"name": "Open Rivers", "country": "DE"}]


def test_rows_have_the_numbers_that_the_spreadsheet_shows(file):
    assert numbers(file('Title\n\nname,country\n"Open\nRivers",DE\n\nDelta,FR\n')) == [4, 6]


def test_a_line_break_inside_a_cell_is_a_space(file):
    assert values(file('name,seat\n"Open\r\nRivers"," in\texile "\n')) == [{"name": "Open Rivers", "seat": "in exile"}]


def test_a_row_shorter_than_the_header_is_complete_enough(file):
    assert values(file("name,country,website\nOpen Rivers\n")) == [{"name": "Open Rivers"}]


def test_a_row_wider_than_the_header_carries_its_fault(file):
    _, ragged = read_sheet(file("name,country\nOpen Rivers,DE,,\nRivers, Rights,DE\n")).rows
    assert isinstance(ragged.fault, RaggedRow)
    assert str(ragged.fault) == "This row has 3 cells, but the header has 2 columns."


def test_a_sheet_without_rows_is_read(file):
    assert values(file("name,country")) == []


# --- XLSX -------------------------------------------------------------------------------------------------------------


def test_a_workbook_is_read_like_a_csv_file(workbook, file):
    rows = list(csv.reader(io.StringIO(SHEET)))
    assert values(workbook(rows)) == values(file(SHEET))


def test_the_first_worksheet_with_a_header_is_read(workbook):
    path = workbook([["Read me first"]], [["단체명", "국가"], ["물길인권센터", "한국"]], [["name", "email", "country"]])
    assert values(path) == [{"name": "물길인권센터", "country": "한국"}]


def test_numbers_and_dates_become_texts(workbook):
    path = workbook([["name", "order", "role"], [108, 3.0, datetime(2026, 11, 10)], ["x", 1.5, True]])  # noqa: DTZ001
    assert values(path)[0] == {"name": "108", "order": "3", "role": "2026-11-10"}
    assert values(path)[1] == {"name": "x", "order": "1.5", "role": "True"}


def test_rows_of_a_workbook_have_the_numbers_that_it_shows(workbook):
    assert numbers(workbook([["List"], [], ["name"], [], ["Open Rivers"]])) == [5]


def test_a_formula_is_not_calculated_but_named(workbook):
    rows = read_sheet(workbook([["name", "notes"], ["=1+1", ""], ["Open Rivers", "=1+1"]])).rows
    assert isinstance(rows[0].fault, FormulaInCell)
    assert "“name”" in str(rows[0].fault)
    assert rows[1].fault is None


def test_an_error_value_is_no_name(workbook):
    (row,) = read_sheet(workbook([["name", "country"], ["#REF!", "DE"]])).rows
    assert row.fault


# --- What columns are called ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Organisation", "name"),
        ("NAME OF ORGANIZATION", "name"),
        (" Name* ", "name"),
        ("단체명:", "name"),
        ("성명", "name"),
        ("机构名称", "name"),
        ("Name (ko)", "name_ko"),
        ("name_zh-Hans", "name_zh-Hans"),
        ("name [zh-hant]", "name_zh-Hant"),
        ("Name (fr)", "name_fr"),
        ("한글 단체명", "name_ko"),
        ("단체명(영문)", "name_en"),
        ("단체명（국문）", "name_ko"),
        ("영문명", "name_en"),
        ("中文名称", "name_zh-Hans"),
        ("Role (Korean)", "role_ko"),
        ("소속 (영문)", "affiliation_en"),
        ("대표자", "representative"),
        ("직책", "office"),
        ("전자우편", "email"),
        ("E-Mail Address", "email"),
        ("홈페이지", "website"),
        ("网站", "website"),
        ("나라", "country"),
        ("Seat in", "seat"),
        ("전·현직", "former"),
        ("Ｎａｍｅ", "name"),
        ("\u200bName", "name"),
        ("Notes", ""),
        ("no name", ""),
        ("name (of the river)", ""),
        ("", ""),
    ],
)
def test_headers_are_understood_in_the_wordings_that_people_use(header, field):
    assert field_of(header) == field


def test_no_wording_means_two_fields():
    wordings = [wording for wordings in WORDINGS.values() for wording in wordings]
    assert sorted(wordings) == sorted(set(wordings))


def test_every_field_is_called_by_its_own_name():
    assert {field: field_of(field) for field in FIELDS} == {field: field for field in FIELDS}
    assert {field: parse_field(field) for field in FIELDS} == {field: field for field in FIELDS}


def test_columns_that_are_not_recognised_are_told(file):
    assert read_sheet(file("name,shoe size,\nOpen Rivers,44,x\n")).unknown == ("shoe size",)


def test_a_column_can_be_mapped_to_a_field(file):
    path = file("Группа,Где\nОткрытые реки,DE\n")
    assert values(path, {"Группа": "name", "Где": "country"}) == [{"name": "Открытые реки", "country": "DE"}]
    assert values(path, {"Группа": "name_zh-hans"}) == [{"name_zh-Hans": "Открытые реки"}]


def test_mapping_one_of_two_columns_leaves_the_other_one_out(file):
    path = file("organization,name\nOpen Rivers,Kim\n")
    assert values(path, {"organization": "name"}) == [{"name": "Open Rivers"}]
    assert values(path, {"name": "representative"}) == [{"name": "Open Rivers", "representative": "Kim"}]


def test_a_column_can_be_left_out(file):
    read = read_sheet(file("organization,name\nOpen Rivers,Kim\n"), {"name": ""})
    assert [row.values for row in read.rows] == [{"name": "Open Rivers"}]
    assert read.unknown == ()


# --- What is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mapping", [{"Nowhere": "name"}, {"name": "shoe size"}, {"name": "country_ko"}])
def test_a_mapping_that_fits_nothing_is_refused_with_the_fields_there_are(file, mapping):
    with pytest.raises(UnknownMapping, match="representative"):
        read_sheet(file("name\nOpen Rivers\n"), mapping)


def test_two_columns_for_one_field_are_refused_by_name(file):
    with pytest.raises(FieldTwice, match="“organization” and “Name” both mean “name”"):
        read_sheet(file("organization,Name\nOpen Rivers,Kim\n"))


def test_a_sheet_without_a_column_for_names_is_refused_with_what_was_seen(file):
    with pytest.raises(NoHeader, match=r"sheet\.csv.*“shoe size”, “colour”"):
        read_sheet(file("shoe size,colour\n44,blue\n"))


def test_a_workbook_without_a_column_for_names_is_refused(workbook):
    with pytest.raises(NoHeader, match="“colour”"):
        read_sheet(workbook([["colour"]], [["size"]]))


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_sheet_has_no_header(file, content):
    with pytest.raises(NoHeader):
        read_sheet(file(content))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(NoSuchSheet, match=r"gone\.csv"):
        read_sheet(tmp_path / "gone.csv")


def test_a_code_page_is_refused_with_the_place_of_its_first_byte(file):
    with pytest.raises(WrongEncoding, match="byte 0xB9 in line 2"):
        read_sheet(file(b"name,country\n" + "물길인권센터,KR\n".encode("cp949")))


def test_half_a_character_of_utf_16_is_refused(file):
    with pytest.raises(WrongEncoding):
        read_sheet(file(b"\xff\xfen\0a\0m\0e\0\n"))


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\0\0", b"\xd0\xcf\x11\xe0\0", b"%PDF\0", b"PK\x03\x04 torn", b"n\0a\0m\0e\0"]
)
def test_what_is_no_sheet_is_refused(file, content):
    with pytest.raises(NotASheet, match=r"sheet\.csv"):
        read_sheet(file(content))


def test_another_document_in_a_zip_is_no_sheet(file):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("word/document.xml", "<w/>")
    with pytest.raises(NotASheet):
        read_sheet(file(out.getvalue()))


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9, 0.99])
def test_a_torn_workbook_is_refused(workbook, file, kept):
    raw = workbook([["name"], *[[f"Open Rivers {number}"] for number in range(50)]]).read_bytes()
    with pytest.raises(NotASheet):
        read_sheet(file(raw[: int(len(raw) * kept)]))


def test_a_damaged_workbook_is_refused_or_read_but_never_a_fault_of_ours(workbook, file):
    raw = workbook([["name"], ["Open Rivers"]]).read_bytes()
    for place in range(0, len(raw), 97):
        path = file(raw[:place] + bytes([raw[place] ^ 0x55]) + raw[place + 1 :])
        with suppress(Refusal):
            read_sheet(path)


@pytest.mark.parametrize("content", ['name,seat\n"Open Rivers,DE\nDelta,FR\n', 'name,seat\n"Open" Rivers,DE\n'])
def test_quotes_that_do_not_come_in_pairs_are_refused_with_their_row(file, content):
    with pytest.raises(BrokenQuotes, match="from row 2 on"):
        read_sheet(file("name,country\n" + content.partition("\n")[2]))


def test_a_quote_that_breaks_further_down_is_refused_too(file):
    with pytest.raises(BrokenQuotes, match="from row 22 on"):
        read_sheet(file("name\n" + "Open Rivers\n" * 20 + '"Delta\n'))


def test_a_file_of_too_many_bytes_is_refused_unread(file, monkeypatch):
    monkeypatch.setattr(cells, "BYTES_LIMIT", 1024)
    with pytest.raises(SheetTooLarge):
        read_sheet(file("name\n" + "x" * 1024))


def test_a_sheet_of_too_many_rows_is_refused(file, monkeypatch):
    monkeypatch.setattr(sheet, "ROWS_LIMIT", 3)
    assert len(read_sheet(file("name\na\nb\nc\n")).rows) == 3
    with pytest.raises(SheetTooLarge):
        read_sheet(file("name\na\nb\nc\nd\n"))


def test_a_workbook_that_unpacks_to_too_much_is_refused_packed(workbook, file, monkeypatch):
    monkeypatch.setattr(cells, "UNPACKED_LIMIT", 1000)
    with pytest.raises(SheetTooLarge):
        read_sheet(workbook([["name"]]))


def test_a_workbook_that_claims_a_row_beyond_all_spreadsheets_is_refused(workbook, file, monkeypatch):
    monkeypatch.setattr(cells, "LAST_NUMBER", 100)
    with pytest.raises(SheetTooLarge):
        read_sheet(workbook([["name"], *[[]] * 100, ["Open Rivers"]]))


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_sheet_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(b"name," + content)
    with suppress(Refusal):
        read_sheet(path)


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), max_size=5))
def test_what_was_written_is_read(tmp_path_factory, names):
    path = tmp_path_factory.getbasetemp() / "written.csv"
    out = io.StringIO()
    csv.writer(out).writerows([["name", "country"], *([name, "DE"] for name in names)])
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    assert [row.values["name"] for row in read_sheet(path).rows] == [" ".join(name.split()) for name in names]
