"""The bakery: everything public is a file, baked from the database into one folder.

Only released and archived letters are ever rendered here, so that no file of another one can come to be anywhere.
Equal records give equal bytes: nothing says when it was baked.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from undersigned.ledger.models import Log
from undersigned.letters.models import Letter, Publication
from undersigned.lib.languages import INTERFACE
from undersigned.pages.answers import not_found
from undersigned.pages.assets import FOLDER, assets
from undersigned.pages.facts import facts
from undersigned.pages.frame import render
from undersigned.pages.generation import PublicFolder
from undersigned.pages.index import DEFAULT, chooser_page, index_page
from undersigned.pages.letter import public_page
from undersigned.pages.models import Baked
from undersigned.pages.moved import LIST, moved_list, moved_page
from undersigned.pages.names import NamesPages
from undersigned.pages.newsletter import newsletter_page, newsletter_path
from undersigned.pages.privacy import privacy_notice
from undersigned.pages.shelves import put_up
from undersigned.pages.sign_page import Door, find_page, sign_page
from undersigned.pages.spread import spread_page
from undersigned.pages.sums import sum_up
from undersigned.signing.models import Kind

PRIVATE = ("accounts", "code", "desk", "i", "n", "p", "s")
ROBOTS = "User-agent: *\n" + "".join(f"Disallow: /{part}/\n" for part in PRIVATE)


@dataclass(frozen=True, slots=True)
class State:
    """How far a letter's records had come before it was rendered; later changes are another bake's."""

    revision: int
    log_size: int


def public_letters() -> QuerySet[Letter]:
    """The letters that the public may see, in the order of their release."""
    return Letter.objects.filter(publication__in=[Publication.RELEASED, Publication.ARCHIVED]).order_by(
        "released_at", "pk"
    )


def bake_due(at: datetime) -> list[Letter]:
    """Bake the letters of which something has changed that the pages show; those that were baked."""
    folder = PublicFolder(settings.PUBLIC_ROOT)
    if folder.current and not _due().exists():
        return []
    with folder.lock():
        due = list(_due() if folder.current else public_letters())
        _bake(folder, due, at, everything=not folder.current)
    return due


def bake_all(at: datetime) -> list[Letter]:
    """Bake everything anew, as after a change of the program; what comes out the same is left alone."""
    folder = PublicFolder(settings.PUBLIC_ROOT)
    with folder.lock():
        letters = list(public_letters())
        _bake(folder, letters, at, everything=True)
    return letters


def _due() -> QuerySet[Letter]:
    """The public letters whose records have gone on since they were baked."""
    size = Log.objects.filter(origin=OuterRef("origin")).values("size")[:1]
    up_to_date = Baked.objects.filter(letter=OuterRef("pk"), revision=OuterRef("revision"), log_size=OuterRef("size"))
    return public_letters().annotate(size=Subquery(size)).exclude(Exists(up_to_date))


@dataclass(slots=True)
class _Batch:
    """One letter to bake. `is_anew` says that more than its names and counts may have changed."""

    letter: Letter
    state: State
    is_anew: bool
    names: NamesPages

    def files(self) -> Iterator[tuple[str, bytes]]:
        yield from _files_of(self.letter) if self.is_anew else _counted(self.letter)
        yield from self.names.files()

    def gone(self, made: set[str]) -> Iterator[str]:
        """What stood under the addresses of the letter and is not made any more."""
        yield from self.names.gone
        former = self.letter.former_slugs.values_list("slug", flat=True) if self.is_anew else ()
        for path in self.names.folder.paths(f"{self.letter.slug}/") if self.is_anew else ():
            if path not in made and not self._is_of_names(path):
                yield path
        for slug in former:
            yield from self.names.folder.paths(f"{slug}/") - made

    def _is_of_names(self, path: str) -> bool:
        """Whether a file is one of the lists of names, which keep to themselves what has gone."""
        return path.split("/")[1:3] in [[language, "names"] for language in self.letter.languages]

    def settle(self, at: datetime) -> None:
        """Note that the folder shows the letter as it was."""
        self.names.settle()
        facts = {"revision": self.state.revision, "log_size": self.state.log_size, "at": at}
        Baked.objects.update_or_create(letter_id=self.letter.pk, defaults=facts)


def _bake(folder: PublicFolder, letters: list[Letter], at: datetime, *, everything: bool) -> None:
    """Bake `letters`. What happens meanwhile is left to the next bake: how far this one goes is asked first."""
    batches = [_begin(folder, letter, everything=everything) for letter in letters]
    made: set[str] = set()
    folder.publish(_noted(_files(batches, everything=everything), made), _gone(folder, batches, made, everything))
    for batch in batches:
        batch.settle(at)


def _begin(folder: PublicFolder, letter: Letter, *, everything: bool) -> _Batch:
    """Put up the names of `letter` and sum them up, so that its pages need not look at all of them."""
    state = State(letter.revision, Log.objects.values_list("size", flat=True).get(origin=letter.origin))
    is_anew = everything or not Baked.objects.filter(letter=letter, revision=letter.revision).exists()
    sum_up(letter, anew=is_anew)
    put_up(letter)
    return _Batch(letter, state, is_anew, NamesPages(letter, folder))


def _noted(files: Iterator[tuple[str, bytes]], made: set[str]) -> Iterator[tuple[str, bytes]]:
    for path, content in files:
        made.add(path)
        yield path, content


def _files(batches: list[_Batch], *, everything: bool) -> Iterator[tuple[str, bytes]]:
    yield from _lists()
    if everything or any(batch.is_anew for batch in batches):
        yield from _shared()
    for batch in batches:
        yield from batch.files()


def _gone(folder: PublicFolder, batches: list[_Batch], made: set[str], everything: bool) -> Iterator[str]:
    """What is not made any more; asked only after everything was made. Assets outlive their generation."""
    for batch in batches:
        yield from batch.gone(made)
    if everything:
        slugs = {batch.letter.slug for batch in batches}
        for path in folder.paths() - made:
            if path.partition("/")[0] not in {FOLDER, *slugs}:
                yield path


def _lists() -> Iterator[tuple[str, bytes]]:
    """The lists of letters, which show their counts."""
    letters = list(public_letters())
    for tag in INTERFACE:
        page = index_page(letters, tag)
        html = render("pages/index.html", page.frame, page=page).encode()
        yield f"{tag}/index.html", html
        if tag == DEFAULT:
            yield "index.html", html


def _shared() -> Iterator[tuple[str, bytes]]:
    """What belongs to no letter alone."""
    for tag in INTERFACE:
        yield newsletter_path(tag)[1:] + "index.html", newsletter_page(tag).encode()
    yield LIST, moved_list(public_letters()).encode()
    yield "404.html", not_found(HttpRequest()).content
    yield "robots.txt", ROBOTS.encode()
    for asset in assets().values():
        yield f"{FOLDER}/{asset.name}", asset.content


def _counted(letter: Letter) -> Iterator[tuple[str, bytes]]:
    """The files of a letter that show its names and counts."""
    yield f"{letter.slug}/letter.json", facts(letter).encode()
    for language in letter.languages:
        page = public_page(letter, language)
        yield f"{letter.slug}/{language}/index.html", render("pages/letter.html", page.frame, page=page).encode()
        spread = spread_page(letter, language)
        path = f"{letter.slug}/{language}/where-and-when/index.html"
        yield path, render("pages/spread.html", spread.frame, page=spread).encode()


def _files_of(letter: Letter) -> Iterator[tuple[str, bytes]]:
    """Everything that stands under the addresses of one letter but its lists of names; those of old too."""
    yield from _counted(letter)
    chooser = chooser_page(letter)
    yield f"{letter.slug}/index.html", render("pages/chooser.html", chooser.frame, page=chooser).encode()
    for language in letter.languages:
        for rest, html in _pages_of(letter, language):
            yield f"{letter.slug}/{language}/{rest}index.html", html.encode()
    for slug in letter.former_slugs.values_list("slug", flat=True):
        yield from _signposts(letter, slug)


def _pages_of(letter: Letter, language: str) -> Iterator[tuple[str, str]]:
    """The pages that stay as they are when somebody signs: the end of their address, and their HTML."""
    notice = privacy_notice(letter, language)
    yield "privacy/", render("pages/privacy.html", notice.frame, notice=notice)
    yield "find/", find_page(letter, language)
    for kind in _open_kinds(letter):
        yield f"sign/{kind}/", sign_page(Door.public(letter, kind, language))


def _open_kinds(letter: Letter) -> Iterable[str]:
    return (kind for kind in Kind.values if letter.takes(kind, invited=False))


def _signposts(letter: Letter, slug: str) -> Iterator[tuple[str, bytes]]:
    """The pages at a former address that lead on."""
    chooser = moved_page(letter, letter.languages[0], is_chooser=True)
    yield f"{slug}/index.html", render("pages/moved.html", chooser.frame, page=chooser).encode()
    for language in letter.languages:
        page = moved_page(letter, language)
        yield f"{slug}/{language}/index.html", render("pages/moved.html", page.frame, page=page).encode()
