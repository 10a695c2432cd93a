import shutil
from itertools import count
from pathlib import Path

import pytest

from tests.people import CLERK, SECRETARY
from tests.stage import DAY, NOON, make_letter
from tests.trouble import at_once, cut_at_each_step, everything
from undersigned.ledger.models import Log
from undersigned.letters import import_, rename
from undersigned.letters.draft import DraftIsFrozen
from undersigned.letters.freeze import freeze
from undersigned.letters.import_ import LogTaken, import_folder
from undersigned.letters.models import Letter
from undersigned.letters.rename import SlugTaken
from undersigned.lib.keys import KeyRing

RACE = pytest.mark.django_db(transaction=True)
VALLEY = Path(__file__).parent / "valley"


@pytest.fixture
def valley(tmp_path: Path, db: None, keys: KeyRing) -> Path:
    return Path(shutil.copytree(VALLEY, tmp_path / "valley"))


def bring_in(folder: Path) -> Letter:
    return import_folder(folder, CLERK, NOON).letter


def change(folder: Path, old: str, new: str) -> None:
    manifest = folder / "letter.toml"
    text = manifest.read_text()
    assert old in text
    manifest.write_text(text.replace(old, new))


def test_a_folder_becomes_a_draft_with_its_log_and_its_key(valley: Path, keys: KeyRing) -> None:
    letter = bring_in(valley)
    assert (letter.slug, letter.publication, letter.sign_ons) == ("keep-the-valley", "draft", "closed")
    assert letter.blocks.exists()
    assert Log.objects.get().origin == letter.origin
    assert keys.letter_key(letter.pk)


def test_the_same_folder_again_is_the_same_letter_with_its_new_text(valley: Path) -> None:
    first = bring_in(valley)
    change(valley, "minimum_age = 18", "minimum_age = 16")
    again = bring_in(valley)
    assert (again.pk, again.minimum_age, Letter.objects.count()) == (first.pk, 16, 1)


def test_a_frozen_text_is_not_imported_over(valley: Path) -> None:
    freeze(bring_in(valley), SECRETARY, NOON)
    before = everything()
    with pytest.raises(DraftIsFrozen):
        import_folder(valley, CLERK, NOON + DAY)
    assert everything() == before


def test_an_address_or_a_log_that_another_letter_had_is_refused(valley: Path, keys: KeyRing) -> None:
    other = make_letter("keep-the-valley", keys)
    rename.rename(other, "keep-the-hill", SECRETARY, NOON)
    before = everything()
    with pytest.raises(SlugTaken):
        bring_in(valley)
    change(valley, 'slug = "keep-the-valley"', 'slug = "keep-it"')
    change(valley, "freerivers.example/", "letters.example/")
    with pytest.raises(LogTaken):
        bring_in(valley)
    assert everything() == before


def test_who_looked_before_another_letter_took_the_log_is_refused_too(
    valley: Path, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_letter("keep-the-hill", keys, origin="freerivers.example/keep-the-valley")
    look, looks = import_._refuse_taken, count()
    monkeypatch.setattr(import_, "_refuse_taken", lambda manifest: next(looks) and look(manifest))
    before = everything()
    with pytest.raises(LogTaken):
        bring_in(valley)
    assert everything() == before


def test_an_import_that_breaks_at_any_step_imports_nothing(valley: Path) -> None:
    before = everything()
    for step in cut_at_each_step(lambda: bring_in(valley)):
        assert everything() == before, step
    assert Letter.objects.get().slug == "keep-the-valley"


@RACE
def test_two_imports_at_once_make_one_letter(valley: Path) -> None:
    answers = at_once(*[lambda: bring_in(valley)] * 2)
    assert all(isinstance(answer, Letter | SlugTaken | LogTaken) for answer in answers), answers
    assert Letter.objects.count() == Log.objects.count() == 1
