"""The Merkle tree of RFC 6962 §2.1: the right edge that growing needs, proofs, and their checks. Knows only hashlib.

A node is named by its height and its index: the node (h, i) stands over the entries i·2^h … (i+1)·2^h − 1.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

Node = Callable[[int, int], bytes]
"""Gives the hash of the complete node of a height and an index."""


@dataclass(frozen=True, slots=True)
class Edge:
    """The roots of the complete subtrees that a tree of `size` falls into, the smallest (rightmost) first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    @classmethod
    def read(cls, size: int, raw: bytes) -> "Edge":
        """The edge that `raw` is; ValueError where it has not one hash for each bit of `size`."""
        if len(raw) != size.bit_count() * HASH_BYTES:
            raise ValueError(f"an edge of {len(raw)} bytes for a tree of {size}")
        return cls(size, tuple(raw[start : start + HASH_BYTES] for start in range(0, len(raw), HASH_BYTES)))

    @property
    def raw(self) -> bytes:
        return b"".join(self.hashes)

    @property
    def root(self) -> bytes:
        """The root of the whole tree."""
        return _fold(self.hashes)


@dataclass(frozen=True, slots=True)
class Growth:
    """A tree after entries were appended. `nodes[h]` are the nodes of height h that they completed, in order;
    the first of them has the index (old size) >> h."""

    edge: Edge
    nodes: list[list[bytes]]


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def grow(edge: Edge, entries: Sequence[bytes]) -> Growth:
    """The tree with `entries` appended; costs two hashes an entry, whatever the size of the tree."""
    new = sha256  # looked up once: this loop is what the sequencer spends its time on
    level = [new(b"\0" + entry).digest() for entry in entries]
    size, old = edge.size, iter(edge.hashes)
    kept: list[bytes] = []
    nodes: list[list[bytes]] = []
    while level:
        nodes.append(level)
        if size & 1:
            level = [next(old), *level]
        if len(level) & 1:
            kept.append(level[-1])
        size >>= 1
        left = iter(level)
        level = [new(b"\1" + a + b).digest() for a, b in zip(left, left, strict=False)]
    return Growth(Edge(edge.size + len(entries), (*kept, *old)), nodes)


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over nodes of one height, of which the last one may be incomplete (RFC 6962 §2.1)."""
    level = list(hashes)
    while len(level) > 1:
        left = iter(level)
        above = [node_hash(a, b) for a, b in zip(left, left, strict=False)]
        level = above + level[-1:] if len(level) & 1 else above
    return level[0] if level else EMPTY_ROOT


# --- Proofs -----------------------------------------------------------------------------------------------------------


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """The audit path of entry `index` in the tree of `size`, from the entry upwards (RFC 6962 §2.1.1)."""
    if not 0 <= index < size:
        raise ValueError(f"no entry {index} in a tree of {size}")
    path: list[bytes] = []
    first, end = 0, size
    while end - first > 1:
        middle = first + _half(end - first)
        if index < middle:
            path.append(_over(middle, end, node))
            end = middle
        else:
            path.append(_over(first, middle, node))
            first = middle
    return path[::-1]


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """What shows that the tree of `new` begins with the tree of `old` (RFC 6962 §2.1.2); empty where that is plain."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} does not begin with one of {old}")
    if old in (0, new):
        return []
    path: list[bytes] = []
    first, end, is_whole = 0, new, True
    while old != end:
        middle = first + _half(end - first)
        if old <= middle:
            path.append(_over(middle, end, node))
            end = middle
        else:
            path.append(_over(first, middle, node))
            first, is_whole = middle, False
    if not is_whole:
        path.append(_over(first, end, node))
    return path[::-1]


def root_by_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes | None:
    """The root that `proof` leads to from the leaf hash `leaf`; None where it is no proof of that shape
    (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return None
    at, last, found = index, size - 1, leaf
    for hash_ in proof:
        if last == 0:
            return None
        if at & 1 or at == last:
            found = node_hash(hash_, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, hash_)
        at, last = at >> 1, last >> 1
    return found if last == 0 else None


def is_included(index: int, size: int, root: bytes, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the leaf hash `leaf` is entry `index` of the tree with this size and root."""
    return root_by_inclusion(index, size, leaf, proof) == root


def is_consistent(old: tuple[int, bytes], new: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree `new` (size, root) begins with the tree `old` (RFC 9162 §2.1.4.2)."""
    (old_size, old_root), (new_size, new_root) = old, new
    if not 0 <= old_size <= new_size:
        return False
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    if old_size == new_size:
        return not proof and old_root == new_root
    return _roots_by_consistency(old_size, new_size, old_root, proof) == (old_root, new_root)


def _roots_by_consistency(old: int, new: int, old_root: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Both roots as `proof` gives them; None where it is no proof of that shape."""
    path = [old_root, *proof] if old.bit_count() == 1 else list(proof)
    if not path:
        return None
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    was = found = path[0]
    for hash_ in path[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            was, found = node_hash(hash_, was), node_hash(hash_, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, hash_)
        at, last = at >> 1, last >> 1
    return (was, found) if last == 0 else None


def _over(first: int, end: int, node: Node) -> bytes:
    """The hash over the entries from `first` to before `end`, where `first` begins a subtree at least that large."""
    parts = []
    while first < end:
        height = (end - first).bit_length() - 1
        parts.append(node(height, first >> height))
        first += 1 << height
    return _fold(parts[::-1])


def _fold(hashes: Sequence[bytes]) -> bytes:
    """The root over complete subtrees, the rightmost first."""
    if not hashes:
        return EMPTY_ROOT
    found, *above = hashes
    for left in above:
        found = sha256(b"\1" + left + found).digest()
    return found


def _half(size: int) -> int:
    """The largest power of two below `size`: where a tree falls into its two halves."""
    return 1 << (size - 1).bit_length() - 1
