"""Moving a letter's two facts: whether one can sign, and what the public sees.

sign-ons:    closed ⇄ by invitation ⇄ public (public only once released)
publication: draft → embargoed → released → archived, and embargoed → draft when a release is cancelled
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from undersigned.letters.audit import Actor, record
from undersigned.letters.models import Letter, Publication, SignOns
from undersigned.lib.refusal import Refusal, gettext_noop


class NotFrozenYet(Refusal):
    code = "not-frozen-yet"
    status = 409
    message = gettext_noop("Freeze the text first: people sign a text that can no longer change.")


class NotReleasedYet(Refusal):
    code = "not-released-yet"
    status = 409
    message = gettext_noop(
        "Sign-ons can be public only once the letter is released. Until then, invite by private link."
    )


class MovedMeanwhile(Refusal):
    code = "moved-meanwhile"
    status = 409
    message = gettext_noop("Somebody else has moved this letter on meanwhile. Look again before you decide.")


class LetterIsArchived(Refusal):
    code = "letter-is-archived"
    status = 409
    message = gettext_noop("This letter is archived: it can be read, and nothing about it changes any more.")


class NeverReleased(Refusal):
    code = "never-released"
    status = 409
    message = gettext_noop(
        "Only a released letter can be archived, and the public has never seen this one. Close its sign-ons instead."
    )


ALLOWED: dict[str, frozenset[str]] = {
    Publication.DRAFT: frozenset({Publication.EMBARGOED}),
    Publication.EMBARGOED: frozenset({Publication.DRAFT, Publication.RELEASED}),
    Publication.RELEASED: frozenset({Publication.ARCHIVED}),
    Publication.ARCHIVED: frozenset(),
}


@transaction.atomic
def set_sign_ons(letter: Letter, to: SignOns, by: Actor, at: datetime) -> None:
    """Open sign-ons by invitation, to the public, or close them; else a Refusal that says what is missing."""
    row = Letter.objects.select_for_update().get(pk=letter.pk)
    if row.publication == Publication.ARCHIVED and to != SignOns.CLOSED:
        raise LetterIsArchived
    if to != SignOns.CLOSED and not row.frozen:
        raise NotFrozenYet
    if to == SignOns.PUBLIC and not row.is_public:
        raise NotReleasedYet
    Letter.objects.filter(pk=letter.pk).update(sign_ons=to, revision=F("revision") + 1)
    letter.refresh_from_db()
    record(letter, by, "sign-ons set", at, to=to)


def move(letter: Letter, to: Publication, at: datetime) -> None:
    """Move `letter` on to publication `to`, unless another process moved it first; else MovedMeanwhile."""
    now = Publication(letter.publication)
    if to not in ALLOWED[now]:
        raise MovedMeanwhile
    released_at = at if to == Publication.RELEASED else letter.released_at
    moved = Letter.objects.filter(pk=letter.pk, publication=now).update(
        publication=to, released_at=released_at, revision=F("revision") + 1
    )
    if not moved:
        raise MovedMeanwhile
    letter.refresh_from_db()
    touch(neighbours(letter))


@transaction.atomic
def archive(letter: Letter, by: Actor, at: datetime) -> None:
    """Close sign-ons for good and keep the letter readable; what was not confirmed or accepted by then never is."""
    row = Letter.objects.select_for_update().get(pk=letter.pk)
    if row.publication == Publication.ARCHIVED:
        raise LetterIsArchived
    if not row.is_public:
        raise NeverReleased
    set_sign_ons(letter, SignOns.CLOSED, by, at)
    move(letter, Publication.ARCHIVED, at)
    record(letter, by, "archived", at)


def neighbours(letter: Letter) -> list[UUID]:
    """The letters before and after `letter` in its campaign, whose pages lead to it."""
    after = letter.followers.values_list("pk", flat=True)
    return [*([letter.follows_id] if letter.follows_id else []), *after]


def touch(letters: Iterable[UUID]) -> None:
    """Note that something the public pages of these letters show has changed; the bakery follows."""
    Letter.objects.filter(pk__in=letters).update(revision=F("revision") + 1)
