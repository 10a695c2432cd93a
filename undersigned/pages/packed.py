"""Packed variants of the files of the public folder, beside them: `index.html.gz` and `index.html.br`.

Equal content gives equal bytes. All of it is public: where nothing secret is packed together with what strangers type,
its length tells nothing (that is why BREACH is no concern here).
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

import brotli

from undersigned.pages.assets import FOLDER

SUFFIXES = {"br": ".br", "gzip": ".gz"}
"""What each content coding adds to the name of a file; the smaller variant first."""

PACKED_ALREADY = frozenset({".png", ".jpg", ".pdf", ".docx", ".zip"})
"""Kinds of files in which there is nothing more to compress."""

KINDS = frozenset({".html", ".json", ".txt", ".xml", ".css", ".js", ".svg"})
"""Kinds of files that are text. Logs, which have no suffix, grow by themselves."""


@dataclass(frozen=True, slots=True)
class Effort:
    """From which size on files are packed, and how thoroughly. What is smaller, a server packs as it sends it."""

    least_bytes: int
    brotli: int
    gzip: int


ONCE = Effort(1024, 11, 9)
"""For assets, which never change."""

OFTEN = Effort(8192, 5, 4)
"""For what may change with each signature: 9 ms for the 280 kB that do under sixty names in three languages. The
highest levels take half a second, and save a tenth."""


def packs(path: str, size: int) -> bool:
    """Whether a file of `size` bytes at `path` has packed variants."""
    return size >= _effort(path).least_bytes and PurePosixPath(path).suffix in KINDS


def _effort(path: str) -> Effort:
    return ONCE if path.startswith(f"{FOLDER}/") else OFTEN


def variants(path: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The path and the bytes of each packed variant of this file; nothing where it has none."""
    if packs(path, len(content)):
        effort = _effort(path)
        yield path + SUFFIXES["br"], brotli.compress(content, quality=effort.brotli)
        yield path + SUFFIXES["gzip"], gzip.compress(content, effort.gzip, mtime=0)


def names(path: str) -> tuple[str, ...]:
    """Where the variants of a file would lie."""
    return tuple(path + suffix for suffix in SUFFIXES.values())


def is_variant(path: str) -> bool:
    return path.endswith(tuple(SUFFIXES.values()))
