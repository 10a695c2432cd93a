"""The worker: does what time brings, step by step, and sleeps until there may be something to do.

Mail goes out in a thread of its own, so that no slow mail server holds up the moment of a release.
"""

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Thread

from django.conf import settings
from django.db import close_old_connections

from undersigned.config.logs import place_of
from undersigned.config.mailing import make_sender
from undersigned.ledger.models import Entry
from undersigned.ledger.sequence import sequence
from undersigned.letters.models import Letter
from undersigned.letters.stages import touch
from undersigned.lib.clock import now
from undersigned.pages.bakery import bake_due
from undersigned.post.purge import purge
from undersigned.releases.release import next_due, release_due
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
    """Number what waits in the opened logs, and let the pages of their letters follow."""
    waiting = Entry.objects.filter(index=None, log__opened_at__isnull=False)
    for log_id, origin in waiting.values_list("log_id", "log__origin").distinct():
        if sequence(log_id, hidden_batch=settings.HIDDEN_BATCH):
            touch(set(Letter.objects.filter(origin=origin).values_list("pk", flat=True)))


MINUTE = timedelta(minutes=1)
CLOCK = (
    Step("release", release_step),
    Step("sequence", sequence_step),
    Step("bake", bake_due),
    Step("remind", remind, MINUTE),
    Step("lapse", lapse, MINUTE),
    Step("forget", forget, MINUTE),
    Step("purge", purge, MINUTE),
)


def work_until(stopped: Event) -> None:
    """Go through the steps until `stopped`, or until the process that started us is gone."""
    post = Thread(target=_repeat, args=((Step("send", make_sender().send_due),), stopped), name="post")
    post.start()
    parent = os.getppid()
    Thread(target=_stop_with, args=(parent, stopped), daemon=True).start()
    _repeat(CLOCK, stopped)
    post.join()


def _repeat(steps: Sequence[Step], stopped: Event) -> None:
    done: dict[str, datetime] = {}
    while not stopped.is_set():
        at = now()
        for step in steps:
            if at - done.get(step.name, at - MINUTE) >= step.every:
                done[step.name] = at
                attempt(step, now())
        close_old_connections()
        stopped.wait(pause(now()).total_seconds())


def _stop_with(parent: int, stopped: Event) -> None:
    """Stop when the process that started us is gone, however it went."""
    while not stopped.wait(PAUSE.total_seconds()):
        if os.getppid() != parent:
            stopped.set()


def attempt(step: Step, at: datetime) -> None:
    """One step; a fault in it is written down without the data it was about, and holds up no other step."""
    try:
        step.do(at)
    except Exception as fault:  # whatever it is, mail must go out and releases must happen
        log.error("%s failed: %s", step.name, place_of(fault))


def pause(at: datetime) -> timedelta:
    """How long to sleep: half a second, and never past the moment of the next release."""
    release = next_due(at)
    if release is None:
        return PAUSE
    return max(min(PAUSE, release.instant - at), timedelta(milliseconds=1))
