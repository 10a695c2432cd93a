"""Doing the work that a browser does, by Python's own SHA-256."""

from hashlib import sha256
from itertools import count

from undersigned.intake.work import PUZZLES, seed_of

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def work_for(version: str, minute: int, salt: str = "saltsalt") -> str:
    """A work for the text with this digest, begun in this minute."""
    seed = seed_of(version, str(minute), salt).decode()
    nonces = (
        next(nonce for nonce in map(written, count()) if solves(seed, puzzle, nonce)) for puzzle in range(PUZZLES)
    )
    return f"{minute}.{salt}." + ".".join(nonces)


def solves(seed: str, puzzle: int, nonce: str) -> bool:
    """Twelve zero bits, said in another way than the program says it."""
    return sha256(f"{seed}.{puzzle}.{nonce}".encode()).hexdigest().startswith("000")


def written(number: int) -> str:
    """In base 36, as JavaScript writes it."""
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = DIGITS[rest] + text
    return text or "0"
