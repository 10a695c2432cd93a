"""What the press gets, at the desk: as strict as an import, with each refusal beside its field."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.desk.conftest import page
from tests.kit.test_press import photo
from tests.stage import NOON
from undersigned.desk.models import User
from undersigned.kit import keep
from undersigned.kit.keep import Writing, digest_of
from undersigned.kit.models import PressPicture, PressRelease
from undersigned.kit.press import LIMIT, TEXT_LIMIT
from undersigned.letters.audit import Actor
from undersigned.letters.models import Letter

TEXT = '# The bridge must open\r\n\r\nMany ask for it.\r\n\r\n> We hear them. {speaker="Ruth Ausgedacht"}\r\n'
SOMEBODY = Actor("Somebody else")


def form(**changes: object) -> dict[str, object]:
    """What the form of a picture sends."""
    fields: dict[str, object] = {"credit": "Invented Agency", "licence": "Free to print"}
    fields |= {f"caption-{tag}": f"caption {tag}" for tag in ("ko", "en", "zh-Hans")}
    return {name.replace("_", "-"): value for name, value in (fields | changes).items()}


def file(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("at-the-secret-shelter.jpg", photo() if content is None else content, "image/jpeg")


def at(letter: Letter, path: str = "") -> str:
    return f"/desk/{letter.slug}/press/{path}"


def was(client: Client, letter: Letter, language: str = "en") -> str:
    """What the form says about the text that it starts from."""
    found = re.search(r'name="was" value="(\w*)"', page(client, letter, f"press/release/{language}/"))
    assert found
    return found[1]


def write(client: Client, letter: Letter, text: str, language: str = "en", **more: str) -> str:
    fields = {"text": text, "was": was(client, letter, language), **more}
    return client.post(at(letter, f"release/{language}/"), fields, follow=True).content.decode()


# --- Press releases ---------------------------------------------------------------------------------------------------


def test_a_press_release_is_written_read_over_changed_and_taken_away(desk: Client, letter: Letter) -> None:
    assert page(desk, letter, "press/").count("not written yet") == 3
    looked = write(desk, letter, TEXT, act="look")
    assert '<p class="readsfirst">The bridge must open</p>' in looked
    assert "Ruth Ausgedacht" in looked
    assert not PressRelease.objects.exists()
    kept = write(desk, letter, TEXT)
    assert "Saved. The kit is made anew with it." in kept
    assert "The bridge must open" in kept
    before = digest_of(letter)
    write(desk, letter, TEXT.replace("must", "shall"))
    assert PressRelease.objects.get().headline == "The bridge shall open"
    assert digest_of(letter) != before
    write(desk, letter, "  ")
    assert not PressRelease.objects.exists()
    trail = page(desk, letter, "audit/")
    assert trail.count("The press release was written (en).") == 2
    assert "The press release was taken away (en)." in trail


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Many ask for it.", "A press release begins with its headline"),
        ("# Headline\r\n\r\n<b>Many</b> ask.", "Line 3: HTML such as"),
        ("# Headline\r\n\r\nMany.[^1]", "its text is nowhere in this file"),
        ("# Headline\r\n\r\n" + "m" * TEXT_LIMIT, "This press release is too long"),
        (f"# {'H' * 401}\r\n\r\nMany.", "This press release is too long"),
    ],
)
def test_a_press_release_is_refused_where_an_import_would_refuse_it(
    desk: Client, letter: Letter, text: str, told: str
) -> None:
    for act in ("", "look"):
        answer = desk.post(at(letter, "release/en/"), {"text": text, "was": "", "act": act})
        assert answer.status_code == 422
        assert told in answer.content.decode()
        assert text.split("\r\n", maxsplit=1)[0] in answer.content.decode()
    assert not PressRelease.objects.exists()


def test_a_press_release_that_changed_meanwhile_is_shown_before_it_is_replaced(desk: Client, letter: Letter) -> None:
    began = was(desk, letter)
    keep.write_release(letter, Writing("en", "# Theirs\r\n\r\nWords.", ""), SOMEBODY, NOON)
    answer = desk.post(at(letter, "release/en/"), {"text": "# Ours\r\n\r\nWords.", "was": began})
    assert answer.status_code == 409
    told = answer.content.decode()
    assert "# Theirs" in told
    assert "# Ours" in told
    assert PressRelease.objects.get().headline == "Theirs"
    write(desk, letter, "# Ours\r\n\r\nWords.")
    assert PressRelease.objects.get().headline == "Ours"


def test_there_is_no_press_release_in_a_language_that_the_letter_does_not_have(desk: Client, letter: Letter) -> None:
    assert desk.get(at(letter, "release/fr/")).status_code == 404


# --- Pictures and logos -----------------------------------------------------------------------------------------------


def test_a_picture_is_added_described_anew_replaced_and_taken_away(desk: Client, letter: Letter) -> None:
    added = desk.post(at(letter, "new/picture/"), form(picture=file()), follow=True).content.decode()
    row = PressPicture.objects.get()
    assert (row.name, row.credit, row.captions["ko"]) == ("picture-1.jpg", "Invented Agency", "caption ko")
    assert f'src="{at(letter, f"{row.pk}/shown/")}" loading="lazy" alt="caption en"' in added
    before = digest_of(letter)
    desk.post(at(letter, f"{row.pk}/"), form(credit="Another Agency"))
    assert PressPicture.objects.get().credit == "Another Agency"
    assert bytes(PressPicture.objects.get().content) == bytes(row.content)
    desk.post(at(letter, f"{row.pk}/"), form(picture=file(photo((900, 600), "PNG"))))
    assert PressPicture.objects.get().name == "picture-1.png"
    assert digest_of(letter) != before
    assert "Take “picture-1.png” away?" in page(desk, letter, f"press/{row.pk}/remove/")
    assert "Taken away." in desk.post(at(letter, f"{row.pk}/remove/"), follow=True).content.decode()
    assert not PressPicture.objects.exists()
    trail = page(desk, letter, "audit/")
    assert "“picture-1.jpg” was added to what the press gets." in trail
    assert "“picture-1.png” was taken away from what the press gets." in trail


def test_nothing_of_a_picture_is_kept_but_what_one_sees(desk: Client, letter: Letter) -> None:
    desk.post(at(letter, "new/picture/"), form(picture=file()))
    row = PressPicture.objects.get()
    assert b"secret shelter" not in bytes(row.content)
    shown = desk.get(at(letter, f"{row.pk}/shown/"))
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(shown.content)).size == (640, 360)


def test_the_names_of_files_are_not_given_away_again_beside_later_ones(desk: Client, letter: Letter) -> None:
    for _ in range(2):
        desk.post(at(letter, "new/picture/"), form(picture=file()))
    desk.post(at(letter, f"{PressPicture.objects.get(position=1).pk}/remove/"))
    desk.post(at(letter, "new/logo/"), form(picture=file(photo((400, 200), "PNG"))))
    assert [row.name for row in PressPicture.objects.all()] == ["picture-2.jpg", "logo-3.png"]


def test_what_is_missing_is_asked_for_all_at_once_and_what_was_typed_stays(desk: Client, letter: Letter) -> None:
    answer = desk.post(at(letter, "new/logo/"), form(credit="", caption_ko=" ", licence="m" * 401))
    told = answer.content.decode()
    assert answer.status_code == 422
    for sentence in (
        "Choose the file of the picture.",
        "Say whose it is: who made it, and for whom.",
        "This is too long: it may have 400 characters.",
        "Say in 한국어 what it shows",
    ):
        assert sentence in told, sentence
    assert "caption zh-Hans</textarea>" in told
    assert not PressPicture.objects.exists()


@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        (b"%PDF-1.7", 422, "not a picture that can be taken"),
        (b"", 422, "not a picture that can be taken"),
        (photo() + b"\0" * 20_000_001, 413, "This picture is too large: it has 20."),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_beside_its_field(
    desk: Client, letter: Letter, content: bytes, status: int, told: str
) -> None:
    answer = desk.post(at(letter, "new/picture/"), form(picture=file(content)))
    assert answer.status_code == status
    assert told in answer.content.decode().split('id="picture-refused"')[1]
    assert not PressPicture.objects.exists()


def test_no_more_are_taken_than_an_import_takes(desk: Client, letter: Letter) -> None:
    words = {"credit": "x", "licence": "x", "captions": {}, "suffix": "jpg", "content": b""}
    PressPicture.objects.bulk_create(
        PressPicture(letter=letter, kind="picture", position=number, **words) for number in range(LIMIT)
    )
    answer = desk.post(at(letter, "new/picture/"), form(picture=file()))
    assert answer.status_code == 409
    assert f"There are {LIMIT} of this kind already" in answer.content.decode()
    assert desk.post(at(letter, "new/logo/"), form(picture=file())).status_code == 302


def test_of_another_letter_nothing_is_found_here(desk: Client, letter: Letter) -> None:
    desk.post(at(letter, "new/picture/"), form(picture=file()))
    number = PressPicture.objects.get().pk + 1
    for path in ("", "remove/", "shown/"):
        assert desk.get(at(letter, f"{number}/{path}")).status_code == 404
    assert desk.get(at(letter, "new/film/")).status_code == 404


def test_only_the_desk_comes_here(client: Client, letter: Letter, secretary: User) -> None:
    for path in ("", "release/en/", "new/picture/"):
        assert "/accounts/login/" in client.get(at(letter, path)).headers["Location"]
