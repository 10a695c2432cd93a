import hashlib

import pytest
from django.db import IntegrityError, transaction

from tests.people import CLERK, SECRETARY
from tests.stage import BLOCKS, NOON
from tests.trouble import another_process, at_once, cut_at_each_step, everything
from undersigned.ledger.events import Event
from undersigned.ledger.models import Entry, Opening
from undersigned.letters import draft
from undersigned.letters.content import Wording
from undersigned.letters.draft import Correction, DraftIsFrozen
from undersigned.letters.freeze import DraftChanged, GapsRemain, NothingToFreeze, freeze
from undersigned.letters.models import Letter, Version

RACE = pytest.mark.django_db(transaction=True)


def correct_opening(letter: Letter) -> None:
    draft.correct(letter, Correction("open", "ko", Wording("문을 여십시오."), "다리를 여십시오."), CLERK, NOON)


def test_a_frozen_version_holds_all_languages_together(drafted: Letter) -> None:
    version = freeze(drafted, SECRETARY, NOON)
    assert version.content == draft.content_of(drafted)
    assert version.content.blocks == BLOCKS
    assert (version.number, version.frozen_at, version.frozen_by) == (1, NOON, SECRETARY.name)
    assert drafted.frozen == version


def test_a_version_is_known_by_the_digest_of_its_canonical_text(frozen: Letter) -> None:
    version = Version.objects.get()
    assert version.hex_digest == hashlib.sha256(version.canonical.encode()).hexdigest()


def test_freezing_is_the_first_line_of_the_log_and_it_waits(drafted: Letter) -> None:
    version = freeze(drafted, SECRETARY, NOON)
    entry = Entry.objects.get()
    assert (entry.event, entry.kind, entry.index) == (Event.VERSION_FROZEN, "", None)
    assert bytes(entry.version) == bytes(version.digest)
    salt = bytes(Opening.objects.get(entry=entry).salt)
    assert bytes(entry.commitment) == hashlib.sha256(salt + version.canonical.encode()).digest()


def test_a_text_with_gaps_is_not_frozen_and_their_number_is_told(drafted: Letter) -> None:
    draft.replace(drafted, BLOCKS, {("waiting", "ko"): "moved", ("open", "en"): "extra"})
    before = everything()
    with pytest.raises(GapsRemain) as refused:
        freeze(drafted, SECRETARY, NOON)
    assert str(refused.value).startswith("2 blocks do not line up")
    assert everything() == before


def test_a_letter_without_a_text_is_not_frozen(drafted: Letter) -> None:
    draft.replace(drafted, [], {})
    with pytest.raises(NothingToFreeze):
        freeze(drafted, SECRETARY, NOON)
    assert not Version.objects.exists()


def test_only_the_text_that_was_looked_at_is_frozen(drafted: Letter) -> None:
    seen = draft.content_of(drafted).digest().hex()
    correct_opening(drafted)
    with pytest.raises(DraftChanged):
        freeze(drafted, SECRETARY, NOON, seen)
    assert drafted.frozen is None
    freeze(drafted, SECRETARY, NOON, draft.content_of(drafted).digest().hex())


def test_what_is_on_record_is_frozen_and_not_what_somebody_holds_in_memory(drafted: Letter) -> None:
    held = Letter.objects.get()
    Letter.objects.update(subject={"en": "Open the gate", "ko": "문을", "zh-Hans": "门"})
    assert freeze(held, SECRETARY, NOON).content.subject["en"] == "Open the gate"


def test_a_text_is_frozen_once(frozen: Letter) -> None:
    before = everything()
    with pytest.raises(DraftIsFrozen):
        freeze(frozen, SECRETARY, NOON)
    assert everything() == before


def test_two_versions_cannot_have_one_number(frozen: Letter) -> None:
    version = Version.objects.get()
    version.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        version.save(force_insert=True)


def test_what_people_signed_does_not_follow_the_terms_of_the_letter(frozen: Letter) -> None:
    version = Version.objects.get()
    Letter.objects.update(subject={"en": "Something else"}, addressees=[], prevailing="ko")
    again = Version.objects.get()
    assert again.canonical == version.canonical
    assert again.content.subject["en"] == "Open the bridge"


def test_a_freezing_that_breaks_at_any_step_freezes_nothing(drafted: Letter) -> None:
    before = everything()
    steps = 0
    for step in cut_at_each_step(lambda: freeze(drafted, SECRETARY, NOON)):
        assert everything() == before, step
        steps += 1
    assert steps >= 8  # lock, version?, gaps, blocks, version, log, entry and its opening, trail
    assert Version.objects.count() == Entry.objects.count() == Opening.objects.count() == 1


@RACE
def test_of_two_who_freeze_at_the_same_moment_one_is_told_that_it_is_frozen(drafted: Letter) -> None:
    answers = at_once(*[lambda: freeze(Letter.objects.get(), SECRETARY, NOON)] * 2)
    assert {type(answer) for answer in answers} == {Version, DraftIsFrozen}
    assert Entry.objects.count() == 1


@RACE
def test_who_corrects_while_the_text_is_being_frozen_comes_too_late(drafted: Letter) -> None:
    with another_process() as begin, transaction.atomic():
        version = freeze(drafted, SECRETARY, NOON)
        late = begin(lambda: correct_opening(drafted))
    assert isinstance(late.exception(), DraftIsFrozen)
    assert draft.content_of(drafted) == version.content


@RACE
def test_a_correction_that_is_being_saved_is_frozen_with_the_text(drafted: Letter) -> None:
    with another_process() as begin, transaction.atomic():
        correct_opening(drafted)
        frozen = begin(lambda: freeze(drafted, SECRETARY, NOON))
    assert frozen.result().content.blocks[2].wordings["ko"].text == "문을 여십시오."
