"""What the press gets, read from a folder, cleaned, and printed with the letter."""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageCms
from pytest_django.fixtures import Settings

from tests.people import SECRETARY
from tests.stage import NOON
from undersigned.kit.keep import digest_of, keep
from undersigned.kit.models import PressRelease
from undersigned.kit.pictures import LONGEST
from undersigned.kit.press import read
from undersigned.letters.models import AuditRecord, Letter
from undersigned.lib.refusal import Refused
from undersigned.pages.kit import due, make, shown, store
from undersigned.pages.kit_page import Shelf, kit_page
from undersigned.pages.letter import public_page

LANGUAGES = ("ko", "en", "zh-Hans")
RELEASE = """# The bridge must open

Many ask for it today.[^1]

> We hear them. {speaker="Ruth Ausgedacht" office="former rapporteur"}

[^1]: Report of the ferrymen.
"""
KIT = """[[pictures]]
file = "bridge.jpg"
credit = "Invented Agency"
licence = "Free to print"
caption = { ko = "다리", en = "The bridge", zh-Hans = "大桥" }
"""


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """A folder of a letter, with a press release in two of its languages, and a picture that tells its place."""
    settings.KITS = tmp_path / "kits"
    place = tmp_path / "letter" / "kit"
    place.mkdir(parents=True)
    (place / "press.en.md").write_text(RELEASE)
    (place / "press.ko.md").write_text(RELEASE.replace("The bridge must open", "다리를 열라"))
    (place / "kit.toml").write_text(KIT)
    (place / "bridge.jpg").write_bytes(photo())
    return place.parent


def photo(size: tuple[int, int] = (1600, 900), kind: str = "JPEG") -> bytes:
    image = Image.new("RGB", size, "teal")
    told = image.getexif()
    told[0x010E] = "taken at the secret shelter"
    file = io.BytesIO()
    image.save(file, kind, exif=told)
    return file.getvalue()


def codes(folder: Path) -> list[str]:
    """What is refused of a folder."""
    with pytest.raises(Refused) as refused:
        read(folder, LANGUAGES)
    return [refusal.code for refusal in refused.value.refusals]


def test_a_press_release_is_read_with_its_headline(folder: Path) -> None:
    press = read(folder, LANGUAGES)
    assert {tag: release.headline for tag, release in press.releases.items()} == {
        "ko": "다리를 열라",
        "en": "The bridge must open",
    }
    assert [(one.kind, one.words.credit, one.words.captions["en"]) for one in press.pictures] == [
        ("picture", "Invented Agency", "The bridge")
    ]


def test_a_picture_keeps_its_pixels_and_nothing_else(folder: Path) -> None:
    [picture] = read(folder, LANGUAGES).pictures
    assert b"secret shelter" not in picture.file.content
    assert Image.open(io.BytesIO(picture.file.content)).size == (1600, 900)


def test_a_picture_larger_than_any_newspaper_prints_is_scaled_down(folder: Path) -> None:
    (folder / "kit" / "bridge.jpg").write_bytes(photo((6000, 1000)))
    [picture] = read(folder, LANGUAGES).pictures
    assert Image.open(io.BytesIO(picture.file.content)).width == LONGEST


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('credit = "Invented Agency"\n', "", "wrong-value"),
        ('licence = "Free to print"\n', "", "wrong-value"),
        ('ko = "다리", ', "", "wrong-value"),
        ("bridge.jpg", "../../letter.toml", "picture-elsewhere"),
        ("bridge.jpg", "none.jpg", "wrong-file"),
        ("bridge.jpg", "press.en.md", "file-wrong"),
        ("credit", "credits", "unknown-key"),
        ("[[pictures]]", "[[pictures", "not-toml"),
    ],
)
def test_a_picture_without_what_printing_it_needs_is_refused(folder: Path, old: str, new: str, code: str) -> None:
    (folder / "kit" / "kit.toml").write_text(KIT.replace(old, new))
    assert code in codes(folder)


def test_a_picture_that_claims_to_be_vast_is_refused(folder: Path) -> None:
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    (folder / "kit" / "bridge.jpg").write_bytes(bomb.getvalue())
    with pytest.raises(Refused) as refused:
        read(folder, LANGUAGES)
    assert (
        str(refused.value.refusals[0]) == "bridge.jpg: This picture has too many pixels: at most 60 million are taken."
    )


def test_the_colours_of_another_space_are_kept_and_its_profile_is_not(folder: Path) -> None:
    wide = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for profile in (wide, b"no profile"):
        file = io.BytesIO()
        Image.new("RGB", (800, 600), "teal").save(file, "JPEG", icc_profile=profile)
        (folder / "kit" / "bridge.jpg").write_bytes(file.getvalue())
        [picture] = read(folder, LANGUAGES).pictures
        assert "icc_profile" not in Image.open(io.BytesIO(picture.file.content)).info


def test_a_logo_stays_transparent_also_as_webp(folder: Path) -> None:
    file = io.BytesIO()
    Image.new("RGBA", (400, 200), (0, 0, 0, 0)).save(file, "WEBP", lossless=True)
    (folder / "kit" / "bridge.jpg").write_bytes(file.getvalue())
    [picture] = read(folder, LANGUAGES).pictures
    assert picture.file.suffix == "png"
    assert Image.open(io.BytesIO(picture.file.content)).mode == "RGBA"


def test_a_press_release_without_a_headline_is_refused(folder: Path) -> None:
    (folder / "kit" / "press.en.md").write_text("Many ask for it today.")
    assert codes(folder) == ["press-headline-missing"]


def test_a_press_release_in_a_language_that_the_letter_does_not_have_is_left_out_with_a_note(folder: Path) -> None:
    (folder / "kit" / "press.fr.md").write_text(RELEASE)
    press = read(folder, LANGUAGES)
    assert [note.place.file for note in press.notes] == ["press.fr.md"]


def test_a_letter_without_a_kit_has_nothing_for_the_press(tmp_path: Path) -> None:
    press = read(tmp_path, LANGUAGES)
    assert (press.releases, press.pictures, press.notes) == ({}, (), ())


def test_what_the_press_gets_is_printed_with_the_letter(folder: Path, letter: Letter) -> None:
    keep(letter, read(folder, LANGUAGES), SECRETARY, NOON)
    names = {item.name for item in make(letter, NOON).items}
    assert {"press.ko.pdf", "press.en.pdf", "press.en.docx", "press.en.txt", "quotations.en.txt"} <= names
    assert {"picture-1.jpg", "pictures.ko.txt", "pictures.zh-Hans.txt"} <= names
    assert "press.zh-Hans.pdf" not in names
    told = (store().read(letter.pk, "press.en.txt") or b"").decode()
    assert "The bridge must open" in told
    assert "[1] Report of the ferrymen." in told
    assert "not to be published before 10 November 2026, 11:00 (UTC)" in told
    assert (
        store().read(letter.pk, "quotations.en.txt")
        == b"We hear them.\n\xe2\x80\x94 Ruth Ausgedacht, former rapporteur\n"
    )
    assert b"Credit: Invented Agency" in (store().read(letter.pk, "pictures.en.txt") or b"")


def test_a_picture_is_offered_with_what_it_shows_whose_it_is_and_its_terms(folder: Path, letter: Letter) -> None:
    keep(letter, read(folder, LANGUAGES), SECRETARY, NOON)
    make(letter, NOON)
    letter.refresh_from_db()
    offers = [one for shelf in offered(letter, "ko") for one in shelf.offers if one.terms]
    assert [(one.caption.text, one.terms) for one in offers] == [("다리", "Invented Agency · Free to print")]
    (folder / "kit" / "kit.toml").write_text(KIT.replace("Invented Agency", "Another Agency"))
    keep(letter, read(folder, LANGUAGES), SECRETARY, NOON)
    letter.refresh_from_db()
    assert not [one for shelf in offered(letter, "ko") for one in shelf.offers if one.terms]


def offered(letter: Letter, language: str) -> tuple[Shelf, ...]:
    return kit_page(shown(letter), language, public_page(letter, language)).shelves


def test_a_change_for_the_press_is_printed_at_once_and_is_no_new_edition(folder: Path, letter: Letter) -> None:
    keep(letter, read(folder, LANGUAGES), SECRETARY, NOON)
    make(letter, NOON)
    letter.refresh_from_db()
    assert list(due(NOON)) == []
    before = digest_of(letter)
    (folder / "kit" / "press.en.md").write_text(RELEASE.replace("Many ask", "Very many ask"))
    keep(letter, read(folder, LANGUAGES), SECRETARY, NOON)
    assert digest_of(letter) != before
    assert list(due(NOON)) == [letter]
    assert make(letter, NOON).edition == 1
    assert PressRelease.objects.filter(letter=letter).count() == 2
    assert AuditRecord.objects.filter(letter=letter, act="press kit imported").count() == 2
