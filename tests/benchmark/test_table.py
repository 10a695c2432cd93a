import json
from collections.abc import Mapping

import pytest

from benchmark.ground import Ground
from benchmark.row import Goal, Line, Measured, Row
from benchmark.table import records_of, to_json, to_markdown, to_text

MACHINE = {"processor": "a fast one, 2 cores"}


def unmeasured(_ground: Ground) -> Measured:
    raise AssertionError


def line(id_: str, ratio: float | None, goal: Goal, *, leans: bool = False) -> Line:
    row = Row(id_, f"what {id_} is", goal, unmeasured, leans)
    figures = {"ours/s": [900.0, 1000.0, 5000.0], "theirs/s": [10.0, 20.0, 30.5]}
    return Line(row, None if ratio is None else Measured.of(ratio, figures, "all is stored"), "PostgreSQL is missing")


def told(*lines: Line) -> Mapping[str, bool]:
    return {record["id"]: record["met"] for record in records_of(lines)}


@pytest.mark.parametrize(
    ("ratio", "goal", "is_met"),
    [
        (1.0, Goal(1.0), True),
        (0.99, Goal(1.0), False),
        (4.0, Goal(4, is_ceiling=True), True),
        (4.1, Goal(4, is_ceiling=True), False),
        (None, Goal(4, is_ceiling=True), False),
    ],
)
def test_a_goal_is_met_or_not(ratio: float | None, goal: Goal, is_met: bool) -> None:
    assert told(line("one", ratio, goal)) == {"one": is_met}


def test_what_a_slower_door_would_improve_counts_only_beside_a_fast_door() -> None:
    other, leaning = line("page", 1.0, Goal(0.5)), line("full", 1.0, Goal(0.8), leans=True)
    assert told(line("sign_vs_pgbench", 1.1, Goal(1)), other, leaning)["full"]
    assert told(line("sign_vs_pgbench", 0.9, Goal(1)), other, leaning) == {
        "sign_vs_pgbench": False,
        "page": True,
        "full": False,
    }
    assert not told(other, leaning)["full"]


def test_the_table_for_machines_holds_ratio_goal_and_verdict_of_each_row() -> None:
    found = json.loads(to_json(records_of([line("one", 2.0, Goal(1.5)), line("two", None, Goal(1))]), MACHINE))
    assert found["machine"] == MACHINE
    one, two = found["rows"]
    assert (one["id"], one["ratio"], one["goal"], one["met"]) == ("one", 2.0, 1.5, True)
    assert one["figures"] == {"ours/s": 1000, "theirs/s": 20}
    assert (two["ratio"], two["met"], two["remarks"]) == (None, False, ["PostgreSQL is missing"])


def test_the_table_for_people_shows_the_absolute_figures_beside_the_ratio() -> None:
    records = records_of([line("one", 50.0, Goal(1.5)), line("two", None, Goal(1))])
    text = to_text(records)
    assert "≥ 1.5  met" in text
    assert "ours/s 1,000" in text
    assert "not measured" in text
    markdown = to_markdown(records, MACHINE).splitlines()
    assert markdown[2] == "| `one` | what one is | ≥ 1.5 | 50 | met | ours/s 1,000; theirs/s 20 |"
    assert "a fast one, 2 cores" in markdown[-1]
