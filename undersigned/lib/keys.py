"""Keys live in a folder of their own, never in the database, so that a stolen database opens nothing."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

KEY_BYTES = 32


class KeyMissing(Exception):
    """A key that the work needs is not in the folder of keys (or was destroyed)."""


class KeyUnreadable(KeyMissing):
    """It may be there, and we cannot read it: it belongs to somebody else, or the disk fails."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys in `folder`: one file a key, readable by its owner only.

    `NAME.key` are the site's own; `letters/HEX.key` is one letter's, and destroying it makes what
    was sealed with it unreadable; `logs/NAME/` holds the seeds that sign one log, and the list of them that is
    published; `coalition.age` holds the coalition's public age recipient, whose private half never comes near the
    server.
    """

    folder: Path

    def site_key(self, name: str) -> bytes:
        """The site's 32-byte key called `name`, read once; else KeyMissing."""
        return _read_once(self.folder, f"{name}.key")

    def site_key_or_throwaway(self, name: str) -> bytes:
        """The site's key, or one for this process alone where none was made yet (as for `--help`)."""
        try:
            return self.site_key(name)
        except KeyUnreadable:
            raise
        except KeyMissing:
            return secrets.token_bytes(KEY_BYTES)

    def letter_key(self, letter: UUID) -> bytes:
        """The 32-byte key of one letter; else KeyMissing."""
        return _read(self._of_letter(letter))

    def make_site_key(self, name: str) -> bool:
        """Make the site key `name` unless it is there; tell whether it was made."""
        return _make(self.folder / f"{name}.key")

    def make_letter_key(self, letter: UUID) -> bool:
        """Make the key of `letter` unless it is there; tell whether it was made."""
        return _make(self._of_letter(letter))

    def destroy_letter_key(self, letter: UUID) -> None:
        """Overwrite and remove the key of `letter`; what it sealed stays sealed for good."""
        _destroy(self._of_letter(letter))

    def log_seed(self, log: str, key: str) -> bytes:
        """The 32-byte seed called `key` of the log `log`; else KeyMissing."""
        return _read(self._of_log(log) / f"{key}.key")

    def has_log_seed(self, log: str, key: str) -> bool:
        """Whether the seed called `key` of the log `log` is there, be it whole or not."""
        return (self._of_log(log) / f"{key}.key").exists()

    def keep_log_seed(self, log: str, key: str, seed: bytes) -> None:
        """Keep a seed that signs the log `log`."""
        _write(self._of_log(log) / f"{key}.key", seed)

    def destroy_log_seed(self, log: str, key: str) -> None:
        """Overwrite and remove a seed: nobody signs with it any more."""
        _destroy(self._of_log(log) / f"{key}.key")

    def log_list(self, log: str) -> str:
        """The list of a log's keys, as it was kept last; empty where there is none."""
        path = self._of_log(log) / "keys.txt"
        return path.read_text() if path.exists() else ""

    def set_log_list(self, log: str, text: str) -> None:
        """Keep the list of a log's keys."""
        _write(self._of_log(log) / "keys.txt", text.encode())

    def coalition_recipient(self) -> str:
        """The age recipient (age1…) to whom hidden names are sealed; else KeyMissing."""
        path = self.folder / "coalition.age"
        if not path.exists():
            raise KeyMissing(f"{path} is missing: make it with “undersigned key make”")
        return path.read_text().strip()

    def set_coalition_recipient(self, recipient: str) -> None:
        """Keep the public recipient; hidden names are sealed to it from now on."""
        _write(self.folder / "coalition.age", recipient.encode() + b"\n")

    def _of_log(self, log: str) -> Path:
        return self.folder / "logs" / file_name(log)

    def _of_letter(self, letter: UUID) -> Path:
        return self.folder / "letters" / f"{letter.hex}.key"


@lru_cache(maxsize=64)  # of the site's keys only: those of letters are destroyed one day
def _read_once(folder: Path, name: str) -> bytes:
    return _read(folder / name)


def file_name(name: str) -> str:
    """A name for the files of what is called `name`: always the same, safe in any path, and not telling it."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _read(path: Path) -> bytes:
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        raise KeyMissing(f"{path} is missing: make it with “undersigned key make”") from None
    except OSError as fault:
        raise KeyUnreadable(f"{path} cannot be read: {fault.strerror}") from None
    if len(key) != KEY_BYTES:
        raise KeyMissing(f"{path} is damaged: {len(key)} bytes instead of {KEY_BYTES}")
    return key


def _make(path: Path) -> bool:
    if path.exists():
        return False
    draft = _draft(path, secrets.token_bytes(KEY_BYTES))
    try:
        path.hardlink_to(draft)  # unlike a renaming, it never replaces the key that another process just made
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    _keep(path.parent)
    return True


def _destroy(path: Path) -> None:
    """Overwrite and remove a key, where it is there."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    _keep(path.parent)


def _write(path: Path, content: bytes) -> None:
    _draft(path, content).rename(path)
    _keep(path.parent)


def _draft(path: Path, content: bytes) -> Path:
    """A finished file beside `path`, to be put in its place at one stroke."""
    _make_folder(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _make_folder(folder: Path) -> None:
    """Make `folder`, and those above it, for their owner only; mkdir's own `parents` would let others look in."""
    if not folder.exists():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _keep(folder.parent)


def _keep(folder: Path) -> None:
    """Wait until the disk has the names in `folder`: a key that a power cut takes away takes all that it sealed."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
