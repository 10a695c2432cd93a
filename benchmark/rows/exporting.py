"""Signing while somebody at the desk draws the whole list: what one busy view costs the door."""

import http.client
import re
from threading import Event, Thread
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from benchmark.ground import Ground
from benchmark.letter import SLUG
from benchmark.processes import CannotMeasure
from benchmark.row import Goal, Measured, Row
from benchmark.rows.signing import SOME, sign
from benchmark.site import Site
from tests.flows.office import DESK, PASSWORD

ROWS_LISTED = 1_000_000
BLOCK = 1 << 16
FIRST_LINES_SECONDS = 120


def door_during_export(ground: Ground) -> Measured:
    site = ground.site("postgresql", min(ground.pace.rows, ROWS_LISTED), named=ROWS_LISTED)
    with site.awake():
        cookie = sign_in(site)
    drawn: list[int] = []

    def during() -> float:
        with site.awake(), Export(site, cookie) as export:
            rate = sign(ground, site, SOME)
        drawn.append(export.lines)
        return rate

    pair = ground.contest(during, lambda: sign(ground, site, SOME))
    if not all(drawn):
        raise CannotMeasure("nothing was exported meanwhile")
    figures = {"during the export/s": pair.first, "alone/s": pair.second, "lines exported a round": drawn}
    return Measured.of(pair.ratio, figures, site.check())


class Export:
    """Draws the list as CSV, from the beginning whenever it has ended."""

    def __init__(self, site: Site, cookie: str) -> None:
        self._site = site
        self._cookie = cookie
        self._enough, self._begun = Event(), Event()
        self._thread = Thread(target=self._draw, daemon=True)
        self.lines = 0

    def __enter__(self) -> Self:
        """Begin; returns when the first lines have come, before which the record sorts them."""
        self._thread.start()
        if not self._begun.wait(FIRST_LINES_SECONDS):
            raise CannotMeasure(f"nothing was exported within {FIRST_LINES_SECONDS} seconds")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._enough.set()

    def _draw(self) -> None:
        while not self._enough.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self._site.office.port, timeout=60)
            connection.request("GET", f"/desk/{SLUG}/signatories.csv", headers={"Cookie": self._cookie})
            answer = connection.getresponse()
            while answer.status == 200 and not self._enough.is_set() and (block := answer.read(BLOCK)):
                self.lines += block.count(b"\n")
                self._begun.set()
            connection.close()


def sign_in(site: Site) -> str:
    """The cookies of somebody who has signed in at the desk."""
    page = site.office.ask("/accounts/login/")
    token = _found(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body.decode())
    csrf = _found(r"(csrftoken=\w+)", page.headers["set-cookie"])
    typed = urlencode({"login": DESK, "password": PASSWORD, "csrfmiddlewaretoken": token})
    connection = http.client.HTTPConnection("127.0.0.1", site.office.port, timeout=60)
    sent = {"Cookie": csrf, "Referer": site.office.url, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/accounts/login/", typed, sent)
    session = _found(r"(sessionid=\w+)", str(connection.getresponse().headers))
    connection.close()
    return f"{csrf}; {session}"


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise CannotMeasure(f"the desk does not let us in: no {pattern}")
    return match[1]


ROWS = (
    Row(
        "door_during_export",
        f"sign while the desk exports {ROWS_LISTED:,} rows ÷ sign alone, PostgreSQL, {SOME} connections",
        Goal(0.5),
        door_during_export,
        leans_on_sign=True,
    ),
)
