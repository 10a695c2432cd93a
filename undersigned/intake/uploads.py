"""A picture for a story or for the press: larger than any form, and slower to come. From users of the desk, a few at a
time."""

import asyncio
import re
from dataclasses import dataclass, field

from undersigned.intake.few import Few
from undersigned.intake.patience import TookTooLong
from undersigned.intake.wire import BodyTooLarge, CutShort, Receive, Told, length_of

PLACE = re.compile(r"/desk/(stories/[a-z0-9-]{3,60}/text|[a-z0-9-]{3,60}/press/(new/[a-z]+|[0-9]+|release/[\w-]+))/")
LIMIT_BYTES = 20_300_000
"""A picture of as many bytes as are taken, and the texts beside it."""
SECONDS = 240
AT_ONCE = 4
"""So many at a time, for each is held in memory."""


@dataclass(slots=True)
class Uploads:
    """Belongs to one event loop."""

    turns: Few = field(default_factory=lambda: Few(AT_ONCE))

    async def read(self, receive: Receive, told: Told) -> bytes:
        """The body; LaneFull where too many are read, BodyTooLarge, TookTooLong or CutShort as it comes."""
        with self.turns:
            try:
                async with asyncio.timeout(SECONDS):
                    return await _read(receive, told)
            except TimeoutError:
                raise TookTooLong from None


def brings_picture(path: str, told: Told) -> bool:
    """Whether this may be such a form, sent by somebody who says that they have a session; that the desk must know."""
    if not path.startswith("/desk/"):
        return False
    is_form = told.get(b"content-type", b"").startswith(b"multipart/form-data")
    return is_form and b"sessionid=" in told.get(b"cookie", b"") and bool(PLACE.fullmatch(path))


async def _read(receive: Receive, told: Told) -> bytes:
    expected = length_of(told)
    if expected is None or expected > LIMIT_BYTES:
        raise BodyTooLarge
    body = bytearray()
    while len(body) < expected:
        message = await receive()
        if message["type"] != "http.request":
            raise CutShort
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return bytes(body)
