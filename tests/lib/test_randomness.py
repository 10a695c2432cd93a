"""Randomness is handed out in pieces, and none of it twice."""

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from undersigned.lib.randomness import PIECE_BYTES, PIECES, random_bytes, random_uuid

FORKS = """
import os
from undersigned.lib.randomness import PIECES, random_bytes
random_bytes(1)  # so that others are left, which both could take
child = os.fork()
if child:
    os.waitpid(child, 0)  # one after the other, or what they print may be mixed
print(*(random_bytes(16).hex() for _ in range(PIECES - 1)))
"""


def test_as_many_bytes_are_given_as_are_asked_for() -> None:
    assert [len(random_bytes(count)) for count in range(PIECE_BYTES + 1)] == list(range(PIECE_BYTES + 1))


def test_more_than_a_piece_is_not_given() -> None:
    with pytest.raises(AssertionError):
        random_bytes(PIECE_BYTES + 1)


def test_no_bytes_are_given_twice() -> None:
    given = Counter(random_bytes(12) for _ in range(3 * PIECES))
    assert set(given.values()) == {1}


def test_nor_to_two_threads() -> None:
    with ThreadPoolExecutor(8) as threads:
        given = Counter(threads.map(lambda _: random_bytes(12), range(40 * PIECES)))
    assert set(given.values()) == {1}


def test_nor_to_a_process_and_its_child() -> None:
    done = subprocess.run([sys.executable, "-c", FORKS], capture_output=True, text=True, check=True)
    given = Counter(done.stdout.split())
    assert given.total() == 2 * (PIECES - 1)
    assert set(given.values()) == {1}


def test_an_identifier_is_one_of_the_random_kind() -> None:
    assert {random_uuid().version for _ in range(9)} == {4}
    assert len({random_uuid() for _ in range(2 * PIECES)}) == 2 * PIECES
