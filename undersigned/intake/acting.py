"""Confirming and withdrawing at the door: the two acts that many do at once. Everything else about a private page, and
whatever is unusual, is the desk's."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from undersigned.intake.commit import Lane
from undersigned.intake.wire import Reply
from undersigned.lib.clock import now
from undersigned.signing.links import Link, LinkExpired, LinkForged

ROOM = "/s/"


@dataclass(slots=True)
class Acting:
    """Takes what those do who hold the link to a sign-on. Lanes answer None where the desk must look at it."""

    links_key: bytes
    confirming: Lane[UUID, Reply | None]
    withdrawing: Lane[UUID, Reply | None]

    def open(self) -> None:
        """Begin; within the event loop."""
        self.confirming.open()
        self.withdrawing.open()

    async def close(self) -> None:
        """Finish what was accepted."""
        await self.confirming.close()
        await self.withdrawing.close()

    async def act(self, path: str, fields: Mapping[str, str]) -> Reply | None:
        """Do what was asked for at a private page; None, and nothing is done, where the desk must look at it."""
        lane = self._lane(fields)
        if lane is None:
            return None
        try:
            link = Link.read(path.removeprefix(ROOM).removesuffix("/"), self.links_key, now())
        except (LinkForged, LinkExpired):
            return None
        return await lane.put(link.signature)

    def _lane(self, fields: Mapping[str, str]) -> Lane[UUID, Reply | None] | None:
        if fields.get("action") == "confirm":
            return self.confirming
        return self.withdrawing if fields.get("action") == "withdraw" and fields.get("sure") == "yes" else None
