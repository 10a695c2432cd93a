"""Bringing a letter in from a folder: its terms, and its texts in all languages side by side."""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from undersigned.ledger.keys import LogKeys
from undersigned.ledger.models import Log
from undersigned.letters import draft, folder
from undersigned.letters.audit import Actor, record
from undersigned.letters.blocks import Note, Place, WrongFile
from undersigned.letters.manifest import Manifest
from undersigned.letters.models import Letter
from undersigned.letters.parity import Gap
from undersigned.letters.rename import find_by_slug, refuse_taken
from undersigned.lib.refusal import Refusal, Refused, gettext_noop


class FollowsNothing(WrongFile):
    code = "follows-nothing"
    message = gettext_noop("“follows” names “%(slug)s”, and no other letter here has or had that address.")


class LogTaken(Refusal):
    """A log is one letter's alone, for ever."""

    code = "log-taken"
    status = 409
    message = gettext_noop("Another letter has the log “%(origin)s”. Give this one another “origin”.")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import made: the letter, where its languages do not line up, and what its readers passed over."""

    letter: Letter
    gaps: tuple[Gap, ...]
    notes: tuple[Note, ...]


def import_folder(path: Path, by: Actor, at: datetime) -> Imported:
    """Import the letter in `path` as a draft with its gaps marked, or its draft anew while it is not frozen.

    Raises Refused with every fault of every file; then nothing is imported.
    """
    found = folder.read(path)
    try:
        letter = _store(found, by, at)
    except IntegrityError:  # another letter came to be after we had looked
        _refuse_taken(found.manifest)
        raise
    return Imported(letter, found.alignment.gaps, found.notes)


@transaction.atomic
def _store(found: folder.LetterFolder, by: Actor, at: datetime) -> Letter:
    letter = _letter(found.manifest, at)
    gaps = {(gap.key, gap.language): gap.what.value for gap in found.alignment.gaps}
    draft.replace(letter, [row.parallel() for row in found.alignment.rows], gaps)
    record(letter, by, "letter imported", at, blocks=len(found.alignment.rows), gaps=len(gaps))
    settings.KEYS.make_letter_key(letter.pk)
    return letter


def _letter(manifest: Manifest, at: datetime) -> Letter:
    terms = _terms(manifest)
    letter = Letter.objects.select_for_update().filter(slug=manifest.slug).first()
    if letter:
        draft.refuse_if_frozen(letter)
        Letter.objects.filter(pk=letter.pk).update(**terms, revision=F("revision") + 1)
        letter.refresh_from_db()
        return letter
    _refuse_taken(manifest)
    origin = _origin(manifest)
    Log.objects.create(origin=origin)
    LogKeys(settings.KEYS, origin).begin(at)
    return Letter.objects.create(slug=manifest.slug, origin=origin, created_at=at, **terms)


def _followed(manifest: Manifest) -> Letter | None:
    """The letter that this one comes after, by the address that it has or had."""
    if not manifest.follows:
        return None
    found, _has_moved = find_by_slug(manifest.follows)
    if found is None or found.slug == manifest.slug:
        raise Refused([FollowsNothing(Place(folder.MANIFEST), slug=manifest.follows)])
    return found


def _refuse_taken(manifest: Manifest) -> None:
    """Refuse an address or a log that another letter has or had."""
    refuse_taken(manifest.slug)
    if Log.objects.filter(origin=_origin(manifest)).exists():
        raise LogTaken("origin", origin=_origin(manifest))


def _origin(manifest: Manifest) -> str:
    return manifest.origin or f"{settings.LOG_NAME}/{manifest.slug}"


def _terms(manifest: Manifest) -> dict[str, Any]:
    return {
        "languages": list(manifest.languages),
        "prevailing": manifest.prevailing,
        "subject": dict(manifest.subject),
        "summary": dict(manifest.summary),
        "campaign": dict(manifest.campaign),
        "addressees": [asdict(party) for party in manifest.addressees],
        "cc": [asdict(party) for party in manifest.cc],
        "date": manifest.date,
        "list_order": manifest.list_order,
        "country_labels": {key: dict(names) for key, names in manifest.country_labels.items()},
        "organisation_way": manifest.ways["organisation"],
        "person_way": manifest.ways["person"],
        "supporter_way": manifest.ways["supporter"],
        "takes_counted_only": manifest.counted_only,
        "minimum_age": manifest.minimum_age,
        "controller": manifest.controller,
        "contact": manifest.contact,
        "keep_until": manifest.keep_until,
        "is_demonstration": manifest.demonstration,
        "share": dict(manifest.share),
        "follows": _followed(manifest),
    }
