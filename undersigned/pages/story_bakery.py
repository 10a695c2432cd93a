"""The stories' part of the bakery: which pages are due, and what stands in the folder for them."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from undersigned.letters.models import Letter
from undersigned.letters.models import Publication as LetterPublication
from undersigned.lib.languages import INTERFACE
from undersigned.pages import top_ten
from undersigned.pages.feed import atom_feed
from undersigned.pages.frame import render
from undersigned.pages.index import DEFAULT
from undersigned.pages.models import BakedStory
from undersigned.pages.moved import signposts
from undersigned.pages.story import chooser_page, moved_page, public_page
from undersigned.pages.story_list import feed_address, letter_stories_page, stories_pages
from undersigned.pages.story_place import newest_edition, stored_picture
from undersigned.pages.withdrawn import withdrawn_page
from undersigned.stories.models import Publication, Story, Tie
from undersigned.stories.published import published

ROOT = "stories/"
AT_A_TIME = 25
"""How many stories are baked anew in one go for what stands beside them, so that a release never waits for long."""


@dataclass(frozen=True, slots=True)
class Due:
    """A story to bake, and the state that its pages will show; later changes are another bake's."""

    story: Story
    revision: int
    beside: str


def due() -> list[Due]:
    """The stories that changed since they were baked, all of them; and some of those beside which something did."""
    baked = {row.story_id: row for row in BakedStory.objects.all()}
    changed, stale = [], []
    for state in _states():
        row = baked.get(state.story)
        if row is None or row.revision != state.revision:
            changed.append(state)
        elif row.beside != state.beside:
            stale.append(state)
    return _fetched(changed + stale[:AT_A_TIME])


def everything() -> list[Due]:
    """All stories that were published, the withdrawn ones too."""
    return _fetched(_states())


@dataclass(frozen=True, slots=True)
class _State:
    """Where a story stands, without its texts: asked for every half second."""

    story: UUID
    revision: int
    beside: str


def _states() -> list[_State]:
    """Of all stories that were published; beside a withdrawn one stand no others, but perhaps the way to them."""
    rows = list(
        Story.objects.exclude(publication=Publication.UNPUBLISHED)
        .order_by("published_at", "pk")
        .values_list("pk", "publication", "revision")
    )
    are_there_others = any(publication == Publication.PUBLISHED for _pk, publication, _revision in rows)
    beside = {Publication.PUBLISHED: top_ten.state(), Publication.WITHDRAWN: f"others: {are_there_others}"}
    ties = _ties()
    return [
        _State(pk, revision, _digest(beside[Publication(publication)], ties.get(pk, [])))
        for pk, publication, revision in rows
    ]


def _fetched(states: Sequence[_State]) -> list[Due]:
    """The stories in these states, as far as these still hold: what changed meanwhile is another bake's."""
    stories = Story.objects.prefetch_related("editions").in_bulk([state.story for state in states])
    return [
        Due(stories[state.story], state.revision, state.beside)
        for state in states
        if stories[state.story].revision == state.revision
    ]


def files(dues: Sequence[Due]) -> Iterator[tuple[str, bytes]]:
    """The pages and pictures of these stories, and the lists and feeds of all where any of them changed."""
    if not dues:
        return
    for one in dues:
        yield from _files_of(one.story) if one.story.is_public else _traces_of(one.story)
    yield from _lists()


def gone(present: Iterable[str], made: Iterable[str], dues: Sequence[Due]) -> frozenset[str]:
    """Files of these stories, lists and feeds that are there and were not made any more."""
    if not dues:
        return frozenset()
    folders = tuple(f"{ROOT}{slug}/" for one in dues for slug in (one.story.slug, *_former(one.story)))
    lists = (f"{ROOT}feed/", f"{ROOT}index.html", *(f"{tag}/{ROOT}" for tag in INTERFACE))
    unmade = set(present) - set(made)
    return frozenset(path for path in unmade if path.startswith((*folders, *lists)) or is_list_about_a_letter(path))


def is_list_about_a_letter(path: str) -> bool:
    """Whether `path` is the list of stories about a letter, which is made with the stories and not with the letter."""
    return path.count("/") == 3 and path.endswith(f"/{ROOT}index.html")


def note_baked(dues: Iterable[Due], at: datetime) -> None:
    """Remember what the folder shows of these stories now."""
    for one in dues:
        facts = {"revision": one.revision, "beside": one.beside, "at": at}
        BakedStory.objects.update_or_create(story_id=one.story.pk, defaults=facts)


def _files_of(story: Story) -> Iterator[tuple[str, bytes]]:
    folder = f"{ROOT}{story.slug}/"
    chooser = chooser_page(story)
    yield f"{folder}index.html", render("pages/chooser.html", chooser.frame, page=chooser).encode()
    for language in story.languages:
        page = public_page(story, language)
        yield f"{folder}{language}/index.html", render("pages/story.html", page.frame, page=page).encode()
    picture = stored_picture(story, newest_edition(story).article)
    if picture:
        yield f"{folder}{picture.wide_name}", bytes(picture.wide)
        yield f"{folder}{picture.narrow_name}", bytes(picture.narrow)
    for slug in _former(story):
        lead_on = (moved_page(story, language) for language in story.languages)
        yield from signposts(f"{ROOT}{slug}/", moved_page(story, story.languages[0], is_chooser=True), lead_on)


def _traces_of(story: Story) -> Iterator[tuple[str, bytes]]:
    """What stays of a withdrawn story, at all addresses that it ever had: that it was withdrawn."""
    pages = {language: withdrawn_page(story, language) for language in story.languages}
    told = {
        language: render("pages/withdrawn.html", page.frame, page=page).encode() for language, page in pages.items()
    }
    for slug in (story.slug, *_former(story)):
        yield f"{ROOT}{slug}/index.html", told[story.languages[0]]
        for language, page in told.items():
            yield f"{ROOT}{slug}/{language}/index.html", page


def _former(story: Story) -> list[str]:
    return list(story.former_slugs.order_by("slug").values_list("slug", flat=True))


def _lists() -> Iterator[tuple[str, bytes]]:
    stories = list(published())
    if not stories:
        return
    languages = list(dict.fromkeys(tag for story in stories for tag in story.languages))
    for tag in INTERFACE:
        for rest, page in stories_pages(tag, languages):
            html = render("pages/stories.html", page.frame, page=page).encode()
            yield f"{tag}/{rest}index.html", html
            if tag == DEFAULT and rest == ROOT:
                yield f"{ROOT}index.html", html
    for letter in Letter.objects.filter(pk__in=_told_letters()):
        for language in letter.languages:
            page = letter_stories_page(letter, language)
            yield (
                f"{letter.slug}/{language}/{ROOT}index.html",
                render("pages/stories.html", page.frame, page=page).encode(),
            )
    for language in languages:
        told = [story for story in stories if language in story.languages]
        yield feed_address(language).removeprefix("/"), atom_feed(told, language)


def _told_letters() -> QuerySet[Tie, UUID]:
    """The public letters about which there are published stories."""
    return _public_ties().filter(story__publication=Publication.PUBLISHED).values_list("letter_id", flat=True)


def _public_ties() -> QuerySet[Tie]:
    public = [LetterPublication.RELEASED, LetterPublication.ARCHIVED]
    return Tie.objects.filter(letter__publication__in=public)


def _ties() -> dict[UUID, list[tuple[str, str, str]]]:
    """What each story shows of the letters that it is about."""
    found: dict[UUID, list[tuple[str, str, str]]] = {}
    facts = (
        _public_ties().order_by("pk").values_list("story_id", "letter__slug", "letter__publication", "letter__sign_ons")
    )
    for story, *shown in facts:
        found.setdefault(story, []).append((shown[0], shown[1], shown[2]))
    return found


def _digest(top: str, ties: list[tuple[str, str, str]]) -> str:
    return hashlib.sha256(json.dumps([top, ties]).encode()).hexdigest()
