"""The door as the settings have it."""

import time
from collections.abc import Sequence

from django.conf import settings
from django.db import InterfaceError, OperationalError, connections

from undersigned.intake.commit import Lane, Record
from undersigned.intake.door import Door
from undersigned.intake.folder import Folder
from undersigned.intake.places import Places
from undersigned.intake.refusals import Refusing
from undersigned.intake.relay import DeskAddress, Relay
from undersigned.intake.taking import Taking
from undersigned.lib.clock import now
from undersigned.signing.arrivals import NewArrival, arrive


def make_door(desk: str, proxies: int) -> Door:
    """The door before the desk that listens at `desk`, behind so many proxies of ours."""
    places = Places(settings.KEYS.site_key("links"))
    lane: Lane[NewArrival, None] = Lane("sign-ons", Record(commit_arrivals, is_away, connections.close_all))
    return Door(
        Folder(settings.PUBLIC_ROOT),
        Relay(DeskAddress.parse(desk), proxies),
        Refusing(),
        Taking(places, lane),
        time.monotonic,
    )


def commit_arrivals(batch: Sequence[NewArrival]) -> Sequence[None]:
    """Make a batch durable; each is answered by its being so."""
    arrive(batch, now())
    return [None] * len(batch)


def is_away(fault: Exception) -> bool:
    """Whether the record could not be asked, rather than refusing what it was given."""
    return isinstance(fault, OperationalError | InterfaceError)
