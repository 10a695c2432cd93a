"""Keeping what the press gets: it may be changed whenever the coalition wants, for nobody has signed it."""

import hashlib
from datetime import datetime

from django.db import transaction

from undersigned.kit.models import PressPicture, PressRelease
from undersigned.kit.press import Press
from undersigned.letters.audit import Actor, record
from undersigned.letters.models import Letter
from undersigned.letters.stages import touch


@transaction.atomic
def keep(letter: Letter, press: Press, by: Actor, at: datetime) -> None:
    """Put `press` in the place of what the press got before."""
    Letter.objects.select_for_update().get(pk=letter.pk)
    PressRelease.objects.filter(letter=letter).delete()
    PressPicture.objects.filter(letter=letter).delete()
    PressRelease.objects.bulk_create(
        PressRelease(letter=letter, language=tag, headline=release.headline, source=release.source)
        for tag, release in press.releases.items()
    )
    PressPicture.objects.bulk_create(
        PressPicture(
            letter=letter,
            kind=picture.kind,
            position=position,
            credit=picture.credit,
            licence=picture.licence,
            captions=dict(picture.captions),
            content=picture.file.content,
            suffix=picture.file.suffix,
        )
        for position, picture in enumerate(press.pictures, start=1)
    )
    touch([letter.pk])
    record(letter, by, "press kit imported", at, releases=len(press.releases), pictures=len(press.pictures))


def digest_of(letter: Letter) -> str:
    """Changes with whatever the press gets besides the letter; empty where that is nothing."""
    known = hashlib.sha256()
    releases = list(PressRelease.objects.filter(letter=letter).order_by("language").values_list("language", "source"))
    pictures = list(PressPicture.objects.filter(letter=letter).order_by("position"))
    for language, source in releases:
        known.update(f"{language}\0{source}\0".encode())
    for picture in pictures:
        known.update(f"{picture.kind}\0{picture.credit}\0{picture.licence}\0{picture.captions}\0".encode())
        known.update(bytes(picture.content))
    return known.hexdigest()[:32] if releases or pictures else ""
