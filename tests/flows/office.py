"""The office: the real program, with its own data, keys and record, as an operator runs it."""

import email
import email.policy
import http.client
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

DESK = "secretary@ferry.example"
PASSWORD = "a ferry needs no bridge"
LOOPBACK = "127.0.0.1"
SECONDS = 240
ROOT = Path(__file__).resolve().parents[2]
LATER = Path(__file__).resolve().parent / "later"

T = TypeVar("T")


@dataclass
class Answer:
    """What the server said to one request, without a browser in between; names of headers in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Office:
    """One coalition's server: `run` types a command, `start` serves, `mail_to` is what left for a mailbox.

    Readers reach it under `host`. `settings` are what its operator set otherwise than in other stories; its clock
    is `ahead` of ours.
    """

    folder: Path
    database: str
    port: int
    host: str = LOOPBACK
    settings: dict[str, str] = field(default_factory=dict)
    ahead: timedelta = timedelta()
    process: subprocess.Popen[bytes] | None = None
    read: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def now(self) -> datetime:
        """What its clock shows."""
        return datetime.now(UTC) + self.ahead

    @property
    def environment(self) -> dict[str, str]:
        settings = {
            "UNDERSIGNED_DATA": str(self.folder / "data"),
            "UNDERSIGNED_SITE_URL": self.url,
            "UNDERSIGNED_HOSTS": f"{self.host},{LOOPBACK}",
            "UNDERSIGNED_MAIL_FOLDER": str(self.folder / "mail"),
            "UNDERSIGNED_MAIL_PACE": "0",
            "UNDERSIGNED_HIDDEN_BATCH": "2",
        } | ({"UNDERSIGNED_DATABASE": self.database} if self.database else {})
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("UNDERSIGNED_")}
        return inherited | settings | self.settings | (self._clock() if self.ahead else {})

    def _clock(self) -> dict[str, str]:
        """What puts the clock forward for every process of the program: it asks one function for the time."""
        return {
            "PYTHONPATH": f"{LATER}{os.pathsep}{ROOT}",
            "OFFICE_CLOCK_AHEAD_SECONDS": str(self.ahead.total_seconds()),
        }

    def run(self, *command: str, exits: int = 0) -> str:
        """Type one command; what it printed. Fails unless it exits as expected."""
        done = subprocess.run(
            [sys.executable, "-m", "undersigned", *command],
            env=self.environment, capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == exits, (command, done.returncode, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def set_up(self) -> None:
        self.run("key", "make", "--secret", str(self.folder / "coalition.identity"))
        self.run("migrate")
        self.run("user", "add", DESK, "--name", "Secretary", "--password", PASSWORD)

    def start(self) -> None:
        """Serve, in a process group of its own, which can be killed as a whole."""
        command = [sys.executable, "-m", "undersigned", "serve", "--port", str(self.port)]
        with self._said.open("ab") as said:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=subprocess.PIPE, stderr=said, start_new_session=True
            )
        assert self.process.stdout
        line = self.process.stdout.readline().decode()
        assert line == f"ready: http://{LOOPBACK}:{self.port}/\n", (line, self._said.read_text())

    @property
    def _said(self) -> Path:
        """What the program wrote to standard error."""
        return self.folder / "standard-error.txt"

    def start_later(self, after: timedelta) -> None:
        """Stop, and start again when so much more time has gone by."""
        self.stop()
        self.ahead += after
        self.start()

    def stop(self) -> None:
        """As an operator stops it; everything it had accepted is done."""
        if self.process:
            self.process.terminate()
            assert self.process.wait(SECONDS) == 0
            self._forget()

    def kill(self) -> None:
        """As a machine that fails: server, door and worker die at once, at whatever they were doing."""
        assert self.process
        if self.process.returncode is None:  # reaped, its number could be another's
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(SECONDS)
        until(lambda: not is_listening(self.port), "the port to be free")
        self._forget()

    def _forget(self) -> None:
        assert self.process
        assert self.process.stdout
        self.process.stdout.close()
        self.process = None

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """One bare request, as a crawler or a mail scanner makes it."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=SECONDS)
        try:
            connection.request(method, path, headers={name.replace("_", "-"): text for name, text in headers.items()})
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def mail_to(self, mailbox: str) -> EmailMessage:
        """The next unread mail to `mailbox`, waited for."""
        path, message = until(lambda: self.unread(mailbox), f"a mail to {mailbox}")[0]
        self.read.add(path.name)
        return message

    def unread(self, mailbox: str) -> list[tuple[Path, EmailMessage]]:
        """The mails to `mailbox` that nobody has read, the oldest first."""
        paths = sorted(path for path in (self.folder / "mail").glob("*.eml") if path.name not in self.read)
        return [(path, message) for path in paths if (message := _opened(path))["To"] == mailbox]

    def bytes_at_rest(self) -> bytes:
        """Everything that lies on the disk: record, write-ahead log, public folder, mails, what it wrote down, keys."""
        return b"\0".join(content for _, content in files_below(self.folder))


def files_below(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Each file below `folder` that we may read, with what is in it; but for those that a running program takes away
    or renames meanwhile."""
    for place, _, names in os.walk(folder):
        for path in (Path(place, name) for name in names):
            with suppress(FileNotFoundError, PermissionError):
                if path.is_file():
                    yield path, path.read_bytes()


def _opened(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=email.policy.default)


def until(look: Callable[[], T | None], what: str, seconds: float = SECONDS) -> T:
    """What `look` finds, looked for again and again; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)  # nothing tells us when another process has got so far
    raise AssertionError(f"waited {seconds} s in vain for {what}")


def soon(command: float) -> timedelta:
    """How far ahead to plan a release where a command took so many seconds: another one's time, and some."""
    return timedelta(seconds=2 + 4 * command)


def link_in(message: EmailMessage) -> str:
    """The private link that a mail leads to."""
    return str(re.findall(r"http://\S+/s/\S+", str(message.get_content()))[0])


def code_in(message: EmailMessage) -> str:
    """The code for typing."""
    return str(re.findall(r"^(\d{4} \d{4})\s*$", str(message.get_content()), re.MULTILINE)[0])


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


WORKERS = "PYTEST_XDIST_WORKER_COUNT"
_given: set[int] = set()


def free_port() -> int:
    """A port on which nobody listens. It may be used a while later, or again after a stop: so it is below those that
    the system gives to outgoing connections, given once, and from a range in which no other process of these tests
    draws; by lot, since others may run beside them."""
    this, all_ = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]), int(os.environ.get(WORKERS, "1"))
    for _ in range(100):
        port = random.randrange(10_000 + this, 32_000, all_)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((LOOPBACK, port))
            if port not in _given:
                _given.add(port)
                return port
    raise AssertionError("no port is free")
