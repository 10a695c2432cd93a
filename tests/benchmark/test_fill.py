"""A record that was filled by a few statements is one that the program itself could have written."""

import json
from pathlib import Path

import pytest

from benchmark.bodies import names
from benchmark.fill import fill
from benchmark.letter import SLUG
from benchmark.records import NUMBERED, Records
from tests.flows.conftest import copy_of, petitioned_once
from tests.flows.office import Office, until

ROWS, NAMED, SHOWN = 3000, 2000, 50


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return copy_of(petitioned_once(), tmp_path)


def test_whoever_was_filled_in_is_listed_counted_and_in_the_log(office: Office) -> None:
    records = Records(office.database, office.folder / "data" / "undersigned.sqlite3")
    before = records.number(NUMBERED)
    fill(records, ROWS, NAMED)
    office.start()
    try:
        until(lambda: counts(office)["supporters"] == NAMED, "the supporters to be counted")
        assert counts(office)["hidden"] == ROWS - NAMED
        assert records.number(NUMBERED) == before + ROWS
        page = office.ask(f"/{SLUG}/ko/").body.decode()
        assert sum(name in page for name in names()) >= SHOWN // 2  # some names occur twice among the latest
        office.run("log", "verify", f"{office.url}/{SLUG}/")
    finally:
        office.stop()


def counts(office: Office) -> dict[str, int]:
    found: dict[str, dict[str, int]] = json.loads(office.ask(f"/{SLUG}/letter.json").body)
    return found["counts"]
