"""Trouble made on purpose: database or power go away at each step in turn, or another process acts in between."""

import os
import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest
from django.apps import apps
from django.db import OperationalError, connection, connections

PATIENCE = 60  # seconds; who waits longer for a lock never gets it


class Gone(OperationalError):
    """The database went away."""


def cut_at_each_step(act: Callable[[], object]) -> Iterator[int]:
    """Break `act` at its first statement, at its second, and so on; yields after each, and ends when it got through."""
    for step in count():
        try:
            with connection.execute_wrapper(_Cut(step)):
                act()
        except Exception as fault:
            if not _is_gone(fault):
                raise
            yield step
        else:
            return


class PowerCut(BaseException):
    """Ends the process on the spot: nothing catches it."""


def cut_the_power_at_each_step(act: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Cut the power at the first step that reaches the disk, at the second, and so on; yields after each."""
    for step in count():
        with monkeypatch.context() as patch:
            left = [step]
            for place, name in (
                *((os, name) for name in ("fsync", "link", "readlink", "replace", "unlink", "utime")),
                *((Path, name) for name in ("open", "replace", "rename", "symlink_to", "mkdir", "unlink")),
                (shutil, "rmtree"),
            ):
                patch.setattr(place, name, _with_power(getattr(place, name), left))
            try:
                act()
            except PowerCut:
                pass
            else:
                return
        yield step


def _with_power(step: Callable[..., Any], left: list[int]) -> Callable[..., Any]:
    def with_power(*args: Any, **options: Any) -> Any:
        if not left[0]:
            raise PowerCut
        left[0] -= 1
        return step(*args, **options)

    return with_power


def everything() -> dict[str, list[tuple[object, ...]]]:
    """All that the database holds of ours, by table."""
    models = [model for model in apps.get_models() if model.__module__.startswith("undersigned.")]
    return {
        model._meta.label: [
            tuple(map(_plain, row)) for row in model._default_manager.order_by("pk").values_list().iterator()
        ]
        for model in models
    }


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What several processes get that act at the same moment: answers, or the exceptions that they met."""
    barrier = Barrier(len(acts))

    def act(one: Callable[[], Any]) -> Any:
        barrier.wait(PATIENCE)
        return one()

    with ThreadPoolExecutor(len(acts)) as pool:
        futures = [pool.submit(_in_own_connection, lambda one=one: act(one)) for one in acts]
        return [future.exception(PATIENCE) or future.result() for future in futures]


@contextmanager
def another_process() -> Generator[Callable[[Callable[[], Any]], Future[Any]]]:
    """Another process: what it is given to do begins, and has the time to run into a lock; then the test goes on."""
    with ThreadPoolExecutor(1) as pool:

        def begin(act: Callable[[], Any]) -> Future[Any]:
            begun = Event()
            future = pool.submit(_in_own_connection, lambda: _telling(begun, act))
            begun.wait(PATIENCE)
            wait([future], timeout=0.3)
            return future

        yield begin


def _telling(begun: Event, act: Callable[[], Any]) -> Any:
    """Do it, and tell when its first statement goes to the database, or when it ends without one."""

    def tell(execute: Callable[..., Any], *statement: Any) -> Any:
        begun.set()
        return execute(*statement)

    try:
        with connection.execute_wrapper(tell):
            return act()
    finally:
        begun.set()


def _is_gone(fault: Exception) -> bool:
    """Whether the database went away, under one attempt or under each of several."""
    return isinstance(fault, Gone) or (isinstance(fault, ExceptionGroup) and all(map(_is_gone, fault.exceptions)))


class _Cut:
    def __init__(self, step: int) -> None:
        self.left = step

    def __call__(self, execute: Callable[..., Any], sql: str, params: Sequence[object], *rest: object) -> Any:
        # Savepoints stay whole: who has lost the database cannot go back to one, but has lost all since it anyway.
        if "SAVEPOINT" not in sql:
            if self.left == 0:
                raise Gone(sql)
            self.left -= 1
        return execute(sql, params, *rest)


def _in_own_connection(act: Callable[[], Any]) -> Any:
    try:
        return act()
    finally:
        connections.close_all()


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value
