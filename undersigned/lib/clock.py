"""Moments: the present, which only edges ask for, and appointments given as wall time in a zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from undersigned.lib.refusal import Refusal, gettext_noop


class UnknownZone(Refusal):
    """A time zone that the IANA database does not have."""

    code = "unknown-zone"
    message = gettext_noop("“%(zone)s” is not a time zone such as “Asia/Seoul” or “Europe/Berlin”.")


class ClockChange(Refusal):
    """A wall time in an hour that the clocks change; `earlier` and `later` are the two moments it could mean."""

    def __init__(self, field: str, wall: datetime, earlier: datetime, later: datetime) -> None:
        super().__init__(
            field,
            wall=f"{wall:%Y-%m-%d %H:%M}",
            zone=str(earlier.tzinfo),
            earlier=_offset_form(earlier),
            later=_offset_form(later),
        )
        self.earlier = earlier
        self.later = later


class SkippedHour(ClockChange):
    """A wall time that no clock in the zone shows."""

    code = "skipped-hour"
    message = gettext_noop(
        "There is no %(wall)s in %(zone)s: the clocks are put forward over it. Please choose %(earlier)s or %(later)s."
    )


class RepeatedHour(ClockChange):
    """A wall time that the clocks in the zone show twice."""

    code = "repeated-hour"
    message = gettext_noop(
        "%(wall)s happens twice in %(zone)s: the clocks are put back. Please choose %(earlier)s or %(later)s."
    )


def now() -> datetime:
    """The present, in UTC. Only edges call it; rules receive `at`."""
    return datetime.now(UTC)


def hour_of(at: datetime) -> datetime:
    """The beginning of the UTC hour of `at`: as exact as the public log gets on persons."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def zone_of(name: str, field: str = "") -> ZoneInfo:
    """The IANA zone called `name`; else UnknownZone."""
    if name not in available_timezones():
        raise UnknownZone(field, zone=name[:60])
    return ZoneInfo(name)


def instant_of(wall: datetime, zone: str, field: str = "") -> datetime:
    """The UTC moment at which clocks in `zone` show `wall`; else SkippedHour, RepeatedHour or UnknownZone.

    `wall` is naive; one that carries an offset, as `earlier` and `later` do, says its moment itself.
    """
    place = zone_of(zone, field)
    if wall.tzinfo is not None:
        return wall.astimezone(UTC)
    first, second = (wall.replace(tzinfo=place, fold=fold).astimezone(UTC).astimezone(place) for fold in (0, 1))
    if first.replace(tzinfo=None) != wall:
        raise SkippedHour(field, wall, second, first)
    if first.utcoffset() != second.utcoffset():
        raise RepeatedHour(field, wall, first, second)
    return first.astimezone(UTC)


def _offset_form(moment: datetime) -> str:
    """Such as `2026-03-29 03:30 (UTC+02:00)`."""
    minutes = int((moment.utcoffset() or timedelta()).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{moment:%Y-%m-%d %H:%M} (UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02})"
