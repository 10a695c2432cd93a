"""The page of a story: everything that `pages/story.html` shows, in one language."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from undersigned.letters.models import Letter
from undersigned.lib.languages import autonym, interface_for
from undersigned.pages.body import Body, body
from undersigned.pages.figures import city, wall_time
from undersigned.pages.frame import Frame, Place, interface_tag, language_links
from undersigned.pages.index import Choice, ChooserPage
from undersigned.pages.moved import MovedPage
from undersigned.pages.news_article import Dated, markup
from undersigned.pages.said import Said, said
from undersigned.pages.share import Share, share
from undersigned.pages.story_list import feed_address
from undersigned.pages.story_place import (
    AboutView,
    PictureView,
    about_views,
    newest_edition,
    picture_view,
    read_in,
    story_place,
)
from undersigned.pages.tags import Image, Tags, tags, whole
from undersigned.pages.top_ten import TopStory, top_ten
from undersigned.stories.article import Article, Author
from undersigned.stories.models import Edition, Story
from undersigned.stories.published import public_letters_of

SLOGAN = 140
"""How long a description for search engines may be."""


@dataclass(frozen=True, slots=True)
class AuthorView:
    """One name of the byline, and the way to its bearer."""

    name: Said
    contact: str
    href: str


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """What a later edition changed, and when."""

    moment: str
    instant: str
    note: Said


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A story in one language. A preview has no moment, no corrections, no top ten, no markup, and is not passed on."""

    frame: Frame
    kicker: str
    moment: str
    headline: Said
    deck: Said
    authors: tuple[AuthorView, ...]
    picture: PictureView | None
    body: Body
    about: tuple[AboutView, ...]
    stories: str
    corrections: tuple[CorrectionView, ...] = ()
    top: tuple[TopStory, ...] = ()
    feed: str = ""
    markup: SafeString | None = None
    share: Share | None = None
    tags: Tags | None = None


def public_page(story: Story, language: str) -> StoryPage:
    """The page of a published story, as the public reads it."""
    if not story.is_public:
        raise ValueError(f"{story.slug} is not published")
    article, editions = newest_edition(story).article, list(story.editions.order_by("number"))
    with translation.override(interface_for(language)):
        page = _page(story, article, language, story_place(story))
        corrections = tuple(_correction(edition, language, article) for edition in reversed(editions[1:]))
        dated = Dated(editions[0].published_at, editions[-1].published_at)
        return replace(
            page,
            kicker=_("Story · %(moment)s") % {"moment": _moment(editions[0], language)},
            moment=editions[0].published_at.isoformat(),
            corrections=corrections,
            top=top_ten(language),
            feed=feed_address(language),
            share=_share(story, article, language, page.headline.text),
            markup=markup(article, language, page.frame, page.picture, dated),
            tags=_tags(page, article, dated),
        )


def preview_page(story: Story, language: str, place: Place) -> StoryPage:
    """The wording in work, as it would look."""
    with translation.override(interface_for(language)):
        return _page(story, story.wording, language, place)


def chooser_page(story: Story) -> ChooserPage:
    """The page at `/stories/{slug}/`: plain links to each language, in the order of the coalition."""
    article, place, first = newest_edition(story).article, story_place(story), story.languages[0]
    frame = replace(
        _frame(story, article, first, place, list(public_letters_of(story))),
        language=interface_tag(first),
        description="",
        canonical=f"{place.root}/",
        default=f"{place.root}/",
        links=language_links(story.languages, "", place.path),
    )
    choices = (Choice(tag, autonym(tag), article.headline[tag], place.path(tag)) for tag in story.languages)
    return ChooserPage(frame, tuple(choices))


def moved_page(story: Story, language: str, *, is_chooser: bool = False) -> MovedPage:
    """The page at a former address of the story in `language`, or of that where one chooses a language."""
    article, place = newest_edition(story).article, story_place(story)
    headline = said(article.headline, language, article.languages).text
    href = f"{place.root}/" if is_chooser else place.path(language)
    with translation.override(interface_for(language)):
        frame = replace(
            _frame(story, article, language, place, list(public_letters_of(story))), language=interface_tag(language)
        )
        return MovedPage(frame, _("This story has moved"), headline, language, href)


def _page(story: Story, article: Article, language: str, place: Place) -> StoryPage:
    letters = list(public_letters_of(story))
    return StoryPage(
        frame=_frame(story, article, language, place, letters),
        kicker=_("Story · not published"),
        moment="",
        headline=said(article.headline, language, article.languages),
        deck=said(article.subheadline, language, article.languages),
        authors=tuple(_author(author, language, article) for author in article.authors),
        picture=picture_view(story, article, place, language),
        body=body(article, language),
        about=about_views(letters, language),
        stories=f"/{interface_tag(language)}/stories/" if story.is_public else "",
    )


def _frame(story: Story, article: Article, language: str, place: Place, letters: Sequence[Letter]) -> Frame:
    headline = said(article.headline, language, article.languages).text
    deck = article.subheadline.get(language) or headline
    campaign = letters[0].text_of("campaign", read_in(letters[0].languages, language)) if letters else ""
    return Frame(
        language=language,
        title=headline,
        campaign=campaign or settings.SITE_NAME,
        home=f"/{interface_tag(language)}/",
        links=language_links(article.languages, language, place.path),
        description=deck if len(deck) <= SLOGAN else f"{deck[: SLOGAN - 1].rstrip()}…",
        canonical="" if place.is_private else place.path(language),
        default="" if place.is_private else f"{place.root}/",
        is_demonstration=story.is_demonstration,
    )


def _share(story: Story, article: Article, language: str, headline: str) -> Share:
    """What is said when this page is passed on: the language's own text for it, else the headline."""
    return share(story_place(story).path(language), headline, article.share.get(language) or headline)


def _tags(page: StoryPage, article: Article, dated: Dated) -> Tags:
    """What social media are told, with the story's own picture where it has one."""
    picture, image = page.picture, None
    if picture:
        image = Image(whole(picture.wide), picture.width, picture.height, picture.alternative)
    told = tags(page.frame, page.headline.text, page.deck.text, article.languages, image)
    return replace(told, published=dated.published.isoformat(), modified=dated.modified.isoformat())


def _author(author: Author, language: str, article: Article) -> AuthorView:
    is_website = author.contact.startswith("http")
    shown = author.contact.removeprefix("https://").removeprefix("http://").rstrip("/")
    href = author.contact if is_website else f"mailto:{author.contact}"
    return AuthorView(said(author.name, language, article.languages), shown, href)


def _correction(edition: Edition, language: str, article: Article) -> CorrectionView:
    note = said(edition.article.note, language, article.languages)
    return CorrectionView(_moment(edition, language), edition.published_at.isoformat(), note)


def _moment(edition: Edition, language: str) -> str:
    tag = interface_tag(language)
    facts = {"moment": wall_time(datetime.fromisoformat(edition.wall_time), tag), "city": city(edition.zone, tag)}
    return _("%(moment)s (%(city)s)") % facts
