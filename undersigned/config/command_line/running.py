"""`serve` and `worker`: the program itself."""

import signal
from threading import Event
from types import FrameType

import click

from undersigned.config.serving import Address, serve_until_stopped
from undersigned.config.worker import work_until


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--no-worker", is_flag=True, help="Only the server; “undersigned worker” runs apart.")
def serve(host: str, port: int, no_worker: bool) -> None:
    """Serve the public folder, the forms and the desk; with the worker, until stopped."""
    raise SystemExit(serve_until_stopped(Address(host, port), with_worker=not no_worker))


@click.command()
def worker() -> None:
    """Do what time brings: releases, log, pages, mail, reminders, lapse. Until stopped."""
    stopped = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    work_until(stopped)
