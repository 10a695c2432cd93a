"""The program's own door, but for its record: what it takes is acknowledged and forgotten. Only for measuring.

`Lane.record` is where the door hands its batches over; everything before and after that is the door's own.
`python -m benchmark.forgetting_door PORT DESK` serves it.
"""

import sys
from collections.abc import Sequence
from functools import partial

import django

django.setup()

from undersigned.config.parts import open_door, serve_door  # noqa: E402  its models need Django to be set up
from undersigned.intake.commit import Record  # noqa: E402
from undersigned.intake.door import Door  # noqa: E402
from undersigned.signing.arrivals import NewArrival  # noqa: E402


def _forget(batch: Sequence[NewArrival]) -> Sequence[None]:
    return [None] * len(batch)


def _open(desk: str) -> Door:
    door = open_door(desk)
    door.taking.lane.record = Record(_forget, lambda fault: False, lambda: None)
    return door


if __name__ == "__main__":
    serve_door("127.0.0.1", int(sys.argv[1]), partial(_open, sys.argv[2]))
