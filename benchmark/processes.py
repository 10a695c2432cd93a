"""Processes that we start and end: each in a group of its own, so that nothing of it is left behind."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

STOP_SECONDS = 30
ENDED = os.WEXITED | os.WNOWAIT | os.WNOHANG


class CannotMeasure(Exception):
    """What a row needs is missing or broken; the words say what."""


@dataclass(frozen=True, slots=True)
class Group:
    """A process that we started, with all its children."""

    process: subprocess.Popen[bytes]

    def freeze(self) -> None:
        """Let none of them run, so that they take nothing from what is measured meanwhile."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def thaw(self, but_for: str = "") -> None:
        """Let all of them run, but for the one child of this name."""
        if not but_for:
            os.killpg(self.process.pid, signal.SIGCONT)
            return
        names = {pid: Path(f"/proc/{pid}/comm").read_text().rstrip() for pid in self.members()}
        assert list(names.values()).count(but_for) == 1
        for pid, name in names.items():
            if name != but_for:
                os.kill(pid, signal.SIGCONT)

    def members(self) -> list[int]:
        """The processes of the group; none comes or goes while they are frozen."""
        everybody = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
        return [pid for pid in everybody if _group_of(pid) == self.process.pid]

    def end(self) -> None:
        """As an operator ends it, and then by force whatever of it is left."""
        if self.process.poll() is None:
            self.thaw()
            self.process.terminate()
            self._wait_for_its_end()
            # Not reaped yet, it keeps the number of its group, which nobody else can have got meanwhile.
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _wait_for_its_end(self) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and not os.waitid(os.P_PID, self.process.pid, ENDED):
            time.sleep(0.05)


def _group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:  # it has just ended
        return None


def start(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Group:
    """Start `command` in a group of its own; what it says of faults goes where our own words go."""
    return Group(
        subprocess.Popen(
            command,
            env=dict(environment) if environment is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
    )


def run(command: Sequence[str], environment: Mapping[str, str] | None = None, seconds: float = 600) -> str:
    """What `command` printed; CannotMeasure with its last words where it failed."""
    env = dict(environment) if environment is not None else None
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=seconds, check=False)
    if done.returncode:
        words = (done.stderr or done.stdout).strip()[-2000:]
        raise CannotMeasure(f"{command[0]} ended with {done.returncode}: {words}")
    return done.stdout


def program(name: str) -> str:
    """Where the system's program `name` is; some lie beside the usual path."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        raise CannotMeasure(f"{name} is missing; ./bench installs it on Debian, as root")
    return found


def wait_for_port(port: int, group: Group, seconds: float = 60) -> None:
    """Until something listens at `port`."""
    wait_until(lambda: _listens(port), f"something to listen at port {port}", group, seconds)


def wait_until(look: Callable[[], bool], what: str, group: Group | None = None, seconds: float = 60) -> None:
    """Until `look` says so; CannotMeasure when it takes too long, or when `group` is gone."""
    deadline = time.monotonic() + seconds
    while not look():
        if time.monotonic() > deadline or (group and group.process.poll() is not None):
            raise CannotMeasure(f"waited in vain for {what}")
        time.sleep(0.05)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
