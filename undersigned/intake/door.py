"""The door: what arrives at the port of the program. Files from memory, everything else from the desk's process."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from undersigned.intake.acting import ROOM, Acting
from undersigned.intake.commit import LaneFull, NotCommitted
from undersigned.intake.folder import Folder
from undersigned.intake.patience import Patience, TookTooLong
from undersigned.intake.refusals import DeskCloses, DoorBusy, RecordAway, Refusing, TooSlow
from undersigned.intake.relay import DeskAway, Relay
from undersigned.intake.taking import Taking
from undersigned.intake.wire import BodyTooLarge, HungUp, Receive, Reply, Scope, Send, Told, read_body, text_of
from undersigned.lib.clock import now
from undersigned.lib.forms import FORM_TYPE
from undersigned.lib.origin import is_from_elsewhere, is_from_here
from undersigned.lib.refusal import Refusal
from undersigned.pages.incoming import TooMuchSent
from undersigned.pages.referrals import Referrals

BODY_LIMIT_BYTES = 256 * 1024
"""More than any form of the desk has."""
BODY_SECONDS = 20
SHOWN = (200, 304)
"""The answers by which a reader sees a page."""
FORM = FORM_TYPE.encode()


@dataclass(slots=True)
class Door:
    """The program's ASGI application. Belongs to one event loop, whose `clock` it reads."""

    folder: Folder
    relay: Relay
    refusing: Refusing
    taking: Taking
    acting: Acting
    clock: Callable[[], float]
    patience: Patience = field(init=False)
    referrals: Referrals = field(default_factory=Referrals)

    def __post_init__(self) -> None:
        self.patience = Patience(BODY_SECONDS, self.clock)

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
                if method == "GET" and scope["query_string"] and reply.status in SHOWN:
                    self.referrals.see(path, scope["query_string"].decode("latin-1"), now().date())
                await reply.send(send, method)
                return
        try:
            reply = await self._do(scope, told, (receive, send))
        except tuple(REFUSED) as fault:
            reply = self.refusing.reply(REFUSED[type(fault)], path, told)
        if reply is not None:
            await reply.send(send, method)

    async def _do(self, scope: Scope, told: Told, wire: tuple[Receive, Send]) -> Reply | None:
        """Take what is posted here, or ask the desk's process; None where that has answered by itself."""
        with self.patience:
            body = await read_body(wire[0], told, BODY_LIMIT_BYTES)
        if scope["method"] == "POST" and told.get(b"content-type") == FORM:
            reply = await self._take(scope["path"], told, body)
            if reply:
                return reply
        return None if await self.relay.ask(scope, told, body, wire) else self.refusing.nowhere

    async def _take(self, path: str, told: Told, body: bytes) -> Reply | None:
        """What the door can take by itself: sign-ons, confirmations, withdrawals with which all is well."""
        asked = text_of(told, b"sec-fetch-site"), text_of(told, b"origin"), text_of(told, b"host")
        place = self.taking.place(path)
        if place:
            return await self.taking.take(place, body) if is_from_here(*asked) else None
        if path.startswith(ROOM) and not is_from_elsewhere(*asked):
            return await self.acting.act(path, body)
        return None

    async def _live(self, receive: Receive, send: Send) -> None:
        """Begin and end with the server, which has answered all that it accepted before it ends."""
        await receive()
        self.taking.open()
        self.acting.open()
        self.patience.open()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.patience.close()
        await asyncio.to_thread(self.referrals.flush)
        await self.acting.close()
        await self.taking.close()
        await send({"type": "lifespan.shutdown.complete"})


REFUSED: dict[type[Exception], type[Refusal]] = {
    BodyTooLarge: TooMuchSent,
    TookTooLong: TooSlow,
    DeskAway: DeskCloses,
    LaneFull: DoorBusy,
    NotCommitted: RecordAway,
}
"""What a reader is told when something was not taken."""
