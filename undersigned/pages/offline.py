"""What is left of a letter without a connection: its text in each language, kept on the reader's device by a worker.

A page of its own, for the letter's page bears the names of signatories, and a name that is withdrawn must not stay on
anybody's device on our account. A worker belongs to one letter: what is outside of its address it never sees.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from undersigned.letters.models import Letter
from undersigned.lib.languages import interface_for
from undersigned.pages.assets import address, assets
from undersigned.pages.figures import long_date
from undersigned.pages.frame import interface_tag, render
from undersigned.pages.letter import WORKER, LetterPage

SCRIPTS = Path(__file__).resolve().parent / "workers"
REST = "offline/"
NEEDED = ("pages.css", "reader.js")
"""The assets without which the copy would not look like a letter."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the copy says of itself: what it is, and what cannot be had without a connection."""

    what: str
    without: str


def offline(letter: Letter, pages: Mapping[str, LetterPage]) -> Iterator[tuple[str, bytes]]:
    """The files by which `letter`, whose pages these are, can be read without a connection; where the operator does not
    want that, the worker that ends it."""
    root = f"/{letter.slug}/"
    if not settings.OFFLINE:
        yield f"{letter.slug}/{WORKER}", leaving(root)
        return
    texts = {f"{root}{language}/": copy_of(letter, language, page) for language, page in pages.items()}
    for place, html in texts.items():
        yield f"{place[1:]}{REST}index.html", html
    yield f"{letter.slug}/{WORKER}", keeping(root, texts)


def copy_of(letter: Letter, language: str, page: LetterPage) -> bytes:
    """The page that a reader without a connection sees."""
    frame = replace(page.frame, canonical="", description="", privacy="", find="", log="", worker="")
    with translation.override(interface_for(language)):
        kept = _kept(letter, language)
    return render("pages/offline.html", frame, page=page, kept=kept).encode()


def _kept(letter: Letter, language: str) -> Kept:
    version = letter.frozen
    if version is None:
        raise ValueError(f"{letter.slug} has no text yet")
    facts = {"number": version.number, "date": long_date(version.frozen_at.date(), interface_tag(language))}
    what = _("You are reading a copy that is stored on this device: version %(number)s of the letter, of %(date)s.")
    return Kept(what % facts, _("Names, counts and signing need a connection."))


def keeping(root: str, texts: Mapping[str, bytes]) -> bytes:
    """The worker of the letter at `root`: what it stores, with what each file must hold, and what it shows for which
    address. Changes with any of these files, and with nothing else."""
    files = {f"{place}{REST}": _integrity(html) for place, html in texts.items()}
    files |= {address(name): _integrity(assets()[name].content) for name in NEEDED}
    shown = {place: f"{place}{REST}" for place in texts}
    facts = {"texts": {root: next(iter(shown.values())), **shown}, "files": files}
    version = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]
    return _script("keep.js", {"root": root, "version": version, **facts})


def leaving(root: str) -> bytes:
    """The worker that takes the place of one at `root`, forgets what that one stored, and goes."""
    return _script("leave.js", {"root": root})


def _script(name: str, facts: Mapping[str, object]) -> bytes:
    return f'"use strict";\nconst KEPT = {json.dumps(facts, indent=1)};\n{_body(name)}'.encode()


@cache
def _body(name: str) -> str:
    return (SCRIPTS / name).read_text()


def _integrity(content: bytes) -> str:
    """As `fetch` wants it (Subresource Integrity)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(content).digest()).decode()}"
