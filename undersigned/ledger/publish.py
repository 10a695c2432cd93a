"""Publishing a log: entries first, then tiles, then the head that speaks of them, each on the disk before the next.

What is published is what the record holds: after a crash, or with the head lost, the files are made from it again. A
file that is lost under a head that stands is missed where the log grows from it; otherwise `undersigned check` tells.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from undersigned.ledger import head
from undersigned.ledger.folder import CHECKPOINT, KEYS, LogFolder
from undersigned.ledger.merkle import Edge, grow, root_of
from undersigned.ledger.models import Checkpoint, Log
from undersigned.ledger.numbered import lines_of
from undersigned.ledger.sequence import Batch, sequence
from undersigned.ledger.tiles import HEIGHT, WIDTH, bundle, bundle_path, hashes_of, levels_of, tile_path

BATCHES = 4
"""How many batches are numbered before they are published together, while more wait."""

Files = dict[str, bytes]


class FilesDamaged(Exception):
    """A published tile that is to be continued is missing, or is not the one that was signed."""


def tend(log_id: int, *, hidden_batch: int) -> int:
    """Number and publish all that waits in a log; how many entries it numbered.

    What is written meanwhile is left to the next time: however many sign, this comes to an end.
    """
    numbered = 0
    while True:
        batches = list(_some(log_id, hidden_batch))
        publish(log_id, _joined(batches))
        numbered += sum(map(len, batches))
        if not (batches and batches[-1].is_full):
            return numbered


def publish(log_id: int, fresh: Batch | None = None) -> bool:
    """Bring the published log up to its newest head; whether there was anything to do.

    `fresh` are entries that were just numbered, so that they need not be read again.
    Nothing is published over a log that is not the beginning of this one: LogRefused.
    """
    log = Log.objects.get(pk=log_id)
    keys, folder = head.keys_of(log), head.folder_of(log)
    if _is_up_to_date(folder, head.latest(log), keys.text):
        return False
    with folder.lock():
        log.refresh_from_db()
        signed = head.latest(log)
        if signed is None:
            return False
        out = head.continued(log)
        filled = _extend(log, folder, out.size if out else 0, signed, fresh or Batch())
        if folder.find(KEYS) != keys.text.encode():
            folder.put({KEYS: keys.text.encode()})
        folder.put({CHECKPOINT: bytes(signed.note)})
        folder.remove(f"{path}.p" for path in filled)
    return True


def _some(log_id: int, hidden_batch: int) -> Iterator[Batch]:
    for _ in range(BATCHES):
        batch = sequence(log_id, hidden_batch=hidden_batch)
        if batch:
            yield batch
        if not batch.is_full:
            return


def _joined(batches: Sequence[Batch]) -> Batch:
    """One batch of all; an empty one where another process numbered some in between."""
    expected = batches[0].first if batches else 0
    for batch in batches:
        if batch.first != expected:
            return Batch()
        expected += len(batch)
    return Batch(batches[0].first, list(chain(*(batch.lines for batch in batches)))) if batches else Batch()


def _is_up_to_date(folder: LogFolder, signed: Checkpoint | None, keys: str) -> bool:
    return signed is None or (folder.find(CHECKPOINT) == bytes(signed.note) and folder.find(KEYS) == keys.encode())


def _extend(log: Log, folder: LogFolder, out: int, signed: Checkpoint, fresh: Batch) -> list[str]:
    """Write what lies between the published size `out` and that of `signed`; the paths of tiles that became full.

    FilesDamaged where the record's entries do not add up to `signed`; then what was published is as it was.
    """
    try:
        extension = _Extension.of(folder, head.edge_at(log, out))
    except FilesDamaged:
        extension, out = _Extension(folder), 0
    if out in {0, signed.size}:  # what lies there already is written again
        _refuse_other(log, signed, head.edge_over(log, extension.edge, signed.size))
    for lines in _lines(log, extension.edge.size, out, signed.size, fresh):
        extension.add(lines, signed.size)
    _refuse_other(log, signed, extension.edge)
    return extension.filled


def _refuse_other(log: Log, signed: Checkpoint, edge: Edge) -> None:
    if edge.root != Edge.read(signed.size, bytes(signed.edge)).root:
        raise FilesDamaged(f"the entries of {log.origin} do not add up to its signed head")


def _lines(log: Log, first: int, out: int, end: int, fresh: Batch) -> Iterable[list[bytes]]:
    """The entries from `first` to before `end`; those before `out` are published, the rest may be `fresh`."""
    if fresh and fresh.first <= out and fresh.first + len(fresh) == end:
        known = list(chain(*lines_of(log.pk, first, out)))
        return [known + list(fresh.lines[out - fresh.first :])]
    return lines_of(log.pk, first, end)


@dataclass(slots=True)
class _Level:
    """One level of tiles being written: the number of the next tile, and what is to be in it and after it."""

    number: int = 0
    hashes: list[bytes] = field(default_factory=list)
    has_grown: bool = False

    def grow(self, hashes: Sequence[bytes]) -> None:
        self.hashes += hashes
        self.has_grown = self.has_grown or bool(hashes)

    def tiles(self, *, is_last: bool) -> Iterator[tuple[int, list[bytes]]]:
        """Number and content of each tile that is full; of the last one too, if no more is to come."""
        while len(self.hashes) >= WIDTH:
            yield self.number, self.hashes[:WIDTH]
            self.hashes = self.hashes[WIDTH:]
            self.number += 1
        if is_last and self.hashes and self.has_grown:
            yield self.number, self.hashes


@dataclass(slots=True)
class _Extension:
    """Goes on writing the files of a log, from the beginning of its last tile on, where `edge` is."""

    folder: LogFolder
    edge: Edge = field(default_factory=Edge)
    filled: list[str] = field(default_factory=list)
    levels: list[_Level] = field(default_factory=list)
    pending: list[bytes] = field(default_factory=list)

    @classmethod
    def of(cls, folder: LogFolder, out: Edge) -> "_Extension":
        """What continues the published tree `out`; FilesDamaged where its tiles are not there as they were signed."""
        whole = out.size - out.size % WIDTH
        edge = Edge(whole, out.hashes[(out.size % WIDTH).bit_count() :])
        levels, roots = [_Level(whole // WIDTH)], iter(edge.hashes)
        for level in range(1, levels_of(whole)):
            number, width = divmod(whole >> HEIGHT * level, WIDTH)
            signed = Edge(width, tuple(islice(roots, width.bit_count())))
            levels.append(_Level(number, _tile(folder, tile_path(level, number, width), signed)))
        return cls(folder, edge, levels=levels)

    def add(self, lines: Sequence[bytes], end: int) -> None:
        """Write the files of some more entries; `end` is how many there are to be in all."""
        growth = grow(self.edge, lines)
        number = (self.edge.size - len(self.pending)) // WIDTH
        self.edge = growth.edge
        self.pending += lines
        self.folder.put(self._bundles(number, is_last=self.edge.size == end))
        for level, hashes in enumerate(growth.nodes[::HEIGHT]):
            if level == len(self.levels):
                self.levels.append(_Level())
            self.levels[level].grow(hashes)
        self.folder.put(self._tiles(is_last=self.edge.size == end))

    def _bundles(self, number: int, *, is_last: bool) -> Files:
        files = {}
        while len(self.pending) >= WIDTH:
            files[bundle_path(number)] = bundle(self.pending[:WIDTH])
            self.filled.append(bundle_path(number))
            self.pending = self.pending[WIDTH:]
            number += 1
        if is_last and self.pending:
            files[bundle_path(number, len(self.pending))] = bundle(self.pending)
        return files

    def _tiles(self, *, is_last: bool) -> Files:
        files = {}
        for level, row in enumerate(self.levels):
            for number, hashes in row.tiles(is_last=is_last):
                path = tile_path(level, number, len(hashes))
                files[path] = b"".join(hashes)
                self.filled += [path] if len(hashes) == WIDTH else []
        return files


def _tile(folder: LogFolder, path: str, signed: Edge) -> list[bytes]:
    """The hashes in a published partial tile, if they are those over which `signed` stands; else FilesDamaged."""
    hashes = hashes_of(folder.find(path)) if signed.size else []
    if len(hashes) != signed.size or root_of(hashes) != signed.root:
        raise FilesDamaged(path)
    return hashes
