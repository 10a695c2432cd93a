from datetime import timedelta
from pathlib import Path

import pytest

from tests.stage import HOUR, NOON
from undersigned.ledger.keys import LogKeys, OnlyOneKey, read_periods
from undersigned.ledger.note import VerifierKey
from undersigned.lib.keys import KeyMissing, KeyRing

ORIGIN = "letters.example/bridge"


@pytest.fixture
def keys(tmp_path: Path) -> LogKeys:
    return LogKeys(KeyRing(tmp_path / "keys"), ORIGIN)


def seeds(keys: LogKeys) -> list[bytes]:
    return [path.read_bytes() for path in (keys.ring.folder / "logs").rglob("*.key")]


def test_a_key_that_was_made_signs_under_the_name_of_its_log(keys: LogKeys) -> None:
    verifier = keys.make(NOON)
    assert verifier.name == ORIGIN
    [signer] = keys.signers()
    assert signer.verifier == verifier
    assert keys.verifiers() == [verifier]


def test_the_seed_of_a_key_is_its_owner_s_alone_and_its_file_tells_no_name(keys: LogKeys) -> None:
    keys.make(NOON)
    files = [path for path in keys.ring.folder.rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert not [path for path in files if "bridge" in str(path.relative_to(keys.ring.folder))]


def test_each_log_has_keys_of_its_own(keys: LogKeys) -> None:
    other = LogKeys(keys.ring, "letters.example/tunnel")
    assert keys.make(NOON).public != other.make(NOON).public
    assert len(keys.signers()) == len(other.signers()) == 1


def test_a_log_without_a_key_is_not_signed(keys: LogKeys) -> None:
    assert keys.text == ""
    with pytest.raises(KeyMissing, match="no key that signs it"):
        keys.signers()


def test_a_seed_that_is_lost_is_missed(keys: LogKeys) -> None:
    keys.make(NOON)
    for path in keys.ring.folder.rglob("*.key"):
        path.unlink()
    with pytest.raises(KeyMissing):
        keys.signers()


def test_the_list_tells_from_which_hour_until_which_each_key_signs(keys: LogKeys) -> None:
    old = keys.make(NOON + timedelta(minutes=59))
    new = keys.make(NOON + HOUR)
    assert [signer.verifier for signer in keys.signers()] == [old, new]
    assert keys.retire(NOON + 25 * HOUR) == [old]
    assert keys.text == f"{old.text} 2026-11-10T12Z 2026-11-11T13Z\n{new.text} 2026-11-10T13Z -\n"
    assert [signer.verifier for signer in keys.signers()] == [new]
    assert keys.verifiers() == [old, new]
    assert [period.key for period in read_periods(keys.text)] == [old, new]


def test_the_seed_of_a_retired_key_is_destroyed(keys: LogKeys) -> None:
    keys.make(NOON)
    [seed] = seeds(keys)
    keys.make(NOON)
    keys.retire(NOON)
    assert len(seeds(keys)) == 1
    assert seed not in seeds(keys)


def test_the_only_key_cannot_be_retired(keys: LogKeys) -> None:
    with pytest.raises(OnlyOneKey):
        keys.retire(NOON)
    keys.make(NOON)
    with pytest.raises(OnlyOneKey):
        keys.retire(NOON)
    keys.make(NOON)
    keys.retire(NOON)
    with pytest.raises(OnlyOneKey):
        keys.retire(NOON)
    assert len(keys.signers()) == 1


def test_of_three_keys_the_newest_stays(keys: LogKeys) -> None:
    made = [keys.make(NOON) for _ in range(3)]
    assert keys.retire(NOON) == made[:2]
    assert [signer.verifier for signer in keys.signers()] == made[2:]


@pytest.mark.parametrize("text", ["nonsense", "a b c", f"{ORIGIN}+00000000+AA== 2026-11-10T12Z -"])
def test_what_is_not_a_list_of_keys_is_not_read_as_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_periods(text)


def test_a_period_needs_an_hour(keys: LogKeys) -> None:
    text = keys.make(NOON).text
    assert VerifierKey.parse(text)
    for line in (f"{text} 2026-11-10 -", f"{text} - -", f"{text} 2026-11-10T12Z", text):
        with pytest.raises(ValueError, match=r"."):
            read_periods(line)
