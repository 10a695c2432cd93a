"""Forgetting mails: what they said goes as they leave, that they were sent goes after a while."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from undersigned.ledger.by_key import among
from undersigned.post.models import Mail, Mailed, MailState
from undersigned.post.rows import DAY

KEPT = timedelta(days=30)
BATCH = 500  # rows in one transaction, so that nobody waits long for the record


def purge(at: datetime) -> int:
    """Delete mails that ended KEPT ago and the memory of whom was written to more than a day ago; how many mails."""
    while _forget_days(at):
        pass
    ended = Mail.objects.exclude(state=MailState.WAITING).filter(ended_at__lte=at - KEPT)
    purged = 0
    while keys := list(ended.values_list("pk", flat=True)[:BATCH]):
        purged += among(ended, keys).delete()[1].get("post.Mail", 0)
    return purged


@transaction.atomic
def _forget_days(at: datetime) -> int:
    on_its_way = Mail.objects.filter(audience=OuterRef("audience"), state=MailState.WAITING)
    over = Mailed.objects.filter(at__lte=at - DAY).exclude(Exists(on_its_way)).select_for_update(skip_locked=True)
    return Mailed.objects.filter(pk__in=list(over.values_list("pk", flat=True)[:BATCH])).delete()[0]
