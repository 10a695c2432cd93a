"""All publicly named supporters of a letter, shelf by shelf: pages that lead from row to shelf to name."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from hashlib import sha256
from html import escape
from typing import NamedTuple

import babel
from django.db.models import QuerySet
from django.db.models import Sum as SumOf
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from undersigned.letters.models import Letter
from undersigned.lib.collation import icu_version
from undersigned.lib.languages import interface_for
from undersigned.pages.assets import FACE
from undersigned.pages.figures import number
from undersigned.pages.frame import Frame, Place, interface_tag, letter_frame, render
from undersigned.pages.generation import PublicFolder
from undersigned.pages.models import Bookcase, Shelf
from undersigned.pages.roll import LATEST, OF_SUPPORTER, Entry, Supporter, Writer
from undersigned.pages.shelves import FEW, changed_shelves, settle

PART_BYTES = 80_000
"""A shelf of long names is continued on another page beyond this, so that no page is over 100 kB."""
LABEL = 40


@dataclass(frozen=True, slots=True)
class NamesPage:
    """One page of names, or of ways to names; `before` and `after` are paths, empty where there is none.

    Only the first page says how many there are: every other one would change with each of them.
    """

    frame: Frame
    title: str
    how_many: str
    up: str
    lines: SafeString
    is_names: bool
    before: str = ""
    after: str = ""


def names_address(letter: Letter, language: str, total: int) -> str:
    """Where all `total` supporters are listed by name; empty while the letter's own page names all of them."""
    return f"/{letter.slug}/{language}/names/" if total > LATEST else ""


def supporters(letter: Letter) -> int:
    """How many supporters stand on the shelves, which are the same in each language."""
    return on_shelves(Bookcase.objects.filter(letter=letter).order_by("log_size").last())


def on_shelves(bookcase: Bookcase | None) -> int:
    """How many names stand in `bookcase`."""
    found = bookcase.shelves.filter(is_gone=False).aggregate(all=SumOf("size")) if bookcase else {}
    return int(found.get("all") or 0)


@dataclass(slots=True)
class NamesPages:
    """What there is to make anew of the lists of one letter, whose pages stand in `folder`.

    Its bookcases are put up, and each of them holds the same names, of which there are `total`.
    `files` makes the pages one by one, and notes on the way what is to be taken away (`gone`); once both are
    published, `settle` writes that down.
    """

    letter: Letter
    folder: PublicFolder
    bookcases: Sequence[Bookcase]
    total: int
    gone: set[str] = field(default_factory=set)
    _made: list[Shelf] = field(default_factory=list)
    _forms: list[tuple[Bookcase, str]] = field(default_factory=list)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Path and content of every page that is not as it was."""
        changed = changed_shelves(self.bookcases)
        for bookcase in self.bookcases:
            with translation.override(interface_for(bookcase.language)):
                yield from self._of(bookcase, [shelf for shelf in changed if shelf.bookcase_id == bookcase.pk])

    def settle(self) -> None:
        """Note that everything stands in the folder as it was made."""
        settle(self._made)
        for bookcase, form in self._forms:
            Bookcase.objects.filter(pk=bookcase.pk).update(form=form)

    def _of(self, bookcase: Bookcase, changed: list[Shelf]) -> Iterator[tuple[str, bytes]]:
        maker = _Maker(self.letter, bookcase, self.total)
        if maker.total <= LATEST:
            self._made += changed
            self.gone |= self.folder.paths(maker.base)
            return
        form = maker.form()
        is_anew = bookcase.form != form or not self.folder.has(maker.root)
        if is_anew:
            self._forms.append((bookcase, form))
            self.gone |= self.folder.paths(maker.base)
            changed = list(bookcase.shelves.order_by("key"))
        self._made += changed
        for path, content in self._changed(maker, changed, is_anew=is_anew):
            self.gone.discard(path)
            yield path, content

    def _changed(self, maker: "_Maker", changed: list[Shelf], *, is_anew: bool) -> Iterator[tuple[str, bytes]]:
        for shelf in changed:
            self.gone |= set(maker.paths(shelf))
        moved = {bytes(shelf.key) for shelf in changed if is_anew or shelf.is_gone or not shelf.first}
        for before, shelf, after in maker.beside([shelf for shelf in changed if not shelf.is_gone]):
            led_to = (shelf.first, shelf.last)
            yield from maker.shelf(shelf, before, after)
            if led_to != (shelf.first, shelf.last):
                moved.add(bytes(shelf.key))
        if changed:
            rows = maker.rows()
            self.gone |= maker.row_of_one(rows)
            yield from maker.ways(rows, moved)


@cache
def program() -> str:
    """A digest of all that makes pages of names out of records; another one, and all are made anew."""
    digest = sha256(f"{icu_version()} {babel.__version__}".encode())
    kinds = {".py", ".html", ".css", ".js", ".mo"}
    files = (path for folder in (FACE, FACE.parent / "locale", FACE.parent / "lib") for path in folder.rglob("*"))
    for path in sorted(path for path in files if path.suffix in kinds):
        digest.update(path.read_bytes())
    return digest.hexdigest()


class _Told(NamedTuple):
    """What leads to a shelf; read without making a model of each, for a first page tells of many."""

    key: bytes
    name: str
    first: str
    last: str
    parts: int


class _Row(NamedTuple):
    """A row of shelves: its first one and its last."""

    begin: _Told
    end: _Told

    def has(self, key: bytes) -> bool:
        return self.begin.key <= key <= self.end.key


class _Beside(NamedTuple):
    """A shelf beside another one: up to where its names stand, and what its page is called."""

    key: bytes
    name: str


class _Maker:
    """Makes the pages of one bookcase, in which `total` names stand."""

    def __init__(self, letter: Letter, bookcase: Bookcase, total: int) -> None:
        self.letter, self.bookcase, self.language = letter, bookcase, bookcase.language
        self.writer = Writer.of(letter, bookcase.language)
        self.total = total
        self.made: dict[bytes, _Told] = {}
        self.base = f"{letter.slug}/{bookcase.language}/names/"
        self.root = f"{self.base}index.html"
        self.frame = letter_frame(
            letter, self.language, Place(f"/{letter.slug}", "names/", is_private=True), _("Supporters by name")
        )
        tag = interface_tag(self.language)
        told = ngettext("%(count)s supporter by name", "%(count)s supporters by name", self.total)
        self.how_many = told % {"count": number(self.total, tag)}

    def form(self) -> str:
        """What every page of this bookcase depends on beside its names: the frame around them, and the program."""
        labels = json.dumps(self.letter.country_labels, sort_keys=True)
        return _form(self._page("", SafeString(), is_names=True, up="/"), labels)

    def paths(self, shelf: Shelf) -> Iterator[str]:
        """Where the pages of a shelf stand; and of one that is gone, that of the row that it ended."""
        yield from (f"{self.base}{_part(shelf.name, part)}index.html" for part in range(1, shelf.parts + 1))
        if shelf.ends_row and shelf.is_gone:
            yield f"{self.base}row-{shelf.name}/index.html"

    def shelf(self, shelf: Shelf, before: _Beside | None, after: _Beside | None) -> Iterator[tuple[str, bytes]]:
        """The pages of one shelf between two others; notes on it how many there are, and what leads to them."""
        spines = self.bookcase.spines.filter(key__lte=shelf.key, signatory__isnull=False)
        spines = spines.filter(key__gt=before.key) if before else spines
        rows = spines.order_by("key").values_list(*(f"signatory__{column}" for column in OF_SUPPORTER))
        entries = [self.writer.supporter(Supporter(*row)) for row in rows]
        parts = list(_parts(entries))
        shelf.parts = len(parts)
        shelf.first, shelf.last = (_label(entries[0]), _label(entries[-1])) if entries else ("", "")
        self.made[bytes(shelf.key)] = _Told(bytes(shelf.key), shelf.name, shelf.first, shelf.last, shelf.parts)
        if before is None and after is None and len(parts) == 1:
            yield self.root, _render(self._page(self.frame.title, parts[0], is_names=True))
            return
        addresses = [
            f"/{self.base}{_part(before.name, 1)}" if before else "",
            *(f"/{self.base}{_part(shelf.name, part)}" for part in range(1, len(parts) + 1)),
            f"/{self.base}{_part(after.name, 1)}" if after else "",
        ]
        for at, lines in enumerate(parts, start=1):
            page = self._page(self._title(shelf), lines, is_names=True, up=f"/{self.base}")
            page = replace(page, before=addresses[at - 1], after=addresses[at + 1])
            yield addresses[at][1:] + "index.html", _render(page)

    def rows(self) -> list[_Row]:
        """The rows, as they are to be."""
        shelves = self.bookcase.shelves.filter(is_gone=False).order_by("key")
        begins, ends = self._told(shelves.filter(begins_row=True)), self._told(shelves.filter(ends_row=True))
        return [_Row(begin, end) for begin, end in zip(begins, ends, strict=True)]

    def row_of_one(self, rows: Sequence[_Row]) -> set[str]:
        """The page of the last row, where it is the only one: then the first page does what it did."""
        return {f"{self.base}row-last/index.html"} if len(rows) == 1 else set()

    def ways(self, rows: Sequence[_Row], moved: Collection[bytes]) -> Iterator[tuple[str, bytes]]:
        """The first page, and those of the rows in which shelves came or went, or have another first or last name."""
        shelves = self.bookcase.shelves.filter(is_gone=False).order_by("key")
        if len(rows) == 1:
            if rows[0].begin == rows[0].end and rows[0].end.parts == 1:
                return  # the first page has the names themselves
            links = self._links(self._told(shelves))
            yield self.root, _render(self._page(self.frame.title, links, is_names=False))
            return
        lines = mark_safe("".join(self._link(f"row-{row.end.name}/", row) for row in rows))  # noqa: S308  each is safe
        yield self.root, _render(self._page(self.frame.title, lines, is_names=False))
        for row in rows:
            if any(map(row.has, moved)):
                told = self._told(shelves.filter(key__gte=row.begin.key, key__lte=row.end.key))
                title = f"{row.begin.first} – {row.end.last}"
                page = self._page(title, self._links(told), is_names=False, up=f"/{self.base}")
                yield f"{self.base}row-{row.end.name}/index.html", _render(page)

    def beside(self, changed: Sequence[Shelf]) -> Iterator[tuple[_Beside | None, Shelf, _Beside | None]]:
        """Each of the changed shelves, between those beside it: asked for singly, or, for many, all at once."""
        shelves = self.bookcase.shelves.filter(is_gone=False).order_by("key").values_list("key", "name")
        if len(changed) <= FEW:
            for shelf in changed:
                before, after = shelves.filter(key__lt=shelf.key).last(), shelves.filter(key__gt=shelf.key).first()
                yield _beside(before), shelf, _beside(after)
            return
        row = list(map(_beside, shelves))
        places = {bytes(key): at for at, (key, _name) in enumerate(shelves)}
        row_of_all = [None, *row, None]
        for shelf in changed:
            at = places[bytes(shelf.key)]
            yield row_of_all[at], shelf, row_of_all[at + 2]

    def _told(self, shelves: QuerySet[Shelf]) -> list[_Told]:
        """What leads to these; of those whose pages were made just now, as these are."""
        stored = (_Told(bytes(key), *told) for key, *told in shelves.values_list(*_Told._fields))
        return [self.made.get(told.key, told) for told in stored]

    def _links(self, shelves: Iterable[_Told]) -> SafeString:
        links = (self._link(f"{shelf.name}/", _Row(shelf, shelf)) for shelf in shelves)
        return mark_safe("".join(links))  # noqa: S308  each is safe

    def _link(self, rest: str, row: _Row) -> str:
        names = f"<bdi>{escape(row.begin.first)}</bdi> – <bdi>{escape(row.end.last)}</bdi>"
        return f'<li><a href="/{self.base}{rest}">{names}</a></li>\n'

    def _title(self, shelf: Shelf) -> str:
        return f"{shelf.first} – {shelf.last}"

    def _page(self, title: str, lines: SafeString, *, is_names: bool, up: str = "") -> NamesPage:
        how_many = "" if up else self.how_many
        return NamesPage(replace(self.frame, title=title), title, how_many, up, lines, is_names)


@lru_cache(maxsize=64)
def _form(empty: NamesPage, labels: str) -> str:
    """Each new signature asks for it again."""
    return sha256(_render(empty) + f"{labels}{program()}".encode()).hexdigest()


def _render(page: NamesPage) -> bytes:
    return render("pages/names.html", page.frame, page=page).encode()


def _beside(told: tuple[bytes | memoryview, str] | None) -> _Beside | None:
    return _Beside(bytes(told[0]), told[1]) if told else None


def _part(name: str, part: int) -> str:
    return f"{name}/" if part == 1 else f"{name}/{part}/"


def _parts(entries: Sequence[Entry]) -> Iterator[SafeString]:
    """The lines of one page each."""
    together: list[str] = []
    size = 0
    for entry in entries:
        line = entry.html
        size += len(line.encode())
        if size > PART_BYTES and together:
            yield mark_safe("".join(together))  # noqa: S308  each is safe
            together, size = [], len(line.encode())
        together.append(line)
    yield mark_safe("".join(together))  # noqa: S308


def _label(entry: Entry) -> str:
    name = entry.name.text
    return name if len(name) <= LABEL else f"{name[: LABEL - 1].rstrip()}…"
