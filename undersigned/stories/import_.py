"""Bringing a story in from a folder: its facts, its texts in all languages, its picture."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.db import transaction

from undersigned.letters.audit import Actor
from undersigned.letters.blocks import Note, Place, WrongFile
from undersigned.letters.parity import Gap
from undersigned.letters.rename import find_by_slug
from undersigned.lib.refusal import Refused, gettext_noop
from undersigned.stories import draft, folder, rename
from undersigned.stories.draft import NewStory
from undersigned.stories.manifest import Manifest
from undersigned.stories.models import Story


class LetterUnknown(WrongFile):
    code = "letter-unknown"
    message = gettext_noop("There is no letter at the address “%(slug)s”, which “letters” lists.")


class LanguagesFixed(WrongFile):
    code = "languages-fixed"
    message = gettext_noop(
        "The story “%(slug)s” exists in other languages (%(languages)s), and these stay as they are."
    )


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import made: the story, where its languages do not line up, and what its readers passed over."""

    story: Story
    gaps: tuple[Gap, ...]
    notes: tuple[Note, ...]


def import_folder(path: Path, by: Actor, at: datetime) -> Imported:
    """Import the story in `path` as a draft; a story that is there gets a new wording, to be reviewed like any other.

    Raises Refused with every fault of every file; then nothing is imported.
    """
    found = folder.read(path)
    about = _about(found.manifest)
    with transaction.atomic():
        story = _story(found.manifest, by, at)
        if found.picture:
            draft.store_picture(story, found.picture, by, at)
        written = draft.save(story, replace(found.typed, about=about), by, at)
    return Imported(story, written.gaps, written.notes)


def _about(manifest: Manifest) -> tuple[str, ...]:
    letters = {slug: find_by_slug(slug)[0] for slug in manifest.letters}
    unknown = [slug for slug, letter in letters.items() if letter is None]
    if unknown:
        raise Refused([LetterUnknown(Place(folder.MANIFEST), slug=slug) for slug in unknown])
    return tuple(str(letter.pk) for letter in letters.values() if letter)


def _story(manifest: Manifest, by: Actor, at: datetime) -> Story:
    story, _has_moved = rename.find_by_slug(manifest.slug)
    if story is None:
        return draft.create(NewStory(manifest.slug, manifest.languages, manifest.demonstration), by, at)
    if tuple(story.languages) != manifest.languages:
        languages = ", ".join(story.languages)
        raise Refused([LanguagesFixed(Place(folder.MANIFEST), slug=story.slug, languages=languages)])
    return story
