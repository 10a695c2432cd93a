"""The audit trail of a letter: who did what, when; no personal data of signatories."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from undersigned.letters.models import AuditRecord, Letter


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a desk user by name, or the command line, or the clock."""

    name: str
    user_id: int | None = None


def record(letter: Letter, actor: Actor, act: str, at: datetime, **facts: Any) -> None:
    """Write one line of the trail, in the transaction of the act itself."""
    AuditRecord.objects.create(letter=letter, at=at, actor=actor.name, user_id=actor.user_id, act=act, facts=facts)
