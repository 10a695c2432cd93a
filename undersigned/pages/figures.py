"""Dates, moments and numbers as each language's readers write them (CLDR)."""

from datetime import date, datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, get_timezone_location
from babel.numbers import format_decimal

ENGLISH = "en-001"
"""10 November 2026, as everybody reads it who reads English, and not November 10."""


def number(value: int, language: str) -> str:
    return format_decimal(value, locale=_locale(language))


def rounded(value: int) -> int:
    """A round figure that is less than `value`: 181 is 180, 23,456 is 23,000; nothing up to ten."""
    step = int(10 ** max(1, len(str(value)) - 2))
    return max(0, value - 1) // step * step


def file_size(size: int, language: str) -> str:
    """“243 kB”, “1.4 MB”"""
    if size < 1_000_000:
        return f"{number(max(1, round(size / 1000)), language)} kB"
    return f"{format_decimal(size / 1_000_000, '0.0', locale=_locale(language))} MB"


def long_date(day: date, language: str) -> str:
    return format_date(day, "long", _locale(language))


def month(day: date, language: str) -> str:
    """“November 2026”"""
    return format_skeleton("yMMMM", day, locale=_locale(language))


def as_of(text: str, language: str) -> str:
    """`2026`, `2026-03` or `2026-03-09`, as exact as it is."""
    parts = [int(part) for part in text.split("-")]
    day = date(*([*parts, 1, 1][:3]))
    if len(parts) == 3:
        return long_date(day, language)
    return format_skeleton("yMMMM" if len(parts) == 2 else "y", day, locale=_locale(language))


def wall_time(wall: datetime, language: str) -> str:
    """A wall time to the minute, by the 24-hour clock: “10 November 2026, 09:00”. `wall` is naive."""
    between = ", " if language == "en" else " "
    return f"{long_date(wall, language)}{between}{wall:%H:%M}"


def city(zone: str, language: str) -> str:
    """The city after which an IANA zone is named: “Seoul”, “서울”; the zone's own name where it has none."""
    if "/" not in zone or zone.startswith("Etc/"):
        return zone
    return get_timezone_location(zone, _locale(language), return_city=True)


def _locale(language: str) -> Locale:
    """CLDR's locale of a tag; international English where it says only that, or CLDR has none."""
    try:
        return Locale.parse(language if language != "en" else ENGLISH, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(ENGLISH, sep="-")
