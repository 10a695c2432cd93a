"""The door as the settings have it."""

import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from threading import Lock

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, connections

from undersigned.intake.acting import Acting
from undersigned.intake.commit import Answer, Commit, Item, Lane, Record
from undersigned.intake.counting import Counting
from undersigned.intake.door import Door
from undersigned.intake.folder import Folder
from undersigned.intake.places import Places
from undersigned.intake.refusals import Refusing
from undersigned.intake.relay import DeskAddress, Relay
from undersigned.intake.said import Said, confirm_all, withdraw_all
from undersigned.intake.taking import Taking
from undersigned.lib.clock import now
from undersigned.signing.arrivals import NewArrival, arrive
from undersigned.stories.reads import count


def make_door(desk: str, proxies: int) -> Door:
    """The door before the desk that listens at `desk`, behind so many proxies of ours."""
    links_key, turn = settings.KEYS.site_key("links"), _turn()
    confirmed, withdrawn = Said(), Said()
    return Door(
        Folder(settings.PUBLIC_ROOT),
        Relay(DeskAddress.parse(desk), proxies),
        Refusing(),
        Taking(Places(links_key), Lane("sign-ons", _record(commit_arrivals, turn))),
        Acting(
            links_key,
            Lane("confirmations", _record(lambda batch: confirm_all(confirmed, batch, now()), turn)),
            Lane("withdrawals", _record(lambda batch: withdraw_all(withdrawn, batch, now()), turn)),
        ),
        time.monotonic,
        Counting(write_reads),
    )


def _turn() -> AbstractContextManager[object]:
    """SQLite has one writer at a time: our own threads queue here, which is quicker than to ask it again and again."""
    return Lock() if connection.vendor == "sqlite" else nullcontext()


def _record(commit: Commit[Item, Answer], turn: AbstractContextManager[object]) -> Record[Item, Answer]:
    def in_turn(batch: Sequence[Item]) -> Sequence[Answer]:
        with turn:
            return commit(batch)

    return Record(in_turn, is_away, connections.close_all)


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
    """Whether the record could not be asked, rather than refusing what it was given."""
    return isinstance(fault, OperationalError | InterfaceError)
