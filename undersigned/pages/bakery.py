"""The bakery: everything public is a file, baked from the database into one folder.

Only released and archived letters are ever rendered here, so that no file of another one can come to be anywhere.
Equal records give equal bytes: nothing says when it was baked.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from undersigned.ledger.folder import LogFolder
from undersigned.ledger.models import Log
from undersigned.letters.models import FormerSlug, Letter, Publication
from undersigned.lib.faults import Faults
from undersigned.lib.languages import INTERFACE
from undersigned.pages import story_bakery
from undersigned.pages.answers import not_found
from undersigned.pages.assets import FOLDER, assets
from undersigned.pages.embed import embed
from undersigned.pages.facts import facts
from undersigned.pages.feeds import feeds
from undersigned.pages.frame import render
from undersigned.pages.generation import Files, PublicFolder
from undersigned.pages.index import DEFAULT, chooser_page, index_page
from undersigned.pages.kit import Shown, shown
from undersigned.pages.kit_page import REST, kit_page
from undersigned.pages.letter import LetterPage, public_page
from undersigned.pages.log import LOG, log_page
from undersigned.pages.models import Baked
from undersigned.pages.moved import KIT, LIST, moved_list, moved_page
from undersigned.pages.privacy import privacy_notice
from undersigned.pages.receipt import check_page
from undersigned.pages.sharing import COUNTER, WHOLE, oembed, sharing
from undersigned.pages.sign_page import Door, find_page, sign_page
from undersigned.pages.story_bakery import Due
from undersigned.signing.models import Kind

PRIVATE = ("accounts", "code", "desk", "i", "p", "s")
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
    """Bake the letters and stories of which something has changed that the pages show; the letters that were due."""
    folder = PublicFolder(settings.PUBLIC_ROOT)
    if folder.current and not _due().exists() and not story_bakery.due():
        return []
    with folder.lock():
        if not folder.current:
            return _bake_everything(folder, at)
        letters = list(_due())
        _bake(folder, letters, story_bakery.due(), at, everything=False)
    return letters


def bake_all(at: datetime) -> list[Letter]:
    """Bake everything anew, as after a change of the program; what comes out the same is left alone."""
    folder = PublicFolder(settings.PUBLIC_ROOT)
    with folder.lock():
        return _bake_everything(folder, at)


def bake_again(letter: Letter, at: datetime) -> None:
    """Bake the pages of `letter` although its records are where they were: its kit is another one."""
    with PublicFolder(settings.PUBLIC_ROOT).lock():  # a bake that took up the former kit has ended
        Baked.objects.filter(letter=letter).delete()
    bake_due(at)


def _due() -> QuerySet[Letter]:
    """The public letters whose records have gone on since they were baked."""
    size = Log.objects.filter(origin=OuterRef("origin")).values("size")[:1]
    up_to_date = Baked.objects.filter(letter=OuterRef("pk"), revision=OuterRef("revision"), log_size=OuterRef("size"))
    return public_letters().annotate(size=Subquery(size)).exclude(Exists(up_to_date))


def _bake_everything(folder: PublicFolder, at: datetime) -> list[Letter]:
    """All letters and stories; what else stands in the folder goes, but assets, which outlive their generation."""
    letters = list(public_letters())
    _bake(folder, letters, story_bakery.everything(), at, everything=True)
    return letters


def _bake(folder: PublicFolder, letters: list[Letter], stories: list[Due], at: datetime, *, everything: bool) -> None:
    """Publish these together. A letter that cannot be rendered stays as it was, and holds up nothing else."""
    states = _states(letters)
    rendered, faults = _render(letters)
    files = {path: content for own in rendered.values() for path, content in own.items()}
    spoilt = {root for letter in letters if letter.pk not in rendered for root in _roots(letter)}
    present = folder.paths()
    unknown = spoilt - {path.partition("/")[0] for path in present}
    files.update(_shared(letter for letter in public_letters() if letter.slug not in unknown))
    files.update(story_bakery.files(stories))
    baked = [letter for letter in letters if letter.pk in rendered]
    gone = _unmade(present, files) if everything else _gone(present, baked, files)
    gone |= story_bakery.gone(present, files, stories)
    gone = frozenset(path for path in gone if path.partition("/")[0] not in spoilt)
    folder.publish(files, gone, _logs((present - gone) | files.keys()))
    _note_baked({letter.pk: states[letter.pk] for letter in baked}, stories, at)
    faults.rise()


def _render(letters: Iterable[Letter]) -> tuple[dict[UUID, Files], Faults]:
    """The files of each letter, all of them or none; and what went wrong with the others."""
    rendered: dict[UUID, Files] = {}
    faults = Faults("letters")
    for letter in letters:
        with faults.set_aside():
            rendered[letter.pk] = dict(_files_of(letter))
    return rendered, faults


def _roots(letter: Letter) -> set[str]:
    """The addresses of a letter: that of today, and those of old."""
    return {letter.slug, *_former(letter)}


def _former(letter: Letter) -> set[str]:
    return set(letter.former_slugs.values_list("slug", flat=True))


def _states(letters: list[Letter]) -> Mapping[UUID, State]:
    sizes = dict(Log.objects.filter(origin__in=[letter.origin for letter in letters]).values_list("origin", "size"))
    return {letter.pk: State(letter.revision, sizes[letter.origin]) for letter in letters}


def _note_baked(states: Mapping[UUID, State], stories: list[Due], at: datetime) -> None:
    for pk, state in states.items():
        facts = {"revision": state.revision, "log_size": state.log_size, "at": at}
        Baked.objects.update_or_create(letter_id=pk, defaults=facts)
    story_bakery.note_baked(stories, at)


def _unmade(present: set[str], files: Files) -> frozenset[str]:
    """Files that are there and are not made any more; assets outlive their generation."""
    return frozenset(path for path in present - files.keys() if not path.startswith(f"{FOLDER}/"))


def _logs(pages: Set[str]) -> dict[str, Path]:
    """Where the logs of the public letters are found: under those of their addresses, today's and old ones, at which
    there are `pages`. A letter that was released meanwhile waits for its pages with its log too."""
    former = FormerSlug.objects.filter(letter__in=public_letters())
    origins = [*public_letters().values_list("slug", "origin"), *former.values_list("slug", "letter__origin")]
    logs = {slug: LogFolder.of(settings.LOGS, origin).root for slug, origin in origins}
    return {f"{slug}/{LOG}": root for slug, root in logs.items() if f"{slug}/index.html" in pages}


def _gone(present: set[str], letters: list[Letter], files: Files) -> frozenset[str]:
    """Files that stood under the addresses of `letters` and are not made any more; the stories see to their own."""
    former = {slug for letter in letters for slug in _former(letter)}
    roots = {letter.slug for letter in letters} | former
    others = {path: path.partition("/")[0] for path in present - files.keys()}
    return frozenset(
        path
        for path, root in others.items()
        if root in roots and (root in former or not story_bakery.is_list_about_a_letter(path))
    )


def _shared(shown: Iterable[Letter]) -> Iterator[tuple[str, bytes]]:
    """What belongs to no letter alone; the lists name the letters that are `shown`."""
    letters = list(shown)
    for tag in INTERFACE:
        page = index_page(letters, tag)
        html = render("pages/index.html", page.frame, page=page).encode()
        yield f"{tag}/index.html", html
        if tag == DEFAULT:
            yield "index.html", html
    yield from feeds(letters)
    yield LIST, moved_list(letters).encode()
    yield "404.html", not_found(HttpRequest()).content
    yield "robots.txt", f"{ROBOTS}Sitemap: {settings.SITE_URL}/sitemap.xml\n".encode()
    for asset in assets().values():
        yield f"{FOLDER}/{asset.name}", asset.content


def _files_of(letter: Letter) -> Iterator[tuple[str, bytes]]:
    """Everything that stands under the addresses of one letter, those of today and those of old."""
    chooser = chooser_page(letter)
    yield f"{letter.slug}/index.html", render("pages/chooser.html", chooser.frame, page=chooser).encode()
    yield f"{letter.slug}/letter.json", facts(letter).encode()
    kit = shown(letter)
    for name, content in kit.files():
        yield f"{letter.slug}/{KIT}/{name}", content
    for language in letter.languages:
        page = public_page(letter, language)
        yield f"{letter.slug}/{language}/oembed.json", oembed(kit, language, page).encode()
        for rest, html in _pages_of(kit, language, page):
            yield f"{letter.slug}/{language}/{rest}index.html", html.encode()
    for slug in letter.former_slugs.values_list("slug", flat=True):
        yield from _signposts(letter, slug)


def _pages_of(kit: Shown, language: str, page: LetterPage) -> Iterator[tuple[str, str]]:
    """The pages of one language: what follows the language in their address, and their HTML."""
    letter = kit.letter
    yield "", render("pages/letter.html", page.frame, page=page, sharing=sharing(kit, language, page))
    for what in (COUNTER, WHOLE):
        yield f"embed/{what}/", embed(what, page)
    notice = privacy_notice(letter, language)
    yield "privacy/", render("pages/privacy.html", notice.frame, notice=notice)
    parts = kit_page(kit, language, page)
    yield REST, render("pages/kit.html", parts.frame, page=parts)
    yield "find/", find_page(letter, language)
    about = log_page(letter, language)
    yield f"{LOG}/", render("pages/log.html", about.frame, page=about)
    check = check_page(letter, language)
    yield "receipt/", render("pages/receipt.html", check.frame, page=check)
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
