"""Tidings: what one mail has to tell, and to whom; sealed while it waits, and put into words as it leaves."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from undersigned.lib.addresses import EmailAddress
from undersigned.lib.sealing import Sealer
from undersigned.post.message import Item, Text, write

CODE_IS_FRESH = timedelta(hours=1)
_write = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Tidings:
    """Everything there is to tell `mailbox`, the newest first, in `language`."""

    mailbox: EmailAddress
    language: str
    items: Sequence[Item]

    def sealed(self, sealer: Sealer) -> bytes:
        items = [[item.template, item.facts, item.arose_at.isoformat()] for item in self.items]
        plain = {"mailbox": self.mailbox.value, "language": self.language, "items": items}
        return sealer.seal(_write(plain), "mail")

    @classmethod
    def unsealed(cls, sealer: Sealer, sealed: bytes) -> Self:
        """What was sealed; cryptography's InvalidTag where it was sealed with another key, or is not sealed at all."""
        plain = json.loads(sealer.unseal(sealed, "mail"))
        items = [Item(template, facts, datetime.fromisoformat(moment)) for template, facts, moment in plain["items"]]
        return cls(EmailAddress(plain["mailbox"]), plain["language"], items)

    def text(self, at: datetime) -> Text:
        """The words of a mail that leaves `at`."""
        return write([_without_stale_code(item, at) for item in self.items], self.language)


def _without_stale_code(item: Item, at: datetime) -> Item:
    """A code that has lost much of its day is left out; the link does the same."""
    if at - item.arose_at <= CODE_IS_FRESH:
        return item
    return Item(item.template, {name: fact for name, fact in item.facts.items() if name != "code"}, item.arose_at)
