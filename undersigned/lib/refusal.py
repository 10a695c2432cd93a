"""Refusals: foreseen answers, as values that every face can say in its reader's language."""

from collections.abc import Iterable
from typing import ClassVar


def gettext_noop(message: str) -> str:
    """The message itself; marks it for the catalogues, which a face looks up later."""
    return message


class Refusal(Exception):
    """One foreseen answer: a stable code, an HTTP status, and an English sentence that catalogues translate."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422
    message: ClassVar[str] = gettext_noop("This cannot be done.")

    def __init__(self, field: str = "", **facts: object) -> None:
        super().__init__(field)
        self.field = field
        self.facts = facts

    def __str__(self) -> str:
        return self.message % self.facts


class Refused(Exception):
    """Several refusals at once, such as all that is wrong with one form or one file."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = list(refusals)
        super().__init__(self.refusals)

    def __str__(self) -> str:
        return "\n".join(str(refusal) for refusal in self.refusals)
