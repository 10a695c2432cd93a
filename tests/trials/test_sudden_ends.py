"""The program is killed at random moments under load, as by a machine that fails: nothing acknowledged is lost."""

import os
import random
import signal
from pathlib import Path

import pytest

from tests.flows.office import SECONDS, Office
from tests.trials.aftermath import Aftermath
from tests.trials.crowd import Crowd

PEOPLE = 8
MOST = 60
"""At most so many sign-ons are acknowledged before the end of a round comes."""


@pytest.fixture(params=[3, pytest.param(100, marks=pytest.mark.long)])
def rounds(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def test_what_was_acknowledged_outlives_any_kill(aftermath: Aftermath, rounds: int) -> None:
    moments = random.Random(rounds)
    for _ in range(rounds):
        end_amid_a_crowd(aftermath, moments, aftermath.office.kill)
        aftermath.nothing_is_lost()
    bring_back(aftermath)


def test_a_worker_that_is_killed_leaves_a_log_that_adds_up(aftermath: Aftermath, rounds: int) -> None:
    moments = random.Random(rounds)
    for _ in range(rounds):
        end_amid_a_crowd(aftermath, moments, lambda: kill_worker(aftermath.office))
        aftermath.nothing_is_lost()
    bring_back(aftermath)


def end_amid_a_crowd(aftermath: Aftermath, moments: random.Random, end: object) -> None:
    """Serve a crowd, some of whom confirm, until the end comes."""
    aftermath.office.start()
    crowd = Crowd(aftermath.office, aftermath.told)
    crowd.begin(PEOPLE, aftermath.links)
    try:
        crowd.wait_for(moments.randrange(MOST))
        end()
    finally:
        crowd.end()


def bring_back(aftermath: Aftermath) -> None:
    """The day after: the office serves again, does what was left undone, and all is well."""
    aftermath.nobody_met_a_fault()
    aftermath.let_a_day_pass()
    aftermath.office.start()
    aftermath.settle()
    aftermath.all_is_well()


def kill_worker(office: Office) -> None:
    """Kill the process that numbers the log and sends the mail; the rest ends by itself then, and says so."""
    assert office.process
    children = Path(f"/proc/{office.process.pid}/task/{office.process.pid}/children").read_text().split()
    [worker] = [int(child) for child in children if Path(f"/proc/{child}/comm").read_text() == "worker\n"]
    os.kill(worker, signal.SIGKILL)
    assert office.process.wait(SECONDS) == 1
    office.kill()
