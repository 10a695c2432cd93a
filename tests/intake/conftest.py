"""A door in the test's own process: before it the public folder, behind it a desk that the test speaks for."""

import asyncio
from collections.abc import Generator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.intake.asking import DeskBehind, Reader, http
from undersigned.intake.commit import Lane, Record
from undersigned.intake.door import Door
from undersigned.intake.folder import Folder
from undersigned.intake.places import Places
from undersigned.intake.refusals import Refusing
from undersigned.intake.relay import Relay
from undersigned.intake.taking import Taking
from undersigned.pages.generation import PublicFolder
from undersigned.signing.arrivals import NewArrival


class Clock:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


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
    with asyncio.Runner() as runner:
        nothing: Lane[NewArrival, None] = Lane("closed", Record(lambda items: [], lambda fault: False, lambda: None))
        taking = Taking(Places(b"no key"), nothing)
        reader = Reader(Door(Folder(folder.root), Relay(desk.address), Refusing(), taking, clock), runner)
        server = reader.run(desk.open())
        yield reader
        server.close()
