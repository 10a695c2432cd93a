"""What an entry of a log can say, and what that does to the count: the same for us and for whoever recounts."""

from enum import StrEnum


class Event(StrEnum):
    """The closed list of what an entry can say; docs/words.md has the effect of each on the tally."""

    VERSION_FROZEN = "version-frozen"
    RELEASED = "released"
    SIGNED = "signed"
    AMENDED = "amended"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    INVALIDATED = "invalidated"
    REINSTATED = "reinstated"
    EDITORIAL_CHANGE = "editorial-change"
    CONSENTED_AGAIN = "consented-again"


class Tallied(StrEnum):
    """What a signature is counted as; one that is counted only is `hidden`, whatever else it is."""

    NONE = ""
    ORGANISATION = "organisation"
    PERSON = "person"
    SUPPORTER = "supporter"
    HIDDEN = "hidden"


EFFECT: dict[str, int] = {
    Event.SIGNED: 1,
    Event.REINSTATED: 1,
    Event.WITHDRAWN: -1,
    Event.INVALIDATED: -1,
    Event.MERGED: -1,
}
"""What each event adds to the tally of its kind and version; events that are not named add nothing."""
