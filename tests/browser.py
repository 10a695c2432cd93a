"""The system's Chromium, for tests and for pictures."""

import shutil
from dataclasses import dataclass

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
        program = shutil.which("chromium")
        assert program, "Chromium is missing; ./test installs it, or says how"
        return cls(program)


def launch() -> dict[str, object]:
    """How playwright starts it."""
    chromium = Chromium.found()
    return {"executable_path": chromium.program, "args": list(chromium.arguments)}
