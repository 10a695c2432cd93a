"""What was accepted and still waits for the worker, counted when an operator asks; never while somebody signs."""

from undersigned.intake.measure import Levels
from undersigned.ledger.by_key import reading_by_key
from undersigned.ledger.models import Entry
from undersigned.lib.clock import now
from undersigned.post.models import Mail, MailState, Note
from undersigned.signing.models import Arrival


def backlog() -> Levels:
    """By what it waits for: to be stored, to be gathered, to leave, to be numbered."""
    return Levels(
        "undersigned_waiting",
        "What waits for the worker",
        "kind",
        {
            "arrivals": lambda: Arrival.objects.filter(is_slow=False, held_until=None).count(),
            "slow arrivals": lambda: Arrival.objects.filter(is_slow=True, held_until=None).count(),
            "held arrivals": lambda: Arrival.objects.exclude(held_until=None).count(),
            "notes": lambda: Note.objects.filter(mail=None, due_at__lte=now()).count(),
            "mails": lambda: Mail.objects.filter(state=MailState.WAITING).count(),
            "entries": _waiting_entries,
        },
    )


def _waiting_entries() -> int:
    """Looked up in each log, whatever PostgreSQL believes of how many there are."""
    with reading_by_key():
        return Entry.objects.filter(index=None, log__opened_at__isnull=False).count()
