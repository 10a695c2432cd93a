"""A crowd of people who sign and confirm at once, and who write down what was acknowledged to them."""

import http.client
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from threading import Event, Thread
from urllib.parse import urlencode
from uuid import UUID

from benchmark.letter import SLUG, version
from tests.flows.office import SECONDS, Answer, Office, until

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
HIDDEN_EACH = 5
"""One of so many signs as counted only."""

Links = Callable[[], Iterable[tuple[UUID, str]]]
"""Gives the paths that were mailed for sign-ons that wait to be confirmed."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs once, and what they typed."""

    name: str
    mailbox: str
    is_hidden: bool

    @classmethod
    def numbered(cls, number: int) -> "Person":
        mailbox = f"signatory{number}@mail{number % 9}.example"
        return cls(f"Invented Signatory {number}", mailbox, number % HIDDEN_EACH == 0)

    def typed(self, version: str) -> dict[str, str]:
        visibility = "counted-only" if self.is_hidden else "public"
        ticked = {"consent": "yes", "age": "yes", "visibility": visibility}
        return {"name": self.name, "email": self.mailbox, "version": version, **ticked}


@dataclass(slots=True)
class Told:
    """What the crowd did and was told, in all its visits: what no sudden end of the program can touch.

    Of `sent`, those in `signed` were told that they are stored, those in `refused` that they are not; the others heard
    nothing.
    """

    sent: list[Person] = field(default_factory=list)
    signed: list[Person] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    confirmed: list[UUID] = field(default_factory=list)
    faults: list[int] = field(default_factory=list)
    numbers: "count[int]" = field(default_factory=count)


class Crowd:
    """So many people at one office, until they have had enough."""

    def __init__(self, office: Office, told: Told) -> None:
        self._office = office
        self._told = told
        self._version = version(office)
        self._enough = Event()
        self._threads: list[Thread] = []

    def begin(self, people: int, links: Links | None = None) -> None:
        """Let them sign; where there are `links`, one of them does nothing but confirm."""
        acts = [self._sign] * people
        if links:
            acts.append(lambda visit: self._confirm(visit, links))
        self._threads = [Thread(target=self._come_again, args=(act,)) for act in acts]
        for thread in self._threads:
            thread.start()

    def wait_for(self, signed: int) -> None:
        """Until so many more were told that they have signed."""
        goal = len(self._told.signed) + signed
        until(lambda: len(self._told.signed) >= goal, f"{signed} sign-ons")

    def end(self) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join()

    def _come_again(self, act: Callable[["Visit"], None]) -> None:
        """Do one thing after the other; whoever is cut off comes again."""
        visit = Visit(self._office.port, self._told.faults)
        while not self._enough.is_set():
            try:
                act(visit)
            except (OSError, http.client.HTTPException):
                visit.begin_anew()
                self._enough.wait(0.01)
        visit.leave()

    def _sign(self, visit: "Visit") -> None:
        person = Person.numbered(next(self._told.numbers))
        self._told.sent.append(person)
        status = visit.post(f"/{SLUG}/en/sign/supporter/", person.typed(self._version))
        if status == 200:
            self._told.signed.append(person)
        else:
            self._told.refused.append(status)

    def _confirm(self, visit: "Visit", links: Links) -> None:
        for signature, path in links():
            if not self._enough.is_set() and visit.post(path, {"action": "confirm"}) == 200:
                self._told.confirmed.append(signature)
        self._enough.wait(0.05)


class Visit:
    """One person's connection. Answers that nobody must ever get are kept in `faults`."""

    def __init__(self, port: int, faults: list[int]) -> None:
        self._port = port
        self._faults = faults
        self._connection = self._connect()

    def post(self, path: str, typed: dict[str, str]) -> int:
        """The status of the answer, once it is here in whole."""
        return self.ask(path, typed).status

    def ask(self, path: str, typed: dict[str, str]) -> Answer:
        self._connection.request("POST", path, urlencode(typed), FORM)
        answer = self._connection.getresponse()
        if answer.status >= 500 and answer.status != 503:
            self._faults.append(answer.status)
        headers = {name.lower(): text for name, text in answer.getheaders()}
        return Answer(answer.status, headers, answer.read())

    def begin_anew(self) -> None:
        self._connection.close()
        self._connection = self._connect()

    def leave(self) -> None:
        self._connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=SECONDS)
