"""A story's folder: story.toml, one text per language (story.LANG.md) and its picture, read or refused as a whole."""

from dataclasses import dataclass, replace
from pathlib import Path

from undersigned.letters import markdown
from undersigned.letters.blocks import FileMissing, FileWrong, Place, WrongFile
from undersigned.letters.folder import NotAFolder
from undersigned.lib.pictures import LIMIT_BYTES
from undersigned.lib.refusal import Refusal, Refused
from undersigned.stories import manifest, pictures
from undersigned.stories.manifest import Manifest
from undersigned.stories.pictures import Prepared
from undersigned.stories.typed import Typed, Written, write

MANIFEST = "story.toml"


@dataclass(frozen=True, slots=True)
class StoryFolder:
    """Everything that a folder says of a story."""

    manifest: Manifest
    typed: Typed
    written: Written
    picture: Prepared | None


def read(path: Path) -> StoryFolder:
    """The story in the folder `path`; raises Refused with everything that is wrong in any of its files."""
    if not path.is_dir():
        raise Refused([NotAFolder(Place(str(path)))])
    if not (path / MANIFEST).is_file():
        raise Refused([FileMissing(Place(f"{path.name}/{MANIFEST}"))])
    facts = manifest.read(path / MANIFEST)
    faults: list[Refusal] = []
    texts = {tag: _text(path / f"story.{tag}.md", faults) for tag in facts.languages}
    picture = _picture(path, facts, faults)
    if faults:
        raise Refused(faults)
    typed = _typed(facts, texts, picture)
    try:
        written = write(typed)
    except Refused as refused:
        raise Refused([_in_its_file(refusal) for refusal in refused.refusals]) from None
    return StoryFolder(facts, typed, written, picture)


def _typed(facts: Manifest, texts: dict[str, str], picture: Prepared | None) -> Typed:
    typed = Typed(facts.languages, facts.headline, facts.subheadline, texts, facts.authors, share=facts.share)
    if picture is None or facts.picture is None:
        return typed
    return replace(
        typed,
        picture=picture.digest,
        credit=facts.picture.credit,
        licence=facts.picture.licence,
        caption=facts.picture.caption,
        alternative=facts.picture.alternative,
    )


def _text(file: Path, faults: list[Refusal]) -> str:
    try:
        return markdown.decoded(file)
    except WrongFile as fault:
        faults.append(fault)
        return ""


def _picture(path: Path, facts: Manifest, faults: list[Refusal]) -> Prepared | None:
    if facts.picture is None:
        return None
    file = path / facts.picture.file
    place = Place(facts.picture.file[:80])
    if file.resolve().parent != path.resolve() or not file.is_file():
        faults.append(FileMissing(place))
        return None
    try:
        return pictures.prepare(file.read_bytes()[: LIMIT_BYTES + 1])
    except Refusal as refusal:
        faults.append(FileWrong(place, why=refusal))
        return None


def _in_its_file(refusal: Refusal) -> Refusal:
    """`refusal` with the file that its field stands for."""
    name, _, tag = refusal.field.partition("-")
    return FileWrong(Place(f"story.{tag}.md" if name == "text" else MANIFEST), why=refusal)
