"""The worker keeps its appointments, whatever goes wrong beside them."""

import re
import threading
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from tests.people import AMAL, OYUN, SECRETARY, SOMI
from tests.plans import plan_of
from tests.post.post_office import PostOffice, addresses, note
from tests.stage import DAY, KEPT_UNTIL, NOON, sign_and_confirm
from undersigned.config import worker
from undersigned.config.worker import Post, Step, Troubles, attempt, is_due, pause, sequence_step
from undersigned.ledger import sequence as sequencer
from undersigned.ledger.entries import NewEntry, append
from undersigned.ledger.events import Event, Tallied
from undersigned.ledger.models import Entry, Log
from undersigned.ledger.publish import tend
from undersigned.letters.models import Letter
from undersigned.lib.clock import now
from undersigned.lib.faults import Faults
from undersigned.lib.keys import KeyRing
from undersigned.post.models import Mail, MailState
from undersigned.post.outbox import put
from undersigned.post.purge import purge
from undersigned.post.transport import Answer
from undersigned.post.wire import Parcel
from undersigned.releases.release import Moment, cancel
from undersigned.signing import retention
from undersigned.signing.models import SealedName, Signatory
from undersigned.signing.receipts import send_receipts
from undersigned.signing.retention import forget, lapse, remind
from undersigned.stories.models import Story
from undersigned.stories.publish import plan

SECOND = timedelta(seconds=1)
MOMENT = datetime.fromisoformat("2026-11-11T03:00:00+00:00")
"""When the embargoed letter of the stage is released."""


def test_it_never_sleeps_past_the_moment_of_a_release(embargoed: Letter) -> None:
    assert pause(MOMENT - DAY) == worker.PAUSE
    assert pause(MOMENT - SECOND / 5) == SECOND / 5


def test_nor_past_the_moment_of_a_story(approved: Story, letter: Letter) -> None:
    plan(approved, Moment(MOMENT.replace(tzinfo=None), "UTC"), SECRETARY, NOON)
    assert pause(MOMENT - SECOND / 4) == SECOND / 4
    assert pause(MOMENT + DAY) == worker.PAUSE


def test_a_story_is_before_the_public_in_the_pass_in_which_it_is_due(
    approved: Story, settings: Settings, tmp_path: Path
) -> None:
    settings.PUBLIC_ROOT = tmp_path / "data" / "public"
    plan(approved, Moment(MOMENT.replace(tzinfo=None), "UTC"), SECRETARY, NOON)
    page = settings.PUBLIC_ROOT / "stories" / approved.slug / "ko" / "index.html"
    one_pass(MOMENT - SECOND)
    assert not page.exists()
    one_pass(MOMENT)
    assert page.exists()


def one_pass(at: datetime) -> None:
    """What the worker does each time, in its order."""
    for step in worker.CLOCK:
        if not step.every:
            step.do(at)


def test_what_may_take_long_and_has_no_moment_is_not_between_the_moments() -> None:
    timely = {step.do for step in worker.CLOCK}
    assert not timely & {send_receipts, remind, lapse, forget, purge, worker.gather, worker.take_in}
    assert {"receipts", "remind", "lapse", "forget", "purge"} <= {
        step.name for step in worker.chores(threading.Event())
    }


@pytest.mark.django_db
def test_all_who_are_to_be_forgotten_are_in_one_pass(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    for person in (SOMI, AMAL, OYUN):
        sign_and_confirm(person, letter)
    [forgetting] = [step for step in worker.chores(threading.Event()) if step.name == "forget"]
    forgetting.do(datetime.combine(KEPT_UNTIL + DAY, time(), UTC))
    assert not Signatory.objects.exists()
    assert not SealedName.objects.exists()


def test_what_goes_on_to_its_end_stops_when_it_is_to(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped, done = threading.Event(), list[datetime]()

    def act(at: datetime) -> int:
        done.append(at)
        if len(done) == 3:
            stopped.set()
        return 1

    worker.to_the_end(act, stopped, NOON)
    assert done == [NOON] * 3


def test_a_step_that_comes_seldom_is_taken_in_the_first_pass() -> None:
    step = Step("rank", lambda _at: None, worker.BETWEEN_RANKINGS)
    assert is_due(step, None, NOON)
    assert not is_due(step, NOON, NOON + SECOND)
    assert is_due(step, NOON, NOON + worker.BETWEEN_RANKINGS)


def test_an_overdue_release_does_not_make_it_spin(embargoed: Letter) -> None:
    assert pause(MOMENT) == pause(MOMENT + DAY) == worker.PAUSE


@pytest.mark.django_db
def test_without_a_release_it_sleeps_half_a_second(embargoed: Letter) -> None:
    cancel(embargoed, SECRETARY, NOON)
    assert pause(MOMENT - SECOND / 5) == worker.PAUSE


def test_it_outlives_a_record_that_is_away_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_at: datetime) -> None:
        raise OperationalError

    monkeypatch.setattr(worker, "next_due", away)
    assert pause(NOON) == worker.PAUSE


@pytest.mark.parametrize("fault", [InterfaceError, ValueError])
def test_whatever_goes_wrong_between_two_passes_there_is_another_one(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: type[Exception]
) -> None:
    passes: list[datetime] = []
    stopped = threading.Event()

    def fail(_at: datetime) -> None:
        raise fault("somi@mail.example")

    def take(at: datetime) -> None:
        passes.append(at)
        if len(passes) == 3:
            stopped.set()

    monkeypatch.setattr(worker, "next_due", fail)
    monkeypatch.setattr(worker, "PAUSE", SECOND / 1000)
    thread = threading.Thread(target=worker.repeat, args=([Step("take in", take)], stopped), daemon=True)
    thread.start()
    thread.join(60)
    assert len(passes) == 3
    assert caplog.text.count(f"looking ahead failed: {fault.__name__} at") == 1
    assert "somi" not in caplog.text


def test_a_fault_is_written_down_without_its_words_and_at_most_once_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_at: datetime) -> None:
        raise ValueError("somi@mail.example")

    troubles = Troubles()
    for seconds in (0, 1, 59, 60):
        attempt(Step("send", fail), NOON + seconds * SECOND, troubles)
    assert caplog.text.count("send failed: ValueError at") == 2
    assert "somi" not in caplog.text


def test_a_fault_in_one_step_does_not_silence_another(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_at: datetime) -> None:
        raise KeyError

    troubles = Troubles()
    attempt(Step("bake", fail), NOON, troubles)
    attempt(Step("lapse", fail), NOON, troubles)
    assert "bake failed" in caplog.text
    assert "lapse failed" in caplog.text


def test_of_several_faults_at_once_each_is_written_down(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_at: datetime) -> None:
        faults = Faults("letters")
        for number, fault in enumerate((KeyError("somi"), ValueError("amal"), None)):
            with faults.set_aside():
                if fault:
                    raise fault
            done.append(number)
        faults.rise()

    done: list[int] = []
    attempt(Step("bake", fail), NOON, Troubles())
    assert done == [0, 1, 2]
    assert re.search(r"bake failed: KeyError at \S+; ValueError at \S+$", caplog.text, re.MULTILINE)
    assert not re.search("somi|amal", caplog.text)


def test_a_fault_in_one_log_holds_up_no_other(
    letter: Letter, keys: KeyRing, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.HIDDEN_BATCH = 1
    first = Log.objects.get(origin=letter.origin)
    second = Log.objects.create(origin="letters.example/other", opened_at=NOON)
    append([NewEntry(log.pk, Event.SIGNED, b"v", Tallied.SUPPORTER, b"record") for log in (first, second)], NOON)

    def lame(log_id: int, *, hidden_batch: int) -> int:
        if log_id == first.pk:
            raise OperationalError
        return tend(log_id, hidden_batch=hidden_batch)

    monkeypatch.setattr(worker, "tend", lame)
    with pytest.raises(ExceptionGroup):
        sequence_step(NOON)
    assert set(Entry.objects.filter(index=None).values_list("log_id", flat=True)) == {first.pk}


def test_whether_something_waits_is_looked_up_in_each_log(letter: Letter, settings: Settings) -> None:
    """However many entries there are, and whatever PostgreSQL believes of how many have their number."""
    settings.HIDDEN_BATCH = 1
    with CaptureQueriesContext(connection) as asked:
        sequence_step(NOON)
    question = next(query["sql"] for query in asked if "EXISTS" in query["sql"])
    sought = {"postgresql": "one_entry_an_index", "sqlite": "(log_id=? AND index=?)"}[connection.vendor]
    assert sought in plan_of(question)


def test_all_that_waited_under_embargo_is_numbered_at_once(
    letter: Letter, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HIDDEN_BATCH = 3
    monkeypatch.setattr(sequencer, "BATCH", 4)
    log = Log.objects.get(origin=letter.origin)
    named = [NewEntry(log.pk, Event.SIGNED, b"v", Tallied.SUPPORTER, b"record")] * 9
    hidden = [NewEntry(log.pk, Event.SIGNED, b"v", Tallied.HIDDEN, None)] * 2
    append(named + hidden, NOON)
    sequence_step(NOON)
    assert Entry.objects.filter(index=None).count() == 2  # too few hidden ones to hide among each other
    append(hidden, NOON)
    sequence_step(NOON)
    assert not Entry.objects.filter(index=None).exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("keys")
def test_asked_to_stop_it_sends_no_further_mail() -> None:
    stopped = threading.Event()

    class Stopping(PostOffice):
        def take(self, parcel: Parcel) -> Answer:
            stopped.set()
            return super().take(parcel)

    put([note(address) for address in addresses(3)], now())
    office = Stopping()
    for step in Post(office.sender(), stopped).steps():
        step.do(now())
    assert len(office.messages) == 1
    assert Mail.objects.filter(state=MailState.WAITING, attempts=0, next_attempt_at__lte=now()).count() == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("audiences", [3, 20, 500])
def test_all_that_waits_leaves_in_one_pass_and_so_does_what_comes_meanwhile(
    monkeypatch: pytest.MonkeyPatch, audiences: int
) -> None:
    monkeypatch.setattr("undersigned.post.gather.AUDIENCES", audiences)
    late = iter(range(3))

    class Busy(PostOffice):
        def take(self, parcel: Parcel) -> Answer:
            if len(self.messages) % 15 == 10 and (number := next(late, None)) is not None:
                put([note(f"late{number}@mail.example")], now())
            return super().take(parcel)

    put([note(address) for address in addresses(50)], now())
    office = Busy()
    for step in Post(office.sender(), threading.Event()).steps():
        step.do(now())
    assert len(office.messages) == 53
    assert len(set(office.recipients())) == 53
