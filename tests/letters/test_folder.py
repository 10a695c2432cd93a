import re
import shutil
from pathlib import Path

import docx as word
import pytest

from undersigned.letters import folder
from undersigned.letters.blocks import Kind
from undersigned.letters.parity import What
from undersigned.lib.refusal import Refused

VALLEY = Path(__file__).parent / "valley"


@pytest.fixture
def valley(tmp_path: Path) -> Path:
    return Path(shutil.copytree(VALLEY, tmp_path / "valley"))


def faults(path: Path) -> list[str]:
    with pytest.raises(Refused) as refused:
        folder.read(path)
    return [str(refusal) for refusal in refused.value.refusals]


def test_a_folder_becomes_one_value_whose_languages_line_up(valley: Path) -> None:
    letter = folder.read(valley)
    assert letter.manifest.slug == "keep-the-valley"
    assert list(letter.texts) == ["ko", "en", "zh-Hans"]
    assert not letter.alignment.gaps
    assert all(set(row.blocks) == {"ko", "en", "zh-Hans"} for row in letter.alignment.rows)
    assert [row.key for row in letter.alignment.rows if row.kind == Kind.DEMAND] == ["stop", "pay", "publish", "invite"]


def test_one_language_may_come_as_a_document_and_the_others_as_markdown(valley: Path) -> None:
    (valley / "letter.en.md").unlink()
    document = word.Document()
    document.add_heading("Keep the valley before the water rises", 0)
    document.add_paragraph("Dear Minister,")
    document.add_paragraph("We are 23 organisations of 9 countries, and the gates close on 14 March 2027.")
    document.save(str(valley / "letter.en.docx"))
    gaps = folder.read(valley).alignment.gaps
    assert {gap.language for gap in gaps} == {"en"}
    assert {gap.what for gap in gaps} == {What.MISSING}
    assert len(gaps) == 18


def test_blocks_without_marks_are_lined_up_with_a_warning(valley: Path) -> None:
    for file in valley.glob("letter.*.md"):
        file.write_text(re.sub(r" ?\{#[a-z-]+", "{", file.read_text()).replace("{}", ""))
    letter = folder.read(valley)
    assert not letter.alignment.gaps
    assert len(letter.notes) == 1
    assert "without marks" in str(letter.notes[0])


def test_missing_double_and_broken_texts_are_told_at_once(valley: Path) -> None:
    (valley / "letter.zh-Hans.md").unlink()
    shutil.copy(valley / "letter.en.md", valley / "letter.en.docx")
    (valley / "letter.ko.md").write_text("가 <b>\n\n나[^x]")
    assert faults(valley) == [
        "letter.ko.md:1: HTML such as “<b>” cannot be part of a letter. Write it as plain text or Markdown.",
        "valley: There are two texts in en: letter.en.docx, letter.en.md. Take one of them away.",
        "valley: The text in zh-Hans is missing: put letter.zh-Hans.md or letter.zh-Hans.docx here.",
    ]


def test_a_text_in_a_language_that_is_not_listed_is_left_out_with_a_note(valley: Path) -> None:
    shutil.copy(valley / "letter.en.md", valley / "letter.fr.md")
    letter = folder.read(valley)
    assert "fr" not in letter.texts
    assert [str(note) for note in letter.notes] == [
        "letter.fr.md: This file is left out: “languages” does not list it."
    ]


def test_a_language_without_a_text_for_sharing_is_named(valley: Path) -> None:
    manifest = valley / "letter.toml"
    manifest.write_text(manifest.read_text().replace('en = "Read the letter from the valley."\n', ""))
    letter = folder.read(valley)
    assert letter.manifest.share.keys() == {"ko", "zh-Hans"}
    assert [str(note) for note in letter.notes] == [
        "letter.toml: There is no text for sharing in en, so the headline is offered instead. "
        "“share” in letter.toml has one."
    ]


def test_a_folder_that_is_none_or_has_no_manifest_is_refused(valley: Path) -> None:
    assert faults(valley / "nowhere") == [f"{valley / 'nowhere'}: There is no such folder."]
    (valley / "letter.toml").unlink()
    assert faults(valley) == ["letter.toml: This file is missing, or it cannot be opened."]
