"""The door: what arrives at the port of the program. Files from memory, everything else from the desk's process."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field

from undersigned.intake.acting import ROOM, Acting
from undersigned.intake.commit import LaneFull, NotCommitted
from undersigned.intake.counting import Counting
from undersigned.intake.few import Few
from undersigned.intake.folder import Folder, with_query
from undersigned.intake.limits import Limits, TooMany
from undersigned.intake.measure import Measures
from undersigned.intake.monitor import Monitor
from undersigned.intake.patience import Patience, TookTooLong
from undersigned.intake.refusals import (
    DeskCloses,
    DoorBusy,
    NotUnderstood,
    RecordAway,
    Refusing,
    TooManyRequests,
    TooSlow,
)
from undersigned.intake.relay import BEHIND_A_DOOR, DeskAway, Garbled, Relay
from undersigned.intake.taking import Taking
from undersigned.intake.unread import end_unread
from undersigned.intake.uploads import Uploads, brings_picture
from undersigned.intake.wire import (
    SEND_SECONDS,
    BodyTooLarge,
    CutShort,
    Headers,
    HungUp,
    Receive,
    Reply,
    Scope,
    Send,
    Told,
    length_of,
    read_body,
    text_of,
)
from undersigned.lib.clock import now
from undersigned.lib.forms import FORM_TYPE, NotAForm, read_form
from undersigned.lib.origin import is_from_elsewhere, is_from_here
from undersigned.lib.refusal import Refusal
from undersigned.pages.incoming import TooMuchSent
from undersigned.signing.sign_on import FORM_LIMIT_BYTES
from undersigned.stories.referrals import Referrals

BODY_LIMIT_BYTES = 256 * 1024
"""More than any form of the desk has."""
LARGE_BYTES = 16 * 1024
"""More than a sign-on has. Who brings more takes one of a few places for as long as it is read."""
LARGE_AT_ONCE = 256
BODY_SECONDS = 20
SHOWN = (200, 304)
"""The answers by which a reader sees a page."""
MOVED = (301, 308)
"""Those by which a reader is led to where it is."""
FORM = FORM_TYPE.encode()
SIGNING, SUBSCRIBING = "/sign/", "/newsletter/"
"""In addresses by which anybody can have us write to a mailbox."""
SLOW: Headers = [(b"x-undersigned-slow", b"yes")]
"""What the desk is told of a sign-on, or of a wish for the newsletter, that has to wait."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Door:
    """The program's ASGI application. Belongs to one event loop, whose `clock` it reads; `port` is where it is served,
    0 where nobody connects."""

    folder: Folder
    relay: Relay
    refusing: Refusing
    taking: Taking
    acting: Acting
    limits: Limits
    measures: Measures
    monitor: Monitor | None
    clock: Callable[[], float]
    counting: Counting = field(default_factory=lambda: Counting(lambda _: None))
    uploads: Uploads = field(default_factory=Uploads)
    large: Few = field(default_factory=lambda: Few(LARGE_AT_ONCE))
    patience: Patience = field(init=False)
    port: int = 0
    ending_unread: "asyncio.Task[None] | None" = None
    referrals: Referrals = field(default_factory=Referrals)

    def __post_init__(self) -> None:
        self.patience = Patience(BODY_SECONDS, self.clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                await self._answer(scope, receive, send)
            except HungUp:
                return
            except Exception:  # the server answers; but of what it would write down, we write no words
                log.exception("a request failed")
                raise
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        told: Told = dict(scope["headers"])
        method, path = scope["method"], scope["path"]
        if method in ("GET", "HEAD"):
            reply = await self.folder.reply(path, told, self.clock())
            if reply is not None:
                if scope["query_string"] and reply.status in MOVED:
                    reply = with_query(reply, scope["query_string"])
                if method == "GET":
                    self.counting.note(path, told, reply)
                    if scope["query_string"] and reply.status in SHOWN:
                        self.referrals.see(path, scope["query_string"].decode("latin-1"), now().date())
                await reply.send(send, method)
                return
        try:
            reply = await self._do(scope, told, (receive, send))
        except tuple(REFUSED) as fault:
            refused = REFUSED[type(fault)]
            self.measures.refused(refused.code)
            reply = self.refusing.reply(refused, path, told)
        if reply is not None:
            await reply.send(send, method)

    async def _do(self, scope: Scope, told: Told, wire: tuple[Receive, Send]) -> Reply | None:
        """Take what is posted here, or ask the desk's process; None where that has answered by itself."""
        sender = self.limits.place(scope)
        if not scope["path"].startswith(BEHIND_A_DOOR):
            self.limits.count(sender)
        body = await self._read(scope, told, wire[0])
        ours: Headers = []
        if scope["method"] == "POST":
            fields = fields_of(told, body)
            has_us_write = SIGNING in scope["path"] or scope["path"].endswith(SUBSCRIBING)
            is_slow = has_us_write and self._is_slow(sender, fields or {})
            reply = await self._take(scope["path"], told, fields, is_slow) if fields else None
            if reply:
                return reply
            ours = SLOW if is_slow else []
        return None if await self.relay.ask(scope, told, (body, ours), wire) else self.refusing.nowhere

    async def _read(self, scope: Scope, told: Told, receive: Receive) -> bytes:
        """All that a request brings, within its limits of size, number and time."""
        if brings_picture(scope["path"], told) and await self.relay.opens(scope, told):
            return await self.uploads.read(receive, told)
        limit = BODY_LIMIT_BYTES if scope["path"].startswith(BEHIND_A_DOOR) else FORM_LIMIT_BYTES
        length = length_of(told)
        is_small = length is not None and length <= LARGE_BYTES
        with self.patience, nullcontext() if is_small else self.large:
            return await read_body(receive, told, limit)

    def _is_slow(self, sender: bytes, fields: Mapping[str, str]) -> bool:
        return self.limits.is_slow(sender, fields.get("work", ""), fields.get("version", ""), now())

    async def _take(self, path: str, told: Told, fields: Mapping[str, str], is_slow: bool) -> Reply | None:
        """What the door can take by itself: sign-ons, confirmations, withdrawals with which all is well."""
        place = self.taking.place(path)
        if place:
            return await self.taking.take(place, fields, is_slow) if is_from_here(*_origin(told)) else None
        if path.startswith(ROOM) and not is_from_elsewhere(*_origin(told)):
            return await self.acting.act(path, fields)
        return None

    async def _live(self, receive: Receive, send: Send) -> None:
        """Begin and end with the server, which has answered all that it accepted before it ends."""
        await receive()
        try:
            await self._open()
        except OSError as fault:  # the port of the monitor is taken
            log.error("the door cannot open: %s", fault)
            await send({"type": "lifespan.startup.failed"})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _open(self) -> None:
        if self.monitor:
            self.monitor.open()
        await self.taking.open()
        self.counting.open()
        self.acting.open()
        self.patience.open()
        if self.port:
            self.ending_unread = asyncio.ensure_future(end_unread(self.port, SEND_SECONDS))

    async def _close(self) -> None:
        if self.ending_unread:
            self.ending_unread.cancel()
        await self.patience.close()
        await asyncio.to_thread(self.referrals.flush)
        await self.acting.close()
        await self.taking.close()
        await self.counting.close()
        if self.monitor:
            self.monitor.close()


def _origin(told: Told) -> tuple[str | None, str | None, str | None]:
    return text_of(told, b"sec-fetch-site"), text_of(told, b"origin"), text_of(told, b"host")


def fields_of(told: Told, body: bytes) -> Mapping[str, str] | None:
    """The fields of a posted form; None where it is no form of ours, which the desk will say."""
    if told.get(b"content-type", b"").partition(b";")[0].strip() != FORM or len(body) > FORM_LIMIT_BYTES:
        return None
    try:
        return read_form(body)
    except NotAForm:
        return None


REFUSED: dict[type[Exception], type[Refusal]] = {
    BodyTooLarge: TooMuchSent,
    TookTooLong: TooSlow,
    DeskAway: DeskCloses,
    Garbled: NotUnderstood,
    CutShort: NotUnderstood,
    LaneFull: DoorBusy,
    NotCommitted: RecordAway,
    TooMany: TooManyRequests,
}
"""What a reader is told when something was not taken."""
