"""One office for each story, on the database that the tests run on."""

import os
import shutil
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import Browser, Page
from psycopg import sql

from tests.database import SCRATCH
from tests.flows.office import LOOPBACK, Office, files_below, free_port, soon, until

LETTER = Path(__file__).parent / "letter"
SLUG = "open-the-ferry"


@cache
def set_up_once() -> Office:
    """An office that is set up and never serves. The others begin as copies of it: its commands take seconds."""
    office = Office(_scratch(), new_database(), free_port())
    office.set_up()
    return office


@cache
def lettered_once() -> Office:
    """The same, with a letter whose languages line up and whose text is frozen."""
    office = copy_of(set_up_once(), _scratch())
    letter = Path(shutil.copytree(LETTER, _scratch() / "letter"))
    english = letter / "letter.en.md"
    english.write_text(english.read_text().replace("We ask you:", "There are families. {#families}\n\nWe ask you:"))
    office.run("letter", "import", str(letter))
    office.run("letter", "freeze", SLUG)
    return office


def copy_of(first: Office, folder: Path, host: str = LOOPBACK, **settings: str) -> Office:
    """An office as `first` is, whose data lie in `folder`."""
    shutil.copytree(first.folder, folder, dirs_exist_ok=True)
    return Office(folder, new_database(like=first.database), free_port(), host, settings)


def _scratch() -> Path:
    return Path(tempfile.mkdtemp(dir=os.environ[SCRATCH]))


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
def released(lettered: Office) -> Office:
    """An office that serves a released letter, which everybody can sign."""
    start = time.monotonic()
    lettered.start()
    moment = datetime.now(UTC) + soon((time.monotonic() - start) / 2)  # serving begins with two commands, and more
    lettered.run("release", "plan", SLUG, f"{moment:%Y-%m-%dT%H:%M:%S}", "UTC")
    until(lambda: lettered.ask(f"/{SLUG}/en/sign/supporter/").status == 200, "the release")
    return lettered


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
