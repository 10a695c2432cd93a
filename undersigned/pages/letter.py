"""The page of a letter: everything that `pages/letter.html` shows, in one language."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from undersigned.letters.content import Content, Party
from undersigned.letters.models import Letter, Publication, Version
from undersigned.lib.languages import interface_for, language_name
from undersigned.pages import top_ten
from undersigned.pages.blank import blank_form
from undersigned.pages.body import Body, body
from undersigned.pages.figures import city, long_date, wall_time
from undersigned.pages.form import SignForm
from undersigned.pages.frame import Frame, Place, interface_tag, letter_frame, voice
from undersigned.pages.names import names_address, supporters
from undersigned.pages.neighbours import Neighbour, neighbours
from undersigned.pages.reader import stands_upright
from undersigned.pages.roll import Roll, roll
from undersigned.pages.said import Said, said
from undersigned.pages.share import Share, share
from undersigned.pages.story_list import StoryItem, items_of, updates
from undersigned.pages.tally import Standing, TallyView, standing, tally
from undersigned.pages.top_ten import TopStory
from undersigned.releases.models import Release
from undersigned.signing.models import Kind
from undersigned.stories.models import Story

WORKER = "worker.js"
"""Below a letter's address: the script that keeps its text on the reader's device."""
SLOGAN = 140
"""How long a description for search engines may be."""


@dataclass(frozen=True, slots=True)
class PartyView:
    """An addressee, line by line: name, title, postal address."""

    lines: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class FormLink:
    """Where one signs as another kind."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class SignArea:
    """The form that stands in the page, links to the others, or why nobody can sign."""

    form: SignForm | None = None
    links: tuple[FormLink, ...] = ()
    closed: str = ""

    @property
    def is_open(self) -> bool:
        return not self.closed


@dataclass(frozen=True, slots=True)
class LetterPage:
    """A letter in one language. `tally` and `roll` are left out for those who are invited before the release.

    `text` is everything between address and notes, as HTML. `share` is left out at a private place, which nobody is to
    pass on. `names` and `spread` are paths of the pages that name all supporters, and that show where and when names
    came from; empty where there is none.
    """

    frame: Frame
    kicker: str
    moment: str
    headline: Said
    deck: Said
    controller: str
    contact: str
    prevailing: str
    version: str
    digest: str
    facts: str
    kit: str
    date: str
    day: str
    addressees: tuple[PartyView, ...]
    cc: tuple[PartyView, ...]
    body: Body
    text: SafeString
    tally: TallyView | None
    roll: Roll | None
    sign: SignArea
    share: Share | None
    names: str
    spread: str
    neighbours: tuple[Neighbour, ...]
    updates: tuple[StoryItem, ...] = ()
    stories: str = ""
    top: tuple[TopStory, ...] = ()

    @property
    def short_digest(self) -> str:
        return f"{self.digest[:4]}…{self.digest[-4:]}" if self.digest else ""


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the text of a letter, asked for once for all its languages.

    `standing` is None where nobody is named or counted; `total` is how many supporters there are to be listed by name.
    """

    version: Version | None
    release: Release | None
    standing: Standing | None
    total: int
    followers: tuple[Letter, ...]
    stories: tuple[Story, ...]
    top: str


def around(letter: Letter, stands: Standing | None, total: int | None = None) -> Around:
    """What stands around `letter` now. How many names are on its shelves is asked for unless it is given."""
    if not letter.is_public:
        return Around(letter.frozen, release_of(letter), stands, 0, (), (), "")
    return Around(
        version=letter.frozen,
        release=release_of(letter),
        standing=stands,
        total=supporters(letter) if total is None else total,
        followers=tuple(letter.followers.order_by("released_at", "pk")),
        stories=tuple(updates(letter)),
        top=top_ten.state(),
    )


def letter_page(letter: Letter, content: Content, language: str, place: Place, *, invited: bool = False) -> LetterPage:
    """`content` of `letter` in `language`, at `place`: public, previewed, or (`invited`) shown to be signed."""
    with translation.override(interface_for(language)):
        stands = standing(letter) if letter.is_public or not invited else None
        return _page(letter, around(letter, stands), _Reading.of(content, language), place, invited=invited)


@dataclass(frozen=True)
class _Reading:
    """A text, read in one of its languages; `text` is its HTML, from the address to the notes."""

    content: Content
    language: str
    headline: Said
    date: str
    day: str
    addressees: tuple[PartyView, ...]
    cc: tuple[PartyView, ...]
    body: Body

    @classmethod
    def of(cls, content: Content, language: str) -> "_Reading":
        return cls(
            content=content,
            language=language,
            headline=said(content.subject, language, _fallbacks(content)),
            date=long_date(date.fromisoformat(content.date), language),
            day=content.date,
            addressees=tuple(_party(party, language, content) for party in content.addressees),
            cc=tuple(_party(party, language, content) for party in content.cc),
            body=body(content, language),
        )

    @cached_property
    def text(self) -> SafeString:
        context = {"page": self, "frame": {"stands_upright": stands_upright(self.language)}}
        html = render_to_string("pages/letter/text.html", {**context, "voice": voice(self.language)})
        return mark_safe(html)  # noqa: S308  a template of ours


@lru_cache(maxsize=128)
def _read(canonical: str, language: str) -> _Reading:
    """A frozen text in `language`: it never changes, and each new signature asks for it again."""
    return _Reading.of(Content.from_json(canonical), language)


@lru_cache(maxsize=64)
def _public_form(letter: Letter, _revision: int, kind: str, language: str, action: str) -> SignForm:
    """The form that stands in a public page; it changes with nothing but the letter's revision."""
    return blank_form(letter, kind, language, action)


def public_page(letter: Letter, language: str, there: Around | None = None) -> LetterPage:
    """The page of a released letter, as the public reads it; what is `there` around it may have been asked for."""
    if not letter.is_public:
        raise ValueError(f"{letter.slug} is not released")
    there = there or around(letter, standing(letter))
    if there.version is None:
        raise ValueError(f"{letter.slug} has no text")
    with translation.override(interface_for(language)):
        return _page(letter, there, _read(there.version.canonical, language), Place.public(letter))


def release_of(letter: Letter) -> Release | None:
    """The release that made `letter` public, or is to."""
    return releases_of([letter]).get(letter.pk)


def releases_of(letters: Iterable[Letter]) -> dict[UUID, Release]:
    """The release of each of `letters` that has one, by the letter."""
    rows = Release.objects.filter(letter__in=letters).exclude(state=Release.State.CANCELLED)
    return {row.letter_id: row for row in rows.order_by("pk")}


def _page(letter: Letter, there: Around, reading: _Reading, place: Place, *, invited: bool = False) -> LetterPage:
    """What the two kinds of page have in common."""
    content, language, version = reading.content, reading.language, there.version
    tag, who = interface_tag(language), there.standing
    kicker, moment = _kicker(letter, there.release, tag)
    return LetterPage(
        frame=_frame(letter, reading, place),
        kicker=kicker,
        moment=moment,
        headline=reading.headline,
        deck=said(letter.summary, language, _fallbacks(content)),
        controller=letter.controller,
        contact=letter.contact,
        prevailing=_prevailing(content, tag),
        version=_("version %(number)s") % {"number": version.number} if version else _("draft"),
        digest=version.hex_digest if version else "",
        facts=f"/{letter.slug}/letter.json" if letter.is_public else "",
        kit=f"/{letter.slug}/{language}/kit/" if letter.is_public else "",
        date=reading.date,
        day=reading.day,
        addressees=reading.addressees,
        cc=reading.cc,
        body=reading.body,
        text=reading.text,
        tally=tally(letter, tag, language, who.figures) if who else None,
        roll=roll(letter, language, who.names) if who else None,
        sign=_sign_area(letter, language, place, version, invited),
        share=None if place.is_private else _share(letter, reading, place),
        names=names_address(letter, language, there.total),
        spread=f"/{letter.slug}/{language}/where-and-when/" if letter.is_public else "",
        neighbours=() if place.is_private else neighbours(letter, language, there.followers),
        updates=items_of(there.stories, language),
        stories=f"/{letter.slug}/{language}/stories/",
        top=top_ten.top_ten(language, there.top) if letter.is_public and not place.is_private else (),
    )


def _share(letter: Letter, reading: _Reading, place: Place) -> Share:
    """What is said when this page is passed on: the language's own text for it, else the headline."""
    headline, language = reading.headline.text, reading.language
    return share(place.path(language), headline, letter.share.get(language) or headline)


def _frame(letter: Letter, reading: _Reading, place: Place) -> Frame:
    headline, language = reading.headline.text, reading.language
    frame = letter_frame(letter, language, place, headline)
    deck = letter.summary.get(language) or headline
    return replace(
        frame,
        language=language,
        description=deck if len(deck) <= SLOGAN else f"{deck[: SLOGAN - 1].rstrip()}…",
        default="" if place.is_private else f"{place.root}/",
        worker=f"{place.root}/{WORKER}" if settings.OFFLINE and not place.is_private else "",
    )


def _kicker(letter: Letter, release: Release | None, tag: str) -> tuple[str, str]:
    """What this is and since when it is public, with the instant for machines; a preview says that it is one."""
    if release is None:
        return _("Joint letter · draft"), ""
    facts = {
        "moment": wall_time(datetime.fromisoformat(release.wall_time), tag),
        "city": city(release.zone, tag),
    }
    if letter.publication == Publication.EMBARGOED:
        return _("Joint letter · under embargo until %(moment)s (%(city)s)") % facts, release.instant.isoformat()
    if letter.publication == Publication.ARCHIVED:
        return _("Joint letter · released %(moment)s (%(city)s) · archived") % facts, release.instant.isoformat()
    return _("Joint letter · released %(moment)s (%(city)s)") % facts, release.instant.isoformat()


def _prevailing(content: Content, tag: str) -> str:
    if len(content.languages) == 1:
        return ""
    if not content.prevailing:
        return _("All language versions are equal")
    return _("The text in %(language)s prevails") % {"language": language_name(content.prevailing, tag)}


def _party(party: Party, language: str, content: Content) -> PartyView:
    fallbacks = _fallbacks(content)
    postal = said(party.postal, language, fallbacks)
    lines = [said(party.name, language, fallbacks), said(party.title, language, fallbacks)]
    lines += [Said(line.strip(), postal.language) for line in postal.text.splitlines()]
    return PartyView(tuple(line for line in lines if line))


def _sign_area(letter: Letter, language: str, place: Place, version: Version | None, invited: bool) -> SignArea:
    kinds = [kind for kind in Kind.values if version and letter.takes(kind, invited=invited)]
    if not kinds:
        return SignArea(closed=_closed(letter))
    labels = {
        Kind.ORGANISATION: _("Sign for an organisation"),
        Kind.PERSON: _("Sign as a person of note"),
        Kind.SUPPORTER: _("Sign as a supporter"),
    }
    paths = {kind: f"{place.root}/{language}/sign/{kind}/" for kind in kinds}
    inline = Kind.SUPPORTER if Kind.SUPPORTER in kinds else ""
    form = None
    if inline and invited:
        form = blank_form(letter, inline, language, paths[inline])
    elif inline:
        form = _public_form(letter, letter.revision, inline, language, paths[inline])
    return SignArea(
        form=form,
        links=tuple(FormLink(labels[Kind(kind)], path) for kind, path in paths.items() if kind != inline),
    )


def _closed(letter: Letter) -> str:
    if letter.publication == Publication.ARCHIVED:
        return _("This letter is archived. It no longer takes signatures.")
    if letter.is_public:
        return _("This letter does not take public signatures at the moment.")
    return _("This is a preview. Nobody can sign here.")


def _fallbacks(content: Content) -> tuple[str, ...]:
    return tuple(tag for tag in (content.prevailing, *content.languages) if tag)
