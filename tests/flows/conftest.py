"""One office for each story, on the database that the tests run on."""

import os
import shutil
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import Browser, Page
from psycopg import sql

from tests.flows.office import LOOPBACK, Office, free_port, soon, until

LETTER = Path(__file__).parent / "letter"
SLUG = "open-the-ferry"


@pytest.fixture
def office(tmp_path: Path) -> Generator[Office]:
    """A coalition's own server, set up and serving, without a letter yet."""
    with serving(tmp_path) as office:
        yield office


@contextmanager
def serving(folder: Path, host: str = LOOPBACK, **settings: str) -> Generator[Office]:
    """An office with its data in `folder`, set up and serving."""
    office = Office(folder, new_database(), free_port(), host, settings)
    office.set_up()
    office.start()
    try:
        yield office
    finally:
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
def released(office: Office, folder: Path) -> Office:
    """An office that serves a released letter, which everybody can sign."""
    english = folder / "letter.en.md"
    english.write_text(english.read_text().replace("We ask you:", "There are families. {#families}\n\nWe ask you:"))
    office.run("letter", "import", str(folder))
    start = time.monotonic()
    office.run("letter", "freeze", SLUG)
    moment = datetime.now(UTC) + soon(time.monotonic() - start)
    office.run("release", "plan", SLUG, f"{moment:%Y-%m-%dT%H:%M:%S}", "UTC")
    until(lambda: office.ask(f"/{SLUG}/en/sign/supporter/").status == 200, "the release")
    return office


def new_database() -> str:
    """The URL of an empty database beside the one that the tests use; "" for SQLite: the program makes its own file."""
    url = os.environ.get("UNDERSIGNED_DATABASE", "")
    if not url.startswith("postgresql"):
        return ""
    name = f"flow_{uuid4().hex[:12]}"
    with psycopg.connect(_beside(url, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return _beside(url, name)


def record_at_rest(url: str) -> bytes:
    """All that PostgreSQL keeps on its disk; nothing for SQLite, whose files lie in the office's own folder."""
    if not url:
        return b""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        [place] = connection.execute("SHOW data_directory").fetchone() or [""]
    files = [path for path in Path(place).rglob("*") if path.is_file() and os.access(path, os.R_OK)]
    assert any("pg_wal" in path.parts for path in files)
    return b"\0".join(path.read_bytes() for path in files)


def _beside(url: str, name: str) -> str:
    """The URL of the database `name` on the same server."""
    head, _, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
