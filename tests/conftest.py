"""What holds for every test: none is skipped, long ones are asked for, the browser is the system's."""

import asyncio
import os
from collections.abc import Generator
from typing import TypeVar

import hypothesis
import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from tests.browser import launch

pytest_plugins = ["tests.stage", "tests.newsroom", "tests.ledger.oracle.program"]

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--long", action="store_true", help="run the tests marked `long` too, and more examples of each property"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: takes more than ten seconds; run by `./test --long` only")
    # No deadline: the machine that checks may be busy. The same examples each time, or a failure could not be repeated.
    hypothesis.settings.register_profile("short", deadline=None, database=None, derandomize=True)
    hypothesis.settings.register_profile("long", deadline=None, database=None, max_examples=2000)
    hypothesis.settings.load_profile("long" if config.getoption("--long") else "short")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--long"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


# --- The records ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _no_session_lingers(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Generator[None]:
    """At the end nobody but us is in the record, or PostgreSQL would not let it go: a live server's thread stays
    as long as a browser keeps its connection open."""
    yield
    with django_db_blocker.unblock():
        # Where no test asked for the record, none was made.
        if connection.vendor == "postgresql" and str(connection.settings_dict["NAME"]).startswith("test_"):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )


# --- No skips: a missing browser, database or oracle is a failure ---------------------------------------------------


def _refuse_skip(report: Report) -> Report:
    if report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"Nothing may be skipped or expected to fail: {reason}"
        report.__dict__.pop("wasxfail", None)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _refuse_skip((yield))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _refuse_skip((yield))


# --- The browser ------------------------------------------------------------------------------------------------------


@pytest.fixture
def without_the_browsers_loop() -> Generator[None]:
    """Playwright's event loop counts as running in this thread from its first test to its last; ours run beside it."""
    browsers = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(browsers)


@pytest.fixture(scope="session")
def base_url() -> str:
    """None: a test says which server it opens. (The plugin's own warns, and warnings are errors.)"""
    return ""


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """The system's Chromium, which asks nothing of the network but what a test opens."""
    # Playwright keeps an event loop in the thread in which tests look at their records.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return launch()
