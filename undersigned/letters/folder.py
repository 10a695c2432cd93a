"""A letter's folder: letter.toml and one text for each of its languages, read into one value or refused as a whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from undersigned.letters import docx, manifest, markdown, parity
from undersigned.letters.blocks import Block, FileMissing, Note, Place, Text, WrongFile
from undersigned.letters.manifest import Manifest
from undersigned.letters.parity import Alignment
from undersigned.lib.languages import LanguageTag, NotALanguage
from undersigned.lib.refusal import Refusal, Refused, gettext_noop

MANIFEST = "letter.toml"
_READERS = {".md": markdown.read, ".docx": docx.read}
_UNSURE = gettext_noop(
    "Blocks without marks are lined up by kind, order, length and figures. Two that look alike could be swapped "
    "without being noticed: read the languages side by side, or mark the blocks with {#name}."
)
_UNSHARED = gettext_noop(
    "There is no text for sharing in %(languages)s, so the headline is offered instead. “share” in letter.toml has one."
)


class NotAFolder(WrongFile):
    code = "not-a-folder"
    message = gettext_noop("There is no such folder.")


class TextMissing(WrongFile):
    code = "text-missing"
    message = gettext_noop(
        "The text in %(language)s is missing: put letter.%(language)s.md or letter.%(language)s.docx here."
    )


class TwoTexts(WrongFile):
    code = "two-texts"
    message = gettext_noop("There are two texts in %(language)s: %(names)s. Take one of them away.")


@dataclass(frozen=True, slots=True)
class LetterFolder:
    """Everything that a folder says of a letter. What does not line up stands in `alignment.gaps`."""

    manifest: Manifest
    texts: Mapping[str, tuple[Block, ...]]
    alignment: Alignment
    notes: tuple[Note, ...]


def read(path: Path) -> LetterFolder:
    """The letter in the folder `path`; raises Refused with everything that is wrong in any of its files."""
    if not path.is_dir():
        raise Refused([NotAFolder(Place(str(path)))])
    if not (path / MANIFEST).is_file():
        raise Refused([FileMissing(Place(MANIFEST))])
    terms = manifest.read(path / MANIFEST)
    files, notes = _files(path, terms.languages)
    texts = _texts(path, terms, files)
    blocks = {language: text.blocks for language, text in texts.items()}
    notes += [note for text in texts.values() for note in text.notes]
    unshared = ", ".join(tag for tag in terms.languages if tag not in terms.share)
    notes += [Note(Place(MANIFEST), _UNSHARED, {"languages": unshared})] if unshared else []
    if len(blocks) > 1 and not all(block.key for text in blocks.values() for block in text):
        notes.append(Note(Place(path.name), _UNSURE))
    return LetterFolder(terms, blocks, parity.align(blocks, terms.reference), tuple(notes))


def _files(path: Path, languages: Iterable[str]) -> tuple[dict[str, list[Path]], list[Note]]:
    """The texts in the folder per language, and a note on each that no listed language claims."""
    files: dict[str, list[Path]] = {language: [] for language in languages}
    notes: list[Note] = []
    for file in sorted(path.glob("letter.*")):
        if file.suffix.lower() not in _READERS:
            continue
        language = _language(file)
        if language in files:
            files[language].append(file)
        else:
            notes.append(Note(Place(file.name), gettext_noop("This file is left out: “languages” does not list it.")))
    return files, notes


def _language(file: Path) -> str:
    try:
        return LanguageTag.parse(file.stem.removeprefix("letter.")).value
    except NotALanguage:
        return ""


def _texts(path: Path, terms: Manifest, files: Mapping[str, list[Path]]) -> dict[str, Text]:
    """The text of each language, or everything that is wrong with all of them."""
    texts: dict[str, Text] = {}
    faults: list[Refusal] = []
    for language, found in files.items():
        if not found:
            faults.append(TextMissing(Place(path.name), language=language))
        elif len(found) > 1:
            names = ", ".join(file.name for file in found)
            faults.append(TwoTexts(Place(path.name), language=language, names=names))
        else:
            try:
                texts[language] = _READERS[found[0].suffix.lower()](found[0], terms.subject[language])
            except Refused as refused:
                faults += refused.refusals
    if faults:
        raise Refused(faults)
    return texts
