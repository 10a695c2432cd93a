"""Style sheets, scripts and pictures, each under a name with the hash of its content in it: it never changes."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FACE = Path(__file__).resolve().parent
FOLDER = "assets"
STYLES = (
    *("tokens", "choices", "ground", "page", "settings", "share", "form", "signing"),
    *("letter", "notes", "names", "charts", "index", "story", "kit"),
    "print",  # last, for it takes back what the others say
)
BUNDLES = {
    "pages.css": tuple(f"{name}.css" for name in STYLES),
    "embedded.css": ("tokens.css", "notes.css", "form.css", "embed.css"),
}
"""Files that readers fetch as one: a phone on a bad line waits for requests more than for bytes."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served."""

    name: str
    content: bytes

    @property
    def address(self) -> str:
        return f"/{FOLDER}/{self.name}"


def address(name: str) -> str:
    """Where the asset called `name` is served; KeyError where there is none."""
    return assets()[name].address


@cache
def assets() -> dict[str, Asset]:
    """Every asset by its plain name: the files in this face's `static` folder, and the bundles."""
    files = {path.name: path.read_bytes() for path in sorted((FACE / "static").glob("*")) if path.is_file()}
    bundles = {name: b"\n".join(files[part] for part in parts) for name, parts in BUNDLES.items()}
    return {name: _asset(name, content) for name, content in {**files, **bundles}.items()}


def _asset(name: str, content: bytes) -> Asset:
    stem, _, suffix = name.rpartition(".")
    return Asset(f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}", content)
