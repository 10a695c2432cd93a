"""A door in the test's own process: before it the public folder, behind it a desk that the test speaks for."""

import asyncio
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from tests.intake.asking import DeskBehind, Reader, http
from undersigned.intake.acting import Acting
from undersigned.intake.begin import make_door
from undersigned.intake.commit import Lane, Record
from undersigned.intake.door import Door
from undersigned.intake.folder import Folder
from undersigned.intake.limits import Limits
from undersigned.intake.measure import Measures
from undersigned.intake.places import Places
from undersigned.intake.refusals import Refusing
from undersigned.intake.relay import Relay
from undersigned.intake.taking import Taking
from undersigned.letters.models import Letter
from undersigned.lib.env import Rate
from undersigned.pages.generation import PublicFolder


class Clock:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture(autouse=True)
def _without_the_browsers_loop() -> Generator[None]:
    """Playwright's event loop counts as running in this thread from its first test to its last; ours run beside it."""
    browsers = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(browsers)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> PublicFolder:
    """The public folder, empty yet."""
    settings.PUBLIC_ROOT = tmp_path / "data" / "public"
    return PublicFolder(settings.PUBLIC_ROOT)


@pytest.fixture
def desk(tmp_path: Path) -> DeskBehind:
    """Knows nothing of what it is asked for, and says so in a way of its own."""
    return DeskBehind(
        lambda method, target, body: http("404 Not Found", target.encode(), "X-Why: none"), tmp_path / "desk"
    )


@pytest.fixture
def reader(folder: PublicFolder, desk: DeskBehind, clock: Clock) -> Generator[Reader]:
    """Somebody before a door that takes nothing, with a clock that stands still."""
    measures = Measures()
    taking = Taking(Places(b"no key"), Lane("closed", NOTHING), measures.refused)
    acting = Acting(b"no key", Lane("closed", NOTHING), Lane("closed", NOTHING))
    relay, limits = Relay(desk.address), Limits.of(0, Rate(10_000, 1), Rate(10_000, 1), clock)
    yield from opened(Door(Folder(folder.root), relay, Refusing(), taking, acting, limits, measures, None, clock), desk)


@pytest.fixture
def door(letter: Letter, folder: PublicFolder, desk: DeskBehind) -> Generator[Reader]:
    """Somebody before a door as the settings have it, that has seen which forms are open; the desk repeats what it
    is asked."""
    desk.says = lambda method, target, body: http("422 Unprocessable Content", b"the desk: " + body)
    for reader in opened(make_door(f"unix:{desk.socket}", 0), desk):
        door = reader.door
        lanes = (door.taking.lane, door.acting.confirming, door.acting.withdrawing)
        door.taking.places.look()
        reader.run(begin(lanes))
        yield reader
        for lane in lanes:
            reader.run(lane.close())


def opened(door: Door, desk: DeskBehind) -> Generator[Reader]:
    with asyncio.Runner() as runner:
        reader = Reader(door, runner)
        server = reader.run(desk.open())
        yield reader
        server.close()


async def begin(lanes: Sequence[Lane[Any, Any]]) -> None:
    for lane in lanes:
        lane.open()


NOTHING: Record[Any, Any] = Record(lambda items: [], lambda fault: False, lambda: None)
