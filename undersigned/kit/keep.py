"""Keeping what the press gets: it may be changed whenever the coalition wants, for nobody has signed it.

All of it at once, as a folder brings it, or one part after the other, as it is done at the desk.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from undersigned.kit.models import PressPicture, PressRelease
from undersigned.kit.pictures import Clean
from undersigned.kit.press import LIMIT, Picture, Press, Release, Words, released, worded
from undersigned.letters.audit import Actor, record
from undersigned.letters.models import Letter
from undersigned.letters.stages import touch
from undersigned.lib.refusal import Refusal, gettext_noop


class ReleaseChangedMeanwhile(Refusal):
    code = "press-release-changed-meanwhile"
    status = 409
    message = gettext_noop(
        "Somebody else changed this press release while you were writing. Compare the two and save again."
    )


class EnoughPictures(Refusal):
    code = "enough-press-pictures"
    status = 409
    message = gettext_noop("There are %(limit)s of this kind already, and no more are taken. Take one away first.")


class PictureGone(Refusal):
    code = "press-picture-gone"
    status = 409
    message = gettext_noop("Somebody else took this picture away meanwhile.")


@dataclass(frozen=True, slots=True)
class Writing:
    """A press release in one language as somebody typed it; `was` is the digest of the one that they started from."""

    language: str
    text: str
    was: str


@transaction.atomic
def keep(letter: Letter, press: Press, by: Actor, at: datetime) -> None:
    """Put `press` in the place of what the press got before."""
    _hold(letter)
    PressRelease.objects.filter(letter=letter).delete()
    PressPicture.objects.filter(letter=letter).delete()
    for tag, release in press.releases.items():
        _put_release(letter, tag, release)
    for picture in press.pictures:
        _add_picture(letter, picture)
    touch([letter.pk])
    record(letter, by, "press kit imported", at, releases=len(press.releases), pictures=len(press.pictures))


@transaction.atomic
def write_release(letter: Letter, writing: Writing, by: Actor, at: datetime) -> None:
    """Keep a press release as it was typed; without a text there is none. Raises Refused, or a Refusal."""
    _hold(letter)
    kept = PressRelease.objects.filter(letter=letter, language=writing.language).first()
    if (kept.digest if kept else "") != writing.was:
        raise ReleaseChangedMeanwhile
    if writing.text.strip():
        _put_release(letter, writing.language, released(writing.text, ""))
    elif kept:
        kept.delete()
    else:
        return
    touch([letter.pk])
    act = "press release written" if writing.text.strip() else "press release removed"
    record(letter, by, act, at, language=writing.language)


@transaction.atomic
def add_picture(letter: Letter, picture: Picture, by: Actor, at: datetime) -> None:
    """Keep one more picture or logo; Refused where something is not said of it, or there are enough."""
    _hold(letter)
    if PressPicture.objects.filter(letter=letter, kind=picture.kind).count() >= LIMIT:
        raise EnoughPictures("picture", limit=LIMIT)
    row = _add_picture(letter, Picture(picture.kind, worded(picture.words, letter.languages), picture.file))
    touch([letter.pk])
    record(letter, by, "press picture added", at, name=row.name)


@transaction.atomic
def change_picture(row: PressPicture, words: Words, file: Clean | None, by: Actor, at: datetime) -> None:
    """Say something else of a picture, and put another `file` in its place if there is one."""
    _hold(row.letter)
    words = worded(words, row.letter.languages)
    row.credit, row.licence, row.captions = words.credit, words.licence, dict(words.captions)
    if file:
        row.content, row.suffix = file.content, file.suffix
    fields = ("credit", "licence", "captions", *(("content", "suffix") if file else ()))
    if not PressPicture.objects.filter(pk=row.pk).update(**{field: getattr(row, field) for field in fields}):
        raise PictureGone
    touch([row.letter_id])
    record(row.letter, by, "press picture changed", at, name=row.name)


@transaction.atomic
def remove_picture(row: PressPicture, by: Actor, at: datetime) -> None:
    """Take a picture away. The others keep the names of their files."""
    _hold(row.letter)
    if not PressPicture.objects.filter(pk=row.pk).delete()[0]:
        raise PictureGone
    touch([row.letter_id])
    record(row.letter, by, "press picture removed", at, name=row.name)


def digest_of(letter: Letter) -> str:
    """Changes with whatever the press gets besides the letter; empty where that is nothing."""
    known = hashlib.sha256()
    releases = list(PressRelease.objects.filter(letter=letter).order_by("language").values_list("language", "source"))
    pictures = list(PressPicture.objects.filter(letter=letter).order_by("position"))
    for language, source in releases:
        known.update(f"{language}\0{source}\0".encode())
    for picture in pictures:
        known.update(f"{picture.name}\0{picture.credit}\0{picture.licence}\0{picture.captions}\0".encode())
        known.update(bytes(picture.content))
    return known.hexdigest()[:32] if releases or pictures else ""


def _hold(letter: Letter) -> None:
    """Nobody else changes what the press gets of `letter` until the end of the transaction."""
    Letter.objects.select_for_update().get(pk=letter.pk)


def _put_release(letter: Letter, language: str, release: Release) -> None:
    PressRelease.objects.update_or_create(
        letter=letter, language=language, defaults={"headline": release.headline, "source": release.source}
    )


def _add_picture(letter: Letter, picture: Picture) -> PressPicture:
    """Behind all others: positions are parts of names, so that none is given away again beside a later one."""
    last = PressPicture.objects.filter(letter=letter).aggregate(last=Max("position"))["last"] or 0
    return PressPicture.objects.create(
        letter=letter,
        kind=picture.kind,
        position=last + 1,
        credit=picture.words.credit,
        licence=picture.words.licence,
        captions=dict(picture.words.captions),
        content=picture.file.content,
        suffix=picture.file.suffix,
    )
