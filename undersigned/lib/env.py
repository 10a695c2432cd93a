"""Settings from the environment, typed: each reader refuses what it would have to guess."""

import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

TRUTHS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` at once, and `count` in any `seconds` in the long run."""

    count: int
    seconds: int

    @property
    def a_second(self) -> float:
        return self.count / self.seconds


class Misconfigured(Exception):
    """A variable of the environment says something that we would have to guess at."""

    def __init__(self, variable: str, expected: str) -> None:
        super().__init__(variable, expected)
        self.variable = variable
        self.expected = expected

    def __str__(self) -> str:
        # The value stays out of the message: it may be a password.
        return f"{self.variable}: expected {self.expected}"


def env_str(variable: str, default: str | None = None) -> str:
    """The text of `variable`, trimmed; the default where it is not set; without a default it must be set."""
    text = os.environ.get(variable)
    if text is None:
        if default is None:
            raise Misconfigured(variable, "a value, and it is not set")
        return default
    if any(ord(character) < 32 for character in text):
        raise Misconfigured(variable, "one line of text without control characters")
    return text.strip()


def env_bool(variable: str, default: bool) -> bool:
    """Yes or no."""
    text = _stated(variable)
    if text is None:
        return default
    if text.lower() not in TRUTHS:
        raise Misconfigured(variable, "1, true, yes or on; or 0, false, no or off")
    return TRUTHS[text.lower()]


def env_int(variable: str, default: int, least: int = 0) -> int:
    """A whole number, at least `least`."""
    text = _stated(variable)
    if text is None:
        return default
    if not re.fullmatch(r"-?[0-9]{1,18}", text) or int(text) < least:
        raise Misconfigured(variable, f"a whole number, at least {least}")
    return int(text)


def env_seconds(variable: str, default: int) -> int:
    """A length of time in seconds, given with its unit, as in `90s`, `15m`, `36h` or `14d`; a bare 0 is also plain."""
    text = _stated(variable)
    if text is None:
        return default
    if text == "0":
        return 0
    match = re.fullmatch(r"([0-9]{1,9})([smhd])", text)
    if match is None:
        raise Misconfigured(variable, "a length of time with its unit: 90s, 15m, 36h or 14d")
    return int(match[1]) * SECONDS[match[2]]


def env_rate(variable: str, default: str) -> "Rate":
    """So many in so long, such as `60/10m`."""
    match = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})([smhd])", _stated(variable) or default)
    if match is None or not int(match[1]) or not int(match[2]):
        raise Misconfigured(variable, "so many in so long: 60/10m, 1/1s")
    return Rate(int(match[1]), int(match[2]) * SECONDS[match[3]])


def env_command(variable: str) -> tuple[str, ...]:
    """A program and its arguments, quoted as for a shell, which is not asked; () where it is not set."""
    try:
        return tuple(shlex.split(_stated(variable) or ""))
    except ValueError:
        raise Misconfigured(variable, "a program and its arguments, with quotes in pairs") from None


def env_path(variable: str, default: Path) -> Path:
    """A path; `~` is the home folder."""
    text = _stated(variable)
    return default if text is None else Path(text).expanduser()


def _stated(variable: str) -> str | None:
    """What `variable` says, or None where it is not set; set to nothing is refused, for it could mean either."""
    if variable not in os.environ:
        return None
    text = env_str(variable)
    if not text:
        raise Misconfigured(variable, "a value, or to be left out altogether")
    return text
