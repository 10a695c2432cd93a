"""The kit of a letter: ready before the release, public with it, and true to the records afterwards."""

import asyncio
import contextlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.pages.conftest import Crumbs
from tests.pages.crowd import crowd
from tests.people import AMAL, OYUN, SECRETARY, SOMI
from tests.stage import DAY, HOUR, MINUTE, NOON, invitation_to, number_entries, sign_and_confirm, sign_on
from undersigned.config.worker import Press
from undersigned.intake.folder import Folder
from undersigned.kit.models import Edition
from undersigned.kit.typeset import Typeset
from undersigned.letters.models import Letter
from undersigned.letters.rename import rename
from undersigned.letters.stages import NotFrozenYet
from undersigned.pages import kit as kits
from undersigned.pages.bakery import bake_due
from undersigned.pages.figures import rounded
from undersigned.pages.generation import PublicFolder
from undersigned.pages.kit import due, make, ready, store
from undersigned.releases.release import Moment, release_due, schedule
from undersigned.signing.confirm import confirm
from undersigned.signing.correct import accept_correction, correct
from undersigned.signing.decide import accept
from undersigned.signing.models import Signature
from undersigned.signing.sign_on import Card
from undersigned.signing.withdraw import withdraw

Look = Callable[[], Crumbs]
RELEASE = NOON + DAY


@pytest.fixture(autouse=True)
def private_folder(tmp_path: Path, settings: Settings) -> Path:
    """Where kits wait."""
    settings.KITS = tmp_path / "data" / "kits"
    return tmp_path / "data" / "kits"


def accepted(letter: Letter, at: datetime = NOON) -> Signature:
    """An organisation that is on the letter."""
    invited = None if letter.is_public else invitation_to(letter).pk
    pending = sign_on(OYUN, letter, at, invited_by=invited)
    confirm([pending.pk], at)
    accept(Signature.objects.get(pk=pending.pk), SECRETARY, at)
    number_entries(letter)
    return Signature.objects.get(pk=pending.pk)


def released(letter: Letter) -> None:
    """What the worker does at the moment of the release."""
    release_due(RELEASE)
    letter.refresh_from_db()
    number_entries(letter)
    bake_due(RELEASE)


def kit_step(at: datetime) -> None:
    """What the worker's thread for kits does."""
    Press().make_due(at)


def text_of(letter: Letter, name: str = "letter.en.txt") -> str:
    return (store().read(letter.pk, name) or b"").decode()


# --- Before, at and after the release ---------------------------------------------------------------------------------


def test_a_kit_is_ready_under_embargo_and_nowhere_in_the_public_folder(
    embargoed: Letter, folder: PublicFolder, crumbs: Look
) -> None:
    accepted(embargoed)
    kit_step(NOON)
    bake_due(NOON)
    assert "Steppe Shelter Foundation" in text_of(embargoed)
    assert not [path for path in crumbs() if embargoed.slug in path]
    everything = [path for path in folder.root.parent.rglob("*") if path.is_file() and "kits" not in path.parts]
    assert not [path for path in everything if b"Steppe Shelter" in path.read_bytes()]


def test_the_private_folder_is_closed_to_others(embargoed: Letter, private_folder: Path) -> None:
    make(embargoed, NOON)
    assert private_folder.stat().st_mode & 0o077 == 0


def test_the_kit_is_public_in_the_same_switch_as_the_letter(
    embargoed: Letter, folder: PublicFolder, crumbs: Look
) -> None:
    accepted(embargoed)
    bake_due(NOON)
    kit_step(NOON)
    before = folder.current
    released(embargoed)
    assert before
    assert folder.current
    assert int(folder.current.name) == int(before.name) + 1
    names = {path.rpartition("/")[2] for path in crumbs() if path.startswith(f"{embargoed.slug}/kit/")}
    for tag in ("ko", "en", "zh-Hans"):
        assert {f"letter.{tag}.pdf", f"letter.{tag}.docx", f"letter.{tag}.txt", f"card.{tag}.png"} <= names
    assert {"letter.pdf", "kit.zip", "SHA256SUMS"} <= names


def test_after_the_release_the_kit_tells_how_far_the_log_has_come(
    embargoed: Letter, folder: PublicFolder, crumbs: Look
) -> None:
    accepted(embargoed)
    kit_step(NOON)
    assert "which opens with the release" in text_of(embargoed)
    released(embargoed)
    kit_step(RELEASE)
    told = crumbs()[f"{embargoed.slug}/kit/letter.en.txt"].decode()
    assert "as of 3 entries" in told
    assert "Edition: 1" in told
    assert list(due(RELEASE)) == []


def test_every_address_that_is_printed_leads_to_a_page(letter: Letter, folder: PublicFolder, crumbs: Look) -> None:
    kit_step(NOON)
    printed = re.findall(r"https://letters\.example/(\S*/)$", text_of(letter, "letter.ko.txt"), re.MULTILINE)
    assert len(printed) == 2
    assert not [path for path in printed if f"{path}index.html" not in crumbs()]


def test_a_release_that_is_postponed_is_told_so(embargoed: Letter) -> None:
    kit_step(NOON)
    schedule(embargoed, Moment(datetime.fromisoformat("2026-12-24T12:00"), "Asia/Seoul"), SECRETARY, NOON)
    kit_step(NOON + MINUTE)
    assert "24 December 2026" in text_of(embargoed)


def test_a_release_does_not_wait_for_a_kit_that_is_not_ready(embargoed: Letter, crumbs: Look) -> None:
    released(embargoed)
    assert f"{embargoed.slug}/en/index.html" in crumbs()
    assert not [path for path in crumbs() if path.startswith(f"{embargoed.slug}/kit/")]
    kit_step(RELEASE)
    assert f"{embargoed.slug}/kit/letter.en.pdf" in crumbs()


def test_a_text_that_is_not_frozen_has_no_kit(drafted: Letter) -> None:
    with pytest.raises(NotFrozenYet):
        make(drafted, NOON)
    assert list(due(NOON)) == []


# --- Names that go, and names that come -------------------------------------------------------------------------------


def test_a_withdrawn_name_leaves_with_the_first_bake_and_the_kit_comes_back_without_it(
    letter: Letter, folder: PublicFolder, crumbs: Look
) -> None:
    signature = accepted(letter)
    kit_step(NOON)
    assert b"Steppe Shelter" in crumbs()[f"{letter.slug}/kit/letter.en.txt"]
    withdraw([signature.pk], NOON + MINUTE)
    number_entries(letter)
    bake_due(NOON + MINUTE)
    assert {path for path in crumbs() if f"{letter.slug}/kit/" in path} == {
        f"{letter.slug}/kit/card.{tag}.png" for tag in letter.languages
    }
    kit_step(NOON + MINUTE)
    told = crumbs()[f"{letter.slug}/kit/letter.en.txt"].decode()
    assert "Steppe Shelter" not in told
    assert "Edition: 2" in told
    assert not [path for path in folder.root.parent.rglob("*") if path.is_file() and b"Steppe" in path.read_bytes()]


@pytest.mark.usefixtures("without_the_browsers_loop")
def test_a_corrected_name_makes_a_new_edition_and_the_links_of_the_old_one_lead_to_it(
    letter: Letter, folder: PublicFolder
) -> None:
    signature = accepted(letter)
    kit_step(NOON)
    card = Card(name="Steppe Shelter Trust", country="MN")
    correct(signature, card, NOON + HOUR)
    accept_correction(Signature.objects.get(pk=signature.pk), SECRETARY, NOON + HOUR)
    number_entries(letter)
    bake_due(NOON + HOUR)
    kit_step(NOON + HOUR)
    assert Edition.objects.get(letter=letter).number == 2
    assert "Steppe Shelter Trust" in text_of(letter)
    for edition in (1, 2):
        assert ask(folder, f"/{letter.slug}/kit/{edition}/letter.en.pdf") == f"/{letter.slug}/kit/letter.en.pdf"
    rename(letter, "open-the-gate", SECRETARY, NOON + HOUR)
    bake_due(NOON + HOUR)
    kit_step(NOON + HOUR)
    assert ask(folder, "/open-the-bridge/kit/letter.en.pdf") == "/open-the-gate/kit/letter.en.pdf"
    assert ask(folder, "/open-the-gate/kit/1/letter.en.pdf") == "/open-the-gate/kit/letter.en.pdf"


def ask(folder: PublicFolder, path: str) -> str:
    """Where the door leads who asks for `path`; the path itself where it is answered."""
    reply = asyncio.run(Folder(folder.root).reply(path, {}, 0.0))
    assert reply
    return dict(reply.headers).get(b"location", path.encode()).decode()


def test_more_signatories_wait_for_the_pace_and_make_no_new_edition(
    letter: Letter, folder: PublicFolder, settings: Settings
) -> None:
    settings.KIT_PACE = timedelta(minutes=15)
    number_entries(letter)
    kit_step(NOON)
    sign_and_confirm(SOMI, letter, NOON + MINUTE)
    number_entries(letter)
    kit_step(NOON + 2 * MINUTE)
    assert SOMI.name not in text_of(letter)
    kit_step(NOON + 16 * MINUTE)
    assert SOMI.name in text_of(letter)
    assert Edition.objects.get(letter=letter).number == 1


def test_another_round_figure_is_shown_a_minute_after_the_last_kit_and_not_as_often_as_it_changes(
    letter: Letter, folder: PublicFolder, settings: Settings
) -> None:
    settings.KIT_PACE = timedelta(minutes=15)
    number_entries(letter)
    kit_step(NOON)
    crowd(letter, 11)
    assert list(due(NOON + timedelta(seconds=59))) == []
    kit_step(NOON + MINUTE)
    crowd(letter, 10, seed=2)
    assert list(due(NOON + timedelta(seconds=119))) == []
    assert list(due(NOON + 2 * MINUTE)) == [letter]


def test_a_hidden_name_is_in_no_file_of_the_kit(letter: Letter, folder: PublicFolder) -> None:
    sign_and_confirm(AMAL, letter)
    number_entries(letter)
    made = make(letter, NOON)
    for item in made.items:
        assert AMAL.name.encode() not in (store().read(letter.pk, item.name) or b"")
    assert "1 supporter, counted only" in text_of(letter)


def test_a_kit_that_cannot_be_made_anew_is_not_shown_any_longer(
    letter: Letter, folder: PublicFolder, crumbs: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    signature = accepted(letter)
    kit_step(NOON)
    withdraw([signature.pk], NOON + MINUTE)
    monkeypatch.setattr(kits, "pdf", broken)
    with pytest.raises(ExceptionGroup) as faults:
        kit_step(NOON + MINUTE)
    assert faults.group_contains(OSError, match="no space")
    assert not [path for path in crumbs() if path.startswith(f"{letter.slug}/kit/")]
    assert ready(letter) is None
    monkeypatch.undo()
    kit_step(NOON + MINUTE)
    assert "Edition: 2" in text_of(letter)


def test_a_kit_that_failed_is_tried_again_after_a_minute_and_not_all_the_time(
    letter: Letter, folder: PublicFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[object] = []
    monkeypatch.setattr(kits, "pdf", lambda sheets: tries.append(sheets) or broken(sheets))
    press = Press()
    for seconds in (0, 2, 4, 60):
        with contextlib.suppress(ExceptionGroup):
            press.make_due(NOON + timedelta(seconds=seconds))
    assert len(tries) == 2


def broken(sheets: object) -> Typeset:
    raise OSError("no space left on device")


def test_the_same_records_give_the_same_kit_byte_for_byte(letter: Letter) -> None:
    accepted(letter)
    first = make(letter, NOON)
    assert make(letter, NOON + HOUR).items == first.items


def test_a_kit_that_a_crash_left_half_is_made_anew(letter: Letter, private_folder: Path) -> None:
    make(letter, NOON)
    assert list(due(NOON)) == []
    (private_folder / str(letter.pk) / "kit.json").write_text('{"stand": ')
    assert list(due(NOON)) == [letter]


def test_a_round_figure_is_always_less_than_the_count() -> None:
    told = {0: 0, 9: 0, 10: 0, 11: 10, 180: 170, 181: 180, 1_999: 1_900, 23_456: 23_000}
    assert {count: rounded(count) for count in told} == told
