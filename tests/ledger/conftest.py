"""Every test of a log has keys of its own."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from undersigned.lib.keys import KeyRing


@pytest.fixture(autouse=True)
def _keys_of_its_own(tmp_path: Path, settings: Settings) -> None:
    settings.KEYS = KeyRing(tmp_path / "keys")
