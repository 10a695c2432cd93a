"""The outbox: notes written in the transaction that gives rise to them, gathered into mails by the sender."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from undersigned.ledger.by_key import among
from undersigned.ledger.insert import insert
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.sealing import keyed_digest, seal
from undersigned.post.models import Note, Silenced


@dataclass(frozen=True, slots=True)
class NewNote:
    """Something to tell `mailbox` about `topic` (a letter), in `language`: a template of ours and its facts.

    `reference` is the sign-on it is about, so that it can be taken back. A decoy is written like any other
    note and never sent: it makes an answer to a stranger cost the same whether or not there is something to tell.
    """

    mailbox: EmailAddress
    topic: str
    language: str
    template: str
    facts: Mapping[str, str] = field(default_factory=dict)
    reference: UUID | None = None
    is_decoy: bool = False


def put(batch: Sequence[NewNote], at: datetime) -> None:
    """Write notes into the outbox, within the caller's transaction; they leave after its commit."""
    key = settings.KEYS.site_key("mail")
    insert(
        Note(
            audience=audience(key, note.topic, note.mailbox),
            topic=note.topic,
            reference=note.reference,
            template=note.template,
            sealed=seal(key, _payload(note), "note"),
            created_at=at,
            due_at=at,
        )
        for note in batch
    )


def take_back(references: Sequence[UUID]) -> None:
    """Forget the notes about these sign-ons that have not left yet.

    What has left is told apart in a way that no index knows: PostgreSQL would read all that waits, in a rush very much.
    """
    waits = Exact(Coalesce(F("mail_id"), 0), 0)  # keys begin at 1
    among(Note.objects.filter(waits), references, "reference").delete()


def silence(mailbox: EmailAddress, at: datetime) -> None:
    """Never write to `mailbox` again, for any letter."""
    digest = silence_digest(settings.KEYS.site_key("mail"), mailbox)
    Silenced.objects.get_or_create(mailbox=digest, defaults={"at": at})


def silenced_among(mailboxes: Iterable[EmailAddress]) -> set[EmailAddress]:
    """Those of `mailboxes` that asked never to be written to again."""
    key = settings.KEYS.site_key("mail")
    digests = {mailbox: silence_digest(key, mailbox) for mailbox in mailboxes}
    rows = among(Silenced.objects.all(), digests.values()).values_list("mailbox", flat=True)
    silenced = {bytes(digest) for digest in rows}
    return {mailbox for mailbox, digest in digests.items() if digest in silenced}


def audience(key: bytes, topic: str, mailbox: EmailAddress) -> bytes:
    """The keyed digest under which one mailbox is known for one letter."""
    return keyed_digest(key, f"audience {topic}", mailbox.canonical)


def silence_digest(key: bytes, mailbox: EmailAddress) -> bytes:
    """The keyed digest under which a silenced mailbox is known."""
    return keyed_digest(key, "silenced", mailbox.canonical)


def _payload(note: NewNote) -> str:
    return json.dumps(
        {
            "mailbox": note.mailbox.value,
            "language": note.language,
            "facts": dict(note.facts),
            "decoy": note.is_decoy,
        },
        ensure_ascii=False,
    )
