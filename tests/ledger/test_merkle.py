"""The tree against its definition in RFC 6962, written out naively here, and against pymerkle."""

import hashlib
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from undersigned.ledger.merkle import (
    EMPTY_ROOT,
    Edge,
    consistency_proof,
    grow,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    root_by_inclusion,
    root_of,
)

MOST = 2000
ENTRIES = [b"entry %d" % number for number in range(MOST)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
EDGES = sorted({0, 1, 2, 3, *(2**power + around for power in range(2, 11) for around in (-1, 0, 1)), 1999, 2000})
"""The sizes at which trees change their shape."""

SIZES = st.integers(0, MOST)


@cache
def naive(first: int, end: int) -> bytes:
    """MTH(D[first:end]) as RFC 6962 §2.1 defines it."""
    if end - first == 1:
        return hashlib.sha256(b"\0" + ENTRIES[first]).digest()
    half = 1
    while half * 2 < end - first:
        half *= 2
    return hashlib.sha256(b"\1" + naive(first, first + half) + naive(first + half, end)).digest()


def root(size: int) -> bytes:
    return naive(0, size) if size else hashlib.sha256(b"").digest()


def node(height: int, index: int) -> bytes:
    """A complete node; whoever asks for another one gets none."""
    assert (index + 1) << height <= MOST
    return naive(index << height, (index + 1) << height)


def flipped(hashes: list[bytes]) -> Iterator[list[bytes]]:
    """`hashes` with one bit of one of them turned, for each of them; then with one too few, and one too many."""
    for place, hash_ in enumerate(hashes):
        yield [*hashes[:place], bytes([hash_[0] ^ 1]) + hash_[1:], *hashes[place + 1 :]]
    if hashes:
        yield hashes[:-1]
        yield hashes[1:]
    yield [*hashes, bytes(32)]


# --- Growing ----------------------------------------------------------------------------------------------------------


def test_hashes_are_those_of_the_rfc() -> None:
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert node_hash(b"a", b"b") == hashlib.sha256(b"\1ab").digest()


@pytest.mark.parametrize("batch", [1, 2, 3, 7, 64, 100, 256, 2000])
def test_a_tree_grown_in_batches_has_the_root_of_its_definition_at_every_size(batch: int) -> None:
    edge = Edge()
    assert edge.root == EMPTY_ROOT
    for start in range(0, MOST, batch):
        edge = grow(edge, ENTRIES[start : start + batch]).edge
        assert edge.size == min(start + batch, MOST)
        assert edge.root == root(edge.size)


@given(sizes=st.lists(SIZES, max_size=8))
def test_how_entries_are_cut_into_batches_makes_no_difference(sizes: list[int]) -> None:
    edge = Edge()
    for start, end in pairwise([0, *sorted(sizes)]):
        edge = grow(edge, ENTRIES[start:end]).edge
    assert edge == grow(Edge(), ENTRIES[: max(sizes, default=0)]).edge


@given(sizes=st.tuples(SIZES, SIZES))
def test_growing_tells_every_node_that_it_completes_once(sizes: tuple[int, int]) -> None:
    old, new = sorted(sizes)
    growth = grow(grow(Edge(), ENTRIES[:old]).edge, ENTRIES[old:new])
    for height, nodes in enumerate(growth.nodes):
        first = old >> height
        assert nodes == [node(height, first + place) for place in range(len(nodes))]
        assert first + len(nodes) == new >> height
    assert new >> len(growth.nodes) == old >> len(growth.nodes)


@given(size=SIZES)
def test_an_edge_is_kept_as_bytes_and_read_back(size: int) -> None:
    edge = grow(Edge(), ENTRIES[:size]).edge
    assert Edge.read(size, edge.raw) == edge
    with pytest.raises(ValueError, match="edge"):
        Edge.read(size, edge.raw + bytes(32))


@given(size=SIZES)
def test_a_root_over_the_nodes_of_one_height_is_the_root_over_the_entries(size: int) -> None:
    assert root_of(LEAVES[:size]) == root(size)
    whole, rest = divmod(size, 256)
    above = [node(8, index) for index in range(whole)] + ([root_of(LEAVES[size - rest : size])] if rest else [])
    assert root_of(above) == root(size)


def test_pymerkle_finds_the_same_roots() -> None:
    tree = InmemoryTree.init_from_entries(ENTRIES)
    edge = Edge()
    for size, entry in enumerate(ENTRIES, start=1):
        edge = grow(edge, [entry]).edge
        assert edge.root == tree.get_root(size)


# --- Entries are in the tree ------------------------------------------------------------------------------------------


def assert_proves_inclusion(index: int, size: int) -> None:
    proof = inclusion_proof(index, size, node)
    assert is_included(index, size, root(size), LEAVES[index], proof)


@pytest.mark.parametrize("size", EDGES[1:])
def test_every_entry_of_a_tree_can_be_proved(size: int) -> None:
    for index in range(size):
        assert_proves_inclusion(index, size)


@pytest.mark.long
def test_every_entry_can_be_proved_at_every_size() -> None:
    for size in range(1, MOST + 1):
        for index in range(size):
            assert_proves_inclusion(index, size)


@given(data=st.data(), size=st.integers(1, MOST))
def test_any_entry_can_be_proved_at_any_size_and_pymerkle_takes_the_same_path(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    assert_proves_inclusion(index, size)
    assert PYMERKLE.prove_inclusion(index + 1, size).path == [LEAVES[index], *inclusion_proof(index, size, node)]


PYMERKLE = InmemoryTree.init_from_entries(ENTRIES)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 100, 256, 257])
def test_no_other_entry_index_size_root_or_path_is_taken(size: int) -> None:
    for index in range(size):
        proof = inclusion_proof(index, size, node)
        wrong = [
            *[(index, size, root(size), LEAVES[index], other) for other in flipped(proof)],
            *[(other, size, root(size), LEAVES[index], proof) for other in (index - 1, index + 1, index ^ 1, size)],
            (index, size, root(size), LEAVES[index + 1], proof),
            (index, size, root(size + 1), LEAVES[index], proof),
        ]
        assert not [attempt for attempt in wrong if is_included(*attempt)]


def test_a_proof_of_the_wrong_length_leads_to_no_root() -> None:
    assert root_by_inclusion(0, 4, LEAVES[0], []) is None
    assert root_by_inclusion(0, 1, LEAVES[0], [bytes(32)]) is None
    assert root_by_inclusion(4, 4, LEAVES[0], [bytes(32)] * 2) is None
    assert root_by_inclusion(-1, 4, LEAVES[0], [bytes(32)] * 2) is None


@pytest.mark.parametrize(("index", "size"), [(-1, 1), (0, 0), (1, 1), (7, 3)])
def test_nothing_is_proved_of_an_entry_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no entry"):
        inclusion_proof(index, size, node)


# --- A tree begins with another one -----------------------------------------------------------------------------------


def assert_proves_consistency(old: int, new: int) -> None:
    proof = consistency_proof(old, new, node)
    assert is_consistent((old, root(old)), (new, root(new)), proof)


def test_trees_of_all_shapes_begin_with_one_another() -> None:
    for new in EDGES:
        for old in EDGES:
            if old <= new:
                assert_proves_consistency(old, new)


@pytest.mark.long
def test_a_tree_begins_with_the_tree_of_every_smaller_size() -> None:
    for new in range(MOST + 1):
        for old in range(new + 1):
            assert_proves_consistency(old, new)


@given(sizes=st.tuples(SIZES, SIZES))
def test_a_tree_of_any_size_begins_with_any_smaller_one(sizes: tuple[int, int]) -> None:
    old, new = sorted(sizes)
    assert_proves_consistency(old, new)


@given(sizes=st.tuples(st.integers(1, MOST - 1), st.integers(1, MOST - 1)))
def test_no_other_tree_is_taken_for_the_beginning(sizes: tuple[int, int]) -> None:
    old, new = sorted(sizes)
    proof = consistency_proof(old, new, node)
    wrong = [
        *[((old, root(old)), (new, root(new)), other) for other in flipped(proof)],
        ((old, root(old - 1)), (new, root(new)), proof),
        ((old, root(old)), (new, root(new ^ 1)), proof),
        ((old, bytes(32)), (new, root(new)), proof),
    ]
    if old < new:
        wrong += [((old, root(old)), (old, root(new)), proof), ((new, root(new)), (old, root(old)), proof)]
    assert not [attempt for attempt in wrong if is_consistent(*attempt)]


def test_the_empty_tree_is_the_beginning_of_every_tree_and_needs_no_proof() -> None:
    assert is_consistent((0, EMPTY_ROOT), (5, root(5)), [])
    assert not is_consistent((0, root(1)), (5, root(5)), [])
    assert not is_consistent((0, EMPTY_ROOT), (5, root(5)), [bytes(32)])
    assert not is_consistent((-1, EMPTY_ROOT), (5, root(5)), [])


def test_a_larger_tree_is_no_beginning() -> None:
    with pytest.raises(ValueError, match="does not begin"):
        consistency_proof(3, 2, node)
