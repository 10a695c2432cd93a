"""One office for each story, on the database that the tests run on."""

import fcntl
import os
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import Browser, Page
from psycopg import sql

from benchmark.letter import petition, release
from tests.database import SCRATCH
from tests.flows.office import LOOPBACK, Office, files_below, free_port

LETTER = Path(__file__).parent / "letter"
SLUG = "open-the-ferry"


def set_up_once() -> Office:
    """An office that is set up and never serves. The others begin as copies of it: its commands take seconds."""
    return _once("set-up", Office.set_up)


def lettered_once() -> Office:
    """The same, with a letter whose languages line up and whose text is frozen."""
    return _once("lettered", _letter, set_up_once)


def released_once() -> Office:
    """The same, with that letter released."""
    return _once("released", lambda office: release(office, SLUG), lettered_once)


def petitioned_once() -> Office:
    """An office with the demonstration's letter, released, and its organisations."""
    return _once("petitioned", petition, set_up_once)


def _once(name: str, prepare: Callable[[Office], None], first: Callable[[], Office] | None = None) -> Office:
    """What `prepare` makes of a new office, or of a copy of the `first` one: done by that one of the processes that
    run the tests which wants it first."""
    folder = Path(os.environ[SCRATCH], "offices", name)
    folder.mkdir(parents=True, exist_ok=True)
    known = folder / "database"
    with (folder / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not known.exists():
            place = folder / "office"
            office = copy_of(first(), place) if first else Office(place, new_database(), free_port())
            prepare(office)
            known.write_text(office.database)
    return Office(folder / "office", known.read_text(), free_port())


def copy_of(first: Office, folder: Path, host: str = LOOPBACK, **settings: str) -> Office:
    """An office as `first` is, whose data lie in `folder`. Its pages are baked anew, since they name the site."""
    pages = shutil.ignore_patterns("public", "generations")
    shutil.copytree(first.folder, folder, dirs_exist_ok=True, symlinks=True, ignore=pages)
    return Office(folder, new_database(like=first.database), free_port(), host, settings)


def _letter(office: Office) -> None:
    letter = Path(shutil.copytree(LETTER, office.folder / "letter"))
    english = letter / "letter.en.md"
    english.write_text(english.read_text().replace("We ask you:", "There are families. {#families}\n\nWe ask you:"))
    office.run("letter", "import", str(letter))
    office.run("letter", "freeze", SLUG)
    shutil.rmtree(letter)


@pytest.fixture
def office(tmp_path: Path) -> Generator[Office]:
    """A coalition's own server, set up and serving, without a letter yet."""
    with serving(tmp_path) as office:
        yield office


@contextmanager
def serving(folder: Path, host: str = LOOPBACK, **settings: str) -> Generator[Office]:
    """An office with its data in `folder`, set up and serving."""
    office = copy_of(set_up_once(), folder, host, **settings)
    office.start()
    try:
        yield office
    finally:
        office.stop()


@pytest.fixture
def lettered(tmp_path: Path) -> Generator[Office]:
    """An office with a letter that is frozen; it does not serve."""
    office = copy_of(lettered_once(), tmp_path)
    yield office
    office.stop()


@pytest.fixture
def reader(browser: Browser) -> Generator[Page]:
    """A page in a reader's browser, without JavaScript: every form works like this."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The coalition's folder: letter.toml and a text per language, the English one short of a paragraph."""
    return Path(shutil.copytree(LETTER, tmp_path / "letter"))


@pytest.fixture
def released(tmp_path: Path) -> Generator[Office]:
    """An office that serves a released letter, which everybody can sign."""
    office = copy_of(released_once(), tmp_path)
    office.start()
    yield office
    office.stop()


def new_database(like: str = "") -> str:
    """The URL of a database beside the one that the tests use, empty or `like` another one that nobody is in; "" for
    SQLite, which is a file in the office's folder."""
    url = os.environ.get("UNDERSIGNED_DATABASE", "")
    if not url.startswith("postgresql"):
        return ""
    name = f"flow_{uuid4().hex[:12]}"
    template = urlsplit(like).path[1:] or "template1"
    with psycopg.connect(_beside(url, "postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    return _beside(url, name)


def record_at_rest(url: str) -> bytes:
    """All that PostgreSQL keeps on its disk; nothing for SQLite, whose files lie in the office's own folder."""
    if not url:
        return b""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        [place] = connection.execute("SHOW data_directory").fetchone() or [""]
    files = dict(files_below(Path(place)))
    assert any("pg_wal" in path.parts for path in files)
    return b"\0".join(files.values())


def _beside(url: str, name: str) -> str:
    """The URL of the database `name` on the same server."""
    head, _, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
