"""Forgetting mails: what they said goes as they leave, that they were sent goes after a while."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from undersigned.post.gather import DAY
from undersigned.post.models import Mail, Mailed, MailState

KEPT = timedelta(days=30)


def purge(at: datetime) -> int:
    """Delete mails that ended KEPT ago and the memory of whom was written to more than a day ago; how many mails."""
    on_its_way = Mail.objects.filter(audience=OuterRef("audience"), state=MailState.WAITING)
    Mailed.objects.filter(at__lte=at - DAY).exclude(Exists(on_its_way)).delete()
    old = Mail.objects.exclude(state=MailState.WAITING).filter(ended_at__lte=at - KEPT)
    return old.delete()[1].get("post.Mail", 0)
