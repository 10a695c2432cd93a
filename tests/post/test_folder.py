"""Mails as files: what the demonstration shows instead of sending."""

import errno
from pathlib import Path

import pytest

from tests.post.post_office import FROM, addresses, read
from tests.stage import NOON
from undersigned.lib.addresses import EmailAddress
from undersigned.post import folder as folders
from undersigned.post.folder import FolderTransport
from undersigned.post.message import trial
from undersigned.post.transport import Outcome
from undersigned.post.wire import Envelope, Parcel, pack


def parcels(count: int) -> list[Parcel]:
    mailboxes = [EmailAddress.parse(address) for address in addresses(count)]
    return [pack(trial(), Envelope(FROM, mailbox, NOON), eight_bit=True) for mailbox in mailboxes]


def outcomes(transport: FolderTransport, count: int) -> list[Outcome]:
    return [answer.outcome for answer in transport.hand_over(parcels(count))]


def test_mails_in_a_folder_are_numbered_and_their_names_tell_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    assert outcomes(FolderTransport(folder), 2) + outcomes(FolderTransport(folder), 1) == [Outcome.TAKEN] * 3
    assert sorted(path.name for path in folder.iterdir()) == ["000001.eml", "000002.eml", "000003.eml"]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert read((folder / "000002.eml").read_bytes())["To"] == "person1@mail.example"


def test_on_a_full_disk_mails_wait_and_leave_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = folders._write

    def half(path: Path, content: bytes) -> None:
        whole(path, content[:10])
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(folders, "_write", half)
    assert outcomes(FolderTransport(tmp_path), 3) == [Outcome.UNREACHABLE, Outcome.UNTRIED, Outcome.UNTRIED]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_left_alone_once_the_work_is_to_end(tmp_path: Path) -> None:
    answers = FolderTransport(tmp_path).hand_over(parcels(2), lambda: not list(tmp_path.glob("*.eml")))
    assert [answer.outcome for answer in answers] == [Outcome.TAKEN, Outcome.UNTRIED]
