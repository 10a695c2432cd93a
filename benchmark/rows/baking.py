"""Baking: what one more signature costs the bakery, on a small list and on one of a million names."""

import json
from statistics import median
from typing import Any

from benchmark.ground import Ground
from benchmark.letter import FOLDER, SLUG
from benchmark.row import Goal, Measured, Row
from tests.flows.office import DESK

GOAL_MILLISECONDS = 150
FEW, MANY = 122, 1_000_000
"""Supporters beside the 54 organisations and seven persons of the demonstration's letter: 183 signatories, and a list
that fills thousands of pages."""

EVIDENCE = ("--attested", "invented, to be measured", "--by", DESK)
BAKES_A_ROUND = 7
LONGEST = 3600
"""Seconds that the first bake may take."""


def bake_cpu(ground: Ground) -> Measured:
    return _measured(ground, FEW)


def bake_cpu_full(ground: Ground) -> Measured:
    """As few rows as the pace has, where it has fewer."""
    return _measured(ground, min(MANY, ground.pace.rows))


def _measured(ground: Ground, supporters: int) -> Measured:
    """On SQLite, whose work counts as the bakery's own."""
    site = ground.idle_site("sqlite", supporters)
    site.office.run("signatories", "import", SLUG, str(FOLDER / "persons.csv"), "--kind", "person", *EVIDENCE)
    site.errand("sequence")
    bakes = str(BAKES_A_ROUND * ground.pace.rounds)
    told: dict[str, Any] = json.loads(site.errand("bake", site.next_run(), bakes, seconds=LONGEST))
    figures = {
        "ms of CPU": told["milliseconds"],
        "files rewritten": told["rewritten"],
        "files": [told["files"]],
        "largest page, bytes": [told["largest"]],
        "first bake, s of CPU": [told["first"]],
        "its memory, MB": [told["memory"]],
    }
    ratio = GOAL_MILLISECONDS / median(told["milliseconds"])
    return Measured.of(ratio, figures, f"{supporters + 61:,} signatories, three languages")


ROWS = (
    Row(
        "bake_cpu",
        f"{GOAL_MILLISECONDS} ms ÷ the bakery's CPU for one more signature among {FEW + 61}, three languages, SQLite",
        Goal(1),
        bake_cpu,
    ),
    Row(
        "bake_cpu_full",
        f"the same among {MANY:,} supporters, of whom all are named",
        Goal(1),
        bake_cpu_full,
    ),
)
