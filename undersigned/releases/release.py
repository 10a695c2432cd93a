"""Releasing: one moment, as wall time in a zone, at which all languages become public together."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from undersigned.ledger.entries import NewEntry, append
from undersigned.ledger.events import Event
from undersigned.ledger.models import Log
from undersigned.letters.audit import Actor, record
from undersigned.letters.models import Letter, Publication, SignOns, Way
from undersigned.letters.stages import NotFrozenYet, move, set_sign_ons
from undersigned.lib.clock import instant_of
from undersigned.lib.faults import Faults
from undersigned.lib.refusal import Refusal, gettext_noop
from undersigned.releases.models import Release

CLOCK = Actor("clock")


class MomentHasPassed(Refusal):
    code = "moment-has-passed"
    message = gettext_noop("%(wall)s in %(zone)s has passed already. Choose a moment in the future.")


class ReleasedAlready(Refusal):
    code = "released-already"
    status = 409
    message = gettext_noop("This letter has been released already.")


class NothingScheduled(Refusal):
    code = "nothing-scheduled"
    status = 409
    message = gettext_noop("No release is planned for this letter.")


@dataclass(frozen=True, slots=True)
class Moment:
    """An appointment as people make it: wall time in an IANA zone.

    `wall` is naive, or carries its offset where the clocks of that night show the hour twice.
    """

    wall: datetime
    zone: str

    @property
    def instant(self) -> datetime:
        return instant_of(self.wall, self.zone, "wall")


@transaction.atomic
def schedule(letter: Letter, moment: Moment, by: Actor, at: datetime) -> Release:
    """Plan the release of `letter` at `moment`, or postpone the planned one to it.

    Refused: an hour that the clocks of that zone skip or repeat, a moment that has passed, a text not frozen.
    """
    row = Letter.objects.select_for_update().get(pk=letter.pk)
    instant = moment.instant
    if row.is_public:
        raise ReleasedAlready
    if not row.frozen:
        raise NotFrozenYet
    if instant <= at:
        raise MomentHasPassed("wall", wall=f"{moment.wall:%Y-%m-%d %H:%M}", zone=moment.zone)
    postponed = _cancel_scheduled(row, at)
    release = Release.objects.create(
        letter=row, wall_time=f"{moment.wall:%Y-%m-%dT%H:%M}", zone=moment.zone, instant=instant, made_at=at
    )
    if row.publication == Publication.DRAFT:
        move(row, Publication.EMBARGOED, at)
    act = "release postponed" if postponed else "release planned"
    record(row, by, act, at, wall=release.wall_time, zone=release.zone)
    letter.refresh_from_db()
    return release


@transaction.atomic
def cancel(letter: Letter, by: Actor, at: datetime) -> None:
    """Cancel the planned release; the letter is a draft again, with its sign-ons kept."""
    row = Letter.objects.select_for_update().get(pk=letter.pk)
    if not _cancel_scheduled(row, at):
        raise NothingScheduled
    move(row, Publication.DRAFT, at)
    record(row, by, "release cancelled", at)
    letter.refresh_from_db()


def next_due(at: datetime) -> Release | None:
    """The release that comes next, or is overdue."""
    return Release.objects.filter(state=Release.State.SCHEDULED).order_by("instant").first()


def release_due(at: datetime) -> list[Letter]:
    """Release every letter whose moment has come; two workers cannot release the same one.

    A fault in one release holds up no other; all faults rise together when every letter has had its turn.
    """
    due = Release.objects.filter(state=Release.State.SCHEDULED, instant__lte=at).order_by("instant")
    released, faults = [], Faults("releases")
    for release in due:
        with faults.set_aside():
            if _release(release, at):
                released.append(release.letter)
    faults.rise()
    return released


@transaction.atomic
def _release(release: Release, at: datetime) -> bool:
    """Release one letter: its log opens, and where its terms say so, so do public sign-ons."""
    letter = release.letter = Letter.objects.select_for_update().get(pk=release.letter_id)
    mine = Release.objects.filter(pk=release.pk, state=Release.State.SCHEDULED)
    if not mine.update(state=Release.State.DONE, done_at=at):
        return False
    move(letter, Publication.RELEASED, at)
    version = letter.frozen
    log = Log.objects.get(origin=letter.origin)
    if version:
        append([NewEntry(log.pk, Event.RELEASED, bytes(version.digest), record=version.canonical.encode())], at)
    Log.objects.filter(pk=log.pk, opened_at=None).update(opened_at=at)
    if Way.PUBLIC in (letter.organisation_way, letter.person_way, letter.supporter_way):
        set_sign_ons(letter, SignOns.PUBLIC, CLOCK, at)
    record(letter, CLOCK, "released", at, wall=release.wall_time, zone=release.zone)
    return True


def _cancel_scheduled(letter: Letter, at: datetime) -> bool:
    scheduled = Release.objects.filter(letter=letter, state=Release.State.SCHEDULED)
    return bool(scheduled.update(state=Release.State.CANCELLED, done_at=at))
