"""What the press gets besides the letter, read from the folder `kit/` beside `letter.toml`.

`press.LANG.md` is the press release, marked as a letter is; `kit.toml` names pictures and logos. All may be left out.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from undersigned.kit.pictures import Clean, clean
from undersigned.letters import markdown
from undersigned.letters.blocks import Block, FileMissing, Kind, Note, Place, WrongFile, refusing_at_once
from undersigned.letters.inline import plain
from undersigned.letters.inline import read as read_inline
from undersigned.letters.toml import Document, Table
from undersigned.lib.languages import LanguageTag, NotALanguage
from undersigned.lib.refusal import Refusal, Refused, gettext_noop

FOLDER, LIST = "kit", "kit.toml"
PICTURE, LOGO = "picture", "logo"
LIMIT = 20


class HeadlineMissing(WrongFile):
    code = "press-headline-missing"
    message = gettext_noop("A press release begins with its headline: a first line such as “# Headline”.")


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
class Picture:
    """A picture or logo: whose it is, under which terms it may be printed, and what it shows, per language."""

    kind: str
    credit: str
    licence: str
    captions: Mapping[str, str]
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


def _language(path: Path) -> str:
    try:
        return LanguageTag.parse(path.stem.removeprefix("press.")).value
    except NotALanguage:
        return ""


def _release(path: Path) -> Release:
    with refusing_at_once():
        source = unicodedata.normalize("NFC", markdown.decoded(path))
    blocks = markdown.read_text(source, path.name).blocks
    if not blocks or blocks[0].kind != Kind.HEADING:
        raise Refused([HeadlineMissing(Place(path.name, 1))])
    return Release(plain(read_inline(blocks[0].text)), source)


def _pictures(folder: Path, languages: Iterable[str], faults: list[Refusal]) -> tuple[Picture, ...]:
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
    for kind, key in ((PICTURE, "pictures"), (LOGO, "logos")):
        tables = document.root.tables(key)
        if len(tables) > LIMIT:
            document.root.tell(TooManyPictures, key, limit=LIMIT)
        for table in tables[:LIMIT]:
            picture = _picture(kind, table, folder, languages)
            if picture:
                yield picture


def _picture(kind: str, table: Table, folder: Path, languages: tuple[str, ...]) -> Picture | None:
    """One picture; a caption is asked for in every language, as nobody can print a picture that says nothing."""
    credit, licence = table.text("credit"), table.text("licence", limit=400)
    captions = table.table("caption")
    told = {tag: captions.text(tag, limit=600) for tag in languages}
    captions.close()
    file = _file(table, folder)
    table.close()
    return Picture(kind, credit, licence, told, file) if file else None


def _file(table: Table, folder: Path) -> Clean | None:
    name = table.text("file")
    if not name:
        return None
    if Path(name).name != name or name.startswith("."):
        table.tell(NotBesideIt, "file")
        return None
    try:
        return clean((folder / name).read_bytes(), Place(name))
    except OSError:
        table.document.faults.append(FileMissing(Place(name)))
    except WrongFile as fault:
        table.document.faults.append(fault)
    return None
