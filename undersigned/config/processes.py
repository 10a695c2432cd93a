"""Processes of ours: a child that begins with all that we have loaded, bears a name, and ends when we are gone."""

import ctypes
import multiprocessing
import signal
import sys
from collections.abc import Callable
from multiprocessing.context import ForkProcess

LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15  # prctl(2)


def fork(name: str, do: Callable[[], object]) -> ForkProcess:
    """Have a child `do` something. Nothing of ours may have threads or connections yet: it would have half of them."""
    child = multiprocessing.get_context("fork").Process(target=_begin, args=(name, do), name=name)
    child.start()
    return child


def _begin(name: str, do: Callable[[], object]) -> None:
    for ours in (signal.SIGTERM, signal.SIGINT):  # until it has its own
        signal.signal(ours, signal.SIG_DFL)
    end_with_parent()
    if LIBC is not None:
        LIBC.prctl(PR_SET_NAME, name.encode())  # as `top` and `pgrep` show it
    do()


def end_with_parent() -> None:
    """Have the system ask this process to stop when its parent dies, however it does."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
