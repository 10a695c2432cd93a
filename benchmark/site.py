"""A site to be measured: the shipped command with its own keys, records and folder, and one released letter."""

import http.client
import json
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmark.bodies import Forms, supporters
from benchmark.fill import fill
from benchmark.letter import SLUG, set_up, version
from benchmark.processes import CannotMeasure, Group, run, start, wait_until
from benchmark.records import ARRIVED, STORED, Records
from benchmark.wrk import Load, Wrk
from tests.flows.office import Office, free_port

SHIPPED: Mapping[str, str] = {
    "UNDERSIGNED_MAIL_FOLDER": "",
    "UNDERSIGNED_MAIL_PACE": "1s",
    "UNDERSIGNED_HIDDEN_BATCH": "10",
}
"""The defaults, where an office has something else."""

RAISED: Mapping[str, str] = {
    "UNDERSIGNED_FREE_SIGN_ONS": "999999999/1s",
    "UNDERSIGNED_MOST_REQUESTS": "999999999/1s",
}
"""The limits on one address, which all our load comes from. Everything else is as shipped."""


FIRST_BAKE_SECONDS = 3600


class Site:
    """One site, frozen but while it is measured. It remembers what was acknowledged, and compares the records."""

    def __init__(self, folder: Path, database: str, settings: Mapping[str, str]) -> None:
        folder.mkdir()
        self._monitor = free_port()
        watched = {"UNDERSIGNED_MONITOR": f"127.0.0.1:{self._monitor}"}
        self.office = Office(folder, database, free_port(), settings={**SHIPPED, **watched, **RAISED, **settings})
        self.records = Records(database, folder / "data" / "undersigned.sqlite3")
        self._wrk = Wrk(self.office.port, folder)
        self._version = ""
        self._second_door: Group | None = None
        self._runs = self._rows = 0
        self._stored_before = self._acknowledged = self._open = 0

    # --- Setting up -------------------------------------------------------------------------------------------------

    def set_up(self, rows: int, named: int) -> None:
        """Set up, with a released letter of organisations and `rows` supporters, of whom so many are named."""
        set_up(self.office)
        if rows:
            fill(self.records, rows, named)
            self.errand("sequence")
        self._rows = rows

    def start(self) -> None:
        """Serve, and freeze."""
        self.office.start()
        wait_until(lambda: self.office.ask(f"/{SLUG}/en/").status == 200, "the letter's page", seconds=600)
        wait_until(lambda: is_well(self._monitor), "the door to be able to do all its work")
        wait_until(lambda: self._shown() >= self._rows, "the first pages of all of them", seconds=FIRST_BAKE_SECONDS)
        self._version = version(self.office)
        self._stored_before = self.records.number(STORED)
        self.group.freeze()

    def _shown(self) -> int:
        """How many the letter says that it has."""
        facts: dict[str, dict[str, int]] = json.loads(self.office.ask(f"/{SLUG}/letter.json").body)
        return facts["counts"]["supporters"] + facts["counts"]["hidden"]

    def close(self) -> None:
        """End whatever of it runs."""
        if self._second_door:
            self._second_door.end()
        if self.office.process:
            self.group.end()

    # --- Being measured ---------------------------------------------------------------------------------------------

    @property
    def group(self) -> Group:
        assert self.office.process
        return Group(self.office.process)

    @contextmanager
    def awake(self, *, worker_rests: bool = False) -> Generator[None]:
        """Let it run, with its worker or without."""
        self.group.thaw(but_for="worker" if worker_rests else "")
        try:
            yield
        finally:
            self.group.freeze()

    def next_run(self) -> str:
        """What keeps the mailboxes of one run apart from those of all others."""
        self._runs += 1
        return f"{self._runs:03d}x"

    def forms(self) -> Forms:
        """Forms of supporters who have not signed yet."""
        return supporters(SLUG, self._version, self.next_run())

    def sign(self, *, connections: int, seconds: int) -> Load:
        """Take as many sign-ons as it can."""
        with self.awake():
            load = self._wrk.send(self.forms(), connections=connections, seconds=seconds)
        self.acknowledged(load.answered, still_open=connections)
        return load

    def post(self, requests: Sequence[tuple[str, str]], *, connections: int, seconds: int) -> Load:
        """Post each of these forms once, as fast as it can take them."""
        with self.awake():
            return self._wrk.post(requests, connections=connections, seconds=seconds)

    def get(self, path: str, *, connections: int, seconds: int) -> Load:
        """Ask for a page again and again, while the worker rests."""
        with self.awake(worker_rests=True):
            return self._wrk.get(path, connections=connections, seconds=seconds)

    def forgetting_door(self) -> tuple[int, Group]:
        """The port of a second door to this site, started as the first one, which forgets what it takes."""
        port = free_port()
        monitor = free_port()
        environment = {
            **self.office.environment,
            "UNDERSIGNED_MONITOR": f"127.0.0.1:{monitor}",
            "DJANGO_SETTINGS_MODULE": "undersigned.config.settings",
        }
        command = [sys.executable, "-m", "benchmark.forgetting_door", str(port), f"unix:{self.office.folder}/no-desk"]
        self._second_door = start(command, environment)
        wait_until(lambda: is_well(monitor, but_for="desk"), "the door to open", self._second_door)
        return port, self._second_door

    def wait_until_taken_in(self) -> None:
        """Until nothing waits any more of what was taken at the door."""
        with self.awake():
            wait_until(lambda: not self.records.number(ARRIVED), "all sign-ons to be taken in", seconds=600)

    def errand(self, name: str, *arguments: str, seconds: float = 600) -> str:
        """What an errand says that is run with this site's settings, while the site itself is frozen."""
        environment = {**self.office.environment, "DJANGO_SETTINGS_MODULE": "undersigned.config.settings"}
        return run([sys.executable, "-m", f"benchmark.errands.{name}", *arguments], environment, seconds)

    def acknowledged(self, answered: int, *, still_open: int) -> None:
        """Remember that so many sign-ons were acknowledged, and so many more may have been taken unheard."""
        self._acknowledged += answered
        self._open += still_open

    def check(self) -> str:
        """What was acknowledged is stored, once: in words, or CannotMeasure."""
        found = self.records.number(STORED) - self._stored_before
        if not self._acknowledged <= found <= self._acknowledged + self._open:
            raise CannotMeasure(f"{self._acknowledged} sign-ons were acknowledged, and {found} are stored")
        return f"{self._acknowledged:,} acknowledged, {found:,} stored"


def is_well(monitor: int, but_for: str = "") -> bool:
    """Whether all holds that the door which is watched at this port needs for its work, but for one condition."""
    connection = http.client.HTTPConnection("127.0.0.1", monitor, timeout=20)
    try:
        connection.request("GET", "/healthz")
        conditions: dict[str, bool] = json.loads(connection.getresponse().read())
        return all(holds for name, holds in conditions.items() if name != but_for)
    except OSError:
        return False
    finally:
        connection.close()
