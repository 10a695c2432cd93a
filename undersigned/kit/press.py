"""What the press gets besides the letter: its rules, and how the folder `kit/` beside `letter.toml` is read.

`press.LANG.md` is the press release, marked as a letter is; `kit.toml` names pictures and logos. All may be left out.
What comes from a form of the desk is judged by the same rules: `released`, `worded` and `pictures.clean`.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from undersigned.kit.pictures import Clean, clean
from undersigned.letters import markdown
from undersigned.letters.blocks import Block, FileMissing, FileWrong, Kind, Note, Place, WrongFile, refusing_at_once
from undersigned.letters.inline import plain
from undersigned.letters.inline import read as read_inline
from undersigned.letters.lines import judged
from undersigned.letters.toml import Document, Table, WrongValue
from undersigned.lib.languages import LanguageTag, NotALanguage, autonym
from undersigned.lib.refusal import Refusal, Refused, gettext_noop

FOLDER, LIST = "kit", "kit.toml"
PICTURE, LOGO = "picture", "logo"
LISTS = {PICTURE: "pictures", LOGO: "logos"}
LIMIT = 20
"""How many pictures there may be, and how many logos."""
TEXT_LIMIT = 20_000
HEADLINE_LIMIT, CREDIT_LIMIT, LICENCE_LIMIT, CAPTION_LIMIT = 400, 200, 400, 600
_ANY_LENGTH = 1_000_000


class HeadlineMissing(WrongFile):
    code = "press-headline-missing"
    message = gettext_noop("A press release begins with its headline: a first line such as “# Headline”.")


class ReleaseTooLong(WrongFile):
    code = "press-release-too-long"
    message = gettext_noop(
        "This press release is too long: it may have %(limit)s characters, and its headline %(headline)s."
    )


class CreditMissing(Refusal):
    code = "press-credit-missing"
    message = gettext_noop("Say whose it is: who made it, and for whom.")


class LicenceMissing(Refusal):
    code = "press-licence-missing"
    message = gettext_noop("Say on what terms it may be printed.")


class CaptionMissing(Refusal):
    code = "press-caption-missing"
    message = gettext_noop(
        "Say in %(language)s what it shows: for those who print it, and for those who cannot see it."
    )


class NotBesideIt(WrongFile):
    code = "picture-elsewhere"
    message = gettext_noop("“%(key)s” must be the name of a file in the same folder, without a path.")


class TooManyPictures(WrongFile):
    code = "too-many-pictures"
    message = gettext_noop("“%(key)s” lists more than %(limit)s files.")


@dataclass(frozen=True, slots=True)
class Release:
    """The press release in one language: its source, which `blocks_of` reads again when it is printed."""

    headline: str
    source: str


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a picture or logo: whose it is, on what terms it may be printed, and what it shows, per
    language."""

    credit: str
    licence: str
    captions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture or logo (`kind`), with what is said of it."""

    kind: str
    words: Words
    file: Clean


@dataclass(frozen=True, slots=True)
class Press:
    """Everything in the folder. `notes` are what its readers passed over."""

    releases: Mapping[str, Release]
    pictures: tuple[Picture, ...]
    notes: tuple[Note, ...]


def read(folder: Path, languages: Sequence[str]) -> Press:
    """What the press gets of the letter in `folder`, if it has a `kit/`. Raises Refused with every fault."""
    place = folder / FOLDER
    faults: list[Refusal] = []
    notes: list[Note] = []
    releases: dict[str, Release] = {}
    for path in sorted(place.glob("press.*.md")) if place.is_dir() else ():
        language = _language(path)
        if language not in languages:
            notes.append(Note(Place(path.name), gettext_noop("This file is left out: “languages” does not list it.")))
            continue
        try:
            releases[language] = _release(path)
        except Refused as refused:
            faults += refused.refusals
    pictures = _pictures(place, languages, faults) if (place / LIST).is_file() else ()
    if faults:
        raise Refused(faults)
    return Press({tag: releases[tag] for tag in languages if tag in releases}, pictures, tuple(notes))


def blocks_of(release: Release) -> tuple[Block, ...]:
    """The blocks of a press release below its headline."""
    return markdown.read_text(release.source, "press.md").blocks[1:]


def released(source: str, name: str) -> Release:
    """The press release in the Markdown `source`, of the file `name`; raises Refused with all that is wrong."""
    source = unicodedata.normalize("NFC", source)
    blocks = markdown.read_text(source, name).blocks
    if not blocks or blocks[0].kind != Kind.HEADING:
        raise Refused([HeadlineMissing(Place(name, 1))])
    headline = plain(read_inline(blocks[0].text))
    if len(source) > TEXT_LIMIT or len(headline) > HEADLINE_LIMIT:
        raise Refused([ReleaseTooLong(Place(name), limit=TEXT_LIMIT, headline=HEADLINE_LIMIT)])
    return Release(headline, source)


def worded(said: Words, languages: Sequence[str]) -> Words:
    """What is said of a picture, if nothing is missing or too long; raises Refused with all that is, by field.

    What it shows is asked for in every language, as nobody can print a picture that says nothing.
    """
    refusals: list[Refusal] = []

    def line(text: str, field: str, limit: int, missing: Refusal) -> str:
        found = len(refusals)
        text = judged(text, field, limit, refusals)
        if not text and len(refusals) == found:
            refusals.append(missing)
        return text

    words = Words(
        line(said.credit, "credit", CREDIT_LIMIT, CreditMissing("credit")),
        line(said.licence, "licence", LICENCE_LIMIT, LicenceMissing("licence")),
        {
            tag: line(said.captions.get(tag, ""), field, CAPTION_LIMIT, CaptionMissing(field, language=autonym(tag)))
            for tag, field in ((tag, f"caption-{tag}") for tag in languages)
        },
    )
    if refusals:
        raise Refused(refusals)
    return words


def _language(path: Path) -> str:
    try:
        return LanguageTag.parse(path.stem.removeprefix("press.")).value
    except NotALanguage:
        return ""


def _release(path: Path) -> Release:
    with refusing_at_once():
        source = markdown.decoded(path)
    return released(source, path.name)


def _pictures(folder: Path, languages: Sequence[str], faults: list[Refusal]) -> tuple[Picture, ...]:
    try:
        with refusing_at_once():
            document = Document(folder / LIST)
    except Refused as refused:
        faults += refused.refusals
        return ()
    found = tuple(_listed(document, folder, tuple(languages)))
    document.root.close()
    faults += document.faults
    return found


def _listed(document: Document, folder: Path, languages: tuple[str, ...]) -> Iterator[Picture]:
    for kind, key in LISTS.items():
        tables = document.root.tables(key)
        if len(tables) > LIMIT:
            document.root.tell(TooManyPictures, key, limit=LIMIT)
        for table in tables[:LIMIT]:
            picture = _picture(kind, table, folder, languages)
            if picture:
                yield picture


def _picture(kind: str, table: Table, folder: Path, languages: tuple[str, ...]) -> Picture | None:
    words = _words(table, languages)
    file = _file(table, folder)
    table.close()
    return Picture(kind, words, file) if words and file else None


def _words(table: Table, languages: tuple[str, ...]) -> Words | None:
    """What a table says of its picture; what is wrong with it is told to the document, at its key."""
    captions = table.table("caption")
    said = Words(
        table.text("credit", "", _ANY_LENGTH),
        table.text("licence", "", _ANY_LENGTH),
        {tag: captions.text(tag, "", _ANY_LENGTH) for tag in languages},
    )
    captions.close()
    try:
        return worded(said, languages)
    except Refused as refused:
        for refusal in refused.refusals:
            key, _dash, tag = refusal.field.partition("-")
            (captions if tag else table).tell(WrongValue, tag or key, why=refusal)
    return None


def _file(table: Table, folder: Path) -> Clean | None:
    name = table.text("file")
    if not name:
        return None
    if Path(name).name != name or name.startswith("."):
        table.tell(NotBesideIt, "file")
        return None
    try:
        return clean((folder / name).read_bytes())
    except OSError:
        table.document.faults.append(FileMissing(Place(name)))
    except Refusal as refusal:
        table.document.faults.append(FileWrong(Place(name), why=refusal))
    return None
