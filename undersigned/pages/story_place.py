"""Where a story stands, which of its editions the public reads, its picture, and the letters that it is about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from undersigned.letters.models import Letter
from undersigned.pages.frame import Place, interface_tag
from undersigned.pages.said import Said, said
from undersigned.stories.article import Article
from undersigned.stories.models import Edition, StoredPicture, Story


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture in its two sizes, and what is said of it."""

    wide: str
    wide_width: int
    narrow: str
    narrow_width: int
    width: int
    height: int
    alternative: str
    caption: Said
    credit: str
    licence: str

    @property
    def sources(self) -> str:
        """Both sizes, for `srcset`; empty where they are one."""
        if self.wide_width == self.narrow_width:
            return ""
        return f"{self.narrow} {self.narrow_width}w, {self.wide} {self.wide_width}w"


@dataclass(frozen=True, slots=True)
class AboutView:
    """A letter that a story is about."""

    headline: Said
    href: str
    takes_signatures: bool


def about_views(letters: Iterable[Letter], language: str) -> tuple[AboutView, ...]:
    """The ways from a story to these letters, for readers of `language`."""
    return tuple(_about(letter, language) for letter in letters)


def story_place(story: Story) -> Place:
    """`/stories/{slug}/{language}/`"""
    return Place(f"/stories/{story.slug}")


def read_in(languages: Sequence[str], language: str) -> str:
    """Which of `languages` a reader of `language` gets: it, else the one of the interface, else the first."""
    return next((tag for tag in (language, interface_tag(language)) if tag in languages), languages[0])


def newest_edition(story: Story) -> Edition:
    """What the public reads of a published story."""
    return max(story.editions.all(), key=lambda edition: edition.number)


def first_edition(story: Story) -> Edition:
    """The edition by which a story was published."""
    return min(story.editions.all(), key=lambda edition: edition.number)


def stored_picture(story: Story, article: Article) -> StoredPicture | None:
    """The picture that `article` shows; its content is fetched when somebody asks for it."""
    rows = story.pictures.defer("wide", "narrow")
    return rows.filter(digest=article.picture.digest).first() if article.picture else None


def picture_view(story: Story, article: Article, place: Place, language: str) -> PictureView | None:
    """The picture of `article` as a page in `language` shows it."""
    stored, picture = stored_picture(story, article), article.picture
    if stored is None or picture is None:
        return None
    return PictureView(
        wide=f"{place.root}/{stored.wide_name}",
        wide_width=stored.wide_width,
        narrow=f"{place.root}/{stored.narrow_name}",
        narrow_width=stored.narrow_width,
        width=stored.wide_width,
        height=stored.wide_height,
        alternative=picture.alternative.get(language, ""),
        caption=said(picture.caption, language, article.languages),
        credit=picture.credit,
        licence=picture.licence,
    )


def _about(letter: Letter, language: str) -> AboutView:
    chosen = read_in(letter.languages, language)
    takes = any(letter.takes(kind, invited=False) for kind in ("organisation", "person", "supporter"))
    return AboutView(said(letter.subject, language, (chosen,)), f"/{letter.slug}/{chosen}/", takes)
