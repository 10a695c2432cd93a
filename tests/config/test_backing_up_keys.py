"""The keys are kept under a passphrase, apart from the record, and none is ever overwritten."""

import os
import shutil
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from undersigned.config.backing_up import BackupRefused, back_up_keys, restore_keys
from undersigned.lib.keys import KeyRing


@pytest.fixture
def kept(keys: KeyRing, settings: Settings, tmp_path: Path) -> KeyRing:
    """The keys of the site, with a data folder to work in."""
    settings.DATA = tmp_path / "data"
    return keys


def test_keys_come_back_under_their_passphrase_and_no_other(kept: KeyRing, tmp_path: Path) -> None:
    file, key = tmp_path / "keys.age", kept.site_key("mail")
    back_up_keys(file, "correct horse battery staple")
    assert file.stat().st_mode & 0o777 == 0o600
    assert key not in file.read_bytes()
    shutil.rmtree(kept.folder)
    with pytest.raises(BackupRefused, match="passphrase"):
        restore_keys(file, "wrong")
    assert not kept.folder.exists()
    restore_keys(file, "correct horse battery staple")
    assert kept.site_key("mail") == key
    assert (kept.folder / "mail.key").stat().st_mode & 0o777 == 0o600


def test_a_key_that_is_there_and_differs_is_never_overwritten(kept: KeyRing, tmp_path: Path) -> None:
    file = tmp_path / "keys.age"
    back_up_keys(file, "passphrase")
    (kept.folder / "mail.key").write_bytes(os.urandom(32))
    now = kept.site_key("mail")
    with pytest.raises(BackupRefused, match="differs"):
        restore_keys(file, "passphrase")
    assert kept.site_key("mail") == now


def test_a_backup_never_overwrites_a_file(kept: KeyRing, tmp_path: Path) -> None:
    file = tmp_path / "keys.age"
    file.write_text("an older backup")
    with pytest.raises(BackupRefused, match="there already"):
        back_up_keys(file, "passphrase")
    assert file.read_text() == "an older backup"
