"""Telling the caches in front what to forget: the operator's command, run after a bake has gone live."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event

from django.conf import settings

from undersigned.pages.generation import PublicFolder
from undersigned.pages.moved import UNTOLD
from undersigned.pages.recalls import Recalls, addresses

PATIENCE_SECONDS = 60
LOOK_SECONDS = 0.2


class PurgeFailed(Exception):
    """The command ended with this exit code, or could not be run, or took too long."""


@dataclass(frozen=True, slots=True)
class Purge:
    """Runs `command` with what is to be forgotten on its standard input, one address a line, until it succeeds.

    At least once for each bake, in the order of the bakes; several that wait are told together. A run is broken off
    when we are `stopped`, and counts for nothing then.
    """

    command: tuple[str, ...]
    recalls: Recalls
    stopped: Event

    def run(self, at: datetime) -> None:
        """Tell what waits, unless it is too soon after a failure; PurgeFailed where that did not work."""
        failure = self.recalls.failure()
        if not self.command or (failure and at < failure.again_at):
            return
        with self.recalls.turn() as is_ours:
            waiting = self.recalls.waiting() if is_ours else []
            if waiting:
                self._tell(waiting, at)

    def _tell(self, waiting: list[Path], at: datetime) -> None:
        told = [address for address in addresses(waiting) if address[1:] not in UNTOLD]
        try:
            self._run("".join(f"{address}\n" for address in told).encode())
        except PurgeFailed:
            if not self.stopped.is_set():
                self.recalls.fail(at)
            raise
        self.recalls.settle(waiting)

    def _run(self, told: bytes) -> None:
        """One run, in a group of processes of its own; PurgeFailed unless it says that all is well."""
        try:
            process = subprocess.Popen(  # noqa: S603 (the operator's own command, with nothing of anybody's in it)
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,
            )
        except OSError as fault:
            raise PurgeFailed(fault.strerror) from None
        try:
            self._wait(process, told)
        finally:
            _end(process)
        if process.returncode:
            raise PurgeFailed(f"exit code {process.returncode}")

    def _wait(self, process: subprocess.Popen[bytes], told: bytes) -> None:
        begun, rest = time.monotonic(), told or None
        while not self.stopped.is_set() and time.monotonic() - begun < PATIENCE_SECONDS:
            try:
                process.communicate(rest, timeout=LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                rest = None  # what was begun goes on
            else:
                return


def _end(process: subprocess.Popen[bytes]) -> None:
    """Nothing of it goes on."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _environment() -> dict[str, str]:
    """Ours, without our own settings, which hold passwords; but for the address of the site."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("UNDERSIGNED_")}
    return others | {"UNDERSIGNED_SITE_URL": settings.SITE_URL}


def make_purge(stopped: Event) -> Purge:
    """As the settings have it."""
    return Purge(settings.PURGE_COMMAND, recalls(), stopped)


def recalls() -> Recalls:
    """What waits beside the public folder."""
    return PublicFolder(settings.PUBLIC_ROOT).recalls
