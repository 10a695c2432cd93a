"""The bakery: everything public is a file, baked from the database into one folder.

Only released and archived letters are ever rendered here, so that no file of another one can come to be anywhere.
Equal records give equal bytes: nothing says when it was baked.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from undersigned.ledger import head
from undersigned.ledger.folder import LogFolder
from undersigned.ledger.models import Log
from undersigned.letters.models import FormerSlug, Letter, Publication
from undersigned.lib.faults import Faults
from undersigned.lib.languages import INTERFACE
from undersigned.pages import story_bakery, top_ten
from undersigned.pages.answers import not_found
from undersigned.pages.assets import FOLDER, assets
from undersigned.pages.embed import embed
from undersigned.pages.facts import facts
from undersigned.pages.feeds import SITEMAP, feeds, sitemap
from undersigned.pages.frame import render
from undersigned.pages.generation import Content, Files, PublicFolder
from undersigned.pages.index import DEFAULT, Figured, chooser_page, index_page, listed
from undersigned.pages.kit import Shown, shown
from undersigned.pages.kit_page import REST, kit_page
from undersigned.pages.letter import WORKER, LetterPage, around, public_page
from undersigned.pages.log import LOG, log_page
from undersigned.pages.models import Baked
from undersigned.pages.moved import KIT, LIST, WITHDRAWN, moved_list, moved_page, signposts, withdrawn_list
from undersigned.pages.names import NamesPages, on_shelves
from undersigned.pages.newsletter import newsletter_page, newsletter_path
from undersigned.pages.offline import leaving, offline
from undersigned.pages.privacy import privacy_notice
from undersigned.pages.receipt import check_page
from undersigned.pages.sharing import COUNTER, WHOLE, oembed, sharing
from undersigned.pages.shelves import put_up
from undersigned.pages.sign_page import Door, find_page, sign_page
from undersigned.pages.spread import spread_of, spread_page
from undersigned.pages.story_bakery import Due
from undersigned.pages.sums import sum_up
from undersigned.pages.tally import Figures, Standing, standing
from undersigned.signing.models import Kind

PRIVATE = ("accounts", "code", "desk", "i", "n", "p", "s")
ROBOTS = "User-agent: *\n" + "".join(f"Disallow: /{part}/\n" for part in PRIVATE)


@dataclass(frozen=True, slots=True)
class State:
    """How far a letter's records had come before it was rendered, and what stood beside it; later changes are another
    bake's."""

    revision: int
    log_size: int
    beside: str


def public_letters() -> QuerySet[Letter]:
    """The letters that the public may see, in the order of their release."""
    return Letter.objects.filter(publication__in=[Publication.RELEASED, Publication.ARCHIVED]).order_by(
        "released_at", "pk"
    )


def public_folder() -> PublicFolder:
    """The folder that the settings name."""
    return PublicFolder(settings.PUBLIC_ROOT, keeps_recalls=bool(settings.PURGE_COMMAND))


def bake_due(at: datetime) -> list[Letter]:
    """Bake the letters and stories of which something has changed that the pages show; the letters that were due."""
    folder = public_folder()
    if folder.current and not _due().exists() and not story_bakery.due():
        return []
    with folder.lock():
        return _bring_up_to_date(folder, at)


@contextmanager
def baked(at: datetime) -> Iterator[PublicFolder]:
    """The public folder, in which everything that was due is baked; while this lasts, nobody bakes."""
    folder = public_folder()
    with folder.lock():
        _bring_up_to_date(folder, at)
        yield folder


def bake_all(at: datetime) -> list[Letter]:
    """Bake everything anew, as after a change of the program; what comes out the same is left alone."""
    folder = public_folder()
    with folder.lock():
        return _bake_everything(folder, at)


def bake_again(letter: Letter, at: datetime) -> None:
    """Bake the pages of `letter` although its records are where they were: its kit is another one."""
    with public_folder().lock():  # a bake that took up the former kit has ended
        Baked.objects.filter(letter=letter).delete()
    bake_due(at)


def _bring_up_to_date(folder: PublicFolder, at: datetime) -> list[Letter]:
    """Bake what is due, or everything where nothing was baked yet; the letters among it."""
    if not folder.current:
        return _bake_everything(folder, at)
    letters, stories = list(_due()), story_bakery.due()
    if letters or stories:
        _bake(folder, letters, stories, at, everything=False)
    return letters


def _due() -> QuerySet[Letter]:
    """The public letters whose records have gone on since they were baked, or beside which there is another top ten."""
    size = Log.objects.filter(origin=OuterRef("origin")).values("size")[:1]
    up_to_date = Baked.objects.filter(
        letter=OuterRef("pk"), revision=OuterRef("revision"), log_size=OuterRef("size"), beside=top_ten.state()
    )
    return public_letters().annotate(size=Subquery(size)).exclude(Exists(up_to_date))


def _bake_everything(folder: PublicFolder, at: datetime) -> list[Letter]:
    """All letters and stories; what else stands in the folder goes, but assets, which outlive their generation."""
    letters = list(public_letters())
    _bake(folder, letters, story_bakery.everything(), at, everything=True)
    return letters


@dataclass(slots=True)
class _Batch:
    """One letter, rendered. `is_anew` says that more than its names and counts may have changed."""

    letter: Letter
    state: State
    figures: Figures
    is_anew: bool
    names: NamesPages
    files: dict[str, Content]


def _bake(folder: PublicFolder, letters: list[Letter], stories: list[Due], at: datetime, *, everything: bool) -> None:
    """Publish these together. A letter that cannot be rendered stays as it was, and holds up nothing else."""
    batches, faults = _render(folder, letters, everything=everything)
    baked = {batch.letter.pk for batch in batches}
    spoilt = {root for letter in letters if letter.pk not in baked for root in _roots(letter)}
    unknown = {root for root in spoilt if not folder.has(f"{root}/index.html")}
    known = [letter for letter in public_letters() if letter.slug not in unknown]
    is_anew = everything or any(batch.is_anew for batch in batches)
    files = {path: content for batch in batches for path, content in batch.files.items()}
    files.update(_lists(known, {batch.letter.pk: batch.figures for batch in batches}))
    files.update(_shared(known) if is_anew else ())
    files.update(_ways(known) if is_anew or stories else ())
    files.update(story_bakery.files(stories))
    gone = set(_gone(folder, batches, files, everything=everything))
    gone |= story_bakery.gone(folder.paths() if stories else (), files, stories)
    gone = {path for path in gone if path.partition("/")[0] not in spoilt}
    folder.publish(files, gone, _logs(folder, gone, files) if is_anew else None)
    _note_baked(batches, stories, at)
    faults.rise()


def _render(folder: PublicFolder, letters: Iterable[Letter], *, everything: bool) -> tuple[list[_Batch], Faults]:
    """The files of each letter, all of them or none; and what went wrong with the others."""
    batches: list[_Batch] = []
    faults = Faults("letters")
    for letter in letters:
        with faults.set_aside():
            batches.append(_rendered(folder, letter, everything=everything))
    return batches, faults


def _rendered(folder: PublicFolder, letter: Letter, *, everything: bool) -> _Batch:
    """Put up the names of `letter` and sum them up, so that its pages need not look at all of them; then its pages.

    What happens meanwhile is left to the next bake: how far this one goes is asked first. LogAhead where the record is
    older than what was published: it would show the names of those who have withdrawn since.
    """
    log = Log.objects.get(origin=letter.origin)
    head.refuse_if_behind(log)
    state = State(letter.revision, log.size, top_ten.state())
    is_anew = everything or not Baked.objects.filter(letter=letter, revision=letter.revision).exists()
    sum_up(letter, log.size, anew=is_anew)
    bookcases = put_up(letter, log.size)
    names = NamesPages(letter, folder, bookcases, on_shelves(bookcases[0]))
    stands = standing(letter)
    there = around(letter, stands, names.total)
    kit = shown(letter, there)
    pages = {language: public_page(letter, language, there) for language in letter.languages}
    files: dict[str, Content] = dict(_counted(kit, pages, stands))
    if is_anew:
        files.update(_others(kit, pages))
    files |= {path: folder.put_aside(path, content) for path, content in names.files()}
    return _Batch(letter, state, stands.figures, is_anew, names, files)


def _roots(letter: Letter) -> set[str]:
    """The addresses of a letter: that of today, and those of old."""
    return {letter.slug, *_former(letter)}


def _former(letter: Letter) -> set[str]:
    return set(letter.former_slugs.values_list("slug", flat=True))


def _note_baked(batches: list[_Batch], stories: list[Due], at: datetime) -> None:
    for batch in batches:
        batch.names.settle()
        Baked.objects.update_or_create(letter_id=batch.letter.pk, defaults={**asdict(batch.state), "at": at})
    story_bakery.note_baked(stories, at)


def _logs(folder: PublicFolder, gone: set[str], files: Files) -> dict[str, Path]:
    """Where the logs of the public letters are found: under those of their addresses, today's and old ones, at which
    there are pages. A letter that was released meanwhile waits for its pages with its log too."""
    former = FormerSlug.objects.filter(letter__in=public_letters())
    origins = [*public_letters().values_list("slug", "origin"), *former.values_list("slug", "letter__origin")]
    pages = {slug: f"{slug}/index.html" for slug, _origin in origins}
    return {
        f"{slug}/{LOG}": LogFolder.of(settings.LOGS, origin).root
        for slug, origin in origins
        if pages[slug] in files or (folder.has(pages[slug]) and pages[slug] not in gone)
    }


def _gone(folder: PublicFolder, batches: list[_Batch], files: Files, *, everything: bool) -> Iterator[str]:
    """What is not made any more. The stories see to their own, and so do lists of names; assets outlive everything."""
    for batch in batches:
        yield from batch.names.gone
        if batch.is_anew:
            for root in _roots(batch.letter):
                yield from (path for path in folder.paths(f"{root}/") - files.keys() if _is_pages(path, batch.letter))
    if everything:
        slugs = {batch.letter.slug for batch in batches}
        yield from (path for path in folder.paths() - files.keys() if path.partition("/")[0] not in {FOLDER, *slugs})


def _is_pages(path: str, letter: Letter) -> bool:
    """Whether a file under an address of `letter` is one that is made with its pages, and goes with them."""
    slug, language, part = [*path.split("/"), "", ""][:3]
    if slug != letter.slug:
        return True
    return not (story_bakery.is_list_about_a_letter(path) or (part == "names" and language in letter.languages))


def _lists(letters: list[Letter], figured: Figured) -> Iterator[tuple[str, bytes]]:
    """The lists of `letters`, which show their counts."""
    shown_there = listed(letters, figured)
    for tag in INTERFACE:
        page = index_page(shown_there, tag)
        html = render("pages/index.html", page.frame, page=page).encode()
        yield f"{tag}/index.html", html
        if tag == DEFAULT:
            yield "index.html", html


def _shared(letters: list[Letter]) -> Iterator[tuple[str, bytes]]:
    """What belongs to no letter alone; old addresses lead to those of `letters`."""
    for tag in INTERFACE:
        yield newsletter_path(tag)[1:] + "index.html", newsletter_page(tag).encode()
    yield from feeds(letters)
    yield "404.html", not_found(HttpRequest()).content
    yield "robots.txt", f"{ROBOTS}Sitemap: {settings.SITE_URL}/{SITEMAP}\n".encode()
    for asset in assets().values():
        yield f"{FOLDER}/{asset.name}", asset.content


def _ways(letters: list[Letter]) -> Iterator[tuple[str, bytes]]:
    """What tells machines the way to all pages, and from old addresses to today's."""
    yield LIST, moved_list(letters).encode()
    yield WITHDRAWN, withdrawn_list().encode()
    yield SITEMAP, sitemap(letters)


def _counted(kit: Shown, pages: Mapping[str, LetterPage], stands: Standing) -> Iterator[tuple[str, bytes]]:
    """The files of a letter that show its names and counts."""
    letter, where_and_when = kit.letter, spread_of(kit.letter)
    yield f"{letter.slug}/letter.json", facts(letter, stands.figures).encode()
    for language, page in pages.items():
        root = f"{letter.slug}/{language}"
        html = render("pages/letter.html", page.frame, page=page, sharing=sharing(kit, language, page))
        yield f"{root}/index.html", html.encode()
        for what in (COUNTER, WHOLE):
            yield f"{root}/embed/{what}/index.html", embed(what, page).encode()
        spread = spread_page(letter, language, where_and_when)
        html = render("pages/spread.html", spread.frame, page=spread)
        yield f"{root}/where-and-when/index.html", html.encode()


def _others(kit: Shown, pages: Mapping[str, LetterPage]) -> Iterator[tuple[str, bytes]]:
    """The files of a letter that stay as they are when somebody signs; those at its old addresses too."""
    letter = kit.letter
    chooser = chooser_page(letter)
    yield f"{letter.slug}/index.html", render("pages/chooser.html", chooser.frame, page=chooser).encode()
    for name, content in kit.files():
        yield f"{letter.slug}/{KIT}/{name}", content
    for language, page in pages.items():
        yield f"{letter.slug}/{language}/oembed.json", oembed(kit, language, page).encode()
        for rest, html in _pages_of(kit, language, page):
            yield f"{letter.slug}/{language}/{rest}index.html", html.encode()
    yield from offline(letter, pages)
    for slug in letter.former_slugs.values_list("slug", flat=True):
        yield f"{slug}/{WORKER}", leaving(f"/{slug}/")
        lead_on = (moved_page(letter, language) for language in letter.languages)
        yield from signposts(f"{slug}/", moved_page(letter, letter.languages[0], is_chooser=True), lead_on)


def _pages_of(kit: Shown, language: str, page: LetterPage) -> Iterator[tuple[str, str]]:
    """The pages of one language: the end of their address, and their HTML."""
    letter = kit.letter
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
