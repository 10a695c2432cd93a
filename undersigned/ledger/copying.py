"""A copy of a published log at one checkpoint, taken while the log may go on growing.

The same checkpoint gives the same tiles: narrower ones that were published before are left out.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from undersigned.ledger.folder import CHECKPOINT, KEYS
from undersigned.ledger.keys import read_periods
from undersigned.ledger.merkle import HASH_BYTES
from undersigned.ledger.note import Checkpoint, open_checkpoint
from undersigned.ledger.tiles import bundle, bundle_path, entries_of, levels_of, tile_path, tiles_of

Cut = Callable[[bytes], bytes]


def copy_log(log: Path, into: Path) -> Checkpoint:
    """Have `into` be a copy of the published log in the folder `log`; the checkpoint at which it is.

    Tiles that `into` has already are left as they are: they never change. NotANote where no key that the log itself
    names has signed its head.
    """
    keys = (log / KEYS).read_bytes()  # before the head: a head is signed with keys that are listed already
    raw = (log / CHECKPOINT).read_bytes()
    head = open_checkpoint(raw, [period.key for period in read_periods(keys.decode())])
    files = {KEYS, CHECKPOINT}
    for path, full, cut in _tiles(head.size):
        files.add(path)
        if not (into / path).exists():
            _write(into / path, _tile(log, path, full, cut))
    _write(into / KEYS, keys)
    _write(into / CHECKPOINT, raw)
    _tidy(into, files)
    return head


def _tiles(size: int) -> Iterator[tuple[str, str, Cut]]:
    """Every tile of a log of `size` entries: where it is, where the full one will be, and what makes it of that."""
    for number, width in tiles_of(0, size):
        yield bundle_path(number, width), bundle_path(number), partial(_first_entries, width)
    for level in range(levels_of(size)):
        for number, width in tiles_of(level, size):
            yield tile_path(level, number, width), tile_path(level, number), partial(_first_hashes, width)


def _first_entries(many: int, raw: bytes) -> bytes:
    return bundle(entries_of(raw)[:many])


def _first_hashes(many: int, raw: bytes) -> bytes:
    return raw[: many * HASH_BYTES]


def _tile(log: Path, path: str, full: str, cut: Cut) -> bytes:
    """A tile; a partial one may be gone once it became full, and then the full one begins with it."""
    try:
        return (log / path).read_bytes()
    except FileNotFoundError:
        return cut((log / full).read_bytes())


def _write(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def _tidy(into: Path, files: set[str]) -> None:
    """Remove everything but `files`, with folders that are empty then."""
    for place in sorted(into.rglob("*"), reverse=True):
        if not place.is_dir():
            if place.relative_to(into).as_posix() not in files:
                place.unlink()
        elif not any(place.iterdir()):
            place.rmdir()
