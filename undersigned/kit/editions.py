"""Editions: a kit in which something that stood there was corrected or taken away bears a new number.

That more people sign makes no new edition; the imprint tells how far the log had come.
"""

from django.db import transaction
from django.db.models import F

from undersigned.kit.models import Edition
from undersigned.kit.store import Stand
from undersigned.ledger.events import Event
from undersigned.ledger.models import Log
from undersigned.letters.models import Letter
from undersigned.signing.models import Signature


@transaction.atomic
def edition_at(letter: Letter, stand: Stand) -> int:
    """The number of the edition at `stand`: the next one if a public kit stood for something else."""
    reason = f"{stand.version[:40]} {stand.changes}"
    row, is_first = Edition.objects.select_for_update().get_or_create(letter=letter, defaults={"reason": reason})
    if is_first or row.reason == reason:
        return row.number
    step = 1 if letter.is_public else 0
    Edition.objects.filter(pk=row.pk).update(reason=reason, number=F("number") + step)
    return row.number + step


def changes(letter: Letter) -> int:
    """How often something that was listed has been corrected or taken away; counted by indexes of just these."""
    ended = Signature.objects.filter(letter=letter, listed_at__isnull=False, ended_at__isnull=False).count()
    undoing = Log.objects.get(origin=letter.origin).entries.filter(undoes__isnull=False)
    return ended + undoing.filter(event=Event.AMENDED).count()
