"""A story as somebody writes it, in a folder or at the desk, and the article that it makes, or all that is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from undersigned.letters import markdown, parity
from undersigned.letters.blocks import Block, Note
from undersigned.letters.lines import SHARE_LIMIT, LineTooLong, at_its_line, judged
from undersigned.letters.parity import Gap, What
from undersigned.lib.addresses import EmailAddress, Website
from undersigned.lib.refusal import Refusal, Refused, gettext_noop
from undersigned.stories.article import Article, Author, Picture

LINE_LIMIT, DECK_LIMIT, CAPTION_LIMIT, TEXT_LIMIT = 200, 400, 600, 20_000
AUTHORS_LIMIT = 8
CAN_BE_MEANT = frozenset({What.MISSING, What.EXTRA})
"""Differences between languages that a newsroom makes on purpose: a passage that some readers need, others not."""


class HeadlineMissing(Refusal):
    code = "headline-missing"
    message = gettext_noop("Every language needs its headline; %(language)s has none.")


class AuthorNeeded(Refusal):
    code = "author-needed"
    message = gettext_noop("A story says who wrote it: name at least one author.")


class NameMissing(Refusal):
    code = "name-missing"
    message = gettext_noop("Give the author's name in at least one language.")


class NotAContact(Refusal):
    code = "not-a-contact"
    message = gettext_noop("Each author can be reached: give an e-mail address, or the address of a website.")


class TextMissing(Refusal):
    code = "story-text-missing"
    message = gettext_noop("The text in %(language)s is missing.")


class CaptionMissing(Refusal):
    code = "caption-missing"
    message = gettext_noop("The picture needs its caption in %(language)s: what it shows, where and when.")


class CreditMissing(Refusal):
    code = "credit-missing"
    message = gettext_noop("The picture needs its credit: who took it, and for whom.")


class LicenceMissing(Refusal):
    code = "licence-missing"
    message = gettext_noop("The picture needs its licence: on what terms you may show it.")


class AlternativeMissing(Refusal):
    code = "alternative-missing"
    message = gettext_noop("The picture needs a text in %(language)s for those who cannot see it.")


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of a story before they are checked. `picture` is a stored picture's digest; texts are Markdown."""

    languages: tuple[str, ...]
    headline: Mapping[str, str]
    subheadline: Mapping[str, str]
    texts: Mapping[str, str]
    authors: tuple[Author, ...]
    picture: str = ""
    credit: str = ""
    licence: str = ""
    caption: Mapping[str, str] = field(default_factory=dict)
    alternative: Mapping[str, str] = field(default_factory=dict)
    about: tuple[str, ...] = ()
    note: Mapping[str, str] = field(default_factory=dict)
    share: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """An article, in which places its languages do not line up, and what the readers of its texts passed over."""

    article: Article
    gaps: tuple[Gap, ...]
    notes: tuple[Note, ...] = ()


def write(typed: Typed) -> Written:
    """The article of `typed`; raises Refused with everything that is wrong with it, by field."""
    refusals: list[Refusal] = []
    headline = _lines("headline", typed.headline, LINE_LIMIT, refusals)
    refusals += [HeadlineMissing(f"headline-{tag}", language=tag) for tag in typed.languages if not headline.get(tag)]
    subheadline = _lines("subheadline", typed.subheadline, DECK_LIMIT, refusals)
    authors = _authors(typed.authors, refusals)
    picture = _picture(typed, refusals) if typed.picture else None
    note = _lines("note", typed.note, CAPTION_LIMIT, refusals)
    share = _lines("share", typed.share, SHARE_LIMIT, refusals)
    texts, notes = _texts(typed, refusals)
    if refusals:
        raise Refused(refusals)
    alignment = parity.align(texts, typed.languages[0])
    blocks = tuple(row.parallel() for row in alignment.rows)
    article = Article(typed.languages, headline, subheadline, authors, picture, blocks, typed.about, note, share)
    return Written(article, alignment.gaps, notes)


def must_be_mended(gaps: Iterable[Mapping[str, str]]) -> bool:
    """Whether some of these gaps cannot be meant: a block in another place or of another kind."""
    return any(gap["what"] not in CAN_BE_MEANT for gap in gaps)


def _lines(name: str, texts: Mapping[str, str], limit: int, refusals: list[Refusal]) -> dict[str, str]:
    lines = {tag: judged(text, f"{name}-{tag}", limit, refusals) for tag, text in texts.items()}
    return {tag: line for tag, line in lines.items() if line}


def _authors(typed: Iterable[Author], refusals: list[Refusal]) -> tuple[Author, ...]:
    authors = []
    for number, author in enumerate(typed, start=1):
        name = _lines(f"author-{number}", author.name, LINE_LIMIT, refusals)
        contact = author.contact.strip()
        if not name and not contact:
            continue
        if not name:
            refusals.append(NameMissing(f"author-{number}"))
        authors.append(Author(name, _contact(contact, f"contact-{number}", refusals)))
    if not authors:
        refusals.append(AuthorNeeded("authors"))
    return tuple(authors)


def _contact(text: str, field: str, refusals: list[Refusal]) -> str:
    try:
        return EmailAddress.parse(text).value if "@" in text else Website.parse(text).value
    except Refusal:
        refusals.append(NotAContact(field))
        return ""


def _picture(typed: Typed, refusals: list[Refusal]) -> Picture:
    caption = _lines("caption", typed.caption, CAPTION_LIMIT, refusals)
    alternative = _lines("alternative", typed.alternative, CAPTION_LIMIT, refusals)
    credit = judged(typed.credit, "credit", LINE_LIMIT, refusals)
    licence = judged(typed.licence, "licence", LINE_LIMIT, refusals)
    refusals += [CaptionMissing(f"caption-{tag}", language=tag) for tag in typed.languages if not caption.get(tag)]
    lacks = [tag for tag in typed.languages if not alternative.get(tag)]
    refusals += [AlternativeMissing(f"alternative-{tag}", language=tag) for tag in lacks]
    refusals += [CreditMissing("credit")] if not credit else []
    refusals += [LicenceMissing("licence")] if not licence else []
    return Picture(typed.picture, credit, licence, caption, alternative)


def _texts(typed: Typed, refusals: list[Refusal]) -> tuple[dict[str, tuple[Block, ...]], tuple[Note, ...]]:
    texts: dict[str, tuple[Block, ...]] = {}
    notes: list[Note] = []
    for tag in typed.languages:
        text = typed.texts.get(tag, "")
        if not text.strip():
            refusals.append(TextMissing(f"text-{tag}", language=tag))
            continue
        if len(text) > TEXT_LIMIT:
            refusals.append(LineTooLong(f"text-{tag}", limit=TEXT_LIMIT))
            continue
        try:
            read = markdown.read_text(text, f"story.{tag}.md", typed.headline.get(tag, ""), asks=False)
        except Refused as refused:
            refusals += [at_its_line(refusal, f"text-{tag}") for refusal in refused.refusals]
        else:
            texts[tag] = read.blocks
            notes += read.notes
    return texts, tuple(notes)
