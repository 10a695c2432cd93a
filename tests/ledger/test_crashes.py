"""A log is cut at every step to the disk and to the database, and goes on: no gap, no repeat, no fork."""

import pytest
from django.db import connection

from tests.ledger.logs import make_log, numbers, signed
from tests.ledger.published import assert_whole, folder_of, grow_to, head_of
from tests.trouble import another_process, cut_at_each_step, cut_the_power_at_each_step
from undersigned.ledger.events import Tallied
from undersigned.ledger.merkle import consistency_proof, is_consistent
from undersigned.ledger.models import Log
from undersigned.ledger.publish import publish, tend
from undersigned.ledger.tally import counts, recount
from undersigned.ledger.tiles import TileNodes

pytestmark = pytest.mark.django_db


def resume(log: Log, signed_before: int) -> None:
    """The next sequencer goes on, and all is there once."""
    before = head_of(log) if (folder_of(log) / "checkpoint").exists() else None
    tend(log.pk, hidden_batch=1)
    assert_whole(log)
    head = head_of(log)
    assert head.size == signed_before == log.entries.count()
    assert sorted(numbers(log)) == list(range(head.size))
    assert counts(log) == recount(log)
    if before:
        nodes = TileNodes(head.size, lambda path: (folder_of(log) / path).read_bytes())
        proof = consistency_proof(before.size, head.size, nodes.node)
        assert is_consistent((before.size, before.root), (head.size, head.root), proof)


@pytest.mark.parametrize(("size", "more"), [(0, 3), (250, 10), (255, 1), (256, 1), (511, 2)])
def test_a_power_cut_at_any_step_to_the_disk_leaves_no_gap_no_repeat_and_no_fork(
    size: int, more: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = make_log()
    if size:
        grow_to(log, size)
    total = size + more
    signed(log, many=more)
    cuts = 0
    for _ in cut_the_power_at_each_step(lambda: tend(log.pk, hidden_batch=1), monkeypatch):
        cuts += 1
        resume(log, total)
        signed(log, many=more)
        total += more
    resume(log, total)
    assert cuts > 20
    assert not [path for path in folder_of(log).parent.glob(".*") if path.is_dir()]


@pytest.mark.parametrize("size", [0, 254])
def test_a_database_that_goes_away_at_any_step_leaves_no_gap_no_repeat_and_no_fork(size: int) -> None:
    log = make_log()
    if size:
        grow_to(log, size)
    total = size + 3
    signed(log, many=2)
    signed(log, kind=Tallied.HIDDEN)
    cuts = 0
    for _ in cut_at_each_step(lambda: tend(log.pk, hidden_batch=1)):
        cuts += 1
        resume(log, total)
        signed(log, many=3)
        total += 3
    resume(log, total)
    assert cuts >= 10


@pytest.mark.django_db(transaction=True)
def test_two_workers_publish_one_log() -> None:
    log = make_log()
    signed(log, many=300)
    with another_process() as begin:
        other = begin(lambda: tend(log.pk, hidden_batch=1))
        mine = tend(log.pk, hidden_batch=1)
    assert mine + other.result() == 300
    publish(log.pk)
    assert_whole(log)
    connection.close()
