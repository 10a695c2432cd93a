"""A backup is whole or not there, and one that this version cannot read is not put in the place of the record."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pytest_django.fixtures import Settings

from undersigned.config import backing_up
from undersigned.config.migrating import FromTheFuture, bring_up_to_date, missing, refuse_other_shape
from undersigned.lib.keys import KeyRing


@pytest.fixture
def kept(keys: KeyRing, settings: Settings, tmp_path: Path) -> KeyRing:
    """The keys of the site, with a data folder to work in."""
    settings.DATA = tmp_path / "data"
    return keys


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
