"""One process tree: the server and the worker, started together, stopped together."""

import ctypes
import http.client
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType

import click

START_SECONDS = 60
STOP_SECONDS = 20
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
PR_SET_PDEATHSIG = 1  # prctl(2)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"http://{self.host}:{self.port}/"

    def answers(self) -> int | None:
        """The status with which something there answers for its first page; None where nothing speaks HTTP."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=5)
        try:
            connection.request("HEAD", "/")
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


class Stopped(Exception):
    """Somebody asked us to stop."""


def serve_until_stopped(address: Address, *, with_worker: bool, greeting: str = "") -> int:
    """Run server and worker until a signal, or until one of them dies; the exit code. Says `ready:` once it serves."""
    if address.answers():
        click.echo(f"refused: something else answers at {address}", err=True)
        return 1
    commands = [_server(address), *([_worker()] if with_worker else [])]
    signal.signal(signal.SIGTERM, _stop)
    children = [_start(command) for command in commands]
    try:
        _wait_until_ready(address, children, with_page=with_worker)
        click.echo(f"{greeting}ready: {address}")
        return _wait_for_a_death(children)
    except (Stopped, KeyboardInterrupt):
        return 0
    finally:
        _end(children)


def _server(address: Address) -> list[str]:
    """granian, one process: what takes time in the program is the record, not Python."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi"),
        *("--host", address.host, "--port", str(address.port)),
        *("--workers", "1", "--blocking-threads", "4", "--log-level", "error", "--no-access-log"),
        "undersigned.config.wsgi:application",
    ]


def _worker() -> list[str]:
    return [sys.executable, "-m", "undersigned", "worker"]


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """A child that ends when we do, however we end."""
    return subprocess.Popen(command, preexec_fn=_end_with_parent)  # noqa: S603, PLW1509  our own program; no threads yet


def _end_with_parent() -> None:
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait_until_ready(address: Address, children: Sequence[subprocess.Popen[bytes]], *, with_page: bool) -> None:
    """Until the first page is there, which the worker bakes; without a worker, until anything is answered."""
    deadline = time.monotonic() + START_SECONDS
    while (status := address.answers()) is None or (with_page and status != 200):
        if any(child.poll() is not None for child in children) or time.monotonic() > deadline:
            raise click.ClickException("The server did not start; its words stand above.")
        time.sleep(0.05)


def _wait_for_a_death(children: Sequence[subprocess.Popen[bytes]]) -> int:
    while True:
        for child in children:
            if child.poll() is not None:
                click.echo(f"a process ended by itself with code {child.returncode}; stopping", err=True)
                return 1
        time.sleep(0.2)


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
