"""The head of a log: what was signed last, and the promise never to sign anything that does not begin with it."""

from collections.abc import Sequence
from contextlib import suppress

from django.conf import settings

from undersigned.ledger import models
from undersigned.ledger.folder import CHECKPOINT, LogFolder
from undersigned.ledger.keys import LogKeys
from undersigned.ledger.merkle import Edge, grow
from undersigned.ledger.note import Checkpoint, NotANote, SigningKey, open_checkpoint, sign
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


class HeadLost(LogAhead):
    code = "head-lost"
    message = gettext_noop(
        "The published head of the log “%(origin)s” is gone. Its files are of at least %(published)s entries, and the "
        "record has %(size)s: an older backup was restored. Nothing more is signed, and the letter’s pages stay as "
        "they are. Restore the published files, or a record that has all published entries."
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
    return edge_over(log, Edge(), size)


def edge_over(log: models.Log, edge: Edge, size: int) -> Edge:
    """The edge of the tree that grows from `edge` to `size` by the entries on record."""
    for lines in lines_of(log.pk, edge.size, size):
        edge = grow(edge, lines).edge
    return edge


def published(log: models.Log) -> Checkpoint | None:
    """The head that is published, if any is; else HeadUnknown, or HeadLost."""
    try:
        raw = folder_of(log).read(CHECKPOINT)
    except FileNotFoundError:
        _refuse_if_lost(log)
        return None
    try:
        found = open_checkpoint(raw, keys_of(log).verifiers())
    except NotANote:
        raise HeadUnknown(origin=log.origin) from None
    if found.origin != log.origin:
        raise HeadUnknown(origin=log.origin)
    return found


def continued(log: models.Log) -> Checkpoint | None:
    """The published head, if any is, with which the record begins; else LogRefused."""
    out = published(log)
    if out:
        _refuse_if_ahead(log, out)
        if edge_at(log, out.size).root != out.root:
            raise LogForked(origin=log.origin, published=out.size)
    return out


def refuse_if_behind(log: models.Log) -> None:
    """Raise LogAhead where more is published than the record has; a head that cannot be read tells nothing of that."""
    with suppress(HeadUnknown):
        out = published(log)
        if out and out.size > log.size:
            log.refresh_from_db(fields=["size"])  # it may have grown, and been published, since it was read
            _refuse_if_ahead(log, out)


def _refuse_if_ahead(log: models.Log, out: Checkpoint) -> None:
    if out.size > log.size:
        raise LogAhead(origin=log.origin, published=out.size, size=log.size)


def _refuse_if_lost(log: models.Log) -> None:
    """Raise HeadLost where files lie that were published with a longer log than the record has."""
    reach = folder_of(log).reach()
    if reach > log.size:
        log.refresh_from_db(fields=["size"])  # they may be written just now, to be published for the first time
    if reach > log.size:
        raise HeadLost(origin=log.origin, published=reach, size=log.size)


def keys_of(log: models.Log) -> LogKeys:
    return LogKeys(settings.KEYS, log.origin)


def folder_of(log: models.Log) -> LogFolder:
    return LogFolder.of(settings.LOGS, log.origin)


def sign_head(log: models.Log, edge: Edge, keys: Sequence[SigningKey] = ()) -> None:
    """Sign the log's head anew, with `keys` or else with every key that signs it now; in the caller's transaction."""
    note = sign(Checkpoint(log.origin, edge.size, edge.root).text, keys or keys_of(log).signers())
    models.Checkpoint.objects.create(log=log, size=edge.size, edge=edge.raw, note=note)
