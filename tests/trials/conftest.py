"""An office with a released letter, for a crowd to come to."""

from collections.abc import Generator
from pathlib import Path

import pytest

from benchmark.records import STORED, Records
from benchmark.site import RAISED
from tests.flows.conftest import copy_of, petitioned_once
from tests.flows.office import Office
from tests.trials.aftermath import Aftermath
from tests.trials.crowd import Told
from tests.trials.letterbox import Letterbox, open_letterbox


@pytest.fixture
def letterbox() -> Generator[Letterbox]:
    with open_letterbox() as letterbox:
        yield letterbox


@pytest.fixture
def aftermath(tmp_path: Path, letterbox: Letterbox) -> Generator[Aftermath]:
    """An office with the letter, on the database that the tests run on, which does not serve yet."""
    office = copy_of(petitioned_once(), tmp_path / "office", **RAISED, **letterbox.settings)
    yield from afterwards(office, letterbox)


def afterwards(office: Office, letterbox: Letterbox) -> Generator[Aftermath]:
    """`office`, and those who will know what was acknowledged there."""
    records = Records(office.database, office.folder / "data" / "undersigned.sqlite3")
    yield Aftermath(office, records, Told(), letterbox, records.number(STORED))
    office.stop()
