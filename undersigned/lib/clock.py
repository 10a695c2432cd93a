"""Time: past facts are instants in UTC; appointments are wall time in a zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from undersigned.lib.refusal import Refusal, gettext_noop


class UnknownZone(Refusal):
    code = "unknown-zone"
    message = gettext_noop("“%(zone)s” is not a time zone. Choose one such as Asia/Seoul or Europe/Berlin.")


class SkippedHour(Refusal):
    """The clocks of the zone jump over this wall time; `choices` are the two wall times that exist instead."""

    code = "skipped-hour"
    message = gettext_noop(
        "In %(zone)s the clocks skip %(wall)s. Choose %(before)s (before the change) or %(after)s (after it)."
    )


class RepeatedHour(Refusal):
    """The clocks of the zone show this wall time twice; `choices` are the two instants."""

    code = "repeated-hour"
    message = gettext_noop(
        "In %(zone)s the clocks show %(wall)s twice. Choose the first time (%(before)s UTC) or the second (%(after)s UTC)."
    )


def now() -> datetime:
    """The present instant, aware, in UTC. Only edges call this; rules receive `at`."""
    return datetime.now(UTC)


def hour_of(at: datetime) -> datetime:
    """The hour in which `at` lies, in UTC."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def instant_of(wall: datetime, zone: str, fold: int | None = None) -> datetime:
    """The one instant that naive `wall` names in the IANA `zone`; refuses hours that its clocks skip or repeat.

    For an hour that is repeated, `fold` says which one is meant: 0 the first, 1 the second.
    """
    try:
        tz = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZone("zone", zone=zone) from None
    first, second = (wall.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    shown = {"zone": zone, "wall": f"{wall:%Y-%m-%d %H:%M}"}
    if first > second:  # a gap: fold=0 takes the offset before the change and lands after it
        choices = [f"{instant.astimezone(tz):%Y-%m-%d %H:%M}" for instant in (second, first)]
        raise SkippedHour("wall", **shown, before=choices[0], after=choices[1])
    if fold is not None:
        return (first, second)[fold]
    choices = [f"{instant:%Y-%m-%d %H:%M}" for instant in (first, second)]
    raise RepeatedHour("wall", **shown, before=choices[0], after=choices[1])
