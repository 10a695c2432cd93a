"""A backup is whole or not there, and one that this version cannot read is not put in the place of the record."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pytest_django.fixtures import Settings

from undersigned.config import backing_up
from undersigned.config.backing_up import BackupRefused, back_up_keys, restore_keys
from undersigned.config.migrating import FromTheFuture, bring_up_to_date, missing, refuse_other_shape
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


def test_a_backup_that_does_not_fit_on_the_disk_leaves_no_half_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        backing_up._keep(tmp_path / "gone meanwhile", tmp_path / "backup.age")
    assert not (tmp_path / "backup.age").exists()


@pytest.mark.django_db
def test_a_database_of_a_newer_version_is_left_alone() -> None:
    assert missing() == 0
    recorder = MigrationRecorder(connection)
    recorder.record_applied("letters", "9999_the_future")
    for verb in (bring_up_to_date, refuse_other_shape):
        with pytest.raises(FromTheFuture, match="9999_the_future"):
            verb()


@pytest.mark.django_db
def test_a_backup_of_a_newer_version_is_refused_before_anything_is_overwritten(
    kept: KeyRing, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, place = tmp_path / "record", tmp_path / "records.sqlite3"
    with closing(sqlite3.connect(plain)) as record:
        record.execute("CREATE TABLE django_migrations (app, name)")
        record.execute("INSERT INTO django_migrations VALUES ('letters', '9999_the_future')")
        record.commit()
    monkeypatch.setattr(backing_up, "connection", type("Sqlite", (), {"vendor": "sqlite"}))
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(place))
    with pytest.raises(FromTheFuture):
        backing_up._restore_sqlite(plain)
    assert not place.exists()
