"""A progress bar for whoever has waited for two seconds; what is done sooner needs none."""

import sys
import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

QUIET_SECONDS = 2


class Waiting:
    """Tells how far something is; `label` is what is counted."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._begun = time.monotonic()
        self._bar: ProgressBar[int] | None = None

    def __enter__(self) -> "Waiting":
        return self

    def __exit__(self, *_fault: object) -> None:
        self._finish()

    def go_on(self, done: int, of: int) -> None:
        """So many are done; where there are others to do than before, another step has begun."""
        if self._bar and self._bar.length != of:
            self._finish()
        if self._bar is None and time.monotonic() - self._begun >= QUIET_SECONDS:
            self._bar = click.progressbar(length=of, label=self._label, file=sys.stderr)
        if self._bar:
            self._bar.update(done - self._bar.pos)

    def _finish(self) -> None:
        if self._bar:
            self._bar.render_finish()
        self._bar = None
