"""What passes over the wire: the head and body of a request as ASGI hands them over, and answers as it takes them."""

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


class BodyTooLarge(Exception):
    """More is sent than we read."""


class HungUp(Exception):
    """The other side went away before it had said all."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole answer, made once and sent as often as it fits."""

    status: int
    headers: Headers
    body: bytes = b""

    async def send(self, send: Send, method: str = "GET") -> None:
        """Send it; to HEAD without its body."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else self.body})


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
    """The body of a request; BodyTooLarge before more than `limit` bytes are read, HungUp where it is cut short."""
    expected = length_of(told)
    if expected == 0:
        return b""
    if expected is not None and expected > limit:
        raise BodyTooLarge
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise HungUp
        piece = message.get("body", b"")
        body = body + piece if body else piece
        if len(body) > limit:
            raise BodyTooLarge
        # What was announced is there: the message that only says so need not be waited for.
        if len(body) == expected or not message.get("more_body", False):
            return body
