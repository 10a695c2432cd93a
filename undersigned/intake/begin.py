"""The door as the settings have it."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from threading import Lock

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, connections

from undersigned.intake.acting import Acting
from undersigned.intake.backlog import backlog
from undersigned.intake.commit import Answer, Commit, Item, Lane, Record
from undersigned.intake.counting import Counting
from undersigned.intake.door import Door
from undersigned.intake.folder import Folder
from undersigned.intake.limits import Limits
from undersigned.intake.measure import Levels, Measures
from undersigned.intake.monitor import Conditions, Monitor, place_of_monitor
from undersigned.intake.places import Places
from undersigned.intake.refusals import Refusing
from undersigned.intake.relay import DeskAddress, Relay
from undersigned.intake.said import Said, confirm_all, withdraw_all
from undersigned.intake.taking import Taking
from undersigned.lib.clock import now
from undersigned.pages.generation import PublicFolder
from undersigned.signing.arrivals import NewArrival, arrive
from undersigned.stories.reads import count

IN_THE_WAY = ("40001", "40P01", "55P03")
"""PostgreSQL's codes of a serialization failure, a deadlock, and a lock that was waited for in vain (its manual,
appendix A)."""


def make_door(desk: str, proxies: int, monitor: str = "") -> Door:
    """The door before the desk that listens at `desk`, behind so many proxies of ours; operators ask at `monitor`."""
    links_key, turn, measures = settings.KEYS.site_key("links"), _turn(), Measures()
    confirmed, withdrawn = Said(), Said()

    def lane(act: str, commit: Commit[Item, Answer]) -> Lane[Item, Answer]:
        return Lane(act, _record(commit, turn, measures.committed(act)))

    door = Door(
        Folder(settings.PUBLIC_ROOT),
        Relay(DeskAddress.parse(desk), proxies),
        Refusing(),
        Taking(Places(links_key), lane("sign-on", commit_arrivals), measures.refused),
        Acting(
            links_key,
            lane("confirmation", lambda batch: confirm_all(confirmed, batch, now())),
            lane("withdrawal", lambda batch: withdraw_all(withdrawn, batch, now())),
        ),
        Limits.of(proxies, settings.MOST_REQUESTS, settings.FREE_SIGN_ONS, time.monotonic),
        measures,
        None,
        time.monotonic,
        Counting(write_reads),
    )
    measures.watch(backlog())
    measures.watch(_queues(door))
    measures.watch(_recalls())
    place = place_of_monitor(monitor)
    if place:
        door.monitor = Monitor(place, _conditions(door), measures)
    return door


def _queues(door: Door) -> Levels:
    lanes = (door.taking.lane, door.acting.confirming, door.acting.withdrawing)
    waiting = {lane.name: lambda lane=lane: float(lane.waiting) for lane in lanes}
    return Levels("undersigned_door_queue", "What waits for a commit", "act", waiting)


def _recalls() -> Levels:
    recalls = PublicFolder(settings.PUBLIC_ROOT).recalls
    found = {
        "waiting": lambda: float(len(recalls.waiting())),
        "failed": lambda: float(failure.times if (failure := recalls.failure()) else 0),
    }
    return Levels("undersigned_recalls", "Bakes that caches wait to be told of, and failures in a row", "what", found)


def _conditions(door: Door) -> Conditions:
    """What must hold for the door to do all its work."""
    return {
        "record": lambda: door.taking.places.is_fresh(now()),
        "folder": settings.PUBLIC_ROOT.exists,
        "desk": door.relay.desk.answers,
    }


def _turn() -> AbstractContextManager[object]:
    """SQLite has one writer at a time: our own threads queue here, which is quicker than to ask it again and again."""
    return Lock() if connection.vendor == "sqlite" else nullcontext()


def _record(
    commit: Commit[Item, Answer], turn: AbstractContextManager[object], committed: Callable[[int, float], None]
) -> Record[Item, Answer]:
    def in_turn(batch: Sequence[Item]) -> Sequence[Answer]:
        with turn:
            return commit(batch)

    return Record(in_turn, is_away, connections.close_all, committed)


def commit_arrivals(batch: Sequence[NewArrival]) -> Sequence[None]:
    """Make a batch durable; each is answered by its being so."""
    arrive(batch, now())
    return [None] * len(batch)


def write_reads(times: Mapping[str, int]) -> None:
    """Add to the numbers of the hour; the thread that does it keeps no connection."""
    try:
        count(times, now(), settings.READS_CAP)
    finally:
        connections.close_all()


def is_away(fault: Exception) -> bool:
    """Whether the record could not be asked, rather than refusing what it was given.

    That two got in each other's way is told by the same exception; but then it is there, and each is tried alone.
    """
    return isinstance(fault, OperationalError | InterfaceError) and _code(fault) not in IN_THE_WAY


def _code(fault: Exception) -> str | None:
    return getattr(fault.__cause__, "sqlstate", None)
