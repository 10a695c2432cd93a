"""In which coding a browser gets a file: what it says that it takes (RFC 9110 §12.5.3)."""

import re
from functools import lru_cache

PLAIN = ""
CODINGS = ("br", "gzip", PLAIN)
"""Those in which files may lie ready, the smallest first."""

QUALITY = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")
LEAST = 0.0001
"""How much a browser that says nothing of plain files wants them: less than anything that it names."""


@lru_cache(maxsize=256)  # browsers say it in few ways
def preferred(accepted: bytes) -> tuple[str, ...]:
    """The codings for a browser that says this, the best first; PLAIN at the end at least, for a file that it did not
    want is better than none."""
    said = dict(map(_said, accepted.decode("latin-1").lower().split(",")))
    others = said.get("*", 0.0)
    wish = {coding: said.get(coding, others) for coding in CODINGS if coding}
    wish[PLAIN] = said.get("identity", said.get("*", LEAST))
    wanted = sorted((coding for coding in CODINGS if wish[coding]), key=lambda coding: -wish[coding])
    return (*wanted, PLAIN)


def _said(part: str) -> tuple[str, float]:
    """A coding and its quality: 1 where none is said, 0 where something else than a quality is."""
    name, _, quality = part.replace(" ", "").replace("\t", "").partition(";")
    found = QUALITY.fullmatch(quality)
    return name, float(found[1]) if found else float(not quality)
