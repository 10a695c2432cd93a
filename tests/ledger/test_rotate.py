"""The keys of a log change, and whoever reads its files knows a key that has signed them, at every moment of it."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import chain

import pytest
from django.conf import settings
from django.db import transaction

from tests.ledger.logs import make_log
from tests.ledger.published import assert_whole, files_in, folder_of, grow_to, head_of, keys_of
from tests.stage import HOUR, NOON
from tests.trouble import cut_at_each_step, cut_the_power_at_each_step
from undersigned.ledger.head import HeadUnknown, LogAhead, LogForked, LogRefused
from undersigned.ledger.keys import OnlyOneKey
from undersigned.ledger.models import Log
from undersigned.ledger.note import NotANote, open_checkpoint
from undersigned.ledger.publish import publish
from undersigned.ledger.reading import FolderSource
from undersigned.ledger.rotate import retire, rotate
from undersigned.ledger.verify import Known, verify
from undersigned.lib.keys import KeyMissing

pytestmark = pytest.mark.django_db

LATER = NOON + 2 * HOUR


def assert_strangers_can_verify(log: Log) -> None:
    verify(FolderSource(folder_of(log)), Known(), lambda _done, _of: None)


def keys_on_disk() -> dict[str, bytes]:
    return files_in(settings.KEYS.folder)


def go_on(log: Log) -> None:
    """What the worker does, whatever became of a change of keys: the log verifies before the next entry and with it."""
    assert_strangers_can_verify(log)
    publish(log.pk)
    assert_strangers_can_verify(log)
    grow_to(log, head_of(log).size + 1)
    assert_strangers_can_verify(log)


def test_during_a_rotation_both_keys_sign_and_the_head_is_published_anew() -> None:
    log = make_log()
    grow_to(log, 2)
    [old] = keys_of(log).verifiers()
    new = rotate(log.pk, NOON + HOUR)
    raw = (folder_of(log) / "checkpoint").read_bytes()
    assert open_checkpoint(raw, [old]) == open_checkpoint(raw, [new]) == head_of(log)
    assert head_of(log).size == 2
    grow_to(log, 3)
    raw = (folder_of(log) / "checkpoint").read_bytes()
    assert open_checkpoint(raw, [old]) == open_checkpoint(raw, [new])


def test_a_retired_key_signs_no_more_and_stays_on_the_list() -> None:
    log = make_log()
    grow_to(log, 2)
    [old] = keys_of(log).verifiers()
    new = rotate(log.pk, NOON + HOUR)
    assert retire(log.pk, LATER) == [old]
    raw = (folder_of(log) / "checkpoint").read_bytes()
    assert open_checkpoint(raw, [new]).size == 2
    with pytest.raises(NotANote):
        open_checkpoint(raw, [old])
    assert (folder_of(log) / "keys.txt").read_text().splitlines() == [
        f"{old.text} 2026-11-10T12Z 2026-11-10T14Z",
        f"{new.text} 2026-11-10T13Z -",
    ]
    grow_to(log, 3)
    assert_whole(log)


def test_a_log_that_was_never_signed_can_have_its_keys_changed() -> None:
    log = make_log()
    old = keys_of(log).make(NOON)
    new = rotate(log.pk, NOON + timedelta(minutes=5))
    assert not publish(log.pk)
    grow_to(log, 1)
    raw = (folder_of(log) / "checkpoint").read_bytes()
    assert all(open_checkpoint(raw, [key]) for key in (old, new))
    unsigned = make_log("letters.example/tunnel")
    keys_of(unsigned).make(NOON)
    rotate(unsigned.pk, NOON)
    assert retire(unsigned.pk, LATER) == keys_of(unsigned).verifiers()[:1]


def test_a_key_whose_seed_is_lost_is_retired_all_the_same() -> None:
    log = make_log()
    grow_to(log, 2)
    [lost] = keys_of(log).verifiers()
    rotate(log.pk, NOON)
    settings.KEYS.destroy_log_seed(log.origin, lost.id.hex())
    assert retire(log.pk, LATER) == [lost]
    go_on(log)


# --- Refusals change nothing ------------------------------------------------------------------------------------------


def behind(log: Log) -> None:
    with transaction.atomic():
        grow_to(log, 6)
        transaction.set_rollback(True)


def forked(log: Log) -> None:
    behind(log)
    moved = folder_of(log).rename(folder_of(log).with_name("moved"))
    grow_to(log, 7)
    moved.rename(folder_of(log).with_name("forked"))
    folder_of(log).rename(folder_of(log).with_name("ours"))
    folder_of(log).with_name("forked").rename(folder_of(log))


def damaged(log: Log) -> None:
    (folder_of(log) / "checkpoint").write_bytes(b"damaged")


@pytest.mark.parametrize("act", [rotate, retire])
@pytest.mark.parametrize(("harm", "refusal"), [(behind, LogAhead), (forked, LogForked), (damaged, HeadUnknown)])
def test_where_nothing_may_be_signed_no_key_is_made_and_none_is_retired(
    act: Callable[..., object], harm: Callable[[Log], None], refusal: type[LogRefused]
) -> None:
    log = make_log()
    grow_to(log, 3)
    rotate(log.pk, NOON)
    harm(log)
    before = keys_on_disk(), files_in(folder_of(log))
    with pytest.raises(refusal):
        act(log.pk, LATER)
    assert (keys_on_disk(), files_in(folder_of(log))) == before


def test_the_only_key_is_not_retired_and_none_is_in_favour_of_one_that_is_lost() -> None:
    log = make_log()
    grow_to(log, 3)
    with pytest.raises(OnlyOneKey):
        retire(log.pk, LATER)
    lost = rotate(log.pk, NOON)
    settings.KEYS.destroy_log_seed(log.origin, lost.id.hex())
    before = keys_on_disk(), files_in(folder_of(log))
    with pytest.raises(KeyMissing):
        retire(log.pk, LATER)
    assert (keys_on_disk(), files_in(folder_of(log))) == before


# --- Broken off -------------------------------------------------------------------------------------------------------


def broken_off(act: Callable[..., object], log: Log, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """`act` broken off at each step; each time, the log has gone on and its older keys have been retired since."""

    def do() -> object:
        return act(log.pk, LATER)

    for _ in chain(cut_the_power_at_each_step(do, patch), cut_at_each_step(do)):
        go_on(log)
        with suppress(OnlyOneKey):  # where it broke before there was another, or when all was done
            retire(log.pk, LATER)
        yield


def test_a_rotation_that_breaks_at_any_step_leaves_a_log_that_verifies_and_may_be_begun_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = make_log()
    grow_to(log, 3)

    assert len(list(broken_off(rotate, log, monkeypatch))) > 20


def test_a_retirement_that_breaks_at_any_step_leaves_a_log_that_verifies_and_is_brought_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = make_log()
    grow_to(log, 3)
    keys_of(log).make(NOON)  # it has signed nothing yet: as a rotation leaves it that breaks in the middle

    cuts = 0
    for _ in broken_off(retire, log, monkeypatch):
        cuts += 1
        assert len([path for path in keys_on_disk() if path.endswith(".key")]) == 1
        assert len(keys_of(log).signers()) == 1
        assert_strangers_can_verify(log)
        keys_of(log).make(NOON)
    assert cuts > 20
