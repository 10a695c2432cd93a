"""The system's Chromium, for tests and for pictures.

Its headless shell, where the system has it: the same engine without what a browser has around its pages, for less than
half of the work.
"""

import shutil
from dataclasses import dataclass

from playwright.sync_api import Locator, expect

PATIENCE_MS = 60_000
"""How long a test waits for what must come: on a busy machine that is long, and elsewhere it costs nothing."""

expect.set_options(timeout=PATIENCE_MS)  # for whoever uses a browser with these tests

ARGUMENTS = (
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True, slots=True)
class Chromium:
    """A program, and how it is started so that it asks nothing of the network but what is opened in it."""

    program: str
    arguments: tuple[str, ...] = ARGUMENTS

    @classmethod
    def found(cls) -> "Chromium":
        program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
        assert program, "Chromium is missing; ./test installs it, or says how"
        return cls(program)


def launch() -> dict[str, object]:
    """How playwright starts it."""
    chromium = Chromium.found()
    return {"executable_path": chromium.program, "args": list(chromium.arguments)}


def follow(pressed: Locator) -> None:
    """Click what leads to another page, and wait until that page is there whole.

    A click alone may return while the old page is still there: what is looked at next could be that one, and a visit
    elsewhere could overtake the form that was sent.
    """
    with pressed.page.expect_navigation(timeout=PATIENCE_MS):
        pressed.click(timeout=PATIENCE_MS)
