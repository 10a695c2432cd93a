"""After an older backup: what the published log knows of signatures, and the record has lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from undersigned.ledger.adopt import adopt as adopt_log
from undersigned.ledger.by_key import among
from undersigned.ledger.entries import undo
from undersigned.ledger.events import Event
from undersigned.ledger.models import Log
from undersigned.letters.audit import Actor, record
from undersigned.letters.models import Letter
from undersigned.letters.stages import touch
from undersigned.lib.refusal import Refusal, gettext_noop
from undersigned.post import outbox
from undersigned.signing.models import STANDING, Signature, State
from undersigned.signing.withdraw import end

BATCH = 4096


class NotReleasedHere(Refusal):
    code = "not-released-here"
    message = gettext_noop(
        "In this record the letter is not released yet. Release it again; then its published log can be taken over."
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: so many entries were taken over; so many signatures ended, for they had left; so many more were
    taken back, for nobody is known here who gave them; and the signatories whose later corrections are lost."""

    entries: int
    ended: int
    taken_back: int
    uncorrected: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many signatures the published log cannot speak of: they wait for the desk, or for their number in the log,
    which who hides is given in a batch. Whether they were withdrawn since the backup was made, nobody knows."""

    for_desk: int
    for_number: int


def waiting(letter: Letter) -> Waiting:
    """Whose withdrawal may be lost, if the record of `letter` comes from a backup."""
    mine = Signature.objects.filter(letter=letter)
    return Waiting(
        mine.filter(state=State.CONFIRMED).count(), mine.filter(state=State.LISTED, entry__index=None).count()
    )


@transaction.atomic
def adopt(letter: Letter, by: Actor, at: datetime) -> Outcome:
    """Take over what the published log of `letter` has beyond the record, and do what it says.

    Who had withdrawn is off the list, and erased, if the log had them; of the others, who are `waiting`, it tells
    nothing. Whoever had signed and is not on record any more could neither be named nor withdraw; so their signatures
    are taken back in the log, and they may sign again.
    """
    log = Log.objects.get(origin=letter.origin)
    if log.opened_at is None:
        raise NotReleasedHere
    found = adopt_log(log.pk)
    standing = Signature.objects.filter(letter=letter, state__in=STANDING)
    left = list(among(standing, found.undone, "entry"))
    outbox.take_back([row.pk for row in left])
    end(left, at)
    known = set(among(standing, found.counting, "entry").values_list("entry", flat=True))
    lost = [entry for pk, entry in found.counting.items() if pk not in known]
    for start in range(0, len(lost), BATCH):
        undo(lost[start : start + BATCH], Event.INVALIDATED, at)
    uncorrected = list(among(standing, found.amended, "entry").values_list("pk", flat=True))
    outcome = Outcome(found.number, len(left), len(lost), uncorrected)
    if outcome.entries:
        told = {"entries": outcome.entries, "ended": outcome.ended, "taken_back": outcome.taken_back}
        record(letter, by, "log adopted", at, **told, uncorrected=[str(one) for one in uncorrected])
        touch({letter.pk})
    return outcome
