"""The plain Django petition, served by gunicorn with two workers, on PostgreSQL."""

import http.client
import os
import re
import sys
from pathlib import Path

from benchmark.bodies import Forms, heads, tails
from benchmark.ground import Ground
from benchmark.processes import CannotMeasure, Group, run
from benchmark.records import Records
from benchmark.wrk import Load
from tests.flows.office import free_port

WORKERS = 2
CONNECTIONS = 32


class Petition:
    """The petition, frozen but while it is measured. It remembers what was acknowledged, as a Site does."""

    def __init__(self, ground: Ground) -> None:
        self._url = ground.postgresql.make_database("petition")
        self._port = free_port()
        self._wrk = ground.wrk(self._port)
        self._runs = self._acknowledged = self._open = 0
        self._group = self._serve(ground)
        self._cookie, self._token = self._read_form()
        self._group.freeze()

    def sign(self, seconds: int) -> Load:
        """Take as many sign-ons as it can."""
        self._runs += 1
        self._group.thaw()
        load = self._wrk.send(self._forms(), connections=CONNECTIONS, seconds=seconds)
        self._group.freeze()
        self._acknowledged += load.answered
        self._open += CONNECTIONS
        return load

    def check(self) -> str:
        """What was acknowledged is stored, with its mail: in words, or CannotMeasure."""
        records = Records(self._url, Path())
        found = {table: records.number(f"SELECT count(*) FROM django_form_{table}") for table in ("sign", "outgoing")}
        if not all(self._acknowledged <= number <= self._acknowledged + self._open for number in found.values()):
            raise CannotMeasure(f"the petition acknowledged {self._acknowledged}, and stored {found}")
        return f"the petition: {self._acknowledged:,} acknowledged, {found['sign']:,} stored"

    def _forms(self) -> Forms:
        fixed = {"visibility": "public", "consent": "on", "age": "on", "csrfmiddlewaretoken": self._token}
        return Forms(("/sign/",), heads(fixed), tails(), f"{self._runs:03d}x", f"Cookie: csrftoken={self._cookie}\r\n")

    def _serve(self, ground: Ground) -> Group:
        settings = {"DJANGO_SETTINGS_MODULE": "benchmark.django_form.settings", "BENCH_DATABASE": self._url}
        environment = {**os.environ, **settings}
        run([sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity=0"], environment)
        where = ("--bind", f"127.0.0.1:{self._port}", "--workers", str(WORKERS), "--log-level", "error")
        patience = ("--timeout", "0")  # workers that are frozen while others are measured are not dead
        command = [sys.executable, "-m", "gunicorn", *where, *patience, "benchmark.django_form.wsgi"]
        return ground.start(command, self._port, environment)

    def _read_form(self) -> tuple[str, str]:
        """The cookie and the token that the form wants back."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        connection.request("GET", "/sign/")
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
        cookie = re.search(r"csrftoken=(\w+)", answer.getheader("Set-Cookie") or "")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        if cookie is None or token is None:
            raise CannotMeasure("the petition shows no form")
        return cookie[1], token[1]
