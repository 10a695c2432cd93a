"""What it means to hand messages over. A transport knows nothing of letters and keeps nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from undersigned.post.wire import Parcel


class Outcome(StrEnum):
    """What became of one attempt, as far as we can know."""

    TAKEN = "taken"
    LATER = "later"  # nobody got it; the server asks to be tried again
    REFUSED = "refused"  # nobody got it, and nobody ever will
    UNREACHABLE = "unreachable"  # no server listened to us: this says nothing about the mailbox
    UNTRIED = "untried"  # it was not its turn yet when the work ended
    UNKNOWN = "unknown"  # the connection broke after the text had gone; it may have arrived


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of an attempt, with the server's reply code where it gave one."""

    outcome: Outcome
    code: int | None = None


def always() -> bool:
    """Nobody asks us to stop."""
    return True


class Transport(Protocol):
    """Takes messages in batches; `close` when there are no more. `eight_bit`: takes text beyond ASCII as it is."""

    eight_bit: bool

    def hand_over(self, parcels: Sequence[Parcel], goes_on: Callable[[], bool] = always) -> list[Answer]:
        """Hand over one after the other for as long as `goes_on` says; an answer for each, in the same order.

        Never raises for anything that the network, or the disk, does.
        """
        ...

    def close(self) -> None: ...
