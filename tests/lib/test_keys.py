import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from uuid import UUID

import pytest

from undersigned.lib.keys import KEY_BYTES, KeyMissing, KeyRing, KeyUnreadable

LETTER, OTHER = UUID(int=7), UUID(int=8)


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "data" / "keys")


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def files(ring: KeyRing) -> set[str]:
    return {str(path.relative_to(ring.folder)) for path in ring.folder.rglob("*") if path.is_file()}


# --- Making and reading -----------------------------------------------------------------------------------------------


def test_a_key_is_32_bytes_and_stays_what_it_is(ring: KeyRing) -> None:
    assert ring.make_site_key("links")
    key = ring.site_key("links")
    assert len(key) == KEY_BYTES == 32
    assert not ring.make_site_key("links")
    assert ring.site_key("links") == key == KeyRing(ring.folder).site_key("links")


def test_every_key_is_another_one(ring: KeyRing) -> None:
    for name in ("links", "mail"):
        ring.make_site_key(name)
    for letter in (LETTER, OTHER):
        ring.make_letter_key(letter)
    keys = {ring.site_key("links"), ring.site_key("mail"), ring.letter_key(LETTER), ring.letter_key(OTHER)}
    assert len(keys) == 4


def test_a_key_that_was_never_made_is_missed_by_name(ring: KeyRing) -> None:
    for look in (lambda: ring.site_key("links"), lambda: ring.letter_key(LETTER), ring.coalition_recipient):
        with pytest.raises(KeyMissing, match=r"is missing: make it with “undersigned key make”"):
            look()
    assert not ring.folder.exists()


@pytest.mark.parametrize("content", [b"", bytes(31), bytes(33), b"not a key\n"])
def test_a_damaged_key_is_not_used_and_not_replaced(ring: KeyRing, content: bytes) -> None:
    ring.make_site_key("mail")
    path = ring.folder / "mail.key"
    path.write_bytes(content)
    with pytest.raises(KeyMissing, match=f"is damaged: {len(content)} bytes instead of 32"):
        ring.site_key("mail")
    assert not ring.make_site_key("mail")
    assert path.read_bytes() == content


def test_a_key_that_cannot_be_read_is_refused_by_name_and_no_throwaway_lent_for_it(ring: KeyRing) -> None:
    place = ring.folder / "mail.key"
    place.mkdir(parents=True)  # root, too, cannot read a folder as a file
    for look in (ring.site_key, ring.site_key_or_throwaway):
        with pytest.raises(KeyUnreadable, match=f"{place} cannot be read: Is a directory"):
            look("mail")
    assert not ring.make_site_key("mail")


def test_without_a_key_a_throwaway_is_lent_that_is_kept_nowhere(ring: KeyRing) -> None:
    lent = ring.site_key_or_throwaway("django")
    assert len(lent) == 32
    assert lent != ring.site_key_or_throwaway("django")
    assert not ring.folder.exists()
    ring.make_site_key("django")
    assert ring.site_key_or_throwaway("django") == ring.site_key("django")


def test_the_coalitions_recipient_can_be_set_and_set_anew(ring: KeyRing) -> None:
    for recipient in ("age1first", "age1second"):
        ring.set_coalition_recipient(recipient)
        assert ring.coalition_recipient() == recipient


# --- The folder -------------------------------------------------------------------------------------------------------


def test_keys_can_be_read_by_their_owner_only(ring: KeyRing) -> None:
    careless = os.umask(0)
    try:
        ring.make_letter_key(LETTER)  # first, so that the folders above it are made on the way
        ring.make_site_key("links")
        ring.set_coalition_recipient("age1first")
    finally:
        os.umask(careless)
    folders = [ring.folder.parent, ring.folder, ring.folder / "letters"]
    assert [mode_of(folder) for folder in folders] == [0o700] * 3
    assert {mode_of(ring.folder / name) for name in files(ring)} == {0o600}


def test_nothing_is_left_in_the_folder_but_the_keys(ring: KeyRing) -> None:
    for _ in range(2):
        ring.make_site_key("links")
        ring.make_letter_key(LETTER)
        ring.set_coalition_recipient("age1first")
    assert files(ring) == {"links.key", f"letters/{LETTER.hex}.key", "coalition.age"}


def test_processes_that_start_together_agree_on_one_key(ring: KeyRing) -> None:
    for name in (f"key-{number}" for number in range(20)):
        barrier = Barrier(4)

        def start(name: str = name, barrier: Barrier = barrier) -> tuple[bool, bytes]:
            barrier.wait(60)
            return ring.make_site_key(name), ring.site_key(name)

        with ThreadPoolExecutor(4) as pool:
            answers = [future.result() for future in [pool.submit(start) for _ in range(4)]]
        assert [made for made, _ in answers].count(True) == 1
        assert {key for _, key in answers} == {ring.site_key(name)}


def test_a_key_is_there_wholly_or_not_at_all(ring: KeyRing, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            ring.make_site_key("links")
    with pytest.raises(KeyMissing):
        ring.site_key("links")
    assert ring.make_site_key("links")


# --- Destroying -------------------------------------------------------------------------------------------------------


def test_a_destroyed_key_is_gone_and_the_others_stay(ring: KeyRing) -> None:
    for letter in (LETTER, OTHER):
        ring.make_letter_key(letter)
    other = ring.letter_key(OTHER)
    ring.destroy_letter_key(LETTER)
    with pytest.raises(KeyMissing):
        ring.letter_key(LETTER)
    assert ring.letter_key(OTHER) == other
    assert files(ring) == {f"letters/{OTHER.hex}.key"}


def test_a_destroyed_key_is_overwritten_before_its_name_goes(ring: KeyRing, tmp_path: Path) -> None:
    ring.make_letter_key(LETTER)
    key = ring.letter_key(LETTER)
    held = tmp_path / "held"
    held.hardlink_to(ring.folder / "letters" / f"{LETTER.hex}.key")
    ring.destroy_letter_key(LETTER)
    assert len(held.read_bytes()) == 32
    assert held.read_bytes() != key


def test_destroying_what_is_not_there_is_no_fault(ring: KeyRing) -> None:
    ring.destroy_letter_key(LETTER)
    ring.make_letter_key(LETTER)
    ring.destroy_letter_key(LETTER)
    ring.destroy_letter_key(LETTER)


def test_a_key_made_after_a_destroyed_one_is_another_one(ring: KeyRing) -> None:
    ring.make_letter_key(LETTER)
    key = ring.letter_key(LETTER)
    ring.destroy_letter_key(LETTER)
    assert ring.make_letter_key(LETTER)
    assert ring.letter_key(LETTER) != key


def test_a_ring_that_is_printed_shows_no_key(ring: KeyRing) -> None:
    ring.make_site_key("links")
    shown = repr(ring)
    assert ring.site_key("links").hex() not in shown
    assert repr(ring.site_key("links")) not in shown
