"""An older backup was restored: the record is taken back to what it was, and the published files are not."""

import random
import shutil
from collections.abc import Generator, Sequence
from contextlib import contextmanager

import pytest
from django.db import transaction

from tests.ledger.published import assert_whole, files_in, folder_of
from tests.people import AMAL, BILGE, OYUN, SECRETARY, SOMI, Person
from tests.stage import DAY, HOUR, NOON, invitation_to, sign_and_confirm, sign_on
from undersigned.ledger.adopt import EntriesUnreadable
from undersigned.ledger.events import Event
from undersigned.ledger.head import LogAhead, LogForked
from undersigned.ledger.models import Entry, Log, Opening
from undersigned.ledger.publish import tend
from undersigned.ledger.reading import source_at
from undersigned.ledger.tally import Counts, counts, recount
from undersigned.ledger.verify import Known, verify
from undersigned.letters.models import AuditRecord, Letter
from undersigned.signing.adopt import NotReleasedHere, Outcome, adopt
from undersigned.signing.confirm import Confirmed, confirm
from undersigned.signing.correct import accept_correction, correct
from undersigned.signing.decide import accept
from undersigned.signing.models import Mailbox, Signatory, Signature, State
from undersigned.signing.receipts import receipt_of
from undersigned.signing.sign_on import Card
from undersigned.signing.withdraw import withdraw

LATER = NOON + DAY
PRIVATELY = ("sign", "sign", "withdraw", "correct")


@contextmanager
def lost() -> Generator[None]:
    """What is done meanwhile is lost to the record, and stays published: the record comes back as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def publish(letter: Letter, hidden_batch: int = 1) -> None:
    tend(log_of(letter).pk, hidden_batch=hidden_batch)


def log_of(letter: Letter) -> Log:
    return Log.objects.get(origin=letter.origin)


def assert_it_adds_up(letter: Letter) -> None:
    """The log goes on, and strangers count in it whoever stands on record."""
    publish(letter)
    log = log_of(letter)
    assert counts(log) == recount(log)
    assert counts(log).total == Signature.objects.filter(letter=letter, state=State.LISTED).count()
    verdict = verify(source_at(str(folder_of(log))), Known(), lambda done, size: None)
    assert verdict.counts.total() == counts(log).total
    assert_whole(log)


# --- Who left, who came, what waited ----------------------------------------------------------------------------------


def test_who_withdrew_after_the_backup_is_off_the_list_and_erased(letter: Letter) -> None:
    gone, stays = sign_and_confirm(SOMI, letter), sign_and_confirm(AMAL, letter)
    publish(letter)
    with lost():
        withdraw([gone.pk], NOON + HOUR)
        publish(letter)
    assert Signatory.objects.filter(pk=gone.pk).exists()
    assert adopt(letter, SECRETARY, LATER) == Outcome(entries=1, ended=1, taken_back=0, uncorrected=[])
    gone.refresh_from_db()
    assert (gone.state, gone.ended_at, gone.person_digest) == (State.WITHDRAWN, LATER, None)
    assert not any(table.objects.filter(pk=gone.pk).exists() for table in (Signatory, Mailbox))
    assert not Opening.objects.filter(entry__undone_by__event=Event.WITHDRAWN).exists()
    assert Signature.objects.get(pk=stays.pk).state == State.LISTED
    assert_it_adds_up(letter)
    assert Entry.objects.filter(event=Event.WITHDRAWN).count() == 1


def test_whoever_signed_after_the_backup_is_not_counted_any_more_and_may_sign_again(letter: Letter) -> None:
    sign_and_confirm(SOMI, letter)
    publish(letter)
    with lost():
        sign_and_confirm(AMAL, letter)
        sign_and_confirm(BILGE, letter)
        publish(letter)
    assert adopt(letter, SECRETARY, LATER) == Outcome(entries=2, ended=0, taken_back=2, uncorrected=[])
    assert_it_adds_up(letter)
    assert counts(log_of(letter)) == Counts(supporters=1)
    assert Entry.objects.filter(event=Event.INVALIDATED).count() == 2
    sign_and_confirm(AMAL, letter, LATER)
    assert_it_adds_up(letter)
    assert counts(log_of(letter)) == Counts(supporters=1, hidden=1)


def test_whoever_came_and_left_after_the_backup_is_not_taken_back_twice(letter: Letter) -> None:
    publish(letter)
    with lost():
        withdraw([sign_and_confirm(SOMI, letter).pk], NOON + HOUR)
        publish(letter)
        signature = sign_and_confirm(AMAL, letter)
        publish(letter)
        withdraw([signature.pk], NOON + HOUR)
        publish(letter)
    assert adopt(letter, SECRETARY, LATER) == Outcome(entries=2, ended=0, taken_back=0, uncorrected=[])
    assert_it_adds_up(letter)


def test_what_waited_in_the_backup_gets_the_place_at_which_it_was_published(letter: Letter) -> None:
    publish(letter)
    waiting = [sign_and_confirm(person, letter) for person in (SOMI, AMAL, BILGE)]
    with lost():
        publish(letter)
    assert adopt(letter, SECRETARY, LATER) == Outcome(entries=3, ended=0, taken_back=0, uncorrected=[])
    assert_it_adds_up(letter)
    for signature in waiting:
        found = receipt_of(Signature.objects.get(pk=signature.pk))
        assert found
        assert [line.event for line, _head in found.check(found.keys)] == [Event.SIGNED]


def test_a_sign_on_that_waited_for_the_desk_waits_again_and_counts_once(letter: Letter) -> None:
    pending = sign_on(OYUN, letter, invited_by=invitation_to(letter).pk)
    [answer] = confirm([pending.pk], NOON)
    assert isinstance(answer, Confirmed)
    publish(letter)
    with lost():
        accept(Signature.objects.get(pk=pending.pk), SECRETARY, NOON)
        publish(letter)
    assert adopt(letter, SECRETARY, LATER).taken_back == 1
    accept(Signature.objects.get(pk=pending.pk), SECRETARY, LATER)
    assert_it_adds_up(letter)
    assert counts(log_of(letter)) == Counts(organisations=1)


def test_a_correction_that_is_lost_is_named(letter: Letter) -> None:
    signature = sign_and_confirm(SOMI, letter)
    publish(letter)
    with lost():
        correct(signature, Card("Na Somi"), NOON)
        accept_correction(signature, SECRETARY, NOON)
        publish(letter)
    assert adopt(letter, SECRETARY, LATER) == Outcome(1, 0, 0, uncorrected=[signature.pk])
    assert AuditRecord.objects.get(act="log adopted").facts["uncorrected"] == [str(signature.pk)]
    assert_it_adds_up(letter)


def test_who_withdrew_before_and_after_the_backup_came_back_withdrew_once(letter: Letter) -> None:
    signature = sign_and_confirm(SOMI, letter)
    publish(letter)
    with lost():
        withdraw([signature.pk], NOON + HOUR)
        publish(letter)
    withdraw([signature.pk], NOON + 2 * HOUR)
    assert adopt(letter, SECRETARY, LATER) == Outcome(entries=1, ended=0, taken_back=0, uncorrected=[])
    assert_it_adds_up(letter)
    assert Entry.objects.filter(event=Event.WITHDRAWN).count() == 1


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happened_the_log_adds_up_afterwards(letter: Letter, seed: int) -> None:
    lot = random.Random(seed)
    number = iter(range(1000))

    def happen(times: int, acts: Sequence[str]) -> None:
        for _ in range(times):
            standing = list(Signature.objects.filter(state=State.LISTED))
            visible = (
                {"visibility": "public", "country": "KR"} if lot.random() < 0.6 else {"visibility": "counted-only"}
            )
            someone = Person("So Mi", f"somi{next(number)}@mail.example", typed=visible)
            act = lot.choice(acts)
            if act == "sign" or not standing:
                sign_and_confirm(someone, letter)
            elif act == "withdraw":
                withdraw([lot.choice(standing).pk], NOON + HOUR)
            elif act == "publish":
                publish(letter, hidden_batch=lot.choice((1, 3)))
            elif public := [one for one in standing if one.visibility == "public"]:
                one = lot.choice(public)
                correct(one, Card(f"So Mi {next(number)}"), NOON)
                accept_correction(one, SECRETARY, NOON)

    happen(30, (*PRIVATELY, "publish"))
    publish(letter, hidden_batch=3)
    happen(5, PRIVATELY)
    with lost():
        happen(30, (*PRIVATELY, "publish"))
        publish(letter)
        published = log_of(letter).size
    happen(5, PRIVATELY)
    outcome = adopt(letter, SECRETARY, LATER)
    assert outcome.entries
    assert log_of(letter).size == published
    assert_it_adds_up(letter)
    assert adopt(letter, SECRETARY, LATER).entries == 0


# --- Nothing is taken over that is not ours, or not whole -------------------------------------------------------------


def test_where_nothing_was_lost_nothing_is_done(letter: Letter) -> None:
    sign_and_confirm(SOMI, letter)
    publish(letter)
    revision = Letter.objects.get().revision
    assert adopt(letter, SECRETARY, LATER) == Outcome(0, 0, 0, [])
    assert Letter.objects.get().revision == revision
    assert not AuditRecord.objects.filter(act="log adopted").exists()


def test_damaged_entries_leave_record_and_files_as_they_were(letter: Letter) -> None:
    publish(letter)
    with lost():
        sign_and_confirm(SOMI, letter)
        publish(letter)
    folder = folder_of(log_of(letter))
    [bundle] = [path for path in (folder / "tile/entries").rglob("*") if path.name == "3"]
    whole = bundle.read_bytes()
    for damaged in (whole[:-1], whole[:-3] + b"\0\1x", whole.replace(b"signed", b"sighed"), b""):
        bundle.write_bytes(damaged)
        before = files_in(folder)
        with pytest.raises(EntriesUnreadable):
            adopt(letter, SECRETARY, LATER)
        assert files_in(folder) == before
    bundle.unlink()
    with pytest.raises(EntriesUnreadable):
        adopt(letter, SECRETARY, LATER)
    assert not Entry.objects.filter(index=2).exists()
    bundle.write_bytes(whole.replace(b" supporter ", b" person "))
    with pytest.raises((LogForked, EntriesUnreadable)):
        adopt(letter, SECRETARY, LATER)
    bundle.write_bytes(whole)
    assert adopt(letter, SECRETARY, LATER).entries == 1


def test_a_log_that_went_another_way_is_not_taken_over(letter: Letter) -> None:
    publish(letter)
    with lost():
        for person in (SOMI, AMAL):
            sign_and_confirm(person, letter)
            publish(letter)
    folder = folder_of(log_of(letter))
    moved = folder.rename(folder.with_name("moved"))
    sign_and_confirm(BILGE, letter)
    publish(letter)
    shutil.rmtree(folder)
    moved.rename(folder)
    with pytest.raises(LogForked):
        adopt(letter, SECRETARY, LATER)
    assert Entry.objects.filter(index__gte=3).count() == 0


def test_until_it_is_taken_over_nothing_is_signed_and_a_letter_that_is_not_released_cannot_take_it_over(
    letter: Letter,
) -> None:
    publish(letter)
    with lost():
        sign_and_confirm(SOMI, letter)
        publish(letter)
    with pytest.raises(LogAhead, match="undersigned log adopt"):
        publish(letter)
    Log.objects.update(opened_at=None)
    with pytest.raises(NotReleasedHere):
        adopt(letter, SECRETARY, LATER)
