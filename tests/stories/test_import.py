"""A story comes in from a folder, wholly or not at all."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.newsroom import TEXTS, photograph
from tests.people import CLERK
from tests.stage import NOON
from undersigned.config.command_line.stories import story as command
from undersigned.desk.models import User
from undersigned.letters.models import Letter
from undersigned.lib.refusal import Refused
from undersigned.stories.import_ import import_folder
from undersigned.stories.models import Story

MANIFEST = """\
slug = "lamps-at-the-ferry"
languages = ["ko", "en", "zh-Hans"]
letters = ["open-the-bridge"]

[headline]
ko = "나루터에 다시 불이 켜지다"
en = "Lamps again at the ferry"
zh-Hans = "渡口重新亮起灯火"

[share]
en = "The lamps are lit again. Read why."

[[authors]]
name = { ko = "기자영", en = "Jayeong Invented" }
contact = "jayeong@openbridge.example"

[picture]
file = "ferry.jpg"
credit = "Ferry Picture Agency"
licence = "CC BY 4.0"
caption = { ko = "나루터", en = "The ferry", zh-Hans = "渡口" }
alternative = { ko = "등불 두 개", en = "Two lamps", zh-Hans = "两盏灯" }
"""


@pytest.fixture
def folder(tmp_path: Path, letter: Letter) -> Path:
    place = tmp_path / "ferry"
    place.mkdir()
    (place / "story.toml").write_text(MANIFEST)
    (place / "ferry.jpg").write_bytes(photograph())
    for tag, text in TEXTS.items():
        (place / f"story.{tag}.md").write_text(text)
    return place


def faults(folder: Path) -> list[str]:
    with pytest.raises(Refused) as refused:
        import_folder(folder, CLERK, NOON)
    assert not Story.objects.exists()
    return [str(refusal) for refusal in refused.value.refusals]


def change(folder: Path, old: str, new: str) -> None:
    manifest = folder / "story.toml"
    assert old in manifest.read_text()
    manifest.write_text(manifest.read_text().replace(old, new))


def test_a_folder_becomes_a_draft_about_its_letter(folder: Path, letter: Letter) -> None:
    imported = import_folder(folder, CLERK, NOON)
    assert (imported.story.work, imported.story.publication, imported.gaps) == ("draft", "unpublished", ())
    article = imported.story.wording
    assert article.about == (str(letter.pk),)
    assert article.share == {"en": "The lamps are lit again. Read why."}
    assert article.picture
    assert article.picture.digest == imported.story.pictures.get().digest
    assert [block.kind.value for block in article.blocks] == ["claim", "quotation"]


def test_the_same_folder_again_is_a_new_wording_of_the_same_story(folder: Path) -> None:
    first = import_folder(folder, CLERK, NOON).story
    change(folder, "Lamps again", "More lamps")
    assert import_folder(folder, CLERK, NOON).story == first
    first.refresh_from_db()
    assert first.wording.headline["en"] == "More lamps at the ferry"
    change(folder, '["ko", "en", "zh-Hans"]', '["ko", "zh-Hans", "en"]')
    with pytest.raises(Refused, match="exists in other languages"):
        import_folder(folder, CLERK, NOON)


def test_a_picture_without_caption_credit_or_alternative_text_is_asked_about(folder: Path) -> None:
    for part in ('credit = "Ferry Picture Agency"\n', 'en = "The ferry", ', 'alternative = { ko = "등불 두 개", '):
        change(folder, part, "alternative = { " if part.startswith("alternative") else "")
    told = "\n".join(faults(folder))
    assert "“picture.credit” is missing" in told
    assert "“picture.caption.en” is missing" in told
    assert "“picture.alternative.ko” is missing" in told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"open-the-bridge"', '"open-the-gate"', "There is no letter at the address “open-the-gate”"),
        ('"lamps-at-the-ferry"', '"feed"', "cannot be a story's address"),
        ('"jayeong@openbridge.example"', '"by pigeon"', "Each author can be reached"),
        ('"ferry.jpg"', '"lamp.jpg"', "lamp.jpg: This file is missing"),
        ('"ferry.jpg"', '"../ferry.jpg"', "This file is missing"),
        ("[headline]", "[headlines]", "“headline” is missing"),
    ],
)
def test_what_is_wrong_is_told_with_its_file_and_nothing_is_imported(
    folder: Path, old: str, new: str, told: str
) -> None:
    shutil.copy(folder / "ferry.jpg", folder.parent / "ferry.jpg")
    change(folder, old, new)
    assert told in "\n".join(faults(folder))


def test_a_text_is_refused_with_its_line(folder: Path) -> None:
    (folder / "story.en.md").write_text("One.\n\n![a picture](https://x.example/y.png)\n")
    assert any(fault.startswith("story.en.md: Line 3: A picture cannot be part") for fault in faults(folder))


def test_a_file_that_is_no_picture_is_refused_by_its_name(folder: Path) -> None:
    (folder / "ferry.jpg").write_bytes(b"GIF89a")
    assert any(fault.startswith("ferry.jpg: This file is not a picture") for fault in faults(folder))


def test_an_operator_brings_a_story_from_its_folder_to_its_readers(
    folder: Path, reporter: User, editor: User, settings: object, tmp_path: Path
) -> None:
    settings.PUBLIC_ROOT = tmp_path / "data" / "public"  # type: ignore[attr-defined]
    slug = "lamps-at-the-ferry"

    def run(*words: str) -> str:
        result = CliRunner().invoke(command, words, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    run("import", str(folder), "--by", reporter.email)
    run("submit", slug)
    run("approve", slug, "--by", editor.email)
    assert "published in ko, en, zh-Hans" in run("publish", slug, "now", "Asia/Seoul")
    page = tmp_path / "data/public/stories/lamps-at-the-ferry/en/index.html"
    assert "Lamps again at the ferry" in page.read_text()
    run("withdraw", slug, "--reason", "A mistake")
    assert "Lamps again at the ferry" not in page.read_text()
    assert "withdrawn" in page.read_text()


def test_of_several_folders_those_without_fault_come_in(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = CliRunner().invoke(command, ["import", str(tmp_path / "empty"), str(folder)])
    assert result.exit_code == 1
    assert "refused: empty: empty/story.toml: This file is missing" in result.output
    assert Story.objects.count() == 1
