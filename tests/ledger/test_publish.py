import shutil
from itertools import islice
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.ledger.disk import Disk
from tests.ledger.logs import make_log, signed
from tests.ledger.published import (
    assert_times_tell_nothing,
    assert_whole,
    entries_in,
    files_in,
    folder_of,
    grow_to,
    head_of,
    keys_of,
)
from tests.stage import HOUR, NOON
from undersigned.ledger import publish as publishing
from undersigned.ledger.adopt import adopt
from undersigned.ledger.entries import undo
from undersigned.ledger.events import Event, Tallied
from undersigned.ledger.folder import LogFolder
from undersigned.ledger.head import HeadLost, HeadUnknown, LogAhead, LogForked, edge_of, sign_head
from undersigned.ledger.line import Line
from undersigned.ledger.merkle import consistency_proof, is_consistent
from undersigned.ledger.models import Checkpoint, Entry, Log, Tally
from undersigned.ledger.publish import publish, tend
from undersigned.ledger.sequence import Batch, sequence
from undersigned.ledger.tiles import TileNodes
from undersigned.lib.keys import KeyRing

pytestmark = pytest.mark.django_db


def restore(rows: list[Entry], heads: list[Checkpoint], size: int, log: Log) -> None:
    """What restoring an old backup does to the tables of the log."""
    Tally.objects.all().delete()
    Checkpoint.objects.all().delete()
    Entry.objects.all().delete()
    Entry.objects.bulk_create(rows)
    Checkpoint.objects.bulk_create(heads)
    Log.objects.filter(pk=log.pk).update(size=size)


# --- What is published ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sizes", [[1], [2], [255], [256], [257], [1, 2, 3, 255, 256, 257, 300, 512, 600]])
def test_a_log_is_published_as_entries_tiles_and_head(sizes: list[int]) -> None:
    log = make_log()
    for size in sizes:
        grow_to(log, size)
        assert head_of(log).size == size
        assert_whole(log)
    assert_times_tell_nothing(folder_of(log))


def test_a_published_entry_says_what_the_record_says() -> None:
    log = make_log()
    [entry] = signed(log, kind=Tallied.ORGANISATION)
    tend(log.pk, hidden_batch=1)
    undo([entry], Event.WITHDRAWN, NOON + HOUR)
    tend(log.pk, hidden_batch=1)
    one, other = map(Line.parse, entries_in(folder_of(log), 2))
    assert (one.event, one.kind, one.version, one.hour) == (Event.SIGNED, "organisation", bytes(entry.version), NOON)
    assert one.commitment == bytes(entry.commitment)
    assert (other.event, other.about, other.hour) == (Event.WITHDRAWN, 0, NOON + HOUR)


def test_what_undoes_an_entry_of_the_same_batch_names_its_index() -> None:
    log = make_log()
    signed(log, many=3)
    entry = signed(log)[0]
    undoing = signed(log)[0]
    Entry.objects.filter(pk=undoing.pk).update(undoes=entry, event=Event.AMENDED)
    tend(log.pk, hidden_batch=1)
    assert Line.parse(entries_in(folder_of(log), 5)[4]).about == 3


def test_hidden_entries_all_bear_the_last_hour_of_their_batch() -> None:
    log = make_log()
    for hours in range(4):
        signed(log, kind=Tallied.HIDDEN, at=NOON + hours * HOUR)
    tend(log.pk, hidden_batch=4)
    assert {Line.parse(entry).hour for entry in entries_in(folder_of(log), 4)} == {NOON + 3 * HOUR}
    assert set(Entry.objects.values_list("hour", flat=True)) == {NOON + 3 * HOUR}


def test_partial_tiles_of_published_sizes_stay_until_they_are_full() -> None:
    log = make_log()
    sizes = (1, 5, 200, 255)
    for size in sizes:
        grow_to(log, size)
    for kind in ("0", "entries"):
        assert {path.name for path in (folder_of(log) / f"tile/{kind}/000.p").iterdir()} == set(map(str, sizes))
    grow_to(log, 256)
    assert {path.name for path in (folder_of(log) / "tile/0").iterdir()} == {"000"}
    assert {path.name for path in (folder_of(log) / "tile/entries").iterdir()} == {"000"}


@pytest.mark.parametrize(
    ("size", "more", "stages"),
    [
        (0, 3, ["tile/entries", "tile", "keys.txt", "checkpoint"]),
        (3, 1, ["tile/entries", "tile", "checkpoint"]),
        (250, 10, ["tile/entries", "tile", "checkpoint", "removed"]),
    ],
)
def test_each_stage_is_on_the_disk_before_the_next_begins(
    size: int, more: int, stages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = make_log()
    if size:
        grow_to(log, size)
    signed(log, many=more)
    disk = Disk(folder_of(log))
    with monkeypatch.context() as patch:
        disk.watch(patch)
        tend(log.pk, hidden_batch=1)
    assert disk.stages == stages
    assert not disk.names
    assert_times_tell_nothing(folder_of(log))


def test_every_head_begins_with_the_one_before_it() -> None:
    log = make_log()
    heads = []
    for size in (1, 2, 255, 256, 257, 700):
        grow_to(log, size)
        heads.append(head_of(log))
    nodes = TileNodes(700, lambda path: (folder_of(log) / path).read_bytes())
    for old in heads:
        proof = consistency_proof(old.size, 700, nodes.node)
        assert is_consistent((old.size, old.root), (700, heads[-1].root), proof)


def test_nothing_is_written_where_nothing_is_new() -> None:
    log = make_log()
    grow_to(log, 3)
    before = {path: path.stat().st_ino for path in folder_of(log).rglob("*")}
    assert not publish(log.pk)
    assert tend(log.pk, hidden_batch=1) == 0
    assert {path: path.stat().st_ino for path in folder_of(log).rglob("*")} == before


def test_a_log_that_is_not_opened_or_is_empty_is_not_published() -> None:
    closed = make_log(opened_at=None)
    signed(closed)
    empty = make_log("letters.example/empty")
    for log in (closed, empty):
        assert tend(log.pk, hidden_batch=1) == 0
        assert not folder_of(log).exists()


def test_a_long_queue_is_published_with_fewer_heads_than_it_has_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    log = make_log()
    published = []
    monkeypatch.setattr("undersigned.ledger.sequence.BATCH", 10)
    monkeypatch.setattr(publishing, "publish", lambda *args: published.append(publish(*args)))
    signed(log, many=205)
    assert tend(log.pk, hidden_batch=1) == 205
    assert len(published) == 6
    assert_whole(log)


def test_while_others_go_on_signing_it_comes_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    log = make_log()
    late = iter(range(20))

    def beside_others(log_id: int, *, hidden_batch: int) -> Batch:
        batch = sequence(log_id, hidden_batch=hidden_batch)
        signed(log, many=sum(1 for _ in islice(late, 1)))
        return batch

    monkeypatch.setattr(publishing, "sequence", beside_others)
    signed(log, many=3)
    assert tend(log.pk, hidden_batch=1) == 3
    assert log.entries.filter(index=None).count() == 1
    assert_whole(log)


# --- Losses -----------------------------------------------------------------------------------------------------------


def test_files_that_are_lost_are_made_again_from_the_record() -> None:
    log = make_log()
    for size in (3, 300, 600):
        grow_to(log, size)
    head = head_of(log)
    shutil.rmtree(folder_of(log))
    assert publish(log.pk)
    assert head_of(log) == head
    assert_whole(log)


@pytest.mark.parametrize("damage", ["lost", "shorter", "other"])
def test_a_last_tile_that_is_damaged_is_made_again(damage: str) -> None:
    log = make_log()
    grow_to(log, 600)
    tile = folder_of(log) / "tile/1/000.p/2"
    content = tile.read_bytes()
    if damage == "lost":
        tile.unlink()
    else:
        tile.write_bytes(content[:32] if damage == "shorter" else bytes(64))
    grow_to(log, 900)
    assert_whole(log)


def test_entries_that_somebody_took_out_of_the_record_are_missed() -> None:
    log = make_log()
    grow_to(log, 5)
    log.entries.get(index=2).delete()
    shutil.rmtree(folder_of(log))
    with pytest.raises(Exception, match="lacks entries"):
        publish(log.pk)
    assert not (folder_of(log) / "checkpoint").exists()


def test_an_entry_that_somebody_changed_in_the_record_is_not_published_under_the_old_head() -> None:
    log = make_log()
    grow_to(log, 5)
    shutil.rmtree(folder_of(log))
    log.entries.filter(index=2).update(event=Event.AMENDED)
    with pytest.raises(publishing.FilesDamaged, match="do not add up"):
        publish(log.pk)
    assert not (folder_of(log) / "checkpoint").exists()


@pytest.mark.parametrize("why", ["a tile is lost", "the head is lost", "the keys change"])
def test_an_entry_that_somebody_changed_in_the_record_takes_the_place_of_no_published_one(why: str) -> None:
    log = make_log()
    for size in (3, 300, 600):
        grow_to(log, size)
    log.entries.filter(index__in=(2, 599)).update(event=Event.AMENDED)
    if why == "a tile is lost":
        (folder_of(log) / "tile/1/000.p/2").unlink()
        signed(log)
        sequence(log.pk, hidden_batch=1)
    elif why == "the head is lost":
        (folder_of(log) / "checkpoint").unlink()
    else:
        keys_of(log).make(NOON)
        sign_head(log, edge_of(log))
    before = files_in(folder_of(log))
    with pytest.raises(publishing.FilesDamaged, match="do not add up"):
        publish(log.pk)
    assert files_in(folder_of(log)) == before


@pytest.mark.parametrize(
    "path", ["tile/entries/001", "tile/entries/003.p/132", "tile/0/000", "tile/0/003.p/132", "tile/1/000.p/3"]
)
def test_a_file_that_is_missing_under_a_head_that_stands_is_named(path: str) -> None:
    log = make_log()
    for size in (3, 600, 900):
        grow_to(log, size)
    folder = LogFolder(folder_of(log))
    assert not list(folder.lacks(900))
    assert not list(folder.lacks(600))  # a partial tile may be gone once it became full
    (folder.root / path).write_bytes(b"")
    assert list(folder.lacks(900)) == [path]
    (folder.root / path).unlink()
    assert list(folder.lacks(900)) == [path]


def test_a_log_that_was_numbered_before_heads_were_signed_goes_on() -> None:
    log = make_log()
    grow_to(log, 700)
    Checkpoint.objects.all().delete()
    shutil.rmtree(folder_of(log))
    grow_to(log, 701)
    assert_whole(log)


# --- Nothing beside or below what is published ------------------------------------------------------------------------


@pytest.mark.parametrize("size", [3, 256, 300])
def test_after_an_older_backup_was_restored_nothing_is_signed(size: int) -> None:
    log = make_log()
    grow_to(log, size)
    backup = list(Entry.objects.all()), list(Checkpoint.objects.all()), size
    grow_to(log, size + 4)
    before = files_in(folder_of(log))
    restore(*backup, log)
    signed(log)
    for act in (
        lambda: sequence(log.pk, hidden_batch=1),
        lambda: publish(log.pk),
        lambda: tend(log.pk, hidden_batch=1),
    ):
        with pytest.raises(LogAhead, match=f"has {size + 4} entries"):
            act()
    assert files_in(folder_of(log)) == before
    assert Log.objects.get(pk=log.pk).size == size


@pytest.mark.parametrize(("size", "more"), [(3, 3), (250, 10), (256, 1), (300, 300)])
def test_an_older_record_is_known_by_the_files_where_the_published_head_is_gone(size: int, more: int) -> None:
    log = make_log()
    grow_to(log, size)
    backup = list(Entry.objects.all()), list(Checkpoint.objects.all()), size
    grow_to(log, size + more)
    restore(*backup, log)
    (folder_of(log) / "checkpoint").unlink()
    before = files_in(folder_of(log))
    signed(log)
    for act in (lambda: sequence(log.pk, hidden_batch=1), lambda: publish(log.pk), lambda: adopt(log.pk)):
        with pytest.raises(HeadLost, match=f"at least {size + more} entries"):
            act()
    assert files_in(folder_of(log)) == before
    assert Log.objects.get(pk=log.pk).size == size


def test_a_head_that_is_gone_is_made_again_where_the_record_has_all_that_was_published() -> None:
    log = make_log()
    for size in (3, 300):
        grow_to(log, size)
    before = files_in(folder_of(log))
    (folder_of(log) / "checkpoint").unlink()
    assert publish(log.pk)
    assert files_in(folder_of(log)) == before


def test_after_a_restored_record_grew_past_the_published_log_nothing_is_signed_either() -> None:
    log = make_log()
    grow_to(log, 3)
    backup = list(Entry.objects.all()), list(Checkpoint.objects.all()), 3
    grow_to(log, 6)
    published = files_in(folder_of(log))
    restore(*backup, log)
    moved = folder_of(log).rename(folder_of(log).with_name("moved"))
    grow_to(log, 9)
    shutil.rmtree(folder_of(log))
    moved.rename(folder_of(log))
    signed(log)
    for act in (lambda: sequence(log.pk, hidden_batch=1), lambda: publish(log.pk)):
        with pytest.raises(LogForked):
            act()
    assert files_in(folder_of(log)) == published


def test_a_published_head_that_no_key_of_ours_signed_stops_the_log() -> None:
    log = make_log()
    grow_to(log, 3)
    other = make_log("letters.example/tunnel")
    grow_to(other, 2)
    shutil.copy(folder_of(other) / "checkpoint", folder_of(log) / "checkpoint")
    signed(log)
    with pytest.raises(HeadUnknown):
        sequence(log.pk, hidden_batch=1)
    for damaged in (b"damaged", b""):
        (folder_of(log) / "checkpoint").write_bytes(damaged)
        with pytest.raises(HeadUnknown):
            tend(log.pk, hidden_batch=1)
    assert (Log.objects.get(pk=log.pk).size, log.checkpoints.count()) == (3, 1)


def test_a_log_whose_key_is_lost_is_not_signed_with_another_one(settings: Settings, tmp_path: Path) -> None:
    log = make_log()
    grow_to(log, 3)
    settings.KEYS = KeyRing(tmp_path / "elsewhere")
    signed(log)
    with pytest.raises(HeadUnknown):
        tend(log.pk, hidden_batch=1)
    shutil.rmtree(folder_of(log))
    with pytest.raises(Exception, match="has no key that signs it"):
        tend(log.pk, hidden_batch=1)
    assert Log.objects.get(pk=log.pk).size == 3


# --- Keys -------------------------------------------------------------------------------------------------------------


def test_the_keys_are_published_beside_the_log_with_their_periods() -> None:
    log = make_log()
    grow_to(log, 1)
    [key] = keys_of(log).verifiers()
    assert (folder_of(log) / "keys.txt").read_text() == f"{key.text} 2026-11-10T12Z -\n"
