"""Backups: the whole record in one file, encrypted to a key that the server does not have."""

import io
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pyrage
from django.conf import settings
from django.db import connection, connections

from undersigned.config.migrating import refuse_future
from undersigned.letters.models import Letter
from undersigned.lib.refusal import Refusal

SQLITE = b"SQLite format 3\0"


class BackupRefused(Refusal):
    code = "backup-refused"
    message = "%(reason)s"


def back_up(file: Path) -> None:
    """Write a consistent copy of the database into `file`, encrypted to the coalition's age recipient."""
    recipient = pyrage.x25519.Recipient.from_str(settings.KEYS.coalition_recipient())
    _refuse_taken(file)
    with _scratch() as folder:
        plain = folder / "record"
        _dump(plain)
        sealed = folder / "sealed"
        pyrage.encrypt_file(str(plain), str(sealed), [recipient])  # in chunks: a record may be larger than the memory
        _keep(sealed, file)


def restore(file: Path, identity: Path, *, replace: bool) -> None:
    """Put the record in `file` in the place of the present one; refused when there is one, unless `replace`."""
    if not replace and _holds_letters():
        raise BackupRefused(reason="The database holds letters already. Give --replace to overwrite them.")
    with _scratch() as folder:
        plain = folder / "record"
        _open(file, identity, plain)
        connections.close_all()
        if plain.open("rb").read(len(SQLITE)) == SQLITE:
            _restore_sqlite(plain)
        else:
            _run(
                "pg_restore",
                "--clean",
                "--if-exists",
                "--no-owner",
                "--single-transaction",
                "--dbname",
                _url(),
                str(plain),
            )


def back_up_keys(file: Path, passphrase: str) -> None:
    """Write the folder of keys into `file`, encrypted with `passphrase` (age, scrypt)."""
    _refuse_taken(file)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(settings.KEYS.folder, arcname=".")
    with _scratch() as folder:
        sealed = folder / "sealed"
        sealed.write_bytes(pyrage.passphrase.encrypt(packed.getvalue(), passphrase))
        _keep(sealed, file)


def restore_keys(file: Path, passphrase: str) -> None:
    """Put the keys in `file` back into their folder; refused where a key that is there differs."""
    try:
        packed = pyrage.passphrase.decrypt(file.read_bytes(), passphrase)
    except pyrage.DecryptError:
        raise BackupRefused(reason="The passphrase does not open this file, or the file is damaged.") from None
    folder = settings.KEYS.folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive.getmembers():
            kept, stored = folder / member.name, archive.extractfile(member) if member.isfile() else None
            if stored and kept.exists() and kept.read_bytes() != stored.read():
                raise BackupRefused(reason=f"{kept} is there already and differs; move it away first.")
        archive.extractall(folder, filter="data")


def _dump(plain: Path) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(plain)])
    else:
        _run("pg_dump", "--format", "custom", "--no-owner", "--file", str(plain), _url())


def _open(file: Path, identity: Path, plain: Path) -> None:
    lines = [line for line in identity.read_text().splitlines() if line.startswith("AGE-SECRET-KEY-")]
    if not lines:
        raise BackupRefused(reason=f"{identity} holds no age identity.")
    try:
        pyrage.decrypt_file(str(file), str(plain), [pyrage.x25519.Identity.from_str(lines[0])])
    except pyrage.DecryptError:
        raise BackupRefused(reason=f"This identity does not open {file}, or the file is damaged.") from None


def _restore_sqlite(plain: Path) -> None:
    if connection.vendor != "sqlite":
        raise BackupRefused(reason="This is a backup of SQLite, and the settings name PostgreSQL.")
    with closing(sqlite3.connect(plain)) as found:
        if found.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise BackupRefused(reason="The backup is damaged: SQLite finds it inconsistent.")
        refuse_future(set(found.execute("SELECT app, name FROM django_migrations")))
        place = Path(str(settings.DATABASES["default"]["NAME"]))
        place.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(place)) as target:
            found.backup(target)


def _holds_letters() -> bool:
    tables = connection.introspection.table_names()
    return Letter._meta.db_table in tables and Letter.objects.exists()


def _url() -> str:
    found = settings.DATABASES["default"]
    parts = {"dbname": found["NAME"], "host": found["HOST"], "port": found["PORT"], "user": found["USER"]}
    return " ".join(f"{name}='{value}'" for name, value in parts.items() if value)


def _run(*command: str) -> None:
    environment = {**os.environ, "PGPASSWORD": str(settings.DATABASES["default"].get("PASSWORD", ""))}
    try:
        subprocess.run(command, check=True, env=environment)  # noqa: S603  a fixed program with our own settings
    except FileNotFoundError:
        raise BackupRefused(reason=f"{command[0]} is missing: apt-get install postgresql-client") from None
    except subprocess.CalledProcessError:
        raise BackupRefused(reason=f"{command[0]} failed; its words stand above.") from None


@contextmanager
def _scratch() -> Iterator[Path]:
    """A private folder beside the data, not in /tmp, for what must not be read by others; gone afterwards."""
    settings.DATA.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=settings.DATA) as folder:
        yield Path(folder)


def _refuse_taken(file: Path) -> None:
    if file.exists():
        raise BackupRefused(reason=f"{file} is there already; choose another name.")


def _keep(sealed: Path, file: Path) -> None:
    """`sealed` under its name, whole and on the disk, or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as kept, sealed.open("rb") as content:
            shutil.copyfileobj(content, kept)
            kept.flush()
            os.fsync(kept.fileno())
    except OSError:
        file.unlink()
        raise
