"""The answer of somebody whom a sheet brought and a mail asked: they sign, or decline.

By the link in the mail they prove that the mailbox is theirs.
"""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from undersigned.letters.audit import Actor, record
from undersigned.lib.refusal import Refusal
from undersigned.post import outbox
from undersigned.signing.confirm import Confirmed, NothingToConfirm, Outcome
from undersigned.signing.consent import statement
from undersigned.signing.listing import list_
from undersigned.signing.models import STANDING, Kind, Signatory, Signature, State
from undersigned.signing.sign_on import Card, NotTaken, TextChanged
from undersigned.signing.withdraw import not_me

SIGNATORY = Actor("signatory")


def answer(signature: UUID, card: Card, digest: str, language: str, at: datetime) -> Confirmed | Refusal:
    """Sign as one who was asked, with `card` as they wish to appear, the text with `digest`: confirmed at once.

    Who stands under the letter already keeps that signature, and the asking ends.
    """
    try:
        return _answer(signature, card, digest, language, at)
    except IntegrityError:  # the same person confirmed another sign-on meanwhile; now this one sees it
        return _answer(signature, card, digest, language, at)


@transaction.atomic
def decline(signature: UUID, at: datetime) -> bool:
    """Erase one who was asked and does not wish to sign; False when there is nobody asked any more."""
    row = Signature.objects.select_related("letter").filter(pk=signature, state=State.ASKED).first()
    if row is None or not not_me(signature, at):
        return False
    record(row.letter, SIGNATORY, "invitation declined", at)
    return True


@transaction.atomic
def _answer(signature: UUID, card: Card, digest: str, language: str, at: datetime) -> Confirmed | Refusal:
    asked = Signature.objects.select_for_update(of=("self",)).select_related("letter")
    row = asked.filter(pk=signature, state=State.ASKED).first()
    if row is None:
        return NothingToConfirm()
    version = row.letter.frozen
    if version is None or not row.letter.takes(row.kind, invited=True):
        return NotTaken()
    if version.hex_digest != digest:
        return TextChanged("version")
    outbox.take_back([row.pk])
    stands = _standing(row)
    if stands:
        row.delete()
        return Confirmed(stands, Outcome.STOOD_BEFORE)
    row.version, row.language, row.country = version, language, card.country
    row.consent_digest = statement(row.letter, row.kind, language).digest()
    row.state, row.confirmed_at, row.reminders = State.CONFIRMED, at, 0
    row.save()
    Signatory.objects.filter(pk=row.pk).update(
        **{name: text for name, text in asdict(card).items() if name != "country"}
    )
    if row.kind != Kind.SUPPORTER:
        return Confirmed(row.pk, Outcome.AWAITS_DESK)
    list_([row], at)
    return Confirmed(row.pk, Outcome.LISTED)


def _standing(row: Signature) -> UUID | None:
    """The signature by which the same person stands under the letter already."""
    if row.person_digest is None:
        return None
    same = Signature.objects.filter(letter=row.letter_id, person_digest=row.person_digest, state__in=STANDING)
    return same.values_list("pk", flat=True).first()
