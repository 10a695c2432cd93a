import json
import os
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.pages.conftest import Crumbs
from tests.people import AMAL, BILGE, OYUN, SECRETARY, SOMI
from tests.stage import DAY, HOUR, MINUTE, NOON, invitation_to, make_letter, number_entries, sign_and_confirm, sign_on
from undersigned.config.worker import sequence_step
from undersigned.ledger.reading import source_at
from undersigned.ledger.verify import Known, verify
from undersigned.letters.freeze import freeze
from undersigned.letters.models import Letter, SignOns
from undersigned.letters.rename import rename
from undersigned.letters.stages import archive, set_sign_ons
from undersigned.lib.keys import KeyRing
from undersigned.pages import bakery
from undersigned.pages.bakery import bake_all, bake_due
from undersigned.pages.generation import PublicFolder
from undersigned.pages.tally import Figures
from undersigned.releases.release import Moment, release_due, schedule
from undersigned.signing.confirm import confirm
from undersigned.signing.decide import accept
from undersigned.signing.models import Signature
from undersigned.signing.withdraw import withdraw

Look = Callable[[], Crumbs]
LANGUAGES = ("ko", "en", "zh-Hans")


def accepted_under_embargo(letter: Letter) -> Signature:
    """An organisation signs by invitation, confirms, and is accepted, all before the release."""
    pending = sign_on(OYUN, letter, invited_by=invitation_to(letter).pk)
    confirm([pending.pk], NOON)
    signature = Signature.objects.get(pk=pending.pk)
    accept(signature, SECRETARY, NOON)
    return Signature.objects.get(pk=pending.pk)


def release(letter: Letter, at: datetime = NOON + 2 * DAY) -> None:
    release_due(at)
    letter.refresh_from_db()
    while number_entries(letter):
        pass


def holding(crumbs: Crumbs, text: str) -> set[str]:
    return {path for path, content in crumbs.items() if text.encode() in content}


# --- Before, at and after the release ---------------------------------------------------------------------------------


def test_nothing_of_an_unreleased_letter_is_in_any_file(embargoed: Letter, folder: PublicFolder) -> None:
    accepted_under_embargo(embargoed)
    bake_due(NOON)
    bake_all(NOON)
    everything = [path for path in folder.root.parent.rglob("*") if path.is_file()]
    assert everything
    for path in everything:
        assert not any(secret in path.read_bytes() for secret in (b"open-the-bridge", b"Steppe", "다리를".encode()))
    assert "open-the-bridge" not in {part for path in everything for part in path.parts}


def test_at_the_release_all_languages_appear_in_one_switch(
    embargoed: Letter, folder: PublicFolder, crumbs: Look
) -> None:
    accepted_under_embargo(embargoed)
    bake_due(NOON)
    generation = folder.current
    release(embargoed)
    assert not holding(crumbs(), "open-the-bridge")
    assert bake_due(NOON + 2 * DAY) == [embargoed]
    assert folder.current != generation
    for language in LANGUAGES:
        page = crumbs()[f"open-the-bridge/{language}/index.html"].decode()
        assert embargoed.subject[language] in page
        assert "Steppe Shelter Foundation" in page
    assert {"open-the-bridge/index.html", "open-the-bridge/letter.json"} <= crumbs().keys()
    assert all(b"/open-the-bridge/" in crumbs()[path] for path in ("index.html", "ko/index.html", "zh-Hans/index.html"))


def test_a_letter_is_due_once(letter: Letter, folder: PublicFolder) -> None:
    assert bake_due(NOON) == [letter]
    assert bake_due(NOON + HOUR) == []


def test_the_count_follows_the_log_and_the_name_is_there(letter: Letter, folder: PublicFolder, crumbs: Look) -> None:
    bake_due(NOON)
    generation = folder.current
    sign_and_confirm(SOMI, letter)
    number_entries(letter)
    assert bake_due(NOON + HOUR) == [letter]
    assert json.loads(crumbs()["open-the-bridge/letter.json"])["counts"]["supporters"] == 1
    assert holding(crumbs(), SOMI.name) == {f"open-the-bridge/{language}/index.html" for language in LANGUAGES}
    assert folder.current == generation


def test_a_withdrawn_name_is_gone_from_every_file_on_the_disk(letter: Letter, folder: PublicFolder) -> None:
    bake_due(NOON - MINUTE)
    signature = sign_and_confirm(SOMI, letter)
    number_entries(letter)
    set_sign_ons(letter, SignOns.CLOSED, SECRETARY, NOON + MINUTE)
    bake_due(NOON + HOUR)
    withdraw([signature.pk], NOON + 2 * HOUR)
    bake_due(NOON + 2 * HOUR)
    files = [path for path in folder.root.parent.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert not [path for path in files if SOMI.name.encode() in path.read_bytes()]


def test_who_is_counted_only_is_in_no_file_but_in_the_count(letter: Letter, folder: PublicFolder, crumbs: Look) -> None:
    for person in (AMAL, BILGE):
        sign_and_confirm(person, letter)
    number_entries(letter, hidden_batch=2)
    bake_due(NOON + HOUR)
    assert not holding(crumbs(), "Verborgen")
    assert not holding(crumbs(), "Saklı")
    assert json.loads(crumbs()["open-the-bridge/letter.json"])["counts"]["hidden"] == 2


def test_an_archived_letter_stays_readable_without_its_forms(
    letter: Letter, folder: PublicFolder, crumbs: Look
) -> None:
    bake_due(NOON)
    assert "open-the-bridge/en/sign/organisation/index.html" in crumbs()
    archive(letter, SECRETARY, NOON + HOUR)
    bake_due(NOON + HOUR)
    page = crumbs()["open-the-bridge/en/index.html"].decode()
    assert "This letter is archived." in page
    assert "<form" not in page
    assert not [path for path in crumbs() if "/sign/" in path]


def test_only_kinds_that_sign_publicly_have_a_page_for_it(letter: Letter, folder: PublicFolder, crumbs: Look) -> None:
    bake_due(NOON)
    assert "open-the-bridge/en/sign/supporter/index.html" in crumbs()
    assert "open-the-bridge/en/sign/person/index.html" not in crumbs()


# --- Addresses --------------------------------------------------------------------------------------------------------


def test_old_addresses_lead_on_and_hold_nothing_else(letter: Letter, folder: PublicFolder, crumbs: Look) -> None:
    bake_due(NOON)
    rename(letter, "open-both-bridges", SECRETARY, NOON)
    bake_due(NOON + HOUR)
    old = {path for path in crumbs() if path.startswith("open-the-bridge/")}
    pages = {"open-the-bridge/index.html", *(f"open-the-bridge/{tag}/index.html" for tag in LANGUAGES)}
    assert old == {"open-the-bridge/worker.js", *pages}  # a worker that ends the one that was there
    assert b'content="0; url=/open-both-bridges/ko/"' in crumbs()["open-the-bridge/ko/index.html"]
    assert json.loads(crumbs()["moved.json"]) == {"open-the-bridge": "open-both-bridges"}
    assert "open-both-bridges/en/index.html" in crumbs()


def test_a_letter_that_moves_back_is_at_its_first_address_again(
    letter: Letter, folder: PublicFolder, crumbs: Look
) -> None:
    rename(letter, "open-both-bridges", SECRETARY, NOON)
    bake_due(NOON)
    rename(letter, "open-the-bridge", SECRETARY, NOON + HOUR)
    bake_due(NOON + HOUR)
    assert "open-the-bridge/letter.json" in crumbs()
    assert json.loads(crumbs()["moved.json"]) == {"open-both-bridges": "open-the-bridge"}
    assert b'http-equiv="refresh"' in crumbs()["open-both-bridges/en/index.html"]


def test_the_former_address_of_an_unreleased_letter_is_told_to_nobody(
    embargoed: Letter, folder: PublicFolder, crumbs: Look
) -> None:
    rename(embargoed, "open-both-bridges", SECRETARY, NOON)
    bake_all(NOON)
    assert json.loads(crumbs()["moved.json"]) == {}
    assert not holding(crumbs(), "bridge")


# --- Bytes ------------------------------------------------------------------------------------------------------------


def test_equal_records_give_equal_bytes(letter: Letter, folder: PublicFolder, crumbs: Look, settings: Settings) -> None:
    for person in (SOMI, AMAL):
        sign_and_confirm(person, letter)
    number_entries(letter)
    bake_all(NOON)
    first = crumbs()
    settings.PUBLIC_ROOT = folder.root.parent.parent / "elsewhere" / "public"
    bake_all(NOON + 30 * DAY)
    second = PublicFolder(settings.PUBLIC_ROOT)
    assert {path: (second.root / path).read_bytes() for path in second.paths()} == first


def test_baking_everything_again_touches_nothing(letter: Letter, folder: PublicFolder) -> None:
    bake_all(NOON)
    before = {path: os.stat(folder.root / path).st_ino for path in folder.paths()}
    bake_all(NOON + DAY)
    assert {path: os.stat(folder.root / path).st_ino for path in folder.paths()} == before


def test_the_files_of_one_letter_are_left_alone_when_another_changes(
    letter: Letter, keys: KeyRing, folder: PublicFolder
) -> None:
    other = make_letter("lower-the-toll", keys)
    freeze(other, SECRETARY, NOON - DAY)
    schedule(other, Moment(datetime.fromisoformat("2026-11-10T13:00"), "UTC"), SECRETARY, NOON)
    release_due(NOON + HOUR)
    bake_due(NOON + HOUR)
    before = {path: os.stat(folder.root / path).st_ino for path in folder.paths() if path.startswith("lower")}
    sign_and_confirm(SOMI, letter)
    number_entries(letter)
    assert bake_due(NOON + 2 * HOUR) == [letter]
    assert {path: os.stat(folder.root / path).st_ino for path in before} == before


def test_assets_outlive_their_generation(letter: Letter, folder: PublicFolder) -> None:
    bake_all(NOON)
    with folder.lock():
        folder.publish({"assets/pages.fromolder.css": b"p {}"})
    bake_all(NOON + HOUR)
    assert "assets/pages.fromolder.css" in folder.paths()


def test_no_page_is_over_a_hundred_kilobytes_or_calls_elsewhere(
    letter: Letter, folder: PublicFolder, crumbs: Look
) -> None:
    sign_and_confirm(SOMI, letter)
    bake_all(NOON)
    for path, content in crumbs().items():
        assert len(content) < 100_000, path
        if path.endswith(".html"):
            assert not re.sub(rb'<script src="/assets/[\w.-]+" defer[^>]*></script>', b"", content).count(b"<script")
            assert b" style=" not in content
            assert b"default-src 'none'" in content


# --- Faults -----------------------------------------------------------------------------------------------------------


def test_a_fault_while_baking_leaves_the_folder_and_is_made_good_by_the_next_run(
    embargoed: Letter, folder: PublicFolder, crumbs: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    bake_due(NOON)
    before = crumbs()
    release(embargoed)

    def full(self: PublicFolder, generation: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(PublicFolder, "_switch", full)
        with pytest.raises(OSError, match="No space"):
            bake_due(NOON + 2 * DAY)
    assert crumbs() == before
    assert bake_due(NOON + 2 * DAY) == [embargoed]
    assert "open-the-bridge/en/index.html" in crumbs()


def test_a_letter_that_cannot_be_rendered_stays_as_it_was_and_holds_up_no_other(
    letter: Letter, folder: PublicFolder, crumbs: Look, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    bake_due(NOON)
    before = crumbs()
    sign_and_confirm(SOMI, letter)
    number_entries(letter)
    other, new = make_letter("open-the-tunnel", keys), make_letter("open-the-gate", keys)
    for one in (other, new):
        freeze(one, SECRETARY, NOON)
        schedule(one, Moment(datetime.fromisoformat("2026-11-10T13:00"), "UTC"), SECRETARY, NOON)
    release_due(NOON + HOUR)
    facts, spoilt = bakery.facts, {letter.slug, new.slug}

    def lame(one: Letter, figured: Figures) -> str:
        if one.slug in spoilt:
            raise KeyError
        return facts(one, figured)

    monkeypatch.setattr(bakery, "facts", lame)
    for bake in (bake_due, bake_all):
        with pytest.raises(ExceptionGroup) as raised:
            bake(NOON + HOUR)
        assert len(raised.value.exceptions) == 2
        now = crumbs()
        assert {path: now[path] for path in before if path.startswith(letter.slug)} == {
            path: content for path, content in before.items() if path.startswith(letter.slug)
        }
        assert "open-the-tunnel/en/index.html" in now
        assert b"/open-the-tunnel/" in now["index.html"]
        assert b"/open-the-bridge/" in now["index.html"]
        assert not holding(now, "open-the-gate")
    spoilt.clear()
    bake_due(NOON + HOUR)
    assert "나소미" in crumbs()["open-the-bridge/en/index.html"].decode()
    assert holding(crumbs(), "open-the-gate")


def test_what_changes_while_a_letter_is_baked_is_baked_by_the_next_run(
    letter: Letter, folder: PublicFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = bakery.facts

    def slow_facts(baking: Letter, figured: Figures) -> str:
        told = facts(baking, figured)
        sign_and_confirm(SOMI, letter)
        number_entries(letter)
        return told

    with monkeypatch.context() as patch:
        patch.setattr(bakery, "facts", slow_facts)
        bake_due(NOON)
    assert bake_due(NOON + HOUR) == [letter]
    assert bake_due(NOON + HOUR) == []


def test_a_folder_that_was_lost_is_baked_anew(letter: Letter, folder: PublicFolder, crumbs: Look) -> None:
    bake_due(NOON)
    before = crumbs()
    folder.root.unlink()
    bake_due(NOON + HOUR)
    assert crumbs() == before


# --- The log ----------------------------------------------------------------------------------------------------------


def test_the_log_of_a_letter_appears_with_its_release_and_not_before(embargoed: Letter, folder: PublicFolder) -> None:
    bake_all(NOON)
    assert not folder.links()
    release_due(NOON + 2 * DAY)
    sequence_step(NOON + 2 * DAY)
    assert not list(folder.root.rglob("checkpoint"))
    bake_due(NOON + 2 * DAY)
    checkpoint = folder.root / embargoed.slug / "log" / "checkpoint"
    assert checkpoint.read_text().startswith(f"{embargoed.origin}\n2\n")


def test_the_log_is_found_under_every_address_that_its_letter_had(letter: Letter, folder: PublicFolder) -> None:
    old = letter.slug
    rename(letter, "close-the-gap", SECRETARY, NOON)
    sequence_step(NOON)
    bake_due(NOON)
    heads = [(folder.root / slug / "log/checkpoint").read_bytes() for slug in (old, "close-the-gap")]
    assert heads[0] == heads[1]


def test_the_log_of_an_archived_letter_stays(letter: Letter, folder: PublicFolder) -> None:
    sequence_step(NOON)
    archive(letter, SECRETARY, NOON)
    bake_due(NOON)
    assert (folder.root / letter.slug / "log/checkpoint").exists()


def test_a_stranger_who_recounts_the_published_folder_finds_what_its_page_says(
    letter: Letter, folder: PublicFolder, settings: Settings
) -> None:
    settings.HIDDEN_BATCH = 2
    signatures = [sign_and_confirm(person, letter) for person in (SOMI, AMAL, BILGE, OYUN)]
    accept(signatures[3], SECRETARY, NOON)
    sequence_step(NOON)
    bake_due(NOON)
    withdraw([signatures[0].pk], NOON)
    sequence_step(NOON)
    for at, size, organisations, hidden in ((NOON, 6, 1, 2), (NOON + DAY, 7, 1, 2)):
        verdict = verify(source_at(str(folder.root / letter.slug)), Known(), lambda _done, _of: None)
        assert verdict.head.size == 7
        assert verdict.compared == size
        assert sum(verdict.counts.values()) == organisations + hidden
        bake_due(at)


def test_a_letter_that_is_released_while_another_is_baked_shows_its_log_with_its_pages(
    letter: Letter, folder: PublicFolder, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_letter("tunnel", keys)
    freeze(other, SECRETARY, NOON - DAY)
    schedule(other, Moment(datetime.fromisoformat("2026-11-10T13:00"), "UTC"), SECRETARY, NOON)
    render = bakery._render

    def released_meanwhile(folder: PublicFolder, letters: list[Letter], *, everything: bool) -> object:
        release_due(NOON + 2 * HOUR)
        return render(folder, letters, everything=everything)

    with monkeypatch.context() as patch:
        patch.setattr(bakery, "_render", released_meanwhile)
        bake_due(NOON + HOUR)
    assert set(folder.links()) == {f"{letter.slug}/log"}
    bake_due(NOON + 2 * HOUR)
    assert set(folder.links()) == {f"{letter.slug}/log", "tunnel/log"}
