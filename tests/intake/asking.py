"""Asking the door within the test's own process, and a desk behind it that a test can have say anything."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, unquote

from undersigned.intake.door import Door
from undersigned.intake.relay import DeskAddress
from undersigned.intake.wire import Message, Scope

T = TypeVar("T")
SECONDS = 90


@dataclass(frozen=True)
class Answer:
    """What came back; names of headers in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def scope_of(path: str, method: str, headers: Mapping[str, str], client: str = "192.0.2.7") -> Scope:
    """The head of a request, as the server hands it over."""
    raw = [(name.lower().replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    bare, _, query = path.partition("?")
    return {
        "type": "http",
        "method": method,
        "path": unquote(bare, errors="replace"),
        "raw_path": quote(bare, safe="/%").encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"letters.example"), *raw],
        "client": (client, 50000),
    }


class Reader:
    """Somebody who asks the door. Holds the one event loop that the door belongs to."""

    def __init__(self, door: Door, runner: asyncio.Runner) -> None:
        self.door = door
        self.runner = runner

    def run(self, work: Awaitable[T]) -> T:
        """Do something in that loop, within SECONDS."""

        async def in_time() -> T:
            return await asyncio.wait_for(work, SECONDS)

        return self.runner.run(in_time())

    def ask(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        """One request and its whole answer."""
        if body:
            headers.setdefault("content_length", str(len(body)))
        return self.run(converse(self.door, scope_of(path, method, headers), [body] if body else []))


async def converse(door: Door, scope: Scope, pieces: Sequence[bytes]) -> Answer:
    """What the door answers to this request, whose body comes in these pieces; then the reader waits."""
    incoming: asyncio.Queue[Message] = asyncio.Queue()
    for number, piece in enumerate(pieces):
        incoming.put_nowait({"type": "http.request", "body": piece, "more_body": number < len(pieces) - 1})
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await door(scope, incoming.get, send)
    head = sent[0]
    told = [(name.decode(), value.decode("latin-1")) for name, value in head["headers"]]
    assert len(dict(told)) == len(told), "a header was sent twice"
    assert not sent[-1].get("more_body"), "the answer has no end"
    return Answer(head["status"], dict(told), b"".join(message["body"] for message in sent[1:]))


Says = Callable[[str, str, bytes], bytes]


@dataclass
class DeskBehind:
    """Listens where the door looks for the desk, and answers with the bytes that `says` makes of each request."""

    says: Says
    socket: Path
    asked: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)

    @property
    def address(self) -> DeskAddress:
        return DeskAddress(socket=str(self.socket))

    async def open(self) -> asyncio.Server:
        return await asyncio.start_unix_server(self._answer, self.socket)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, target, _ = head.split(" ", 2)
        lengths = [line.partition(":")[2] for line in head.splitlines() if line.startswith("content-length:")]
        body = await reader.readexactly(int(lengths[0])) if lengths else b""
        self.asked.append(f"{method} {target}")
        self.heads.append(head)
        writer.write(self.says(method, target, body))
        writer.close()


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    """An answer as it goes over a connection."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body
