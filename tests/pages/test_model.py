"""docs/model.md maps a page that is not in the repository: each of its lines is there, and all that it names exists."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from django.urls import Resolver404, resolve
from pytest_django.fixtures import Settings

from tests.pages.conftest import Crumbs
from tests.stage import NOON
from undersigned.config.command_line import undersigned
from undersigned.kit.models import PressRelease
from undersigned.ledger.folder import LogFolder
from undersigned.ledger.models import Log
from undersigned.ledger.publish import tend
from undersigned.letters.models import Letter
from undersigned.pages.bakery import bake_due
from undersigned.pages.generation import PublicFolder
from undersigned.pages.kit import make
from undersigned.stories.models import Story

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/model.md").read_text()
CODE = re.findall(r"`([^`]+)`", TEXT)
TOKEN = "x" * 43
PRESS = '# Open it\n\n> We keep count. {speaker="Haru Ferryman" office="head of the guild"}\n'


def numbers(text: str) -> set[int]:
    """The lines that “1, 5–9” names."""
    ranges = [part.split("–") for part in text.replace(" ", "").split(",")]
    return {line for bounds in ranges for line in range(int(bounds[0]), int(bounds[-1]) + 1)}


def test_every_line_of_the_model_is_mapped_once() -> None:
    [(size, empty)] = re.findall(r"Lines of the page: (\d+)\. Empty ones: ([\d, ]+)\.", TEXT)
    rows = [numbers(cells) for cells in re.findall(r"^\| ([\d–]+) \|", TEXT, re.MULTILINE)]
    lines = [line for row in [*rows, numbers(empty)] for line in row]
    assert sorted(lines) == list(range(1, int(size) + 1))


def test_every_row_says_where_it_is_and_what_shows_it_or_that_it_is_to_come() -> None:
    for row in re.findall(r"^\| (?!-|lines|kind)(.+) \|$", TEXT, re.MULTILINE):
        carried, *rest = row.split(" | ")[2:]
        is_shown = len(rest) == 2 and "`" in rest[0] and "::test_" in rest[1]
        assert is_shown or "**to come**" in carried, row


def test_every_test_that_it_names_exists() -> None:
    for file, name in [code.split("::") for code in CODE if "::" in code]:
        tree = ast.parse((ROOT / file).read_text())
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{file}::{name}"


def test_every_command_that_it_names_exists() -> None:
    for code in CODE:
        if code.startswith("undersigned "):
            command: click.Command | None = undersigned
            for word in code.split()[1:]:
                assert isinstance(command, click.Group), code
                command = command.get_command(click.Context(command), word)
            assert command is not None, code


@pytest.fixture
def everything(
    letter: Letter, published: Story, folder: PublicFolder, crumbs: Callable[[], Crumbs], settings: Settings
) -> set[str]:
    """All that a reader can reach of a released letter with its kit and log, and of a story about it."""
    settings.KITS = folder.root.parent / "kits"
    PressRelease.objects.create(letter=letter, language="en", headline="Open it", source=PRESS)
    tend(Log.objects.get(origin=letter.origin).pk, hidden_batch=1)
    make(letter, NOON)
    bake_due(NOON)
    log = LogFolder.of(settings.LOGS, letter.origin).root
    return {*crumbs(), *(f"{letter.slug}/log/{path.relative_to(log)}" for path in log.rglob("*"))}


def test_every_page_that_it_names_exists(everything: set[str], letter: Letter, published: Story) -> None:
    paths = [code for code in CODE if code.startswith("/")]
    assert len(paths) > 30
    for path in paths:
        real = path.replace("LETTER", letter.slug).replace("STORY", published.slug)
        real = real.replace("LANG", "en").replace("TOKEN", TOKEN)
        assert is_there(real, everything), path


def is_there(path: str, files: set[str]) -> bool:
    """Whether a file lies there, or the program answers."""
    if (path.removeprefix("/") + ("index.html" if path.endswith("/") else "")) in files:
        return True
    try:
        resolve(path)
    except Resolver404:
        return False
    return path.startswith(("/desk/", "/i/", "/n/"))
