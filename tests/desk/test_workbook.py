"""A workbook leaves while it is written, and a library reads in it what was written."""

import io
from collections.abc import Iterator
from zipfile import ZipFile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from undersigned.desk.workbook import SHEET_ROWS, Rows, workbook

HEADING = [["Name", "Country"]]


def sheets(raw: bytes) -> dict[str, list[list[str]]]:
    assert ZipFile(io.BytesIO(raw)).testzip() is None
    book = load_workbook(io.BytesIO(raw))
    return {
        sheet.title: [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
        for sheet in book.worksheets
    }


def written(*batches: Rows) -> bytes:
    return b"".join(workbook("signatories", iter((HEADING, *batches))))


def test_what_was_written_is_read_again() -> None:
    rows = [["김소미", "Korea"], ["Ñandú & <Sons>", ""], ["", "Österreich"], ["'=1+1", " two  blanks "]]
    assert sheets(written(rows[:2], rows[2:])) == {"signatories": HEADING + rows}


@given(st.text(min_size=1, max_size=80))
@example("_x003D_1+1")
@example("\x00\x0b\ud800\uffff")
def test_any_text_stays_a_text_and_breaks_nothing(text: str) -> None:
    raw = written([[text, "x"]])
    cells = [cell for row in load_workbook(io.BytesIO(raw)).worksheets[0].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}  # n: it holds nothing
    found = sheets(raw)["signatories"][1]
    kept = "".join(sign for sign in text if sign in "\t\n" or not (sign < " " or sign in "\ufffe\uffff"))
    kept = "".join(sign for sign in kept if not "\ud800" <= sign <= "\udfff")
    assert found[0].replace("_x005F_", "_") == kept


def test_a_letter_that_nobody_has_signed_is_a_sheet_with_a_heading() -> None:
    assert sheets(written()) == {"signatories": HEADING}


def test_what_no_sheet_can_hold_follows_in_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert SHEET_ROWS == 2**20
    monkeypatch.setattr("undersigned.desk.workbook.SHEET_ROWS", 5)
    rows = [[f"Person {number}", "x"] for number in range(10)]
    found = sheets(written(rows[:2], rows[2:4], rows[4:6], rows[6:8], rows[8:]))
    assert found == {
        "signatories": HEADING + rows[:4],
        "signatories-2": HEADING + rows[4:8],
        "signatories-3": HEADING + rows[8:],
    }


def test_it_leaves_while_it_is_written() -> None:
    asked = 0

    def batches() -> Iterator[Rows]:
        nonlocal asked
        yield HEADING
        for number in range(50):
            asked += 1
            yield [[f"Person {number} {place * place}", "x"] for place in range(2000)]

    pieces = workbook("signatories", batches())
    assert next(pieces).startswith(b"PK")
    assert asked == 0
    sizes = [len(next(pieces)) for _ in range(3)]
    assert asked <= 4
    sizes += map(len, pieces)
    assert max(sizes) < sum(sizes) / 10
