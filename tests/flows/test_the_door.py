"""The door as an operator runs it: stopped amid a crowd, killed, apart from the desk, knocked at by the rude."""

import http.client
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event
from urllib.parse import urlencode

import psycopg
import pytest

from tests.flows.conftest import SLUG
from tests.flows.office import SECONDS, Office, free_port, until

PATH = f"/{SLUG}/en/sign/supporter/"
CROWD = 24


def version(office: Office) -> str:
    """The digest of the text, as the form has it."""
    page = office.ask(f"/{SLUG}/en/").body.decode()
    return page.partition('name="version" value="')[2].partition('"')[0]


def form(text: str, number: int) -> str:
    ticked = {"visibility": "public", "consent": "yes", "age": "yes", "version": text}
    return urlencode({"name": "Ferne Beispiel", "email": f"ferne{number}@mail.example", "country": "", **ticked})


def sign_until(office: Office, text: str, ended: Event, first: int) -> list[int]:
    """Sign again and again until the end; the numbers of those who were told that it worked."""
    told = []
    for number in range(first, first + 100_000):
        if ended.is_set():
            break
        connection = http.client.HTTPConnection("127.0.0.1", office.port, timeout=SECONDS)
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", PATH, form(text, number), headers)
            if connection.getresponse().status == 200:
                told.append(number)
        except (OSError, http.client.HTTPException):
            continue
        finally:
            connection.close()
    return told


def stored(office: Office) -> int:
    """How many sign-ons are in the record, taken in or not."""
    query = "SELECT (SELECT count(*) FROM signing_arrival) + (SELECT count(*) FROM signing_signature)"
    if office.database:
        with psycopg.connect(office.database) as connection:
            return int(connection.execute(query).fetchone()[0])  # type: ignore[index]
    with closing(sqlite3.connect(office.folder / "data" / "undersigned.sqlite3")) as connection:
        return int(connection.execute(query).fetchone()[0])


@pytest.mark.parametrize("way", ["stopped", "killed"])
def test_who_was_told_so_has_signed_however_the_program_ends(released: Office, way: str) -> None:
    text, ended = version(released), Event()
    with ThreadPoolExecutor(CROWD) as pool:
        crowd = [pool.submit(sign_until, released, text, ended, first * 1_000_000) for first in range(CROWD)]
        # Of these, CROWD at most have not been answered.
        until(lambda: stored(released) > 100 + CROWD, "the crowd to come")
        if way == "stopped":
            released.stop()
        else:
            kill(released)
        ended.set()
        told = [number for one in crowd for number in one.result()]
    assert len(told) == len(set(told)) > 100
    unanswered = 0 if way == "stopped" else CROWD  # asked to stop, it answers all that it has accepted
    assert len(told) <= stored(released) <= len(told) + unanswered


def kill(office: Office) -> None:
    """As a power cut does it to the process that was started; the others follow by themselves."""
    assert office.process
    office.process.send_signal(signal.SIGKILL)
    office.process.wait(SECONDS)
    assert office.process.stdout
    office.process.stdout.close()
    office.process = None
    until(lambda: not listens(office.port), "the door to close")


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def knock(office: Office, sent: bytes) -> bytes:
    """What comes back for these bytes, until the door closes."""
    with socket.create_connection(("127.0.0.1", office.port), timeout=SECONDS) as connection:
        connection.sendall(sent)
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
        return b"".join(pieces)


def test_who_does_not_get_to_the_point_is_sent_away(office: Office) -> None:
    assert knock(office, b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"x" * 40_000).startswith(b"HTTP/1.1 431")
    assert knock(office, b"\x16\x03\x01 not HTTP at all\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert knock(office, b"GET / HTTP/1.1\r\nHost: a\r\n") == b""  # and waits, for HEAD_SECONDS


def test_whatever_leads_nowhere_is_answered_alike_over_the_wire(office: Office) -> None:
    answers = [
        office.ask(path, method)
        for path in ("/nowhere/", "/nowhere/en/sign/supporter/", "/s/none/", "/%ff/", "/moved.json", "/i/none/en/")
        for method in ("GET", "POST")
    ]
    for answer in answers:
        answer.headers.pop("date")
    assert answers[0].status == 404
    assert all(answer == answers[0] for answer in answers)


@pytest.fixture
def apart(office: Office) -> Generator[dict[str, subprocess.Popen[bytes]]]:
    """Door and desk, started by themselves; the worker of before goes on doing nothing."""
    office.stop()
    environment = {**office.environment, "UNDERSIGNED_DESK": f"unix:{office.folder}/desk"}
    parts = {}
    for part in ("desk", "door"):
        command = [sys.executable, "-m", "undersigned", "serve", "--only", part, "--port", str(office.port)]
        parts[part] = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    until(lambda: listens(office.port) and office.ask("/desk/").status == 302, "door and desk to meet")
    yield parts
    for process in parts.values():
        process.terminate()
        process.wait(SECONDS)


def test_door_and_desk_can_run_apart_and_the_door_does_without(
    office: Office, apart: dict[str, subprocess.Popen[bytes]]
) -> None:
    assert office.ask("/").status == 200
    apart["desk"].terminate()
    assert apart["desk"].wait(SECONDS) == 0
    away = office.ask("/desk/")
    assert (away.status, away.headers["retry-after"]) == (503, "5")
    assert office.ask("/").status == 200


def test_nothing_starts_apart_without_a_place_to_meet(office: Office) -> None:
    assert "UNDERSIGNED_DESK" in office.run("serve", "--only", "door", "--port", "1", exits=1)


def test_operators_ask_how_the_door_is_on_a_port_of_its_own(office: Office) -> None:
    office.stop()
    port = free_port()
    office.settings["UNDERSIGNED_MONITOR"] = f"127.0.0.1:{port}"
    office.start()
    until(lambda: health(port) == 200, "the door to be ready for all its work")
    assert office.ask("/metrics").status == office.ask("/healthz").status == 404


def health(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    connection.request("GET", "/healthz")
    status = connection.getresponse().status
    connection.close()
    return status
