"""What the bakery does when one more signs: `python -m benchmark.errands.bake RUN ROUNDS`.

Bakes what is due and makes the kit, as the worker does; then, ROUNDS times, one more supporter signs, confirms and is
numbered, and what this changes is baked. Prints, as JSON, what the first bake took, and for each round the
milliseconds of CPU that the bake took, and how many files it changed.
"""

import json
import resource
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
from undersigned.pages import kit  # noqa: E402
from undersigned.pages.bakery import bake_again, bake_due  # noqa: E402
from undersigned.pages.generation import PublicFolder  # noqa: E402
from undersigned.signing.confirm import Confirmed, confirm  # noqa: E402
from undersigned.signing.sign import Receipt, sign  # noqa: E402
from undersigned.signing.sign_on import parse  # noqa: E402
from undersigned.signing.terms import terms_of  # noqa: E402

Stamps = dict[str, tuple[int, int]]
UNTOLD = 2


@dataclass(frozen=True, slots=True)
class Baked:
    """One bake."""

    milliseconds: float
    files: int


def one_more(letter: Letter, run: str, number: int) -> None:
    """A supporter signs `letter`, confirms, and is numbered."""
    terms = terms_of(letter, invited=False)
    form = {
        "name": names()[number % len(names())],
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


def bakes(letter: Letter, run: str, rounds: int) -> Iterator[Baked]:
    """One bake a round; before the first one a few that are not told, for much is worked out only once."""
    folder = PublicFolder(settings.PUBLIC_ROOT)
    for number in range(-UNTOLD, rounds):
        one_more(letter, run, number + UNTOLD)
        before, begun = stamps(folder), time.process_time()
        bake_due(now())
        taken, after = time.process_time() - begun, stamps(folder)
        if number >= 0:
            yield Baked(1000 * taken, len(after.items() - before.items()))


def bake_first() -> float:
    """Bake everything; the seconds of CPU that it took."""
    begun = time.process_time()
    bake_due(now())
    return time.process_time() - begun


def make_kit(letter: Letter) -> None:
    """Make the kit, and bake what shows it, as the worker does beside."""
    kit.make(letter, now())
    bake_again(letter, now())


def stamps(folder: PublicFolder) -> Stamps:
    """Every public file, and what tells it from one that was written in its place."""
    found = {path: (folder.root / path).stat() for path in folder.paths()}
    return {path: (status.st_ino, status.st_mtime_ns) for path, status in found.items()}


def told(run: str, rounds: int) -> dict[str, float | list[float]]:
    """All figures, by what they are."""
    letter, folder = Letter.objects.get(), PublicFolder(settings.PUBLIC_ROOT)
    first = bake_first()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    make_kit(letter)
    done = list(bakes(letter, run, rounds))
    pages = [path for path in folder.paths(f"{letter.slug}/") if path.endswith(".html")]
    return {
        "milliseconds": [one.milliseconds for one in done],
        "rewritten": [one.files for one in done],
        "first": first,
        "files": len(folder.paths()),
        "largest": max((folder.root / path).stat().st_size for path in pages),
        "memory": memory,
    }


if __name__ == "__main__":
    print(json.dumps(told(sys.argv[1], int(sys.argv[2]))))
