"""Strangers send anything to the port: nobody gets a fault for an answer, and the program neither ends nor grows."""

import re
import socket
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from resource import getpagesize
from urllib.parse import urlencode

import pytest
from hypothesis import given

from benchmark.letter import SLUG, version
from benchmark.site import RAISED
from tests.flows.conftest import copy_of, petitioned_once
from tests.flows.office import SECONDS, Office
from tests.trials import wire
from tests.trials.crowd import Person

STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3})", re.MULTILINE)
QUIET_SECONDS = 0.05
GROWTH_MIB = 16
MIB = 1 << 20
FLOOD = 150
"""Of each of three sorts of forms, 60 kB each: one and a half times as much as the program may grow by."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Generator[Office]:
    office = copy_of(petitioned_once(), tmp_path_factory.mktemp("noise"), **RAISED)
    office.start()
    yield office
    office.stop()


def test_noise_gets_no_fault_for_an_answer(office: Office) -> None:
    @given(wire.noise)
    def send(raw: bytes) -> None:
        no_fault(office, raw)

    send()


def test_what_is_almost_a_request_gets_no_fault_for_an_answer(office: Office) -> None:
    @given(wire.requests())
    def send(raw: bytes) -> None:
        no_fault(office, raw)

    send()


def test_no_form_gets_a_fault_for_an_answer(office: Office) -> None:
    @given(wire.form_requests())
    def send(raw: bytes) -> None:
        assert no_fault(office, raw, SECONDS), "no answer"

    send()


def test_however_odd_a_request_is_it_gets_no_fault_for_an_answer(office: Office) -> None:
    @given(wire.odd_requests())
    def send(raw: bytes) -> None:
        assert no_fault(office, raw, SECONDS), "no answer"

    send()


def test_nothing_strange_in_a_row_makes_the_program_fail(office: Office) -> None:
    @given(wire.anything)
    def send(raw: bytes) -> None:
        no_fault(office, raw)

    send()


def test_the_program_does_not_grow_by_what_strangers_send(office: Office) -> None:
    """Forms that are taken, that are refused, and that break off: after many, once more as many."""
    digest = version(office)
    flood(office, digest)
    before = resident(office)
    flood(office, digest)
    assert resident(office) - before < GROWTH_MIB * MIB


def flood(office: Office, version: str) -> None:
    for number in range(FLOOD):
        typed = Person.numbered(number).typed(version) | {"more": "x" * 60_000}
        taken, refused = urlencode(typed).encode(), urlencode(typed | {"email": "nobody"}).encode()
        for body, length, statuses in (
            (taken, len(taken), [200]),
            (refused, len(refused), [422]),
            (taken, len(taken) + 1, [400]),
        ):
            patience = SECONDS if len(body) == length else QUIET_SECONDS
            assert no_fault(office, form(body, length), patience) == statuses


def form(body: bytes, length: int) -> bytes:
    """A supporter's sign-on that says to be so long."""
    head = f"POST /{SLUG}/en/sign/supporter/ HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
    head += "Connection: close\r\n"
    return f"{head}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n".encode() + body


def no_fault(office: Office, raw: bytes, patience: float = QUIET_SECONDS) -> list[int]:
    """Whatever is answered to `raw` is no fault of the program's, and shows nothing of its inside; the statuses."""
    answer = converse(office.port, raw, patience)
    statuses = [int(status) for status in STATUS.findall(answer)]
    assert not [status for status in statuses if status >= 500 and status != 503], answer[:2000]
    assert b"Traceback" not in answer
    assert b".py" not in answer
    assert office.process
    assert office.process.poll() is None
    return statuses


def converse(port: int, raw: bytes, patience: float) -> bytes:
    """What comes back when `raw` is sent: all that comes until it is quiet, for which we wait `patience` at first.

    Only then it is said that nothing more will come: the server forgets the request of whoever says so while they wait.
    """
    parts: list[bytes] = []
    with (
        socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection,
        suppress(ConnectionResetError, BrokenPipeError),  # it may hang up on us before we have said all
    ):
        connection.sendall(raw)
        connection.settimeout(patience)
        with suppress(TimeoutError):
            while part := connection.recv(1 << 16):
                parts.append(part)
                connection.settimeout(QUIET_SECONDS)
        connection.settimeout(SECONDS)
        connection.shutdown(socket.SHUT_WR)
        while part := connection.recv(1 << 16):
            parts.append(part)
    return b"".join(parts)


def resident(office: Office) -> int:
    """Bytes of memory that all processes of the office hold together."""
    assert office.process
    group = office.process.pid
    return sum(_resident(place) for place in Path("/proc").glob("[0-9]*") if _group(place) == group)


def _group(place: Path) -> int:
    try:
        return int((place / "stat").read_text().rpartition(")")[2].split()[2])
    except OSError:  # it has just ended
        return 0


def _resident(place: Path) -> int:
    return int((place / "statm").read_text().split()[1]) * getpagesize()
