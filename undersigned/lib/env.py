"""Typed readers of the environment, which refuse what they would have to guess."""

import os
import re
from pathlib import Path

UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


class Misconfigured(Exception):
    """A setting has a value that we would have to guess at; names the variable and what was expected."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"{name} must be {expected}")
        self.name = name
        self.expected = expected


def env_str(name: str, default: str) -> str:
    """The variable as it stands."""
    return os.environ.get(name, default)


def env_bool(name: str, default: bool) -> bool:
    """“yes” or “no” (also true/false, 1/0); anything else is Misconfigured."""
    text = os.environ.get(name)
    if text is None:
        return default
    if text.lower() in ("yes", "true", "1"):
        return True
    if text.lower() in ("no", "false", "0"):
        return False
    raise Misconfigured(name, "yes or no")


def env_int(name: str, default: int) -> int:
    """A whole number, zero or more."""
    text = os.environ.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise Misconfigured(name, "a whole number")
    return int(text)


def env_seconds(name: str, default: int) -> int:
    """A duration in seconds: a whole number, with s, m, h or d behind it if you like."""
    text = os.environ.get(name)
    if text is None:
        return default
    match = re.fullmatch(r"([0-9]{1,9})([smhd]?)", text)
    if not match:
        raise Misconfigured(name, "a duration such as 90s, 15m, 12h or 14d")
    return int(match[1]) * UNITS[match[2]]


def env_path(name: str, default: Path) -> Path:
    """A path; empty is Misconfigured."""
    text = os.environ.get(name)
    if text is None:
        return default
    if not text.strip():
        raise Misconfigured(name, "a path")
    return Path(text)
