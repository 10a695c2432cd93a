"""What lies in the folder of a published log, looked at as a stranger would: with the formats alone."""

import os
from pathlib import Path

from django.conf import settings

from tests.ledger.logs import signed
from undersigned.ledger.folder import LogFolder
from undersigned.ledger.keys import LogKeys
from undersigned.ledger.merkle import Edge, grow
from undersigned.ledger.models import Log
from undersigned.ledger.note import Checkpoint, VerifierKey, open_checkpoint
from undersigned.ledger.publish import tend
from undersigned.ledger.tiles import bundle_path, entries_of, levels_of, tile_path, tiles_of


def folder_of(log: Log) -> Path:
    return LogFolder.of(settings.LOGS, log.origin).root


def keys_of(log: Log) -> LogKeys:
    return LogKeys(settings.KEYS, log.origin)


def verifiers_of(log: Log) -> list[VerifierKey]:
    return keys_of(log).verifiers()


def head_of(log: Log) -> Checkpoint:
    return open_checkpoint((folder_of(log) / "checkpoint").read_bytes(), verifiers_of(log))


def grow_to(log: Log, size: int) -> None:
    """Have the log published with this many entries."""
    waiting = log.entries.filter(index=None).count()
    signed(log, many=size - Log.objects.get(pk=log.pk).size - waiting)
    tend(log.pk, hidden_batch=1)


def entries_in(folder: Path, size: int) -> list[bytes]:
    paths = [bundle_path(number, width) for number, width in tiles_of(0, size)]
    return [entry for path in paths for entry in entries_of((folder / path).read_bytes())]


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_whole(log: Log) -> None:
    """Head, tiles and entries fit together, and are those of the record."""
    head, folder = head_of(log), folder_of(log)
    entries = entries_in(folder, head.size)
    growth = grow(Edge(), entries)
    assert (len(entries), growth.edge.root) == (head.size, head.root)
    for level in range(levels_of(head.size)):
        for number, width in tiles_of(level, head.size):
            expected = b"".join(growth.nodes[8 * level][256 * number : 256 * number + width])
            assert (folder / tile_path(level, number, width)).read_bytes() == expected
    rows = log.entries.filter(index__lt=head.size).order_by("index").values_list("commitment", flat=True)
    assert [bytes(commitment).hex().encode() for commitment in rows] == [entry.split(b" ")[5] for entry in entries]


def assert_times_tell_nothing(folder: Path) -> None:
    times = {os.stat(path).st_mtime for path in (folder, *folder.rglob("*"))}
    assert len(times) == 1
