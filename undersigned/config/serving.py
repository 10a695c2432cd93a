"""One process tree: door, desk and worker, started together, stopped together; or some of them."""

import http.client
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import click

from undersigned.config.ending import end_with_parent
from undersigned.intake.relay import DeskAddress
from undersigned.lib.env import Misconfigured

START_SECONDS = 60
STOP_SECONDS = 20
DOOR, DESK, WORKER = PARTS = ("door", "desk", "worker")

HEAD_SECONDS = 10
"""How long the head of a request may take; and how long a connection may be idle."""
HEAD_LIMIT_BYTES = 16 * 1024
CONNECTIONS = 8192
"""How many readers may be connected at once; an idle one is sent away after HEAD_SECONDS."""


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
    children: list[subprocess.Popen[bytes]] = []
    with _place_of_desk(desk, parts) as place:
        try:
            children += [_start(_command(part, address, place), place) for part in parts]
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


def _command(part: str, address: Address, desk: str) -> list[str]:
    if part == WORKER:
        return [sys.executable, "-m", "undersigned", "worker"]
    server = [sys.executable, "-m", "granian", "--workers", "1", "--log-level", "error", "--no-access-log", "--no-ws"]
    if part == DESK:
        return [
            *server,
            "--interface",
            "wsgi",
            "--blocking-threads",
            "4",
            *_listen(desk),
            "undersigned.config.wsgi:application",
        ]
    return [
        *server,
        *("--interface", "asgi", "--http", "1", "--host", address.host, "--port", str(address.port)),
        *("--http1-header-read-timeout", str(HEAD_SECONDS * 1000), "--http1-buffer-size", str(HEAD_LIMIT_BYTES)),
        *("--backlog", str(CONNECTIONS), "--backpressure", str(CONNECTIONS)),
        "undersigned.config.asgi:application",
    ]


def _listen(desk: str) -> list[str]:
    place = DeskAddress.parse(desk)
    if place.socket:
        Path(place.socket).unlink(missing_ok=True)  # as a process that was killed left it behind
        return ["--uds", place.socket, "--uds-permissions", "0o600"]
    return ["--host", place.host, "--port", str(place.port)]


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped


def _start(command: Sequence[str], desk: str) -> subprocess.Popen[bytes]:
    """A child that ends when we do, however we end."""
    environment = {**os.environ, "UNDERSIGNED_DESK": desk} if desk else None
    return subprocess.Popen(command, env=environment, preexec_fn=end_with_parent)  # noqa: S603, PLW1509  our own program; no threads yet


def _wait_until_ready(address: Address, children: Sequence[subprocess.Popen[bytes]], parts: Sequence[str]) -> None:
    """Until the door answers, and what each of these parts does is there too."""
    deadline = time.monotonic() + START_SECONDS
    while not _is_ready(address, parts):
        if any(child.poll() is not None for child in children) or time.monotonic() > deadline:
            raise click.ClickException("The server did not start; its words stand above.")
        time.sleep(0.05)


def _is_ready(address: Address, parts: Sequence[str]) -> bool:
    """Whether the first page is there, which the worker bakes, and the door reaches the desk."""
    first = address.answers()
    if first is None or (WORKER in parts and first != 200):
        return False
    return DESK not in parts or address.answers("/desk/") not in (None, 503)


def _wait_for_a_death(children: Sequence[subprocess.Popen[bytes]]) -> int:
    while True:
        for child in children:
            if child.poll() is not None:
                click.echo(f"a process ended by itself with code {child.returncode}; stopping", err=True)
                return 1
        time.sleep(0.2)


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """One after the other: the door first, which finishes what it has accepted, while the desk still answers it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for child in children:
        if child.poll() is None:
            child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
