from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from tests.people import AMAL, BILGE, CLERK, SECRETARY, SOMI
from tests.stage import DAY, HOUR, MINUTE, NOON, invitation_to, make_letter, number_entries, sign_and_confirm
from tests.trouble import another_process, at_once, cut_at_each_step, everything
from undersigned.ledger.events import Event
from undersigned.ledger.models import Entry, Log
from undersigned.ledger.tally import counts
from undersigned.letters.freeze import freeze
from undersigned.letters.models import Letter, SignOns
from undersigned.letters.stages import NotFrozenYet, archive, set_sign_ons
from undersigned.lib.clock import RepeatedHour, SkippedHour, UnknownZone
from undersigned.lib.keys import KeyRing
from undersigned.releases.models import Release
from undersigned.releases.release import (
    Moment,
    MomentHasPassed,
    NothingScheduled,
    ReleasedAlready,
    _release,
    cancel,
    next_due,
    release_due,
    schedule,
)

RACE = pytest.mark.django_db(transaction=True)
MOMENT = datetime(2026, 11, 11, 3, tzinfo=UTC)
"""When the letter `embargoed` is due: noon in Seoul."""


def moment(wall: str, zone: str = "Asia/Seoul") -> Moment:
    return Moment(datetime.fromisoformat(wall), zone)


def plan(letter: Letter, wall: str, zone: str = "Asia/Seoul", at: datetime = NOON) -> Release:
    return schedule(letter, moment(wall, zone), SECRETARY, at)


# --- Planning ---------------------------------------------------------------------------------------------------------


def test_a_planned_release_puts_the_letter_under_embargo_until_its_moment(frozen: Letter) -> None:
    release = plan(frozen, "2026-11-11T12:00")
    assert frozen.publication == "embargoed"
    assert (release.wall_time, release.zone, release.instant) == ("2026-11-11T12:00", "Asia/Seoul", MOMENT)
    assert release_due(MOMENT - 0.001 * HOUR) == []
    assert Letter.objects.get().publication == "embargoed"


def test_the_next_release_is_the_earliest_one_planned(embargoed: Letter, keys: KeyRing) -> None:
    other = make_letter("open-the-tunnel", keys)
    freeze(other, SECRETARY, NOON)
    earlier = plan(other, "2026-11-11T11:59")
    assert next_due(NOON) == earlier
    release_due(earlier.instant)
    due = next_due(NOON)
    assert due is not None
    assert due.letter == embargoed


def test_a_text_that_is_not_frozen_cannot_be_planned(drafted: Letter) -> None:
    with pytest.raises(NotFrozenYet):
        plan(drafted, "2026-11-11T12:00")
    assert not Release.objects.exists()


@pytest.mark.parametrize("wall", ["2026-11-10T21:00", "2026-11-10T20:59", "2025-11-11T12:00"])
def test_a_moment_that_has_passed_is_refused(frozen: Letter, wall: str) -> None:
    with pytest.raises(MomentHasPassed) as refused:
        plan(frozen, wall)
    assert str(refused.value).startswith(wall.replace("T", " "))
    assert frozen.publication == "draft"


def test_a_zone_that_nobody_keeps_is_refused(frozen: Letter) -> None:
    with pytest.raises(UnknownZone):
        plan(frozen, "2026-11-11T12:00", "Seoul")


def test_an_embargo_in_the_hour_the_clocks_skip_is_refused_with_both_choices(frozen: Letter) -> None:
    before = everything()
    with pytest.raises(SkippedHour) as refused:
        plan(frozen, "2027-03-28T02:30", "Europe/Berlin")
    assert everything() == before
    assert "2027-03-28 01:30 (UTC+01:00) or 2027-03-28 03:30 (UTC+02:00)" in str(refused.value)
    chosen = schedule(frozen, Moment(refused.value.later, "Europe/Berlin"), SECRETARY, NOON)
    assert chosen.instant == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert chosen.wall_time == "2027-03-28T03:30"


def test_an_embargo_in_the_hour_the_clocks_repeat_is_refused_until_one_of_the_two_is_chosen(frozen: Letter) -> None:
    before = everything()
    with pytest.raises(RepeatedHour) as refused:
        plan(frozen, "2027-10-31T02:30", "Europe/Berlin")
    assert everything() == before
    assert "2027-10-31 02:30 (UTC+02:00) or 2027-10-31 02:30 (UTC+01:00)" in str(refused.value)
    for choice, hour in ((refused.value.earlier, 0), (refused.value.later, 1)):
        chosen = schedule(frozen, Moment(choice, "Europe/Berlin"), SECRETARY, NOON)
        assert chosen.instant == datetime(2027, 10, 31, hour, 30, tzinfo=UTC)
        assert chosen.wall_time == "2027-10-31T02:30"


def test_a_letter_has_one_planned_release(embargoed: Letter) -> None:
    release = Release.objects.get()
    release.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        release.save(force_insert=True)


def test_a_planning_that_breaks_at_any_step_plans_nothing(embargoed: Letter) -> None:
    before = everything()
    for step in cut_at_each_step(lambda: plan(Letter.objects.get(), "2026-11-12T12:00")):
        assert everything() == before, step
    assert Release.objects.get(state="scheduled").wall_time == "2026-11-12T12:00"


# --- Postponing and cancelling ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("wall", "shift"), [("2026-11-12T12:00", DAY), ("2026-11-11T11:00", -HOUR)])
def test_a_release_can_be_put_off_or_brought_forward(embargoed: Letter, wall: str, shift: object) -> None:
    plan(embargoed, wall)
    assert [row.state for row in Release.objects.order_by("pk")] == ["cancelled", "scheduled"]
    assert embargoed.publication == "embargoed"
    assert release_due(MOMENT + shift - 0.001 * HOUR) == []
    assert release_due(MOMENT + shift) == [embargoed]


def test_a_postponing_that_is_refused_leaves_the_release_as_it_was(embargoed: Letter) -> None:
    before = everything()
    for wall, zone in (("2026-11-09T12:00", "Asia/Seoul"), ("2027-03-28T02:30", "Europe/Berlin")):
        with pytest.raises((MomentHasPassed, SkippedHour)):
            plan(embargoed, wall, zone)
    assert everything() == before


def test_a_cancelled_release_makes_the_letter_a_draft_again_and_keeps_its_sign_ons(embargoed: Letter) -> None:
    cancel(embargoed, SECRETARY, NOON)
    assert (embargoed.publication, embargoed.sign_ons) == ("draft", "invitation")
    assert release_due(MOMENT + DAY) == []
    plan(embargoed, "2026-11-12T12:00")
    assert embargoed.publication == "embargoed"


@pytest.mark.parametrize("stage", ["frozen", "letter"])
def test_what_is_not_planned_cannot_be_cancelled(stage: str, request: pytest.FixtureRequest) -> None:
    letter = request.getfixturevalue(stage)
    before = everything()
    with pytest.raises(NothingScheduled):
        cancel(letter, SECRETARY, NOON)
    assert everything() == before


def test_a_cancelling_that_breaks_at_any_step_cancels_nothing(embargoed: Letter) -> None:
    before = everything()
    for step in cut_at_each_step(lambda: cancel(Letter.objects.get(), SECRETARY, NOON)):
        assert everything() == before, step
    assert Release.objects.get().state == "cancelled"


def test_a_released_letter_cannot_be_planned_again(letter: Letter) -> None:
    with pytest.raises(ReleasedAlready):
        plan(letter, "2026-11-12T12:00")
    archive(letter, SECRETARY, NOON)
    with pytest.raises(ReleasedAlready):
        plan(letter, "2026-11-12T12:00")


def test_the_trail_tells_plan_postponing_cancelling_and_release(frozen: Letter) -> None:
    plan(frozen, "2026-11-11T12:00")
    plan(frozen, "2026-11-12T12:00")
    cancel(frozen, CLERK, NOON)
    plan(frozen, "2026-11-11T12:00")
    release_due(MOMENT)
    acts = list(frozen.audit.order_by("pk").values_list("actor", "act"))[1:]
    assert [act for _, act in acts] == [
        "release planned", "release postponed", "release cancelled", "release planned", "sign-ons set", "released",
    ]  # fmt: skip
    assert acts[2][0] == CLERK.name
    assert acts[-1][0] == "clock"


# --- The moment -------------------------------------------------------------------------------------------------------


def test_at_its_moment_a_letter_is_released_and_public_sign_ons_open(embargoed: Letter) -> None:
    [released] = release_due(MOMENT)
    assert released == embargoed
    for row in (released, Letter.objects.get()):
        assert (row.publication, row.sign_ons, row.released_at) == ("released", "public", MOMENT)
    assert (Release.objects.get().state, Release.objects.get().done_at) == ("done", MOMENT)
    assert release_due(MOMENT + DAY) == []


def test_a_release_that_nobody_was_awake_for_is_made_up_for(embargoed: Letter) -> None:
    release_due(MOMENT + DAY)
    assert Letter.objects.get().released_at == MOMENT + DAY


def test_a_letter_that_nobody_may_sign_publicly_keeps_its_sign_ons_as_they_are(embargoed: Letter) -> None:
    Letter.objects.update(organisation_way="invitation", person_way="invitation", supporter_way="no")
    release_due(MOMENT)
    assert Letter.objects.get().sign_ons == "invitation"


def test_all_letters_whose_moment_has_come_are_released_in_its_order(embargoed: Letter, keys: KeyRing) -> None:
    letters = [make_letter(f"letter-{number}", keys) for number in range(3)]
    for letter, hour in zip(letters, (11, 10, 13), strict=True):
        freeze(letter, SECRETARY, NOON)
        plan(letter, f"2026-11-11T{hour}:00")
    assert release_due(MOMENT) == [letters[1], letters[0], embargoed]
    assert release_due(MOMENT + HOUR) == [letters[2]]


def test_what_was_signed_under_embargo_is_counted_with_the_release_and_not_before(embargoed: Letter) -> None:
    link = invitation_to(embargoed).pk
    for person in (SOMI, AMAL, BILGE):
        sign_and_confirm(person, embargoed, invited_by=link)
    log = Log.objects.get()
    assert number_entries(embargoed) == 0
    assert (log.opened_at, counts(log).total) == (None, 0)
    release_due(MOMENT)
    number_entries(embargoed)
    assert (counts(log).supporters, counts(log).hidden) == (1, 2)


def test_the_log_of_a_released_letter_begins_with_its_text_and_its_release(embargoed: Letter) -> None:
    sign_and_confirm(SOMI, embargoed, invited_by=invitation_to(embargoed).pk)
    release_due(MOMENT)
    number_entries(embargoed)
    entries = Entry.objects.order_by("index")
    assert [entry.event for entry in entries] == [Event.VERSION_FROZEN, Event.RELEASED, Event.SIGNED]
    version = embargoed.frozen
    assert version is not None
    assert {bytes(entry.version) for entry in entries} == {bytes(version.digest)}
    assert Log.objects.get().opened_at == MOMENT


def test_a_release_that_breaks_at_any_step_releases_nothing(embargoed: Letter) -> None:
    before = everything()
    steps = 0
    for step in cut_at_each_step(lambda: release_due(MOMENT)):
        assert everything() == before, step
        steps += 1
    assert steps >= 10  # due, lock, release, letter, version, log, entry, opening, log opened, sign-ons, trail
    assert Letter.objects.get().publication == "released"
    assert Entry.objects.filter(event=Event.RELEASED).count() == 1


def test_a_crash_between_two_letters_leaves_one_released_and_the_other_due(embargoed: Letter, keys: KeyRing) -> None:
    other = make_letter("open-the-tunnel", keys)
    freeze(other, SECRETARY, NOON)
    plan(other, "2026-11-11T12:00")
    seen = set()
    for step in cut_at_each_step(lambda: release_due(MOMENT)):
        states = [letter.publication for letter in Letter.objects.order_by("slug")]
        seen.add(tuple(states))
        for letter in Letter.objects.all():
            opened = Log.objects.get(origin=letter.origin).opened_at
            released = Entry.objects.filter(log__origin=letter.origin, event=Event.RELEASED).count()
            assert letter.is_public == (opened is not None) == (released == 1), step
    assert ("released", "embargoed") in seen or ("embargoed", "released") in seen
    assert [letter.publication for letter in Letter.objects.all()] == ["released", "released"]


def test_a_fault_in_one_release_holds_up_no_other(embargoed: Letter, keys: KeyRing) -> None:
    other = make_letter("open-the-tunnel", keys)
    freeze(other, SECRETARY, NOON)
    plan(other, "2026-11-11T12:01")
    Log.objects.filter(origin=embargoed.origin).update(origin="lost")
    with pytest.raises(ExceptionGroup) as raised:
        release_due(MOMENT + MINUTE)
    assert [type(fault) for fault in raised.value.exceptions] == [Log.DoesNotExist]
    assert [letter.publication for letter in Letter.objects.order_by("slug")] == ["embargoed", "released"]
    Log.objects.filter(origin="lost").update(origin=embargoed.origin)
    assert release_due(MOMENT + DAY) == [embargoed]


# --- Company ----------------------------------------------------------------------------------------------------------


@RACE
def test_two_workers_cannot_release_the_same_letter(embargoed: Letter) -> None:
    answers = at_once(*[lambda: release_due(MOMENT)] * 3)
    assert sorted(map(len, answers)) == [0, 0, 1]
    assert Entry.objects.filter(event=Event.RELEASED).count() == 1
    assert embargoed.audit.filter(act="released").count() == 1


def test_a_worker_that_read_the_plan_before_another_released_the_letter_leaves_it_alone(embargoed: Letter) -> None:
    read_before = Release.objects.get()
    release_due(MOMENT)
    after = everything()
    assert not _release(read_before, MOMENT + HOUR)
    assert everything() == after


@RACE
def test_who_postpones_in_time_wins_over_the_worker(embargoed: Letter) -> None:
    with another_process() as begin, transaction.atomic():
        plan(embargoed, "2026-11-12T12:00")
        released = begin(lambda: release_due(MOMENT))
    assert released.result() == []
    assert Letter.objects.get().publication == "embargoed"


@RACE
def test_who_postpones_and_the_worker_never_wait_for_each_other(embargoed: Letter) -> None:
    with another_process() as begin, transaction.atomic():
        Letter.objects.select_for_update().get()  # as far as `schedule` may have come
        released = begin(lambda: release_due(MOMENT))
        plan(embargoed, "2026-11-12T12:00")
    assert released.result() == []


@RACE
@pytest.mark.parametrize("late", ["postponing", "cancelling"])
def test_who_comes_while_the_letter_is_being_released_is_told(embargoed: Letter, late: str) -> None:
    with another_process() as begin, transaction.atomic():
        release_due(MOMENT)
        if late == "postponing":
            answer = begin(lambda: plan(Letter.objects.get(), "2026-11-12T12:00"))
        else:
            answer = begin(lambda: cancel(Letter.objects.get(), SECRETARY, NOON))
    assert isinstance(answer.exception(), ReleasedAlready if late == "postponing" else NothingScheduled)
    assert Letter.objects.get().publication == "released"


@RACE
def test_sign_ons_that_close_at_the_moment_of_release_are_closed_before_or_after_it(embargoed: Letter) -> None:
    at_once(lambda: release_due(MOMENT), lambda: set_sign_ons(Letter.objects.get(), SignOns.CLOSED, SECRETARY, MOMENT))
    letter = Letter.objects.get()
    acts = list(letter.audit.filter(act="sign-ons set").order_by("pk").values_list("facts__to", flat=True))
    assert letter.publication == "released"
    assert letter.sign_ons == acts[-1]
