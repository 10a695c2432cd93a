"""One process tree: door, desk and worker, started together, stopped together; or some of them."""

import gc
import http.client
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.context import ForkProcess
from types import FrameType

import click
from django.db import connections

from undersigned.config import urls  # noqa: F401  all that the desk answers with, loaded once for all processes
from undersigned.config.parts import open_door, serve_desk, serve_door
from undersigned.config.processes import fork
from undersigned.config.worker import work
from undersigned.lib.env import Misconfigured

START_SECONDS = 60
STOP_SECONDS = 20
DOOR, DESK, WORKER = PARTS = ("door", "desk", "worker")


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"http://{self.host}:{self.port}/"

    def answers(self, path: str = "/") -> int | None:
        """The status with which something there answers for a page; None where nothing speaks HTTP."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=5)
        try:
            connection.request("HEAD", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


class Stopped(Exception):
    """Somebody asked us to stop."""


def serve_until_stopped(address: Address, desk: str, parts: Sequence[str] = PARTS, greeting: str = "") -> int:
    """Run these parts until a signal, or until one of them dies; the exit code. Says `ready:` once the door serves.

    `desk` is where the desk's process listens; "" for a place of its own choosing, if door and desk run together.
    """
    if DOOR in parts and address.answers():
        click.echo(f"refused: something else answers at {address}", err=True)
        return 1
    signal.signal(signal.SIGTERM, _stop)
    connections.close_all()  # each process opens its own
    gc.freeze()  # what is loaded by now stays, in memory that they all share
    children: list[ForkProcess] = []
    with _place_of_desk(desk, parts) as place:
        try:
            children += [fork(part, _deed(part, address, place)) for part in parts]
            if DOOR in parts:
                _wait_until_ready(address, children, parts)
                click.echo(f"{greeting}ready: {address}")
            return _wait_for_a_death(children)
        except (Stopped, KeyboardInterrupt):
            return 0
        finally:
            _end(children)


@contextmanager
def _place_of_desk(desk: str, parts: Sequence[str]) -> Iterator[str]:
    """Where the desk listens: as the settings say, else a socket in a folder that only we can enter."""
    if desk or not {DOOR, DESK} & set(parts):
        yield desk
    elif {DOOR, DESK} <= set(parts):
        with tempfile.TemporaryDirectory(prefix="undersigned-") as folder:
            yield f"unix:{folder}/desk"
    else:
        raise Misconfigured("UNDERSIGNED_DESK", "unix:PATH or http://HOST:PORT, where door and desk run apart")


def _deed(part: str, address: Address, desk: str) -> Callable[[], object]:
    """What the process of this part does."""
    deeds: dict[str, Callable[[], object]] = {
        DOOR: partial(serve_door, address.host, address.port, partial(open_door, desk)),
        DESK: partial(serve_desk, desk),
        WORKER: work,
    }
    return deeds[part]


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped


def _wait_until_ready(address: Address, children: Sequence[ForkProcess], parts: Sequence[str]) -> None:
    """Until the door answers, and what each of these parts does is there too."""
    deadline = time.monotonic() + START_SECONDS
    while not _is_ready(address, parts):
        if any(child.exitcode is not None for child in children) or time.monotonic() > deadline:
            raise click.ClickException("The server did not start; its words stand above.")
        time.sleep(0.05)


def _is_ready(address: Address, parts: Sequence[str]) -> bool:
    """Whether the first page is there, which the worker bakes, and the door reaches the desk."""
    first = address.answers()
    if first is None or (WORKER in parts and first != 200):
        return False
    return DESK not in parts or address.answers("/desk/") not in (None, 503)


def _wait_for_a_death(children: Sequence[ForkProcess]) -> int:
    while True:
        for child in children:
            if child.exitcode is not None:
                click.echo(f"a process ended by itself with code {child.exitcode}; stopping", err=True)
                return 1
        time.sleep(0.2)


def _end(children: Sequence[ForkProcess]) -> None:
    """One after the other: the door first, which finishes what it has accepted, while the desk still answers it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for child in children:
        if child.exitcode is None:
            child.terminate()
        child.join(STOP_SECONDS)
        if child.exitcode is None:
            child.kill()
            child.join()
