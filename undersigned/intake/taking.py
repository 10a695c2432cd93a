"""Taking a sign-on at the door: the good case, from the bytes of a form to the answer that it is in the record.

Whatever is to be refused, or is unusual, is not judged here: the desk's process gets the very same request, and its
answer shows what was wrong with it. So there is one set of rules and one place that renders refusals.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from undersigned.intake.commit import Lane
from undersigned.intake.places import Place, Places
from undersigned.intake.wire import Reply
from undersigned.lib.clock import now
from undersigned.lib.randomness import random_uuid
from undersigned.lib.refusal import Refused
from undersigned.pages.signing import code_token
from undersigned.signing.arrivals import NewArrival, pack
from undersigned.signing.sign_on import parse


@dataclass(slots=True)
class Taking:
    """Takes sign-ons at the open places into the record."""

    places: Places
    lane: Lane[NewArrival, None]
    refused: Callable[[str], None]

    async def open(self) -> None:
        """Begin; within the event loop."""
        await self.places.open()
        self.lane.open()

    async def close(self) -> None:
        """Finish what was accepted."""
        await self.lane.close()
        self.places.close()

    def place(self, path: str) -> Place | None:
        """The open form at this address, if there is one."""
        return self.places.by_path.get(path)

    async def take(self, place: Place, fields: Mapping[str, str], is_slow: bool) -> Reply | None:
        """Take the sign-on that was posted there; None, and nothing is taken, where the desk must look at it.

        LaneFull or NotCommitted where the record does not take it.
        """
        try:
            sign_on = parse(fields, place.kind, place.language, place.terms)
        except Refused as refused:
            for refusal in refused.refusals:
                self.refused(refusal.code)
            return None
        signature = random_uuid()
        sealed = pack(sign_on, signature, place.consent, place.sealer)
        await self.lane.put(NewArrival(sign_on.letter, sealed, is_slow))
        token = code_token(signature, now(), self.places.links_key)
        return Reply(200, place.headers, b"%b%b%b" % (place.before, token.encode(), place.after))
