"""Receipts: the file that a signatory takes away, and the page on which anybody checks one in the browser."""

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from undersigned.ledger.keys import LogKeys
from undersigned.ledger.receipt import Receipt
from undersigned.letters.models import Letter
from undersigned.lib.languages import interface_for
from undersigned.pages.assets import address
from undersigned.pages.frame import Frame, Place, letter_frame

FILE = "receipt.json"
MADE = (2000, 1, 1, 0, 0, 0)  # the file tells no time of its own


@dataclass(frozen=True, slots=True)
class CheckPage:
    """The page that checks a receipt. `keys` and `words` are what its script needs, as JSON."""

    frame: Frame
    command: str
    keys: str
    words: str
    script: str


def evidence() -> str:
    """What somebody must know before they have their receipt."""
    return _(
        "A receipt is evidence that you signed. Whoever finds it can show it to others, even after you have "
        "withdrawn. Keep it only where nobody looks whom you fear."
    )


def packed(receipt: Receipt) -> bytes:
    """The receipt as a ZIP file: all in one for our checker, each entry with proofs for others, and how to check."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name, content in _files(receipt):
            archive.writestr(zipfile.ZipInfo(name, MADE), content)
    return into.getvalue()


def check_page(letter: Letter, language: str) -> CheckPage:
    """The page on which a receipt of the log of `letter` is checked."""
    with translation.override(interface_for(language)):
        frame = letter_frame(letter, language, Place.public(letter, "receipt/"), _("Check a receipt"))
        keys = [key.text for key in LogKeys(settings.KEYS, letter.origin).verifiers()]
        return CheckPage(
            frame=frame,
            command=_command(keys),
            keys=json.dumps({"origin": letter.origin, "keys": keys}),
            words=json.dumps(_words(), ensure_ascii=False),
            script=address("receipt.js"),
        )


def _command(keys: Sequence[str]) -> str:
    """What checks a receipt that was downloaded while any of `keys` signed."""
    return " ".join([f"undersigned log receipt {FILE}", *(f"--key '{key}'" for key in keys)])


def _files(receipt: Receipt) -> Iterator[tuple[str, bytes]]:
    yield "README.txt", "\n\n".join(_readme(receipt)).encode() + b"\n"
    yield FILE, receipt.raw
    for item in receipt.items:
        name = f"entry-{item.proof.index}"
        yield name, item.entry
        yield f"{name}.tlog-proof", item.proof.tlog_proof
        yield f"{name}.spicy", item.proof.spicy


def _readme(receipt: Receipt) -> Iterator[str]:
    yield evidence()
    yield _("To check it, open it on the page “Check a receipt” of the letter, or use this command:")
    yield f"    {_command([key.text for key in receipt.keys])}"
    yield _("Other programs can check each entry by itself:")
    yield "\n".join(f"    spicy -verify '{receipt.keys[-1].text}' entry-{item.proof.index}" for item in receipt.items)


def _words() -> dict[str, str]:
    """What the script says; numbers take the place of {index} and {size}."""
    return {
        "good": _("This receipt is good: entry {index} is in the log, under a checkpoint of {size} entries."),
        "opened": _("What opens the entry belongs to it:"),
        "hidden": _("The entry opens with a random number alone: it says nothing of a person."),
        "closed": _("Nothing in this receipt opens the entry, so it does not show whom the entry is about."),
        "unsigned": _(
            "Nothing is shown yet: entry {index} fits the checkpoint of {size} entries in this file, but this browser "
            "cannot tell whether the log signed that checkpoint. Use another browser, or the command below."
        ),
        "bad": _("This receipt does not hold: it was changed, or it is of another log."),
        "unreadable": _("This file is not a receipt."),
    }
