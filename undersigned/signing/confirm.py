"""Confirming sign-ons: the first one that a mailbox confirms stands, and a repeat changes nothing."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, Q, Subquery

from undersigned.ledger.by_key import among, find_by_key, reading_by_key
from undersigned.letters.models import Letter, Publication
from undersigned.letters.stages import LetterIsArchived
from undersigned.lib.refusal import Refusal, gettext_noop
from undersigned.post import outbox
from undersigned.signing.listing import list_
from undersigned.signing.models import STANDING, ConfirmationCode, Kind, Signature, State
from undersigned.signing.sign import code_digest

TRIES = 5
MOST_CODES = 10
"""So many sign-ons under one mailbox may wait for their codes; where more do, only links confirm."""


class NothingToConfirm(Refusal):
    code = "nothing-to-confirm"
    status = 410
    message = gettext_noop("There is nothing left to confirm here: the sign-on lapsed, or was withdrawn.")


class CodeWrong(Refusal):
    code = "code-wrong"
    message = gettext_noop(
        "This code does not fit, or no longer does. A code has five tries and one day; "
        "the link in the mail lasts longer."
    )


class Outcome(StrEnum):
    """What a confirmation led to."""

    LISTED = "listed"
    AWAITS_DESK = "awaits-desk"
    STOOD_BEFORE = "stood-before"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The sign-on whose consent now stands: the one that was confirmed, or the earlier one of the same person."""

    signature: UUID
    outcome: Outcome


def confirm(batch: Sequence[UUID], at: datetime) -> list[Confirmed | Refusal]:
    """Confirm a batch in one transaction; where it collides with another process, one by one."""
    try:
        return _confirm(batch, at)
    except IntegrityError:  # another process confirmed the same person meanwhile; alone, each one sees it
        if len(batch) == 1:
            return _confirm(batch, at)
    return [answer for one in batch for answer in confirm([one], at)]


def confirm_by_code(signature: UUID, code: str, at: datetime) -> Confirmed | Refusal:
    """Confirm with the typed code: five tries within a day, counted even when the answer is refused."""
    found = ConfirmationCode.objects.filter(pk=signature, tries__lt=TRIES, expires_at__gt=at)
    kept = found.select_related("signature").first()
    if kept is None or not found.update(tries=F("tries") + 1):  # the link may have confirmed it in between
        return CodeWrong("code")
    if _may_be_guessed(kept.signature):
        return CodeWrong("code")
    digits = "".join(str(int(character)) for character in code if character.isdecimal())  # of any width and script
    if not hmac.compare_digest(bytes(kept.digest), code_digest(signature, digits)):
        return CodeWrong("code")
    return confirm([signature], at)[0]


def _may_be_guessed(signature: Signature) -> bool:
    """Whether so many sign-ons under the same mailbox wait that somebody may make them for the tries that each brings.

    Asked before the code is looked at, and answered as a wrong one is, so that a guesser learns nothing; the mailbox's
    owner still has the links.
    """
    with reading_by_key():
        same = ConfirmationCode.objects.filter(
            signature__letter=signature.letter_id, signature__mailbox_digest=signature.mailbox_digest
        )
        return same[: MOST_CODES + 1].count() > MOST_CODES


@transaction.atomic
def _confirm(batch: Sequence[UUID], at: datetime) -> list[Confirmed | Refusal]:
    find_by_key()
    found, stands = _locked(batch)
    over = _over(list(found.values()), at)
    answers = [_answer(found.get(one), stands, over, at) for one in batch]
    first = [row for row in found.values() if row.state == State.CONFIRMED and row.confirmed_at == at]
    waiting = [row.pk for row in first if row.kind != Kind.SUPPORTER]
    if waiting:
        among(Signature.objects.all(), waiting).update(state=State.CONFIRMED, confirmed_at=at)
    list_([row for row in first if row.kind == Kind.SUPPORTER], at)
    _forget_repeats([row for row in found.values() if row.state == State.PENDING and row.letter_id not in over])
    among(ConfirmationCode.objects.all(), [row.pk for row in first]).delete()
    outbox.take_back([row.pk for row in first])
    return answers


def _locked(batch: Iterable[UUID]) -> tuple[dict[UUID, Signature], dict[tuple[UUID, bytes], UUID]]:
    """The rows of these sign-ons, and which of their persons already stand under their letter, by (letter, person).

    Asked for each row by itself: for all digests at once, PostgreSQL reads whoever stands under the letter where its
    statistics are older than a rush.
    """
    same = Signature.objects.filter(
        letter=OuterRef("letter"), person_digest=OuterRef("person_digest"), state__in=STANDING
    ).values("pk")[:1]
    rows = list(among(Signature.objects.select_for_update(), batch).annotate(stands=Subquery(same)).order_by("pk"))
    stands = {(row.letter_id, bytes(row.person_digest)): row.stands for row in rows if row.person_digest and row.stands}
    return {row.pk: row for row in rows}, stands


def _over(rows: Sequence[Signature], at: datetime) -> dict[UUID, type[Refusal]]:
    """The letters of these sign-ons that take nothing any more, and why. The clock lets what is pending under them
    lapse; where signatories are to be forgotten, the letter's key may be gone by now."""
    is_over = Q(publication=Publication.ARCHIVED) | Q(keep_until__lt=at.date())
    letters = Letter.objects.filter(is_over, pk__in={row.letter_id for row in rows}).values_list("pk", "keep_until")
    return {pk: NothingToConfirm if until < at.date() else LetterIsArchived for pk, until in letters}


def _answer(
    row: Signature | None, stands: dict[tuple[UUID, bytes], UUID], over: Mapping[UUID, type[Refusal]], at: datetime
) -> Confirmed | Refusal:
    if row is None or row.state not in (State.PENDING, *STANDING):
        return NothingToConfirm()
    if row.state in STANDING:
        return Confirmed(row.pk, _outcome(row))
    if row.letter_id in over:
        return over[row.letter_id]()
    person = (row.letter_id, bytes(row.person_digest)) if row.person_digest else None
    if person and person in stands:
        return Confirmed(stands[person], Outcome.STOOD_BEFORE)
    if person:
        stands[person] = row.pk
    row.state = State.CONFIRMED
    row.confirmed_at = at
    return Confirmed(row.pk, _outcome(row))


def _outcome(row: Signature) -> Outcome:
    is_listed = row.kind == Kind.SUPPORTER or row.state == State.LISTED
    return Outcome.LISTED if is_listed else Outcome.AWAITS_DESK


def _forget_repeats(repeats: Sequence[Signature]) -> None:
    """A repeat leaves nothing behind: neither what it said of the person, nor that it was there."""
    if not repeats:
        return
    outbox.take_back([row.pk for row in repeats])
    among(Signature.objects.all(), [row.pk for row in repeats]).delete()
