"""The roll: who is publicly listed under a letter, in the order and the script of the page's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from undersigned.letters.models import Letter, ListOrder
from undersigned.lib.collation import ordered
from undersigned.lib.countries import OwnLabels, key_for, label_name
from undersigned.lib.names import sort_form
from undersigned.pages.figures import number
from undersigned.pages.frame import interface_tag, voice
from undersigned.pages.said import Said, name_in, reads, script_of
from undersigned.signing.models import Kind, Signature, State, Visibility

LATEST = 50
"""So many of the supporters are named on the page of the letter."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One name as it stands in the list: in the page's language, its own beside it, and what is known of its bearer.

    `also` are its other names, by which it is found though they are not shown.
    """

    name: Said
    original: Said
    sort: str
    country: str
    position: int | None
    details: tuple[Said, ...]
    website: str = ""
    also: str = ""
    voice: str = ""

    @property
    def html(self) -> SafeString:
        """The entry as an item of a list; written here and not in a template, because there may be a million."""
        also = f' data-also="{escape(self.also)}"' if self.also else ""
        original = f' <span class="original">{self.original.html}</span>' if self.original else ""
        return mark_safe(f"<li{also}>{self.name.html}{original}{self._below}</li>\n")  # noqa: S308  each part is safe

    @property
    def _below(self) -> str:
        """What is known of the bearer, in the machine's voice."""
        parts = "".join(f"<span>{detail.html}</span>" for detail in self.details)
        if self.website:
            parts += f'<a href="{escape(self.website)}" rel="nofollow noopener noreferrer">{escape(self.host)}</a>'
        return f'<span class="details"{self.voice}>{parts}</span>' if parts else ""

    @property
    def host(self) -> str:
        return (urlsplit(self.website).hostname or "").removeprefix("www.")


@dataclass(frozen=True)
class Group:
    """Entries under one heading; the heading is empty where the list is not grouped."""

    title: str
    entries: tuple[Entry, ...]

    @cached_property
    def html(self) -> SafeString:
        """The entries as items of a list; written once, for the same group is on many pages in turn."""
        return mark_safe("".join(entry.html for entry in self.entries))  # noqa: S308  each is safe


@dataclass(frozen=True, slots=True)
class Chapter:
    """The entries of one kind; `size` is written as the page's language writes numbers."""

    groups: tuple[Group, ...]
    size: str

    def __bool__(self) -> bool:
        return bool(self.groups)


@dataclass(frozen=True, slots=True)
class Roll:
    """All that is shown of the signatories."""

    organisations: Chapter
    persons: Chapter
    supporters: tuple[Entry, ...]

    @property
    def latest(self) -> SafeString:
        """The supporters as items of a list."""
        return mark_safe("".join(entry.html for entry in self.supporters))  # noqa: S308  each is safe

    def __bool__(self) -> bool:
        return bool(self.organisations or self.persons or self.supporters)


def listed(letter: Letter) -> QuerySet[Signature]:
    """The signatures of `letter` that are listed under a public name."""
    return Signature.objects.filter(
        letter=letter, state=State.LISTED, visibility=Visibility.PUBLIC, signatory__isnull=False
    )


def listed_by(entries: Sequence[int]) -> QuerySet[Signature]:
    """The signatures that these entries of a log list, as far as they are still listed under a public name.

    Their letter is not asked for, or a database without statistics would look through all of its signatures.
    """
    return Signature.objects.filter(
        entry__in=entries, state=State.LISTED, visibility=Visibility.PUBLIC, signatory__isnull=False
    )


class Listed(NamedTuple):
    """One listed signature as the records have it, without the rows that it came from."""

    kind: str
    language: str
    country: str
    position: int | None
    name: str
    names: Mapping[str, str]
    latin: str
    sort_key: str
    website: str
    seat: str
    role: str
    roles: dict[str, str]
    is_former: bool
    affiliation: str
    affiliations: dict[str, str]


COLUMNS = (*Listed._fields[:4], *(f"signatory__{column}" for column in Listed._fields[4:]))
"""What leads from a signature to each field of `Listed`."""


@dataclass(frozen=True, slots=True)
class Named:
    """Those whom the page of a letter names, as the records have them: the same for every language."""

    organisations: tuple[Listed, ...]
    persons: tuple[Listed, ...]
    latest: tuple[Listed, ...]


def named(letter: Letter) -> Named:
    """All organisations and persons of `letter`, and those supporters who signed most recently."""
    few = _listed(listed(letter).filter(kind__in=[Kind.ORGANISATION, Kind.PERSON]))
    latest = _listed(listed(letter).filter(kind=Kind.SUPPORTER).order_by("-listed_at", "-pk")[:LATEST])
    return Named(_of_kind(Kind.ORGANISATION, few), _of_kind(Kind.PERSON, few), tuple(latest))


def roll(letter: Letter, language: str, names: Named | None = None) -> Roll:
    """The roll of `letter` for readers of `language`; its names are asked for unless they are given."""
    names = names or named(letter)
    writer = Writer.of(letter, language)
    return Roll(
        writer.chapter(names.organisations),
        writer.chapter(names.persons),
        tuple(writer.entry(row) for row in names.latest),
    )


def full_roll(letter: Letter, language: str, limit: int) -> Roll:
    """The roll as it is printed: its supporters in the language's order, or none if they are more than `limit`."""
    few = _listed(listed(letter).filter(kind__in=[Kind.ORGANISATION, Kind.PERSON]))
    writer = Writer.of(letter, language)
    supporters = _listed(listed(letter).filter(kind=Kind.SUPPORTER)[: limit + 1])
    named = map(writer.entry, supporters if len(supporters) <= limit else ())
    return Roll(
        writer.chapter(_of_kind(Kind.ORGANISATION, few)),
        writer.chapter(_of_kind(Kind.PERSON, few)),
        tuple(ordered(named, lambda entry: entry.sort, language)),
    )


def _listed(rows: QuerySet[Signature]) -> list[Listed]:
    return [Listed(*row) for row in rows.values_list(*COLUMNS)]


def _of_kind(kind: Kind, rows: Iterable[Listed]) -> tuple[Listed, ...]:
    return tuple(row for row in rows if row.kind == kind)


class Supporter(NamedTuple):
    """What a list shows of one supporter, without the rows that it came from: there may be a million."""

    name: str
    names: Mapping[str, str]
    latin: str
    sort_key: str
    language: str
    country: str


OF_SUPPORTER = (*Supporter._fields[:4], *(f"signature__{column}" for column in Supporter._fields[4:]))
"""What leads from a signatory to each field of `Supporter`."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes entries of one letter in one language; details in the language of the interface, which is active.

    `own` are the letter's own labels of countries, `order` is that of its lists.
    """

    language: str
    own: OwnLabels
    order: str
    labels: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, letter: Letter, language: str) -> "Writer":
        """The writer of `letter` for readers of `language`."""
        return cls(language, letter.country_labels, letter.list_order)

    @property
    def voice(self) -> SafeString:
        return voice(self.language)

    def supporter(self, bearer: Supporter) -> Entry:
        """The entry of a supporter."""
        name, original = self._names(bearer)
        country = self._label(bearer.country)
        return Entry(
            name=name,
            original=original,
            sort=self.sort_text(bearer, name),
            country=country,
            position=None,
            details=(Said(country),) if country else (),
            also=_also(bearer, {name.text, original.text}),
            voice=self.voice,
        )

    def sort_text(self, bearer: Supporter, name: Said | None = None) -> str:
        """Under what a supporter is looked for."""
        return _sort_text((name or self._names(bearer)[0]).text, bearer.sort_key)

    def _label(self, key: str) -> str:
        if key not in self.labels:
            self.labels[key] = label_name(key, interface_tag(self.language), self.own)
        return self.labels[key]

    def chapter(self, rows: Sequence[Listed]) -> Chapter:
        """The entries of these, who are of one kind."""
        entries = ordered(map(self.entry, rows), lambda entry: entry.sort, self.language)
        return Chapter(self._groups(entries), number(len(entries), interface_tag(self.language)))

    def _groups(self, entries: list[Entry]) -> tuple[Group, ...]:
        """The entries in the letter's order; they stand in that of the language."""
        if self.order == ListOrder.COALITION:
            entries.sort(key=lambda entry: (entry.position is None, entry.position or 0))
        if self.order != ListOrder.COUNTRY:
            return (Group("", tuple(entries)),) if entries else ()
        return self._by_country(entries)

    def entry(self, row: Listed) -> Entry:
        """The entry of any signatory."""
        name, original = self._names(row)
        country = self._label(row.country)
        looked_for = sort_form(name.text) if row.kind == Kind.ORGANISATION else name.text
        return Entry(
            name=name,
            original=original,
            sort=_sort_text(name.text, row.sort_key, looked_for),
            country=country,
            position=row.position,
            details=tuple(detail for detail in self._details(row, country) if detail),
            website=row.website if row.kind == Kind.ORGANISATION else "",
            also=_also(row, {name.text, original.text}),
            voice=self.voice,
        )

    def _names(self, bearer: Listed | Supporter) -> tuple[Said, Said]:
        """The name that a reader of this page can read, and the bearer's own where it is another one."""
        own = name_in(bearer.name, bearer.names, bearer.language, self.language)
        known = bearer.names.get(self.language)
        if known == bearer.name or (not known and reads(bearer.name, self.language)):
            return own, Said("")
        shown = known or bearer.latin or bearer.names.get("en", "")
        if not shown or shown == bearer.name:
            return own, Said("")
        return name_in(shown, bearer.names, bearer.language, self.language), own

    def _details(self, row: Listed, country: str) -> Sequence[Said]:
        """Role, affiliation, country and seat; each as the interface or the bearer says it."""
        if row.kind == Kind.PERSON:
            return (self._role(row), self._affiliation(row), Said(country))
        return (Said(country), self._seat(row))

    def _seat(self, row: Listed) -> Said:
        """The seat in exile: by its name in the page's language where it is a country that we know."""
        if not row.seat:
            return Said("")
        key = key_for(row.seat, self.own)
        seat = label_name(key, interface_tag(self.language), self.own) if key else row.seat
        return Said(_("in exile, seat in %(seat)s") % {"seat": seat})

    def _role(self, row: Listed) -> Said:
        role = self._translated(row.role, row.roles, row)
        if not role or not row.is_former:
            return role
        return Said(_("former %(role)s") % {"role": role.text}, role.language)

    def _affiliation(self, row: Listed) -> Said:
        affiliation = self._translated(row.affiliation, row.affiliations, row)
        if not affiliation:
            return affiliation
        said = _("%(affiliation)s, for identification only") % {"affiliation": affiliation.text}
        return Said(said, affiliation.language)

    def _translated(self, text: str, others: Mapping[str, str], row: Listed) -> Said:
        if others.get(self.language):
            return Said(others[self.language])
        return name_in(text, others, row.language, self.language)

    def _by_country(self, entries: Sequence[Entry]) -> tuple[Group, ...]:
        """Grouped under the countries in the language's order; those without a label come last."""
        sorted_ = ordered(entries, lambda entry: entry.country, self.language)
        groups = [Group(country, tuple(group)) for country, group in groupby(sorted_, lambda entry: entry.country)]
        return tuple(sorted(groups, key=lambda group: group.title == ""))


def _also(bearer: Listed | Supporter, shown: set[str]) -> str:
    """The names of `bearer` that the page does not show."""
    if not bearer.names and not bearer.latin:
        return ""
    known = dict.fromkeys((bearer.name, bearer.latin, *(bearer.names[tag] for tag in sorted(bearer.names))))
    return " · ".join(name for name in known if name and name not in shown)


def _sort_text(shown: str, sort_key: str, looked_for: str = "") -> str:
    """Under what a name is looked for: the bearer's sort key, if it is in the script of the name that is shown."""
    if sort_key and script_of(sort_key) == script_of(shown):
        return sort_key
    return looked_for or shown
