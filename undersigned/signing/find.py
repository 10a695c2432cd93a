"""Sending a signatory the link to their private page again, without telling anybody else whether they signed."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from undersigned.letters.models import Letter
from undersigned.lib.addresses import EmailAddress
from undersigned.post import outbox
from undersigned.signing.models import STANDING, Signature, State
from undersigned.signing.sign import mailbox_digest, private_link
from undersigned.signing.withdraw import mailbox_of

MOST = 20


@transaction.atomic
def send_links(letter: Letter, mailbox: EmailAddress, language: str, at: datetime) -> None:
    """Mail the links to all sign-ons of `mailbox` under `letter`; where there are none, a decoy that never leaves."""
    if letter.keep_until < at.date():  # its signatories are forgotten: the answer is the same for everybody anyway
        return
    digest = mailbox_digest(settings.KEYS.letter_key(letter.pk), mailbox)
    states = (State.PENDING, *STANDING)
    rows = Signature.objects.filter(letter=letter, mailbox_digest=digest, state__in=states).order_by("created_at")
    links = [private_link(pk, at) for pk in rows.values_list("pk", flat=True)[:MOST]]
    facts = {"link": "\n".join(links)}
    outbox.put([outbox.NewNote(mailbox, str(letter.pk), language, "links", facts, is_decoy=not links)], at)


@transaction.atomic
def send_link_again(signature: Signature, at: datetime) -> bool:
    """Mail a new link to the mailbox of a sign-on whose link expired; False where the server can no longer read it."""
    mailbox = mailbox_of(signature.pk) if signature.state in (State.ASKED, State.PENDING, *STANDING) else None
    if mailbox is None:
        return False
    facts = {"link": private_link(signature.pk, at)}
    outbox.put([outbox.NewNote(mailbox, str(signature.letter_id), signature.language, "links", facts)], at)
    return True
