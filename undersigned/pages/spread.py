"""The page that shows where and when the publicly listed names of a letter came from: map, line, and their tables."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from undersigned.letters.models import Letter
from undersigned.lib.collation import ordered
from undersigned.lib.countries import label_name
from undersigned.lib.languages import interface_for
from undersigned.pages.charts import growth, tile_map
from undersigned.pages.figures import as_of, long_date, number
from undersigned.pages.frame import Frame, Place, interface_tag, letter_frame
from undersigned.pages.sums import COUNTRY, DAY, sums

DAYS = 31
"""Up to so many days are told one by one, and months beyond."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: what was counted, how often, and, where it grows, how many there were by then."""

    label: str
    count: str
    total: str = ""


@dataclass(frozen=True, slots=True)
class SpreadPage:
    """Everything is drawn from public names only; drawings are empty where there is none."""

    frame: Frame
    map: SafeString
    countries: tuple[Row, ...]
    line: SafeString
    days: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """How many publicly listed names bear each country label, and were listed on each day: the same in any language."""

    where: dict[str, int]
    when: list[tuple[str, int]]


def spread_of(letter: Letter) -> Spread:
    """Where and when names of `letter` came from, by its sums."""
    return Spread(sums(letter, COUNTRY), _without_gaps(sums(letter, DAY)))


def spread_page(letter: Letter, language: str, spread: Spread | None = None) -> SpreadPage:
    """`/{slug}/{language}/where-and-when/`; what it shows is asked for unless it is given."""
    spread = spread or spread_of(letter)
    with translation.override(interface_for(language)):
        tag = interface_tag(language)
        place = Place.public(letter, "where-and-when/")
        frame = letter_frame(letter, language, place, _("Where and when people signed"))
        return SpreadPage(
            frame=replace(frame, description=_("A map and a chart, from public names only.")),
            map=tile_map(spread.where, _("Map of the world in tiles; the same numbers stand in the table below.")),
            countries=_countries(letter, spread.where, tag),
            line=_line(spread.when),
            days=_days(spread.when, tag),
        )


def _line(when: Sequence[tuple[str, int]]) -> SafeString:
    title = _("Line of growth; the same numbers stand in the table below.")
    return growth(when, title) if when else SafeString()


def _countries(letter: Letter, where: dict[str, int], tag: str) -> tuple[Row, ...]:
    """Most names first, and equal ones in the language's order; names without a label come last."""
    labels = {key: label_name(key, tag, letter.country_labels) for key in where if key}
    keys = sorted(ordered(labels, labels.__getitem__, tag), key=lambda key: -where[key])
    rows = [Row(labels[key], number(where[key], tag)) for key in keys]
    return (*rows, *([Row(_("No country label"), number(where[""], tag))] if where.get("") else []))


def _without_gaps(days: dict[str, int]) -> list[tuple[str, int]]:
    """Every day from the first to the last."""
    if not days:
        return []
    first, last = date.fromisoformat(min(days)), date.fromisoformat(max(days))
    every = (first + timedelta(days=at) for at in range((last - first).days + 1))
    return [(day.isoformat(), days.get(day.isoformat(), 0)) for day in every]


def _days(when: Sequence[tuple[str, int]], tag: str) -> tuple[Row, ...]:
    by_month = len(when) > DAYS
    counts: dict[str, int] = {}
    for day, count in when:
        period = day[:7] if by_month else day
        counts[period] = counts.get(period, 0) + count
    rows, total = [], 0
    for period, count in counts.items():
        total += count
        label = as_of(period, tag) if by_month else long_date(date.fromisoformat(period), tag)
        rows.append(Row(label, number(count, tag), number(total, tag)))
    return tuple(rows)
