"""Asking for the newsletter, confirming, and leaving it: nobody learns who is on the list, and nobody is put on it.

Whoever types an address gets the same answer, and the mailbox at most one mail a day; one that asked never to be
written to gets none. What is never confirmed is deleted, and so is everything when somebody leaves.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from undersigned.lib.addresses import EmailAddress
from undersigned.lib.sealing import keyed_digest, seal, unseal
from undersigned.newsletter.models import Subscription
from undersigned.post import outbox
from undersigned.post.models import Note
from undersigned.signing.links import Link

TOPIC = "newsletter"
PURPOSE = "newsletter"
"""What its links are good for: none leads to a sign-on, and none of a sign-on leads here."""
FOREVER = timedelta(days=3650)
"""How long one can leave by the link in a mail."""


@transaction.atomic
def ask(mailbox: EmailAddress, language: str, at: datetime, *, is_slow: bool = False) -> None:
    """Ask `mailbox` whether it wants the newsletter; one that has it already is told nothing.

    Where many are asked from one place (`is_slow`), the mails leave at the pace of the slower queue: nobody has us
    write to thousands of strangers at once.
    """
    key = settings.KEYS.site_key("mail")
    row, _is_new = Subscription.objects.get_or_create(
        language=language,
        mailbox_digest=keyed_digest(key, "subscription", mailbox.canonical),
        defaults={"sealed": seal(key, mailbox.value, "subscription"), "asked_at": at},
    )
    link = address(row.pk, at + settings.LINK_LIFETIME)
    note = outbox.NewNote(
        mailbox, TOPIC, language, "newsletter", {"link": link}, row.pk, is_decoy=row.confirmed_at is not None
    )
    outbox.put([note], _turn(at) if is_slow else at)


def _turn(at: datetime) -> datetime:
    """When the next mail of the slower queue leaves: after SLOW_WAIT, and behind those that wait, at SLOW_PACE."""
    waiting = Note.objects.filter(topic=TOPIC, mail=None, due_at__gt=at).count()
    return at + settings.SLOW_WAIT + timedelta(seconds=waiting / settings.SLOW_PACE.a_second)


def confirm(subscription: UUID, at: datetime) -> bool:
    """Put a mailbox that asked for it on the list; False when it has left meanwhile."""
    waiting = Subscription.objects.filter(pk=subscription)
    waiting.filter(confirmed_at=None).update(confirmed_at=at)
    return waiting.exists()


@transaction.atomic
def leave(subscription: UUID) -> bool:
    """Delete a subscription and what waits to be mailed to it; False when there is none any more."""
    outbox.take_back([subscription])
    return bool(Subscription.objects.filter(pk=subscription).delete()[0])


@transaction.atomic
def never_mail_again(subscription: UUID, at: datetime) -> None:
    """Leave, and have the mailbox never written to again, by nobody here."""
    row = Subscription.objects.filter(pk=subscription).first()
    if row:
        outbox.silence(mailbox_of(row), at)
        leave(row.pk)


def forget_unconfirmed(at: datetime) -> int:
    """Delete what nobody confirmed in time; how many."""
    before = at - settings.LAPSE
    return Subscription.objects.filter(confirmed_at=None, asked_at__lte=before).delete()[0]


def address(subscription: UUID, until: datetime) -> str:
    """The private address of a subscription, good until then."""
    token = Link(subscription, until, PURPOSE).token(settings.KEYS.site_key("links"))
    return f"{settings.SITE_URL}/n/{token}/"


def mailbox_of(row: Subscription) -> EmailAddress:
    """The mailbox of a subscription, opened."""
    return EmailAddress(unseal(settings.KEYS.site_key("mail"), bytes(row.sealed), "subscription"))
