"""The worker: does what time brings, step by step, and sleeps until there may be something to do.

Mail goes out in a thread of its own, what arrived is taken in by another, kits are made in a third, a fourth does what
has its day and no moment, and a fifth tells caches what to forget: neither a slow mail server nor a rush of sign-ons
nor the setting of thousands of names nor a hundred thousand receipts nor somebody else's command holds up the moment
of a release.
"""

import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Thread
from types import FrameType
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections
from django.db.models import Exists, OuterRef

from undersigned.config.mailing import make_sender
from undersigned.config.purging import make_purge
from undersigned.ledger.by_key import reading_by_key
from undersigned.ledger.models import Entry, Log
from undersigned.ledger.publish import publish, tend
from undersigned.letters.models import Letter
from undersigned.lib.clock import now
from undersigned.lib.cores import Cores
from undersigned.lib.faults import Faults, place_of
from undersigned.newsletter.subscribe import forget_unconfirmed
from undersigned.pages import kit
from undersigned.pages.bakery import bake_again, bake_all, bake_due
from undersigned.post.gather import gather
from undersigned.post.purge import purge
from undersigned.post.sender import FEWEST, Sender, fitting
from undersigned.releases.release import next_due, release_due
from undersigned.signing.arrivals import BATCH, rest, take_in, take_in_slow
from undersigned.signing.receipts import send_receipts
from undersigned.signing.retention import forget, lapse, remind
from undersigned.stories.publish import next_due as next_story_due
from undersigned.stories.publish import publish_due
from undersigned.stories.reads import rank

log = logging.getLogger(__name__)
PAUSE = timedelta(seconds=0.5)
SWITCH_SECONDS = 0.0005  # a tenth of Python's own: mail waits so long at each answer while another thread is at work
SLOW_PASS = timedelta(seconds=5)
REST_IN_A_RUSH = 9
"""How much longer than its work taking in pauses where very many arrive and no core is idle."""
FEW = 128
"""So many are taken in at once where others sign and no core is idle: a full batch would keep the door from its core
for longer."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do again and again: every pass, or once in a while."""

    name: str
    do: Callable[[datetime], object]
    every: timedelta = timedelta()


def sequence_step(_at: datetime) -> None:
    """Number and publish all that waits in the opened logs; the bakery sees that they have grown.

    A log that must not be signed any more, or that is at fault, holds up no other one.
    """
    faults = Faults("logs")
    for log_id, has_more in _opened_logs():
        with faults.set_aside():
            _tend(log_id, has_more=has_more)
    faults.rise()


def _opened_logs() -> list[tuple[int, bool]]:
    """The opened logs, and whether something waits in them: as many look-ups as there are logs, however much waits."""
    waiting = Entry.objects.filter(log=OuterRef("pk"), index=None)
    opened = Log.objects.filter(opened_at__isnull=False).order_by("pk")
    with reading_by_key():
        return list(opened.values_list("pk", Exists(waiting)))


def _tend(log_id: int, *, has_more: bool) -> None:
    if has_more:
        tend(log_id, hidden_batch=settings.HIDDEN_BATCH)
    else:
        publish(log_id)  # what a crashed worker had numbered, or one on another machine


MINUTE = timedelta(minutes=1)
BETWEEN_RANKINGS = timedelta(minutes=10)
# What is released or published is before the public in the same pass: log numbered, pages baked, folder switched.
CLOCK = (
    Step("release", release_due),
    Step("publish", publish_due),
    Step("sequence", sequence_step),
    Step("bake", bake_due),
    Step("rank", rank, BETWEEN_RANKINGS),
)


def chores(stopped: Event) -> tuple[Step, ...]:
    """What has its day and no moment. Whoever is to be erased is, batch after batch, and not some each minute."""
    return (
        Step("receipts", send_receipts, MINUTE),
        Step("remind", remind, MINUTE),
        Step("lapse", partial(to_the_end, lapse, stopped), MINUTE),
        Step("forget", partial(to_the_end, forget, stopped), MINUTE),
        Step("forget unconfirmed subscriptions", forget_unconfirmed, MINUTE),
        Step("purge", purge, MINUTE),
    )


def to_the_end(act: Callable[[datetime], int], stopped: Event, at: datetime) -> None:
    """Do `act` until it finds nothing more to do, or until `stopped`; half of the time, others have the record."""
    begun = now()
    while not stopped.is_set() and act(at):
        stopped.wait((now() - begun).total_seconds())
        begun = now()


def work() -> None:
    """Go through the steps until a signal, or until the process that started us is gone."""
    stopped = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    work_until(stopped)


def work_until(stopped: Event) -> None:
    """Go through the steps until `stopped`, or until the process that started us is gone."""
    sys.setswitchinterval(SWITCH_SECONDS)
    beside = [
        Thread(target=repeat, args=(steps, stopped), name=steps[0].name)
        for steps in (
            Post(make_sender(), stopped).steps(),
            Intake(stopped).steps(),
            Press().steps(),
            chores(stopped),
            caches(stopped),
        )
    ]
    for thread in beside:
        thread.start()
    parent = os.getppid()
    Thread(target=_stop_with, args=(parent, stopped), daemon=True).start()
    attempt(Step("bake anew", bake_all), now(), Troubles())  # the program may have changed since it last ran
    repeat(CLOCK, stopped)
    for thread in beside:
        thread.join()


@dataclass(frozen=True, slots=True)
class Post:
    """Sends mail in batches, each by the clock of its own moment, and stops between two mails when asked to."""

    sender: Sender
    stopped: Event

    def steps(self) -> tuple[Step, ...]:
        return (Step("gather", gather), Step("send", self.send))

    def send(self, _at: datetime) -> None:
        """Batch after batch while there is more. Who has just signed need not wait until a long queue has left: notes
        are gathered as soon as the mails that were made of those before them no longer fill a batch."""
        size, ahead = FEWEST, 0
        try:
            while not self.stopped.is_set():
                begun = now()
                dealt_with = self.sender.send_batch(begun, size, lambda: not self.stopped.is_set())
                if not dealt_with:
                    break
                size = fitting(size, now() - begun)
                ahead = max(0, ahead - dealt_with)
                if ahead < size:
                    ahead += gather(now())
        finally:
            self.sender.close()


@dataclass(frozen=True, slots=True)
class Press:
    """Makes the kits that are due. One that could not be made is tried again after a minute."""

    failed: dict[UUID, datetime] = field(default_factory=dict)

    def steps(self) -> tuple[Step, ...]:
        return (Step("kit", self.make_due, timedelta(seconds=2)),)

    def make_due(self, at: datetime) -> None:
        faults = Faults("kits")
        for letter in kit.due(at):
            if at - self.failed.get(letter.pk, at - MINUTE) >= MINUTE:
                with faults.set_aside():
                    self._make(letter, at)
        faults.rise()

    def _make(self, letter: Letter, at: datetime) -> None:
        try:
            kit.make(letter, at)
        except Exception:  # whatever it is: what does not hold any more must not lie where the public may find it
            self.failed[letter.pk] = at
            if kit.ready(letter) is None:
                kit.store().drop(letter.pk)
            raise
        finally:
            if letter.is_public:
                bake_again(letter, at)


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes in what arrived, batch by batch while there is more, and stops between two of them when asked to.

    From the slower queue, so many at a time as leave it in SLOW_PASS.
    """

    stopped: Event

    def steps(self) -> tuple[Step, ...]:
        return (Step("take in", self.take_in), Step("take in slowly", self.take_in_slowly, SLOW_PASS))

    def take_in_slowly(self, at: datetime) -> None:
        take_in_slow(at, max(1, round(settings.SLOW_PACE.a_second * SLOW_PASS.total_seconds())))

    def take_in(self, _at: datetime) -> None:
        """All that waits. In a rush, those who are signing come first: the more of them, the more time is theirs, and
        that in short turns; where cores are idle, there is time for both."""
        begun, limit = now(), BATCH
        cores = Cores(begun)
        while not self.stopped.is_set() and take_in(begun, limit):
            ended = now()
            resting = rest(ended - begun, ended, REST_IN_A_RUSH, cores.idle(ended))
            limit = FEW if resting else BATCH
            self.stopped.wait(resting.total_seconds())
            begun = now()


def caches(stopped: Event) -> tuple[Step, ...]:
    """Tell the caches in front what has changed, if they want to be told."""
    return (Step("purge caches", make_purge(stopped).run),)


def repeat(steps: Sequence[Step], stopped: Event) -> None:
    """Take those of the steps that are due, pass after pass, until `stopped`."""
    done: dict[str, datetime] = {}
    troubles = Troubles()
    while not stopped.is_set():
        for step in steps:
            at = now()
            if is_due(step, done.get(step.name), at):
                done[step.name] = at
                attempt(step, at, troubles)
        stopped.wait(_look_ahead(now(), troubles).total_seconds())
    connections.close_all()


def _look_ahead(at: datetime, troubles: "Troubles") -> timedelta:
    """How long to sleep before the next pass, which comes whatever goes wrong: nobody would miss a thread that ended,
    while all others work."""
    try:
        close_old_connections()
        return pause(at)
    except Exception as fault:
        troubles.tell("looking ahead", fault, at)
        return PAUSE


def is_due(step: Step, last: datetime | None, at: datetime) -> bool:
    """Whether to take `step` in this pass; in the first pass every step is taken."""
    return last is None or at - last >= step.every


def _stop_with(parent: int, stopped: Event) -> None:
    """Stop when the process that started us is gone, however it went."""
    while not stopped.wait(PAUSE.total_seconds()):
        if os.getppid() != parent:
            stopped.set()


class Troubles:
    """Writes a fault down once a minute at most for each step, however often the step is tried."""

    def __init__(self) -> None:
        self._told: dict[str, datetime] = {}

    def tell(self, step: str, fault: Exception, at: datetime) -> None:
        if at - self._told.get(step, at - MINUTE) >= MINUTE:
            self._told[step] = at
            log.error("%s failed: %s", step, place_of(fault))


def attempt(step: Step, at: datetime, troubles: Troubles) -> None:
    """One step; a fault in it is written down without the data it was about, and holds up no other step."""
    try:
        step.do(at)
    except Exception as fault:  # whatever it is, mail must go out and releases must happen
        troubles.tell(step.name, fault, at)


def pause(at: datetime) -> timedelta:
    """How long to sleep: half a second, and never past the moment of the next release or publication."""
    try:
        release, story = next_due(at), next_story_due(at)
    except DatabaseError:  # the steps have said so; the record may be back in half a second
        return PAUSE
    moments = (release.instant if release else None, story)
    # An overdue one could not be carried out; it is tried again after the usual pause.
    return min([PAUSE, *(moment - at for moment in moments if moment and moment > at)])
