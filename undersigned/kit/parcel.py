"""Files packed together so that equal files give equal bytes: sorted, and all of one fixed time."""

import hashlib
import io
import zipfile
from collections.abc import Mapping

MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time of every packed file: the earliest that ZIP can tell."""

SUMS = "SHA256SUMS"
_READABLE = 0o644 << 16


def parcel(files: Mapping[str, bytes], folder: str) -> bytes:
    """A ZIP of `files` in `folder`, with their sums as `sha256sum --check SHA256SUMS` reads them."""
    return packed({f"{folder}/{name}": content for name, content in {**files, SUMS: sums(files)}.items()})


def sums(files: Mapping[str, bytes]) -> bytes:
    """`SHA256SUMS` of files: one line each, in the order of their names."""
    lines = (f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    return "".join(lines).encode()


def packed(files: Mapping[str, bytes], first: str = "") -> bytes:
    """A ZIP of `files`, in the order of their names; `first` comes before all others where the format wants it so."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files, key=lambda name: (name != first, name)):
            told = zipfile.ZipInfo(name, MOMENT)
            told.external_attr = _READABLE
            told.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(told, files[name])
    return written.getvalue()


def repacked(content: bytes, first: str = "") -> bytes:
    """A ZIP that somebody else wrote, with its times and its order taken out."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return packed({name: archive.read(name) for name in archive.namelist()}, first)
