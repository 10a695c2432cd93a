"""The worker: does what time brings, step by step, and sleeps until there may be something to do.

Mail goes out in a thread of its own, and what arrived is taken in by another, so that neither a slow mail server nor
a rush of sign-ons holds up the moment of a release.
"""

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Thread

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections

from undersigned.config.logs import place_of
from undersigned.config.mailing import make_sender
from undersigned.ledger.models import Entry
from undersigned.ledger.sequence import sequence
from undersigned.lib.clock import now
from undersigned.newsletter.subscribe import forget_unconfirmed
from undersigned.pages.bakery import bake_all, bake_due
from undersigned.post.gather import gather
from undersigned.post.purge import purge
from undersigned.post.sender import Sender
from undersigned.releases.release import next_due, release_due
from undersigned.signing.arrivals import take_in
from undersigned.signing.retention import forget, lapse, remind

log = logging.getLogger(__name__)
PAUSE = timedelta(seconds=0.5)


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do again and again: every pass, or once in a while."""

    name: str
    do: Callable[[datetime], object]
    every: timedelta = timedelta()


def release_step(at: datetime) -> None:
    """Release what is due and put it before the public at once: log numbered, pages baked, folder switched."""
    if release_due(at):
        sequence_step(at)
        bake_due(at)


def sequence_step(_at: datetime) -> None:
    """Number all that waits in the opened logs; the bakery sees that they have grown."""
    waiting = Entry.objects.filter(index=None, log__opened_at__isnull=False)
    for log_id in waiting.values_list("log_id", flat=True).distinct():
        while sequence(log_id, hidden_batch=settings.HIDDEN_BATCH):
            pass  # another batch: at a release all that was confirmed under embargo waits at once


MINUTE = timedelta(minutes=1)
CLOCK = (
    Step("release", release_step),
    Step("sequence", sequence_step),
    Step("bake", bake_due),
    Step("remind", remind, MINUTE),
    Step("lapse", lapse, MINUTE),
    Step("forget", forget, MINUTE),
    Step("forget unconfirmed subscriptions", forget_unconfirmed, MINUTE),
    Step("purge", purge, MINUTE),
)


def work_until(stopped: Event) -> None:
    """Go through the steps until `stopped`, or until the process that started us is gone."""
    beside = [
        Thread(target=_repeat, args=(steps, stopped), name=steps[0].name)
        for steps in (Post(make_sender(), stopped).steps(), Intake(stopped).steps())
    ]
    for thread in beside:
        thread.start()
    parent = os.getppid()
    Thread(target=_stop_with, args=(parent, stopped), daemon=True).start()
    attempt(Step("bake anew", bake_all), now(), Troubles())  # the program may have changed since it last ran
    _repeat(CLOCK, stopped)
    for thread in beside:
        thread.join()


@dataclass(frozen=True, slots=True)
class Post:
    """Sends mail one by one, each by the clock of its own moment, and stops between two of them when asked to."""

    sender: Sender
    stopped: Event

    def steps(self) -> tuple[Step, ...]:
        return (Step("gather", gather), Step("send", self.send))

    def send(self, _at: datetime) -> None:
        try:
            while not self.stopped.is_set() and self.sender.send_one(now()):
                gather(now())  # who has just signed need not wait for a long queue
        finally:
            self.sender.close()


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes in what arrived, batch by batch while there is more, and stops between two of them when asked to."""

    stopped: Event

    def steps(self) -> tuple[Step, ...]:
        return (Step("take in", self.take_in),)

    def take_in(self, _at: datetime) -> None:
        while not self.stopped.is_set() and take_in(now()):
            pass


def _repeat(steps: Sequence[Step], stopped: Event) -> None:
    done: dict[str, datetime] = {}
    troubles = Troubles()
    while not stopped.is_set():
        for step in steps:
            at = now()
            if at - done.get(step.name, at - MINUTE) >= step.every:
                done[step.name] = at
                attempt(step, at, troubles)
        close_old_connections()
        stopped.wait(pause(now()).total_seconds())
    connections.close_all()


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
    """How long to sleep: half a second, and never past the moment of the next release."""
    try:
        release = next_due(at)
    except DatabaseError:  # the steps have said so; the record may be back in half a second
        return PAUSE
    if release is None or release.instant <= at:  # an overdue one could not be carried out; it is tried again
        return PAUSE
    return min(PAUSE, release.instant - at)
