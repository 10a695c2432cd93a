"""Strangers send anything to the port: nobody gets a fault for an answer, and the program neither ends nor grows."""

import re
import socket
from collections.abc import Generator
from pathlib import Path
from resource import getpagesize

import pytest
from hypothesis import given

from benchmark.site import RAISED
from tests.flows.conftest import copy_of, petitioned_once
from tests.flows.office import SECONDS, Office
from tests.trials import wire

STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3})", re.MULTILINE)
GROWTH_MIB = 24
MIB = 1 << 20


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
        no_fault(office, raw)

    send()


def test_the_program_does_not_grow_by_what_strangers_send(office: Office) -> None:
    """After what the tests above have sent, and once more as much."""

    @given(wire.anything)
    def send(raw: bytes) -> None:
        no_fault(office, raw)

    send()
    before = resident(office)
    send()
    assert resident(office) - before < GROWTH_MIB * MIB


def no_fault(office: Office, raw: bytes) -> None:
    """Whatever is answered to `raw` is no fault of the program's, and shows nothing of its inside."""
    answer = converse(office.port, raw)
    statuses = [int(status) for status in STATUS.findall(answer)]
    assert not [status for status in statuses if status >= 500 and status != 503], answer[:2000]
    assert b"Traceback" not in answer
    assert b".py" not in answer
    assert office.process
    assert office.process.poll() is None


def converse(port: int, raw: bytes) -> bytes:
    """All that comes back when `raw` is sent, and then nothing more."""
    parts: list[bytes] = []
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        try:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(1 << 16):
                parts.append(part)
        except (ConnectionResetError, BrokenPipeError):
            pass  # it hung up on us before we had said all
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
