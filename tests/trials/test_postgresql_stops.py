"""PostgreSQL stops at once under load, as when its machine fails: nothing acknowledged is lost, and the office goes on.

The server is one of our own with stock settings, since the one of the other tests waits for no disk.
"""

import random
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from benchmark.letter import set_up
from benchmark.postgresql import PostgreSQL
from benchmark.site import RAISED
from tests.flows.office import Office, free_port
from tests.trials.aftermath import Aftermath
from tests.trials.conftest import afterwards
from tests.trials.crowd import Crowd
from tests.trials.letterbox import Letterbox

PEOPLE = 8
MOST = 60


@pytest.fixture
def server() -> Generator[PostgreSQL]:
    """In a folder that others may enter: started by root, the server runs as a user of its own."""
    with tempfile.TemporaryDirectory(prefix="undersigned-trial-") as folder:
        Path(folder).chmod(0o755)
        server = PostgreSQL(Path(folder) / "postgresql")
        server.set_up()
        yield server
        server.stop()


@pytest.fixture
def durable(tmp_path: Path, server: PostgreSQL, letterbox: Letterbox) -> Generator[Aftermath]:
    """An office on that server."""
    url = server.make_database("office")
    office = Office(tmp_path / "office", url, free_port(), settings={**RAISED, **letterbox.settings})
    set_up(office)
    yield from afterwards(office, letterbox)


@pytest.mark.parametrize("rounds", [1, pytest.param(20, marks=pytest.mark.long)])
def test_an_office_outlives_its_database(durable: Aftermath, server: PostgreSQL, rounds: int) -> None:
    moments = random.Random(rounds)
    durable.office.start()
    crowd = Crowd(durable.office, durable.told)
    crowd.begin(PEOPLE, durable.links)
    try:
        for _ in range(rounds):
            crowd.wait_for(moments.randrange(MOST))
            server.stop("immediate")
            server.start()
        crowd.wait_for(1)
    finally:
        crowd.end()
    durable.office.stop()
    durable.nothing_is_lost()
    durable.let_a_day_pass()
    durable.office.start()
    durable.settle()
    durable.all_is_well()
