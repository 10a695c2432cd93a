"""Changing the keys of a log, in steps after each of which every list of keys names one that has signed the head.

Nothing is changed where the published log is not the beginning of the one on record: LogRefused.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from undersigned.ledger import head
from undersigned.ledger.models import Log
from undersigned.ledger.note import SigningKey, VerifierKey
from undersigned.ledger.publish import publish


def rotate(log_id: int, at: datetime) -> VerifierKey:
    """Give the log another key, which signs from now on beside the one before it; the head is signed with both."""
    with transaction.atomic():
        log = _signable(log_id)
        key = head.keys_of(log).make(at)
        _sign_again(log)
    publish(log_id)
    return key


def retire(log_id: int, at: datetime) -> list[VerifierKey]:
    """Let the newest key of the log sign alone from now on; those that sign no more.

    Their seeds go last, so whatever breaks before can be done again.
    """
    with transaction.atomic():
        log = _signable(log_id)
        _sign_again(log, [head.keys_of(log).successor()])
    publish(log_id)  # before the list says that the others sign no more: their signatures are worth nothing then
    with transaction.atomic():
        retired = head.keys_of(_signable(log_id)).retire(at)
    publish(log_id)
    return retired


def _signable(log_id: int) -> Log:
    """The log, held until the transaction ends, if its head may be signed; else LogRefused."""
    log = Log.objects.select_for_update(no_key=True).get(pk=log_id)
    head.continued(log)
    return log


def _sign_again(log: Log, keys: Sequence[SigningKey] = ()) -> None:
    """The same head, if there is one, with `keys` or with all that sign today."""
    if head.latest(log):
        head.sign_head(log, head.edge_of(log), keys)
