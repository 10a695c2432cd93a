"""What the bakery does when one more signs: `python -m benchmark.errands.bake RUN ROUNDS`.

Bakes what is due; then, ROUNDS times, one more supporter signs, confirms and is numbered, and what this changes is
baked. Prints, as JSON, for each round the milliseconds of CPU that the bake took, and how many files it changed.
"""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import django

django.setup()

from django.conf import settings  # noqa: E402  models need Django to be set up

from benchmark.bodies import names  # noqa: E402
from undersigned.config.worker import sequence_step  # noqa: E402
from undersigned.letters.models import Letter  # noqa: E402
from undersigned.lib.clock import now  # noqa: E402
from undersigned.pages.bakery import bake_due  # noqa: E402
from undersigned.pages.generation import PublicFolder  # noqa: E402
from undersigned.signing.confirm import Confirmed, confirm  # noqa: E402
from undersigned.signing.sign import Receipt, sign  # noqa: E402
from undersigned.signing.sign_on import parse  # noqa: E402
from undersigned.signing.terms import terms_of  # noqa: E402

Stamps = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Baked:
    """One bake."""

    milliseconds: float
    files: int


def one_more(letter: Letter, run: str, number: int) -> None:
    """A supporter signs `letter`, confirms, and is numbered."""
    terms = terms_of(letter, invited=False)
    form = {
        "name": f"{names()[number % len(names())]}",
        "email": f"signatory.{run}{number}@mail1.example",
        "country": "KR",
        "visibility": "public",
        "version": terms.digest,
        "consent": "yes",
        "age": "yes",
    }
    [answer] = sign([parse(form, "supporter", letter.languages[number % len(letter.languages)], terms, None)], now())
    assert isinstance(answer, Receipt), answer
    [confirmed] = confirm([answer.signature], now())
    assert isinstance(confirmed, Confirmed), confirmed
    sequence_step(now())


def bakes(run: str, rounds: int) -> Iterator[Baked]:
    """One bake a round."""
    letter, folder = Letter.objects.get(), PublicFolder(settings.PUBLIC_ROOT)
    bake_due(now())
    for number in range(rounds):
        one_more(letter, run, number)
        before, begun = stamps(folder), time.process_time()
        bake_due(now())
        yield Baked(1000 * (time.process_time() - begun), len(set(stamps(folder).items()) - set(before.items())))


def stamps(folder: PublicFolder) -> Stamps:
    """Every public file, and what tells it from one that was written in its place."""
    found = {path: (folder.root / path).stat() for path in folder.paths()}
    return {path: (status.st_ino, status.st_mtime_ns) for path, status in found.items()}


if __name__ == "__main__":
    done = list(bakes(sys.argv[1], int(sys.argv[2])))
    print(json.dumps({"milliseconds": [one.milliseconds for one in done], "files": [one.files for one in done]}))
