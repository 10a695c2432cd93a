from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undersigned.ledger.merkle import Edge, grow, leaf_hash
from undersigned.ledger.tiles import (
    NotABundle,
    TileNodes,
    bundle,
    bundle_path,
    entries_of,
    levels_of,
    reach_of,
    tile_path,
    tiles_of,
    width_of,
)


@pytest.mark.parametrize(
    ("number", "path"),
    [
        (0, "000"),
        (7, "007"),
        (999, "999"),
        (1000, "x001/000"),
        (1234067, "x001/x234/067"),
        (10**9, "x001/x000/x000/000"),
    ],
)
def test_a_number_is_cut_into_folders_of_a_thousand(number: int, path: str) -> None:
    assert tile_path(3, number) == f"tile/3/{path}"
    assert bundle_path(number) == f"tile/entries/{path}"
    assert tile_path(0, number, 12) == f"tile/0/{path}.p/12"
    assert bundle_path(number, 255) == f"tile/entries/{path}.p/255"


def test_the_path_of_a_tile_tells_how_many_entries_there_were_at_least() -> None:
    for size in (1, 255, 256, 257, 65_536, 70_000, 256_000 + 3):
        paths = [bundle_path(*tile) for tile in tiles_of(0, size)]
        paths += [tile_path(level, *tile) for level in range(levels_of(size)) for tile in tiles_of(level, size)]
        assert max(map(reach_of, paths)) == size
    assert reach_of(tile_path(1, 1, 17)) == (256 + 17) * 256
    for path in ("checkpoint", "keys.txt", "tile", "tile/0", "tile/0/000.p", "tile/entries/x001", "tile/0/000.bak"):
        assert reach_of(path) == 0


def test_the_example_of_the_specification() -> None:
    """A tree of 70,000: 273 full tiles and one of 112, one full and one of 17, one of 1."""
    tiles = [list(tiles_of(level, 70_000)) for level in range(levels_of(70_000))]
    assert [len(row) for row in tiles] == [274, 2, 1]
    assert [row[-1] for row in tiles] == [(273, 112), (1, 17), (0, 1)]
    assert all(width == 256 for row in tiles for _, width in row[:-1])


def test_a_tree_of_256_has_a_full_tile_and_one_above_it() -> None:
    assert [list(tiles_of(level, 256)) for level in range(levels_of(256))] == [[(0, 256)], [(0, 1)]]
    assert levels_of(255) == 1
    assert levels_of(0) == 0


@given(size=st.integers(0, 2**40))
def test_the_last_tile_of_a_level_is_as_wide_as_the_specification_says(size: int) -> None:
    for level in range(levels_of(size)):
        last = (size >> 8 * level) // 256
        assert width_of(level, last, size) == (size // 256**level) % 256
        assert width_of(level, last + 1, size) == 0
    assert size >> 8 * levels_of(size) == 0


@given(entries=st.lists(st.binary(max_size=300), max_size=256))
def test_a_bundle_is_read_back(entries: list[bytes]) -> None:
    assert entries_of(bundle(entries)) == entries


@given(entries=st.lists(st.binary(max_size=5), min_size=1, max_size=5), data=st.data())
def test_a_bundle_that_is_cut_short_is_none_or_holds_fewer(entries: list[bytes], data: st.DataObject) -> None:
    raw = bundle(entries)
    cut = raw[: data.draw(st.integers(0, len(raw) - 1))]
    with suppress(NotABundle):
        assert len(entries_of(cut)) < len(entries)


@pytest.mark.parametrize("raw", [b"\0", b"\0\1", b"\0\0\1", b"\xff\xff"])
def test_half_an_entry_is_no_entry(raw: bytes) -> None:
    with pytest.raises(NotABundle):
        entries_of(raw)


# --- Nodes out of tiles -----------------------------------------------------------------------------------------------

SIZE = 70_000
ENTRIES = [b"%d" % index for index in range(SIZE)]
GROWTH = grow(Edge(), ENTRIES)


def files(size: int) -> dict[str, bytes]:
    """The tiles of the tree over the first `size` entries."""
    return {
        tile_path(level, number, width): b"".join(GROWTH.nodes[8 * level][256 * number : 256 * number + width])
        for level in range(levels_of(size))
        for number, width in tiles_of(level, size)
    }


def reader(size: int) -> TileNodes:
    kept = files(size)

    def read(path: str) -> bytes:
        if path not in kept:
            raise FileNotFoundError(path)
        return kept[path]

    return TileNodes(size, read)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 65_536, 65_537, SIZE])
def test_every_node_can_be_had_from_the_tiles(size: int) -> None:
    nodes = reader(size)
    for height in range(size.bit_length()):
        for index in {0, (size >> height) // 2, (size >> height) - 1} if size >> height else ():
            assert nodes.node(height, index) == GROWTH.nodes[height][index]


def test_a_partial_tile_that_became_full_is_read_from_the_full_one() -> None:
    kept = files(512)
    nodes = TileNodes(300, lambda path: kept[path] if path in kept else _missing(path))
    assert nodes.node(0, 299) == leaf_hash(b"299")


def _missing(path: str) -> bytes:
    raise FileNotFoundError(path)


def test_a_tile_that_is_too_short_is_no_tile() -> None:
    with pytest.raises(ValueError, match="too short"):
        TileNodes(3, lambda _path: bytes(64)).node(0, 2)


def test_a_tile_that_is_missing_is_missed(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="tile/0"):
        TileNodes(3, lambda path: (tmp_path / path).read_bytes()).node(0, 0)
