"""Where the bakery bakes in tests, and what stands there."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from undersigned.pages.generation import PublicFolder

Crumbs = dict[str, bytes]


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> PublicFolder:
    """The public folder, empty yet."""
    settings.PUBLIC_ROOT = tmp_path / "data" / "public"
    return PublicFolder(settings.PUBLIC_ROOT)


@pytest.fixture
def crumbs(folder: PublicFolder) -> Callable[[], Crumbs]:
    """What stands in the public folder now: path → content."""
    return lambda: {path: (folder.root / path).read_bytes() for path in sorted(folder.paths())}
