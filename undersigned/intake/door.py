"""The door: what arrives at the port of the program. Files from memory, everything else from the desk's process."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from undersigned.intake.folder import Folder
from undersigned.intake.refusals import DeskCloses, Refusing, TooSlow
from undersigned.intake.relay import DeskAway, Relay
from undersigned.intake.wire import BodyTooLarge, HungUp, Receive, Reply, Scope, Send, Told, read_body
from undersigned.pages.incoming import TooMuchSent

BODY_LIMIT_BYTES = 256 * 1024
"""More than any form of the desk has."""
BODY_SECONDS = 20


@dataclass(slots=True)
class Door:
    """The program's ASGI application. Belongs to one event loop, whose `clock` it reads."""

    folder: Folder
    relay: Relay
    refusing: Refusing
    clock: Callable[[], float]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                await self._answer(scope, receive, send)
            except HungUp:
                return
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        told: Told = dict(scope["headers"])
        method, path = scope["method"], scope["path"]
        if method in ("GET", "HEAD"):
            reply = await self.folder.reply(path, told, self.clock())
            if reply is not None:
                await reply.send(send, method)
                return
        reply = await self._relay(scope, told, (receive, send))
        if reply is not None:
            await reply.send(send, method)

    async def _relay(self, scope: Scope, told: Told, wire: tuple[Receive, Send]) -> Reply | None:
        """Ask the desk's process; the answer where it gave none itself."""
        path = scope["path"]
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await read_body(wire[0], told, BODY_LIMIT_BYTES)
        except BodyTooLarge:
            return self.refusing.reply(TooMuchSent, path, told)
        except TimeoutError:
            return self.refusing.reply(TooSlow, path, told)
        try:
            return None if await self.relay.ask(scope, told, body, wire) else self.refusing.nowhere
        except DeskAway:
            return self.refusing.reply(DeskCloses, path, told)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Begin and end with the server."""
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
