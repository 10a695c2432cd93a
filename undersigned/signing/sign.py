"""Taking sign-ons: pending until their mailbox confirms, and the same answer for a first one and a repeat."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from undersigned.ledger.insert import insert
from undersigned.letters.models import Letter, Version
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.randomness import random_uuid
from undersigned.lib.refusal import Refusal
from undersigned.lib.sealing import keyed_digest, seal
from undersigned.post import outbox
from undersigned.signing.consent import statement
from undersigned.signing.links import Link
from undersigned.signing.models import (
    ConfirmationCode,
    Kind,
    Mailbox,
    SealedName,
    Signatory,
    Signature,
    State,
    Visibility,
)
from undersigned.signing.sign_on import Card, NotTaken, SignOn, TextChanged

CODE_LIFETIME = timedelta(days=1)
CODE_DIGITS = 8
"""A code has few tries, but whoever guesses makes sign-ons without end: of six digits, a guess fits every few days."""
SHOWN_OF_CARD = tuple(field.name for field in fields(Card) if field.name != "country")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The sign-on was stored. Says nothing about any other sign-on."""

    signature: UUID


@dataclass(frozen=True, slots=True)
class _Opened:
    """A letter that takes sign-ons, with what is needed to store them."""

    letter: Letter
    version: Version
    key: bytes


def sign(batch: Sequence[SignOn], at: datetime) -> list[Receipt | Refusal]:
    """Store a batch of sign-ons in one transaction: all of those that their letters take, each with its mail.

    A pending sign-on reserves nothing, so a repeat is stored just as a first one is; confirmation tells them apart.
    """
    with transaction.atomic():
        opened = _open({sign_on.letter for sign_on in batch}, at)
        answers: list[Receipt | Refusal] = []
        taken: list[Rows] = []
        for sign_on in batch:
            refusal = _refusal_of(sign_on, opened.get(sign_on.letter))
            if refusal:
                answers.append(refusal)
                continue
            letter = opened[sign_on.letter]
            consent = statement(letter.letter, sign_on.kind, sign_on.language).digest()
            taken.append(rows_of(Taken(random_uuid(), sign_on, letter.version.pk, consent, at), letter.key))
            answers.append(Receipt(taken[-1].signature.pk))
        store(taken, at)
    return answers


def new_code(signature: UUID, at: datetime) -> tuple[str, ConfirmationCode]:
    """A code for typing, in two groups as it is shown, and the row that knows it by its keyed digest only."""
    digits = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    row = ConfirmationCode(
        signature_id=signature, digest=code_digest(signature, digits), tries=0, expires_at=at + CODE_LIFETIME
    )
    return f"{digits[: CODE_DIGITS // 2]} {digits[CODE_DIGITS // 2 :]}", row


def code_digest(signature: UUID, digits: str) -> bytes:
    return keyed_digest(settings.KEYS.site_key("links"), f"code {signature}", digits)


def confirmation_note(signature: Signature, mailbox: EmailAddress, code: str, at: datetime) -> outbox.NewNote:
    """The mail that asks for confirmation: a link to a page with a button, and the code."""
    return outbox.NewNote(
        mailbox=mailbox,
        topic=str(signature.letter_id),
        language=signature.language,
        template="confirm" if not signature.reminders else "reminder",
        facts={"link": private_link(signature.pk, at), "code": code},
        reference=signature.pk,
    )


def private_link(signature: UUID, at: datetime) -> str:
    """The whole address of a sign-on's private page, good for LINK_LIFETIME."""
    return settings.SITE_URL + private_path(signature, at)


def private_path(signature: UUID, at: datetime) -> str:
    """The path of that page, for those who are on this site already."""
    return own_path(Link(signature, at + settings.LINK_LIFETIME).token(settings.KEYS.site_key("links")))


def own_path(token: str) -> str:
    """Where the private page that `token` opens is."""
    return f"/s/{token}/"


def mailbox_digest(letter_key: bytes, mailbox: EmailAddress) -> bytes:
    """Under which a mailbox is known within one letter, and nowhere else."""
    return keyed_digest(letter_key, "mailbox", mailbox.canonical)


def person_digest(letter_key: bytes, mailbox: EmailAddress) -> bytes:
    """Under which a mailbox stands as a person, once per letter."""
    return keyed_digest(letter_key, "person", mailbox.canonical)


def signatory_of(signature: Signature, card: Card) -> Signatory:
    """The row of personal data that `card` describes (its country is a fact of the signature)."""
    return Signatory(signature=signature, **{name: getattr(card, name) for name in SHOWN_OF_CARD})


@dataclass(frozen=True, slots=True)
class Taken:
    """A sign-on that was taken: under which id, for which version and wording of the consent, and when."""

    signature: UUID
    sign_on: SignOn
    version: int
    consent: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Rows:
    """What one sign-on becomes in the database."""

    signature: Signature
    signatory: Signatory | None
    sealed_name: SealedName | None
    mailbox: Mailbox
    code: ConfirmationCode
    note: outbox.NewNote


def _open(letters: set[UUID], at: datetime) -> dict[UUID, _Opened]:
    """Those of `letters` that have a text to sign, and whose signatories are not forgotten yet."""
    found = Letter.objects.filter(pk__in=letters, keep_until__gte=at.date())
    versions = {letter.pk: letter.frozen for letter in found}
    return {
        letter.pk: _Opened(letter, version, settings.KEYS.letter_key(letter.pk))
        for letter in found
        if (version := versions[letter.pk])
    }


def _refusal_of(sign_on: SignOn, opened: _Opened | None) -> Refusal | None:
    if opened is None or not opened.letter.takes(sign_on.kind, invited=sign_on.invited_by is not None):
        return NotTaken()
    if opened.version.hex_digest != sign_on.digest:
        return TextChanged("version")
    return None


def rows_of(taken: Taken, letter_key: bytes) -> Rows:
    """What is stored of a sign-on that was taken, sealed where it must be; nothing is written yet."""
    sign_on = taken.sign_on
    hidden = sign_on.sealed_name is not None
    signature = Signature(
        id=taken.signature,
        letter_id=sign_on.letter,
        version_id=taken.version,
        kind=sign_on.kind,
        visibility=Visibility.COUNTED_ONLY if hidden else Visibility.PUBLIC,
        state=State.PENDING,
        language=sign_on.language,
        invited_by_id=sign_on.invited_by,
        mailbox_digest=mailbox_digest(letter_key, sign_on.mailbox),
        person_digest=None if sign_on.kind == Kind.ORGANISATION else person_digest(letter_key, sign_on.mailbox),
        country=sign_on.card.country if sign_on.card else "",
        consent_digest=taken.consent,
        created_at=taken.at,
    )
    code, code_row = new_code(signature.pk, taken.at)
    return Rows(
        signature,
        signatory_of(signature, sign_on.card) if sign_on.card else None,
        SealedName(signature=signature, sealed=sign_on.sealed_name) if sign_on.sealed_name else None,
        Mailbox(signature=signature, sealed=seal(letter_key, sign_on.mailbox.value, "mailbox")),
        code_row,
        confirmation_note(signature, sign_on.mailbox, code, taken.at),
    )


def store(taken: Sequence[Rows], at: datetime) -> None:
    """Write them all, with their mails, within the caller's transaction."""
    insert(rows.signature for rows in taken)
    insert(rows.signatory for rows in taken if rows.signatory)
    insert(rows.sealed_name for rows in taken if rows.sealed_name)
    insert(rows.mailbox for rows in taken)
    insert(rows.code for rows in taken)
    outbox.put([rows.note for rows in taken], at)
