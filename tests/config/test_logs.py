"""Whatever is written down, by whatever process of ours, it holds nothing of what people sent."""

import http.client
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.office import LOOPBACK, SECONDS, free_port, is_listening, until
from tests.people import SOMI

SET_UP = """
import logging, os
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "undersigned.config.settings"
django.setup()
"""

FAULTY_DOOR = f"""
from undersigned.config.parts import serve_door

async def door(scope, receive, send):
    raise ValueError({SOMI.email!r})

serve_door({LOOPBACK!r}, PORT, lambda: door)
"""

BAD_HOST = f"""
from django.test import Client
print(Client().get("/desk/", headers={{"host": {SOMI.email!r}}}).status_code)
"""


def begin(folder: Path, program: str) -> subprocess.Popen[str]:
    """A process of ours, with the settings of a new site; all that it writes can be read at its end."""
    return subprocess.Popen(
        [sys.executable, "-c", SET_UP + program],
        env=os.environ | {"UNDERSIGNED_DATA": str(folder), "UNDERSIGNED_LOG_LEVEL": "DEBUG"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def written_by(folder: Path, program: str) -> str:
    return begin(folder, program).communicate(timeout=SECONDS)[0]


@pytest.mark.parametrize(
    "name",
    ["django.request", "django.security.DisallowedHost", "django.db.backends", "asyncio", "_granian.asgi", "new"],
)
def test_of_what_others_say_no_word_is_written_but_where_they_said_it(tmp_path: Path, name: str) -> None:
    written = written_by(
        tmp_path,
        f"""
try:
    raise ValueError({SOMI.email!r})
except ValueError as fault:
    logging.getLogger({name!r}).exception("of %s" + str(fault), fault)
""",
    )
    assert f"ERROR {name}: at <string>:" in written
    assert "builtins.ValueError" in written
    assert SOMI.email not in written


def test_what_we_say_is_written_and_of_an_exception_its_kind_and_place(tmp_path: Path) -> None:
    written = written_by(
        tmp_path,
        f"""
try:
    raise ValueError({SOMI.email!r})
except ValueError:
    logging.getLogger("undersigned.post").exception("mail %d waits", 7)
""",
    )
    assert "ERROR undersigned.post: mail 7 waits\nbuiltins.ValueError\n  <string>:" in written
    assert SOMI.email not in written


def test_whoever_asks_for_another_host_adds_a_line_and_it_does_not_say_which(tmp_path: Path) -> None:
    written = written_by(tmp_path, BAD_HOST)
    assert written.endswith("ERROR django.security.DisallowedHost: a request failed with 400\n400\n")
    assert SOMI.email not in written
    assert "Traceback" not in written


def test_of_a_fault_that_the_web_server_tells_no_word_is_written(tmp_path: Path) -> None:
    port = free_port()
    process = begin(tmp_path, FAULTY_DOOR.replace("PORT", str(port)))
    until(lambda: is_listening(port), "the door to open")
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=SECONDS)
    connection.request("GET", "/")
    assert connection.getresponse().status == 500
    connection.close()
    process.send_signal(signal.SIGTERM)
    written = process.communicate(timeout=SECONDS)[0]
    assert "ERROR _granian" in written
    assert SOMI.email not in written
