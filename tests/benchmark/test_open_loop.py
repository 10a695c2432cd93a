"""Bounds from below only: whatever the machine does meanwhile, nobody waits less than these."""

import socket
import time
from collections.abc import Generator
from contextlib import contextmanager
from threading import Thread

import pytest

from benchmark.open_loop import is_whole, send_at_rate

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
REQUEST = b"GET / HTTP/1.1\r\n\r\n"
STALL_SECONDS = 0.3


@contextmanager
def server(answers: list[tuple[float, bytes]]) -> Generator[int]:
    """One connection's server, which lets each request wait so long and then gives so much; then it hangs up."""

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            for seconds, answer in answers:
                connection.recv(len(REQUEST), socket.MSG_WAITALL)
                time.sleep(seconds)  # the stall is what is measured
                connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def test_a_wait_counts_from_the_moment_at_which_a_request_was_to_leave() -> None:
    """While the first one waits, the others were to leave: they have waited too, though they had not been sent."""
    with server([(STALL_SECONDS, ANSWER), (0, ANSWER), (0, ANSWER)]) as port:
        waits = send_at_rate(port, [REQUEST] * 3, rate=100, connections=1)
    assert waits.faults == 0
    assert waits.answered[0] >= STALL_SECONDS * 1000
    assert waits.answered[1] >= STALL_SECONDS * 1000 - 10
    assert waits.answered[2] >= STALL_SECONDS * 1000 - 20
    assert waits.late[2] >= STALL_SECONDS * 1000 - 20


def test_no_request_leaves_before_its_moment() -> None:
    with server([(0, ANSWER)] * 10) as port:
        start = time.monotonic()
        waits = send_at_rate(port, [REQUEST] * 10, rate=50, connections=1)
        assert time.monotonic() - start >= 9 / 50
    assert min(waits.late) >= 0


def test_other_answers_than_a_success_and_missing_ones_are_faults() -> None:
    with server([(0, ANSWER), (0, ANSWER.replace(b"200", b"503"))]) as port:
        waits = send_at_rate(port, [REQUEST] * 4, rate=1000, connections=1)
    assert waits.faults >= 2


@pytest.mark.parametrize("end", range(len(ANSWER)))
def test_an_answer_is_whole_when_all_that_it_promised_is_there(end: int) -> None:
    assert not is_whole(ANSWER[:end])
    assert is_whole(ANSWER)
