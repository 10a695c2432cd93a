"""Being listed or counted: the step that writes an entry into the log, whoever takes it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import F, OuterRef, Subquery

from undersigned.ledger.by_key import among
from undersigned.ledger.entries import NewEntry, append
from undersigned.ledger.events import Event, Tallied
from undersigned.ledger.models import Log
from undersigned.letters.models import Letter, Version
from undersigned.lib.sealing import seal_to_coalition, unseal
from undersigned.signing.models import Mailbox, Signatory, Signature, State, Visibility
from undersigned.signing.record import record_of

UPDATE_POSTGRESQL = """
    UPDATE signing_signature SET state = 'listed', listed_at = %s, entry_id = new.entry, confirmed_at = new.confirmed
    FROM unnest(%s::uuid[], %s::bigint[], %s::timestamptz[]) AS new (id, entry, confirmed)
    WHERE signing_signature.id = new.id
"""
UPDATE_SQLITE = """
    UPDATE signing_signature
    SET state = 'listed', listed_at = %s, entry_id = new.value ->> 1, confirmed_at = new.value ->> 2
    FROM json_each(%s) AS new WHERE signing_signature.id = new.value ->> 0
"""


def list_(signatures: Sequence[Signature], at: datetime) -> None:
    """List or count `signatures`, which stand confirmed: each gets its `signed` entry, in the caller's transaction."""
    found = among(Signatory.objects.all(), [signature.pk for signature in signatures])
    signatories = {signatory.pk: signatory for signatory in found}
    logs = _logs(signatures)
    versions = Version.objects.only("digest").in_bulk({signature.version_id for signature in signatures})
    entries = append(
        [
            _entry(signature, signatories, logs[signature.letter_id], versions[signature.version_id])
            for signature in signatures
        ],
        at,
    )
    for signature, entry in zip(signatures, entries, strict=True):
        signature.state = State.LISTED
        signature.listed_at = at
        signature.entry = entry
    _update(signatures, at)
    _seal_mailboxes([signature for signature in signatures if signature.visibility == Visibility.COUNTED_ONLY])


def _update(signatures: Sequence[Signature], at: datetime) -> None:
    """List them all by one statement, whatever their number: each has an entry, and its own moment of confirmation."""
    moment = connection.ops.adapt_datetimefield_value
    rows = [(one.pk, one.entry_id, one.confirmed_at) for one in signatures]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
            cursor.execute(UPDATE_POSTGRESQL, [at, *columns])
        else:
            told = json.dumps([(pk.hex, entry, moment(confirmed)) for pk, entry, confirmed in rows])
            cursor.execute(UPDATE_SQLITE, [moment(at), told])


def log_amended(signature: Signature, at: datetime) -> None:
    """Write down that what is shown of a listed signatory changed, without changing the count."""
    signatory = Signatory.objects.get(pk=signature.pk)
    log = _logs([signature])[signature.letter_id]
    version = bytes(signature.version.digest) if signature.version else b""
    kind = Tallied(signature.kind)
    append([NewEntry(log, Event.AMENDED, version, kind, record_of(signature, signatory), signature.entry)], at)
    Letter.objects.filter(pk=signature.letter_id).update(revision=F("revision") + 1)


def _logs(signatures: Sequence[Signature]) -> dict[UUID, int]:
    """The key of each letter's log."""
    letters = Letter.objects.filter(pk__in={signature.letter_id for signature in signatures})
    log = Log.objects.filter(origin=OuterRef("origin")).values("pk")
    return dict(letters.annotate(log=Subquery(log)).values_list("pk", "log"))


def _entry(signature: Signature, signatories: Mapping[UUID, Signatory], log: int, version: Version) -> NewEntry:
    if signature.visibility == Visibility.COUNTED_ONLY:
        return NewEntry(log, Event.SIGNED, bytes(version.digest), Tallied.HIDDEN, None)
    record = record_of(signature, signatories[signature.pk])
    return NewEntry(log, Event.SIGNED, bytes(version.digest), Tallied(signature.kind), record)


def _seal_mailboxes(hidden: Sequence[Signature]) -> None:
    """Seal the mailboxes of hidden signatories to the coalition: from here on the server cannot read them."""
    if not hidden:
        return
    recipient = settings.KEYS.coalition_recipient()
    mailboxes = list(Mailbox.objects.filter(pk__in=[signature.pk for signature in hidden]))
    keys = {signature.pk: settings.KEYS.letter_key(signature.letter_id) for signature in hidden}
    for mailbox in mailboxes:
        plain = unseal(keys[mailbox.pk], bytes(mailbox.sealed), "mailbox")
        mailbox.sealed = seal_to_coalition(recipient, plain)
        mailbox.is_sealed_to_coalition = True
    Mailbox.objects.bulk_update(mailboxes, ["sealed", "is_sealed_to_coalition"])
