"""Drawing on the server: a map in tiles and a line that grows, as SVG that every reader's colours reach."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WORLD = Path(__file__).resolve().parent / "world.txt"
TILE, GAP = 20, 2
WIDTH, HEIGHT = 560, 180
STEPS = (1, 10)
"""A tile is pale up to the first, stronger up to the second, and full above."""


@dataclass(frozen=True, slots=True)
class Tile:
    """Where a country stands on the map."""

    code: str
    column: int
    row: int


@cache
def world() -> tuple[Tile, ...]:
    """All tiles of the map."""
    lines = [line.split() for line in WORLD.read_text().splitlines() if not line.startswith("#")]
    return tuple(
        Tile(code, column, row) for row, codes in enumerate(lines) for column, code in enumerate(codes) if code != ".."
    )


def tile_map(counts: Mapping[str, int], title: str) -> SafeString:
    """The map, with the tiles of `counts` (ISO 3166 codes) filled; what is no country of the map is left out."""
    tiles = world()
    width, height = (1 + max(getattr(tile, of) for tile in tiles) for of in ("column", "row"))
    empty = "".join(_square(tile) for tile in tiles if not counts.get(tile.code))
    filled = format_html_join(
        "", '<g class="step-{}"><path d="{}"/><text x="{}" y="{}">{}</text></g>', _filled(tiles, counts)
    )
    return format_html(
        '<svg class="map" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<path class="empty" fill="#e4ded4" d="{}"/>{}</svg>',
        width * TILE,
        height * TILE,
        title,
        empty,
        filled,
    )


def growth(days: Sequence[tuple[str, int]], title: str) -> SafeString:
    """A line from the first day to the last, whose height is the sum up to each day; `days` are in order."""
    totals = list(accumulate(count for _day, count in days))
    steps = [WIDTH * at / max(len(totals) - 1, 1) for at in range(len(totals))]
    points = [(0.0, float(HEIGHT)), *zip(steps, (HEIGHT * (1 - total / totals[-1]) for total in totals), strict=True)]
    if len(totals) == 1:
        points[1] = (float(WIDTH), 0.0)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return format_html(
        '<svg class="growth" viewBox="-2 -4 {} {}" role="img" aria-label="{}">'
        '<path class="ground" d="M0 {}H{}" stroke="#857c6f"/>'
        '<polyline fill="none" stroke="#b3261e" points="{}"/></svg>',
        WIDTH + 4,
        HEIGHT + 8,
        title,
        HEIGHT,
        WIDTH,
        line,
    )


def _filled(tiles: Iterable[Tile], counts: Mapping[str, int]) -> Iterable[tuple[int, str, int, int, str]]:
    for tile in tiles:
        count = counts.get(tile.code, 0)
        if count:
            step = sum(count > limit for limit in STEPS)
            yield step, _square(tile), tile.column * TILE + TILE // 2 - 1, tile.row * TILE + 13, tile.code


def _square(tile: Tile) -> str:
    side = TILE - GAP
    return f"M{tile.column * TILE} {tile.row * TILE}h{side}v{side}h-{side}z"
