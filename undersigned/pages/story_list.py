"""Lists of stories, newest first: of the whole site by date, of one letter, and the short ones on other pages."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from undersigned.letters.models import Letter
from undersigned.lib.languages import interface_for
from undersigned.pages.figures import long_date, month
from undersigned.pages.frame import Frame, Place, interface_tag, letter_frame, site_frame
from undersigned.pages.said import Said, said
from undersigned.pages.story_place import PictureView, first_edition, newest_edition, picture_view, read_in, story_place
from undersigned.pages.top_ten import TopStory, top_ten
from undersigned.stories.models import Story
from undersigned.stories.published import about, published

ON_FIRST_PAGE = 30
ON_LETTER_PAGE = 5
ON_LETTER_LIST = 100
ON_INDEX_PAGE = 3


@dataclass(frozen=True, slots=True)
class StoryItem:
    """One story in a list."""

    href: str
    headline: Said
    deck: Said
    date: str
    moment: str
    month: str
    picture: PictureView | None


@dataclass(frozen=True, slots=True)
class Month:
    """The stories of one month."""

    title: str
    items: tuple[StoryItem, ...]


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class StoriesPage:
    """A list of stories. `letter` leads back to the letter that they are about; `older` are the months not shown."""

    frame: Frame
    title: str
    months: tuple[Month, ...]
    feed: str
    letter: Link | None = None
    older: tuple[Link, ...] = ()
    top: tuple[TopStory, ...] = ()


def items_of(stories: Iterable[Story], language: str, *, pictured: bool = False) -> tuple[StoryItem, ...]:
    """The stories as a list in `language` shows them; called where that language speaks."""
    return tuple(_item(story, language, pictured) for story in stories)


def latest() -> QuerySet[Story]:
    """The newest stories, for the index."""
    return published()[:ON_INDEX_PAGE]


def updates(letter: Letter) -> QuerySet[Story]:
    """The newest stories about `letter`, for its page."""
    return about(letter)[:ON_LETTER_PAGE]


def stories_pages(tag: str, languages: Sequence[str]) -> Iterator[tuple[str, StoriesPage]]:
    """What follows `/{tag}/` in its address, and the page: the newest stories, and each earlier month by itself.

    `languages` are those in which there is a feed.
    """
    with translation.override(interface_for(tag)):
        items = items_of(published(), tag, pictured=True)
        recent = _recent(items)
        months = _months(items)
        older = tuple(group for group in months if group.items[0].moment < recent[-1].moment)
        links = tuple(Link(group.title, f"/{tag}/stories/{group.items[0].month}/") for group in older)
        title = _("Stories")
        feed = feed_address(tag) if tag in languages else ""
        frame = replace(site_frame(tag, title, lambda other: f"/{other}/stories/"), default="/stories/")
        yield "stories/", StoriesPage(frame, title, _months(recent), feed, older=links, top=top_ten(tag))
        for group in older:
            rest = f"stories/{group.items[0].month}/"
            frame = site_frame(tag, group.title, lambda other, rest=rest: f"/{other}/{rest}")  # type: ignore[misc]
            yield rest, StoriesPage(frame, group.title, (Month("", group.items),), feed)


def letter_stories_page(letter: Letter, language: str) -> StoriesPage:
    """The stories about `letter`, at `/{slug}/{language}/stories/`; the oldest of very many are found by their date."""
    with translation.override(interface_for(language)):
        items = items_of(about(letter)[:ON_LETTER_LIST], language, pictured=True)
        title = _("Stories about this letter")
        frame = letter_frame(letter, language, Place.public(letter, "stories/"), title)
        back = Link(letter.text_of("subject", language), f"/{letter.slug}/{language}/")
        return StoriesPage(frame, title, _months(items), "", letter=back)


def feed_address(language: str) -> str:
    return f"/stories/feed/{language}.xml"


def _recent(items: Sequence[StoryItem]) -> tuple[StoryItem, ...]:
    """As many whole months as fit on the first page; the newest month always."""
    shown: tuple[StoryItem, ...] = ()
    for group in _months(items):
        if shown and len(shown) + len(group.items) > ON_FIRST_PAGE:
            break
        shown += group.items
    return shown


def _months(items: Iterable[StoryItem]) -> tuple[Month, ...]:
    grouped = groupby(items, lambda item: item.month)
    groups = [tuple(group) for _month, group in grouped]
    tag = interface_tag(translation.get_language() or "en")
    return tuple(Month(month(datetime.fromisoformat(group[0].moment), tag), group) for group in groups)


def _item(story: Story, language: str, pictured: bool) -> StoryItem:
    edition, first = newest_edition(story), first_edition(story)
    article = edition.article
    chosen = read_in(story.languages, language)
    place = story_place(story)
    wall = datetime.fromisoformat(first.wall_time)
    return StoryItem(
        href=place.path(chosen),
        headline=said(article.headline, language, (chosen,)),
        deck=said(article.subheadline, language, (chosen,)),
        date=long_date(wall.date(), interface_tag(language)),
        moment=first.wall_time,
        month=f"{wall:%Y-%m}",
        picture=picture_view(story, article, place, chosen) if pictured else None,
    )
