"""What passes over the wire: the head and body of a request as ASGI hands them over, and answers as it takes them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Told = Mapping[bytes, bytes]
"""What the head of a request says, by name in small letters; of what it says twice the last."""

PIECE_BYTES = 256 * 1024
"""So much of an answer is handed over at once: what its reader does not take is held in memory."""
SEND_SECONDS = 30
"""How long a reader may take for a piece; and how long nothing at all may be taken."""


class BodyTooLarge(Exception):
    """More is sent than we read."""


class CutShort(Exception):
    """The other side does not say all that it announced. It may still listen."""


class HungUp(Exception):
    """The other side went away before it had heard all."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole answer, made once and sent as often as it fits."""

    status: int
    headers: Headers
    body: bytes = b""

    async def send(self, send: Send, method: str = "GET") -> None:
        """Send it; to HEAD without its body. HungUp where its reader does not take it."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        body = b"" if method == "HEAD" else self.body
        if len(body) > PIECE_BYTES:
            body = await _send_ahead(send, body)
        await send({"type": "http.response.body", "body": body})


async def _send_ahead(send: Send, body: bytes) -> bytes:
    """Send a large body piece by piece, no faster than it is taken; what is left of it in the end, the last piece."""
    last = (len(body) - 1) // PIECE_BYTES * PIECE_BYTES
    for start in range(0, last, PIECE_BYTES):
        await send_piece(send, body[start : start + PIECE_BYTES])
    return body[last:]


async def send_piece(send: Send, piece: bytes) -> None:
    """Send a piece after which others come; HungUp where its reader does not take it in time."""
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    except TimeoutError:
        raise HungUp from None


def text_of(told: Told, name: bytes) -> str | None:
    """What a header says; None where it is not there."""
    value = told.get(name)
    return None if value is None else value.decode("latin-1")


def length_of(told: Told) -> int | None:
    """How many bytes a request says that it brings; None where only its end will tell."""
    length = told.get(b"content-length")
    if length is not None:
        return int(length)  # the server has refused what is no number
    return None if b"transfer-encoding" in told else 0


async def read_body(receive: Receive, told: Told, limit: int) -> bytes:
    """The body of a request; BodyTooLarge before more than `limit` bytes are read, CutShort where it has no end."""
    expected = length_of(told)
    if expected == 0:
        return b""
    if expected is not None and expected > limit:
        raise BodyTooLarge
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise CutShort
        piece = message.get("body", b"")
        body = body + piece if body else piece
        if len(body) > limit:
            raise BodyTooLarge
        # What was announced is there: the message that only says so need not be waited for.
        if len(body) == expected or not message.get("more_body", False):
            return body
