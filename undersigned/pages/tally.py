"""The counts of a letter as a page shows them, with the rule by which they are counted."""

from dataclasses import dataclass, replace

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from undersigned.ledger.tally import Counts, counts_at
from undersigned.letters.models import Letter
from undersigned.pages.figures import number
from undersigned.pages.roll import Named, listed, named
from undersigned.pages.sums import countries


@dataclass(frozen=True, slots=True)
class Line:
    """A number, and what it counts; `name` is stable, whatever the language."""

    name: str
    number: str
    label: str


@dataclass(frozen=True, slots=True)
class TallyView:
    """All counts of one letter, in words. `lines` add up to the total; countries stand apart.

    `log` is the path of the page about the log, `checkpoint` that of its signed head; empty before the release.
    """

    total: str
    label: str
    lines: tuple[Line, ...]
    rules: tuple[str, ...]
    log: str = ""
    checkpoint: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a letter counts; `log_size` is how many entries of its log make these counts, None before the release."""

    counts: Counts
    countries: int
    log_size: int | None


def figures(letter: Letter) -> Figures:
    """The counts by the log, and of countries; before the release, when no log counts, those of the listed names."""
    if letter.is_public:
        size, found = counts_at(letter.origin)
        return Figures(found, countries(letter), size)
    by_kind = dict(listed(letter).values_list("kind").annotate(Count("pk")).order_by())
    expected = Counts(by_kind.get("organisation", 0), by_kind.get("person", 0), by_kind.get("supporter", 0))
    return Figures(expected, countries(letter), None)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who and how many stand under a letter, asked for once for all its languages."""

    names: Named
    figures: Figures


def standing(letter: Letter) -> Standing:
    """Who and how many stand under `letter` now."""
    return Standing(named(letter), figures(letter))


def tally(letter: Letter, language: str, page: str = "", figured: Figures | None = None) -> TallyView:
    """The counts of `letter` in the interface language `language`, which is active, on a page in `page`."""
    figured = figured or figures(letter)
    found = figured.counts
    by_name = {"organisations": found.organisations, "persons": found.persons, "supporters": found.supporters}
    shown = {**by_name, "hidden": found.hidden, "countries": figured.countries}
    lines = (Line(name, number(count, language), _label(name, count)) for name, count in shown.items() if count)
    total = ngettext("signature", "signatures", found.total)
    view = TallyView(number(found.total, language), total, tuple(lines), rules())
    if not letter.is_public:
        return view
    root = f"/{letter.slug}"
    return replace(view, log=f"{root}/{page or language}/log/", checkpoint=f"{root}/log/checkpoint")


def rules() -> tuple[str, ...]:
    """What the counts prove, and what they do not."""
    return (
        _("Each signature is counted once, from the public log; countries are those of publicly listed names."),
        _(
            "The log shows that nothing was cut out, changed or counted otherwise; not that every name is real, nor, "
            "by itself, that nobody is shown another log."
        ),
    )


def _label(name: str, count: int) -> str:
    labels = {
        "organisations": ngettext("organisation", "organisations", count),
        "persons": ngettext("person of note", "persons of note", count),
        "supporters": ngettext("supporter, by name", "supporters, by name", count),
        "hidden": ngettext("supporter, counted only", "supporters, counted only", count),
        "countries": ngettext("country, by public names", "countries, by public names", count),
    }
    return labels[name]
