"""Correcting how a signatory appears: at once while nobody has seen it, reviewed once it is listed."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from undersigned.letters.audit import Actor, record
from undersigned.lib.refusal import Refusal, gettext_noop
from undersigned.signing.decide import DecidedMeanwhile
from undersigned.signing.listing import log_amended
from undersigned.signing.models import STANDING, Correction, Signatory, Signature, State, Visibility
from undersigned.signing.sign_on import Card


class NothingToCorrect(Refusal):
    code = "nothing-to-correct"
    status = 409
    message = gettext_noop("There is nothing to correct here: the name is sealed, or the sign-on has ended meanwhile.")


@transaction.atomic
def correct(signature: Signature, card: Card, at: datetime) -> bool:
    """Take a correction; True when it is in force, False when the desk reviews it first. Nobody is asked to sign again.

    The name of somebody who is counted only is sealed and stays so: a correction would store it in the clear.
    """
    row = Signature.objects.select_for_update().get(pk=signature.pk)
    if row.state not in (State.PENDING, *STANDING) or row.visibility == Visibility.COUNTED_ONLY:
        raise NothingToCorrect
    if row.state != State.LISTED:
        _apply(row, asdict(card))
        return True
    Correction.objects.update_or_create(signature=row, defaults={"fields": asdict(card), "asked_at": at})
    return False


@transaction.atomic
def accept_correction(signature: Signature, by: Actor, at: datetime) -> None:
    """Let a reviewed correction appear; the log says `amended`, the count stays."""
    row, correction = _waiting(signature)
    _apply(row, correction.fields)
    correction.delete()
    log_amended(row, at)
    record(row.letter, by, "correction accepted", at, signature=str(row.pk))


@transaction.atomic
def refuse_correction(signature: Signature, by: Actor, at: datetime) -> None:
    """Leave the listed name as it is."""
    row, correction = _waiting(signature)
    correction.delete()
    record(row.letter, by, "correction refused", at, signature=str(row.pk))


def _waiting(signature: Signature) -> tuple[Signature, Correction]:
    row = Signature.objects.select_for_update().get(pk=signature.pk)
    correction = Correction.objects.filter(pk=row.pk).first()
    if correction is None or row.state != State.LISTED:
        raise DecidedMeanwhile
    return row, correction


def _apply(row: Signature, fields: dict[str, object]) -> None:
    changes = dict(fields)
    Signature.objects.filter(pk=row.pk).update(country=changes.pop("country"))
    row.refresh_from_db(fields=["country"])
    Signatory.objects.filter(pk=row.pk).update(**changes)
