"""What the record is asked to promise."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_sqlite_waits_for_the_disk_at_each_commit_and_overwrites_what_is_erased() -> None:
    if connection.vendor == "sqlite":
        said = {}
        for name in ("journal_mode", "synchronous", "secure_delete"):
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA {name}")
                said[name] = cursor.fetchone()[0]
        assert said == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}  # 2 is FULL
