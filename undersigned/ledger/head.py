"""The head of a log: what was signed last, and the promise never to sign anything that does not begin with it."""

from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.db import transaction

from undersigned.ledger import models
from undersigned.ledger.folder import CHECKPOINT, LogFolder
from undersigned.ledger.keys import LogKeys
from undersigned.ledger.merkle import Edge, grow
from undersigned.ledger.note import Checkpoint, NotANote, VerifierKey, open_checkpoint, sign
from undersigned.ledger.numbered import lines_of
from undersigned.lib.refusal import Refusal, gettext_noop


class LogRefused(Refusal):
    """The published log is not the beginning of the one on record, so nothing is signed."""

    code = "log-refused"
    status = 409


class LogAhead(LogRefused):
    code = "log-ahead"
    message = gettext_noop(
        "The published log “%(origin)s” has %(published)s entries, and the record has %(size)s: an older backup was "
        "restored. Nothing more is signed, and the letter’s pages stay as they are. Restore a record that has all "
        "published entries; where there is none any more, take them into this one: undersigned log adopt."
    )


class LogForked(LogRefused):
    code = "log-forked"
    message = gettext_noop(
        "The published log “%(origin)s” is another one than that on record: they differ within the first "
        "%(published)s entries. Nothing more is signed. Restore the record that the log was published from."
    )


class HeadUnknown(LogRefused):
    code = "head-unknown"
    message = gettext_noop(
        "The published head of the log “%(origin)s” is damaged, or no key of ours has signed it. Nothing more is "
        "signed. Restore the folder of keys, or the published files."
    )


def latest(log: models.Log) -> models.Checkpoint | None:
    """The head that was signed last."""
    return log.checkpoints.order_by("-size", "-pk").first()


def edge_of(log: models.Log) -> Edge:
    """What growing the log starts from."""
    found = latest(log)
    if found and found.size == log.size:
        return Edge.read(found.size, bytes(found.edge))
    return edge_at(log, log.size)


def edge_at(log: models.Log, size: int) -> Edge:
    """The edge of the tree over the first `size` entries: as it was signed, or else worked out anew."""
    signed = log.checkpoints.filter(size=size).order_by("pk").first()
    if signed:
        return Edge.read(size, bytes(signed.edge))
    edge = Edge()
    for lines in lines_of(log.pk, 0, size):
        edge = grow(edge, lines).edge
    return edge


def published(folder: LogFolder, keys: LogKeys) -> Checkpoint | None:
    """The head that is published, if any is; else HeadUnknown."""
    raw = folder.find(CHECKPOINT)
    if not raw:
        return None
    try:
        found = open_checkpoint(raw, keys.verifiers())
    except NotANote:
        raise HeadUnknown(origin=keys.origin) from None
    if found.origin != keys.origin:
        raise HeadUnknown(origin=keys.origin)
    return found


def refuse_unless_it_continues(log: models.Log, out: Checkpoint | None) -> None:
    """Raise LogRefused unless the record begins with the published log, whose head is `out`."""
    if out is None:
        return
    _refuse_if_ahead(log, out)
    if edge_at(log, out.size).root != out.root:
        raise LogForked(origin=log.origin, published=out.size)


def refuse_if_behind(log: models.Log) -> None:
    """Raise LogAhead where more is published than the record has; a head that cannot be read tells nothing of that."""
    with suppress(HeadUnknown):
        out = published(folder_of(log), keys_of(log))
        if out and out.size > log.size:
            log.refresh_from_db(fields=["size"])  # it may have grown, and been published, since it was read
            _refuse_if_ahead(log, out)


def _refuse_if_ahead(log: models.Log, out: Checkpoint) -> None:
    if out.size > log.size:
        raise LogAhead(origin=log.origin, published=out.size, size=log.size)


def keys_of(log: models.Log) -> LogKeys:
    return LogKeys(settings.KEYS, log.origin)


def folder_of(log: models.Log) -> LogFolder:
    return LogFolder.of(settings.LOGS, log.origin)


# --- Signing ----------------------------------------------------------------------------------------------------------


def sign_head(log: models.Log, edge: Edge) -> None:
    """Sign the log's head anew with every key that signs it now, within the caller's transaction."""
    note = sign(Checkpoint(log.origin, edge.size, edge.root).text, keys_of(log).signers())
    models.Checkpoint.objects.create(log=log, size=edge.size, edge=edge.raw, note=note)


@transaction.atomic
def rotate(log_id: int, at: datetime) -> VerifierKey:
    """Give the log another key, which signs from now on beside the one before it; the head is signed with both."""
    log = models.Log.objects.select_for_update(no_key=True).get(pk=log_id)
    key = keys_of(log).make(at)
    _sign_again(log)
    return key


@transaction.atomic
def retire(log_id: int, at: datetime) -> list[VerifierKey]:
    """Let the newest key of the log sign alone from now on; those that sign no more."""
    log = models.Log.objects.select_for_update(no_key=True).get(pk=log_id)
    retired = keys_of(log).retire(at)
    _sign_again(log)
    return retired


def _sign_again(log: models.Log) -> None:
    """The same head with the keys of today, unless the published log says that it must not be signed."""
    refuse_unless_it_continues(log, published(folder_of(log), keys_of(log)))
    if latest(log):
        sign_head(log, edge_of(log))
