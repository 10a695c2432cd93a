"""The ground on which rows are measured: a folder, a PostgreSQL server, sites, and whatever else was started."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmark.contest import Pair, alternate
from benchmark.postgresql import PostgreSQL
from benchmark.processes import Group, start, wait_for_port
from benchmark.site import Site
from benchmark.wrk import Wrk
from tests.flows.office import free_port

ON_A_DISK = Path("/var/tmp")  # noqa: S108  /tmp may be in memory, where being durable costs nothing


NAMED = 200_000
"""So many supporters stand by name where a site serves, and the others are counted only: a row waits for the first
pages, and those of five million names would take half an hour."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to measure: so many rounds of so many seconds each; `rows` are stored where a record is to be full."""

    rounds: int
    seconds: int
    rows: int

    def scaled(self, number: int) -> int:
        """How many of something to do in one round, where `number` is right for a second of a fast machine."""
        return number * self.seconds


PLAIN: Mapping[str, str] = {}

EARNEST = Pace(rounds=3, seconds=5, rows=5_000_000)
QUICK = Pace(rounds=1, seconds=1, rows=20_000)


class Ground:
    """Everything that was started on it ends with it, and its folder goes."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self._closing = ExitStack()
        self._sites: dict[str, Site] = {}
        self._postgresql: PostgreSQL | None = None
        self._sink = self._made = 0
        self.folder = Path(tempfile.mkdtemp(prefix="undersigned-bench-", dir=ON_A_DISK if ON_A_DISK.is_dir() else None))
        self.folder.chmod(0o755)  # PostgreSQL runs as a user of its own where we are root
        self._closing.callback(shutil.rmtree, self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()

    def at_the_end(self, act: Callable[[], object]) -> None:
        """Do `act` when all has been measured, before what was started earlier is ended."""
        self._closing.callback(act)

    def contest(self, first: Callable[[], float], second: Callable[[], float]) -> Pair:
        """Both measured in turn, as often as the pace says, once nobody works any more for those who are frozen."""
        self.rest()
        return alternate(self.pace.rounds, first, second)

    def start(self, command: Sequence[str], port: int, environment: Mapping[str, str] | None = None) -> Group:
        """Start `command`, which ends with us; returns when it listens at `port`."""
        group = start(command, environment)
        self.at_the_end(group.end)
        wait_for_port(port, group)
        return group

    @property
    def postgresql(self) -> PostgreSQL:
        """The server, started when it is first asked for."""
        if self._postgresql is None:
            server = PostgreSQL(self.folder / "postgresql")
            server.set_up()
            self.at_the_end(server.stop)
            self._postgresql = server
        return self._postgresql

    def rest(self) -> None:
        """Until PostgreSQL has worked out what those asked of it who are frozen by now: it does so all the same."""
        if self._postgresql:
            self._postgresql.wait_until_it_rests()

    @property
    def has_postgresql(self) -> bool:
        return self._postgresql is not None

    @property
    def sink(self) -> int:
        """The port of a mail server that takes everything."""
        if not self._sink:
            self._sink = free_port()
            self.start([sys.executable, "-m", "benchmark.sink", str(self._sink)], self._sink)
        return self._sink

    def site(
        self, kind: str, rows: int = 0, settings: Mapping[str, str] = PLAIN, *, whose: str = "", named: int = NAMED
    ) -> Site:
        """A site that serves, on `sqlite` or `postgresql`, with so many signatures stored; frozen until it is asked.

        The same one whenever the same is asked for; what is to know nothing of other rows says `whose` it is.
        `named` of the signatures are by name, the others counted only.
        """
        named = min(rows, named)
        name = "_".join((kind, str(rows), str(named), *settings, whose)).lower()
        if name not in self._sites:
            site = self._make_site(kind, name, settings)
            self.at_the_end(site.close)
            site.set_up(rows, named)
            site.start()
            self._sites[name] = site
        return self._sites[name]

    def idle_site(self, kind: str, rows: int = 0) -> Site:
        """A site that is set up and does not serve, for one row alone, with so many signatures stored, all named."""
        site = self._make_site(kind, f"idle_{kind}", PLAIN)
        site.set_up(rows, rows)
        return site

    def _make_site(self, kind: str, name: str, settings: Mapping[str, str]) -> Site:
        self._made += 1
        name = f"{name}_{self._made}"  # another one than that whose making failed
        database = self.postgresql.make_database(name) if kind == "postgresql" else ""
        return Site(self.folder / name, database, {**self._mail, **settings})

    def wrk(self, port: int) -> Wrk:
        return Wrk(port, self.folder / f"wrk-{port}")

    @property
    def _mail(self) -> dict[str, str]:
        """The settings by which a site's mail goes to the sink."""
        server = {"UNDERSIGNED_MAIL_HOST": "127.0.0.1", "UNDERSIGNED_MAIL_PORT": str(self.sink)}
        return {**server, "UNDERSIGNED_MAIL_SECURITY": "none"}
