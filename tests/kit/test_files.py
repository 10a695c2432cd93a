"""The other files of a kit: plain text, DOCX, and the parcel of all."""

import io
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

from docx import Document

from tests.kit.sheets import name, sheet
from undersigned.kit.docx import docx
from undersigned.kit.parcel import MOMENT, SUMS, packed, parcel, sums
from undersigned.kit.sheet import Spoken
from undersigned.kit.text import WIDTH, text


def test_plain_text_says_all_that_is_printed() -> None:
    said = text(sheet(names=[name("초원쉼터재단", original="Steppe Shelter Foundation")])).decode()
    for part in (
        "Open the bridge\n===============",
        "1. Open the bridge.",
        "[1] Report of the ferrymen As of March 2026.",
    ):
        assert part in said
    assert "- 초원쉼터재단 / Steppe Shelter Foundation – South Korea\n" in said
    assert said.endswith("ab\n")
    assert max(map(len, said.splitlines())) <= WIDTH + 10


def test_a_long_line_of_text_is_wrapped_and_han_is_left_to_the_reader() -> None:
    long = replace(sheet(), title=Spoken("Open the bridge " * 20))
    assert max(map(len, text(long).decode().splitlines())) <= WIDTH + 10
    assert "请开放大桥" * 30 in text(replace(sheet(), title=Spoken("请开放大桥" * 30))).decode()


def test_a_docx_opens_with_its_headings_and_names() -> None:
    made = docx(sheet(names=[name("초원쉼터재단", "ko", original="Steppe Shelter")]))
    document = Document(io.BytesIO(made))
    assert [p.text for p in document.paragraphs if p.style and p.style.name == "Heading 1"] == ["Open the bridge"]
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "1.\tOpen the bridge." in words
    assert "초원쉼터재단 Steppe Shelter – South Korea" in words
    assert document.core_properties.title == "Open the bridge"
    assert document.core_properties.last_modified_by == ""


def test_an_arabic_docx_runs_from_right_to_left() -> None:
    made = docx(replace(sheet("ar", names=[name("فلانة")]), title=Spoken("افتحوا الجسر")))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        body = archive.read("word/document.xml").decode()
    assert "<w:bidi/>" in body
    assert "<w:rtl/>" in body


def test_equal_sheets_give_equal_files_whenever_they_are_made() -> None:
    one = sheet(names=[name("Plain Name")])
    assert docx(one) == docx(one)
    with zipfile.ZipFile(io.BytesIO(docx(one))) as archive:
        assert {told.date_time for told in archive.infolist()} == {MOMENT}
        assert archive.namelist()[0] == "[Content_Types].xml"
    assert text(one) == text(one)


def test_the_parcel_is_sorted_has_no_clock_and_checks_itself(tmp_path: Path) -> None:
    files = {"b.txt": b"two", "a.pdf": b"one"}
    made = parcel(files, "open-the-bridge")
    assert made == parcel(dict(reversed(files.items())), "open-the-bridge")
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.namelist() == [f"open-the-bridge/{name}" for name in (SUMS, "a.pdf", "b.txt")]
        assert {told.date_time for told in archive.infolist()} == {MOMENT}
        archive.extractall(tmp_path)
    checked = subprocess.run(["sha256sum", "--check", SUMS], cwd=tmp_path / "open-the-bridge", check=False)
    assert checked.returncode == 0
    assert sums(files).splitlines()[0].endswith(b"  a.pdf")
    assert packed({}) == packed({})
