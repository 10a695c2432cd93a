"""Faults set aside, so that what goes wrong with one thing holds up no other of its kind."""

import traceback
from collections.abc import Generator
from contextlib import contextmanager


class Faults:
    """Collects the faults of several attempts; `rise` raises all of them together."""

    def __init__(self, attempts: str) -> None:
        self._attempts = attempts
        self._faults: list[Exception] = []

    @contextmanager
    def set_aside(self) -> Generator[None]:
        """One attempt: a fault in it ends it, and is kept."""
        try:
            yield
        except Exception as fault:  # whatever it is, those who come after wait for their own attempt
            self._faults.append(fault)

    def rise(self) -> None:
        """Raise what was set aside, once every attempt has been made."""
        if self._faults:
            raise ExceptionGroup(self._attempts, self._faults)


def place_of(fault: BaseException) -> str:
    """The kind of a fault and the line where it arose, never the data it was about; of several together, those of
    each."""
    if isinstance(fault, BaseExceptionGroup):
        return "; ".join(map(place_of, fault.exceptions))
    frames = traceback.extract_tb(fault.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "nowhere"
    return f"{type(fault).__qualname__} at {where}"
