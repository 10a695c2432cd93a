"""Relaying to the desk's own process: the request as it came, and the answer piece by piece as it is made."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

import h11

from undersigned.intake.visitors import address_of
from undersigned.intake.wire import Headers, HungUp, Receive, Scope, Send, Told, send_piece
from undersigned.lib.env import Misconfigured

OK = 200

BEHIND_A_DOOR = ("/desk/", "/accounts/")
"""Where only desk users come, who are told in their own way that something is not there."""

AT_ONCE = 64
WAITING = 512
"""How many requests are relayed at the same time, and how many may wait for their turn."""
PIECE_BYTES = 64 * 1024
AHEAD_BYTES = 1024 * 1024
"""How much of an answer is taken off the desk's hands before its reader has read it."""
CONNECT_SECONDS = 5
STEP_SECONDS = 60
"""How long the desk may be silent."""

OF_ONE_HOP = frozenset(
    (b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade")
)
NEVER_OF_ONE_HOP = frozenset((b"host",))
"""Whatever a reader says: a request without it is none."""
UNPRINTABLE = re.compile(rb"[^!-~]")
# What only we can say: whose word it is that the desk would take for ours.
OURS = re.compile(rb"x-forwarded-.*|x-undersigned-.*|forwarded|x-real-ip|expect|content-length|.*_.*")
NOT_PASSED_BACK = OF_ONE_HOP | {b"server", b"date"}


class DeskAway(Exception):
    """The desk's process does not answer, or has too much to do."""


class Garbled(Exception):
    """A request as no browser makes it, with two hosts for instance: it cannot be handed on."""


class BrokenOff(Exception):
    """The desk's process ended in the middle of an answer. Raised to the server, which breaks off as well."""


@dataclass(frozen=True, slots=True)
class DeskAddress:
    """Where the desk's process listens: a socket in the file system, or a port."""

    socket: str = ""
    host: str = ""
    port: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """`unix:PATH` or `http://HOST:PORT`; else Misconfigured."""
        if text.startswith("unix:/"):
            return cls(socket=text.removeprefix("unix:"))
        parts = urlsplit(text)
        if parts.scheme != "http" or not parts.hostname or not parts.port or parts.path.strip("/"):
            raise Misconfigured("UNDERSIGNED_DESK", "unix:PATH or http://HOST:PORT")
        return cls(host=parts.hostname, port=parts.port)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.socket:
            return await asyncio.open_unix_connection(self.socket, limit=AHEAD_BYTES)
        return await asyncio.open_connection(self.host, self.port, limit=AHEAD_BYTES)

    def answers(self) -> bool:
        """Whether somebody listens there."""
        family = socket.AF_UNIX if self.socket else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(CONNECT_SECONDS)
            return probe.connect_ex(self.socket or (self.host, self.port)) == 0


@dataclass(slots=True)
class Relay:
    """Hands requests to the desk at `desk`; `proxies` of ours stand in front of us. Belongs to one event loop."""

    desk: DeskAddress
    proxies: int = 0
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    waiting: int = 0

    async def ask(self, scope: Scope, told: Told, brought: tuple[bytes, Headers], wire: tuple[Receive, Send]) -> bool:
        """Relay a request that `brought` a body, and what we have to say of it ourselves; False, and nothing is sent,
        where the desk knows no such page.

        DeskAway where it cannot be asked; Garbled where that cannot be asked; HungUp where the reader does not stay.
        """
        async with self._turn(), self._connected() as (reader, writer):
            talk = Talk(reader, writer)
            body, ours = brought
            await talk.say(scope, [*self._head(scope, told, body), *ours], body)
            head = await talk.head()
            if head.status_code == 404 and not scope["path"].startswith(BEHIND_A_DOOR):
                return False
            await _while_read(wire[0], talk.pass_back(head, wire[1]))
            return True

    async def opens(self, scope: Scope, told: Told) -> bool:
        """Whether the desk shows this reader the page at which they want to send something; DeskAway as above."""
        looked: Scope = {**scope, "method": "HEAD"}
        looked["headers"] = [(name, value) for name, value in scope["headers"] if name != b"content-type"]
        async with self._turn(), self._connected() as (reader, writer):
            talk = Talk(reader, writer)
            await talk.say(looked, self._head(looked, told, b""), b"")
            return (await talk.head()).status_code == OK

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self.turns.locked() and self.waiting >= WAITING:
            raise DeskAway
        self.waiting += 1
        try:
            await self.turns.acquire()
        finally:
            self.waiting -= 1
        try:
            yield
        finally:
            self.turns.release()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                reader, writer = await self.desk.connect()
        except (OSError, TimeoutError):
            raise DeskAway from None
        try:
            yield reader, writer
        finally:
            writer.close()

    def _head(self, scope: Scope, told: Told, body: bytes) -> Headers:
        """What the request says, without what holds for one hop only; and whose it is, on our word."""
        said = {name.strip().lower() for name in told.get(b"connection", b"").split(b",")}
        hop = (said | OF_ONE_HOP) - NEVER_OF_ONE_HOP
        kept = [(name, value) for name, value in scope["headers"] if name not in hop and not OURS.fullmatch(name)]
        scheme = told.get(b"x-forwarded-proto", b"http") if self.proxies else b"http"
        return [
            *kept,
            (b"x-forwarded-for", address_of(scope, self.proxies).encode("latin-1")),
            (b"x-forwarded-proto", b"https" if scheme == b"https" else b"http"),
            (b"connection", b"close"),
            *([(b"content-length", str(len(body)).encode())] if body or scope["method"] == "POST" else []),
        ]


@dataclass(slots=True)
class Talk:
    """One request to the desk and its answer."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    spoken: h11.Connection = field(default_factory=lambda: h11.Connection(h11.CLIENT))

    async def say(self, scope: Scope, headers: Headers, body: bytes) -> None:
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        try:
            request = h11.Request(method=scope["method"], target=_escaped(target), headers=headers)
        except h11.LocalProtocolError:
            raise Garbled from None
        events = (request, *([h11.Data(data=body)] if body else []), h11.EndOfMessage())
        self.writer.write(b"".join(self.spoken.send(event) or b"" for event in events))
        with suppress(ConnectionError):  # it may have answered all the same, before it had read everything
            await self.writer.drain()

    async def head(self) -> h11.Response:
        """The head of the answer."""
        event = await self._next()
        while isinstance(event, h11.InformationalResponse):
            event = await self._next()
        if not isinstance(event, h11.Response):
            raise DeskAway
        return event

    async def pass_back(self, head: h11.Response, send: Send) -> None:
        """Hand the answer on, piece by piece. One that breaks off is left without its end, so that this is noticed."""
        headers = [(name, value) for name, value in head.headers if name not in NOT_PASSED_BACK]
        await send({"type": "http.response.start", "status": head.status_code, "headers": headers})
        try:
            while isinstance(event := await self._next(), h11.Data):
                await send_piece(send, bytes(event.data))
        except DeskAway:
            raise BrokenOff from None
        await send({"type": "http.response.body", "body": b""})

    async def _next(self) -> object:
        try:
            while (event := self.spoken.next_event()) is h11.NEED_DATA:
                async with asyncio.timeout(STEP_SECONDS):
                    self.spoken.receive_data(await self.reader.read(PIECE_BYTES))
        except (OSError, TimeoutError, h11.RemoteProtocolError):
            raise DeskAway from None
        return event


def _escaped(target: bytes) -> bytes:
    """As the standard has it (RFC 3986 §2.1), and most browsers: some old ones send an address as it was typed."""
    return UNPRINTABLE.sub(lambda found: b"%%%02X" % found[0][0], target)


async def _while_read(receive: Receive, passing: Coroutine[None, None, None]) -> None:
    """Let an answer pass for as long as its reader stays; HungUp when they leave."""
    work, leaving = asyncio.ensure_future(passing), asyncio.ensure_future(_until_gone(receive))
    try:
        await asyncio.wait((work, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise HungUp
        await work
    finally:
        work.cancel()
        leaving.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
