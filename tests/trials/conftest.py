"""An office with a released letter, for a crowd to come to."""

from collections.abc import Generator
from pathlib import Path

import pytest

from benchmark.letter import set_up
from benchmark.records import STORED, Records
from benchmark.site import RAISED
from tests.flows.conftest import new_database
from tests.flows.office import Office, free_port
from tests.trials.aftermath import Aftermath
from tests.trials.crowd import Told
from tests.trials.letterbox import Letterbox, open_letterbox


@pytest.fixture
def letterbox() -> Generator[Letterbox]:
    with open_letterbox() as letterbox:
        yield letterbox


@pytest.fixture
def aftermath(tmp_path: Path, letterbox: Letterbox) -> Generator[Aftermath]:
    """An office that is set up on the database that the tests run on, and does not serve yet."""
    office = Office(tmp_path / "office", new_database(), free_port(), settings={**RAISED, **letterbox.settings})
    yield from prepared(office, letterbox)


def prepared(office: Office, letterbox: Letterbox) -> Generator[Aftermath]:
    set_up(office)
    records = Records(office.database, office.folder / "data" / "undersigned.sqlite3")
    yield Aftermath(office, records, Told(), letterbox, records.number(STORED))
    office.stop()
