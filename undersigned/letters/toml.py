"""A TOML file whose every fault is told with its line and key, all of them at once."""

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from undersigned.letters import inline
from undersigned.letters.blocks import FileMissing, FileTooLarge, Place, WrongFile
from undersigned.letters.lines import folded
from undersigned.lib.refusal import Refusal, gettext_noop

LIMIT_BYTES = 200_000
Step = str | int


class NotToml(WrongFile):
    code = "not-toml"
    message = gettext_noop("This file is not TOML: %(problem)s.")


class UnknownKey(WrongFile):
    code = "unknown-key"
    message = gettext_noop("Nothing is known here by the name “%(key)s”. The nearest known one is “%(nearest)s”.")


class KeyMissing(WrongFile):
    code = "key-missing"
    message = gettext_noop("“%(key)s” is missing.")


class NotText(WrongFile):
    code = "not-text"
    message = gettext_noop("“%(key)s” must be a text in quotation marks, and not an empty one.")


class TextTooLong(WrongFile):
    code = "text-too-long"
    message = gettext_noop("“%(key)s” is too long: it may have %(limit)s characters, and has %(length)s.")


class NotADate(WrongFile):
    code = "not-a-date"
    message = gettext_noop("“%(key)s” must be a date such as 2026-11-10, without quotation marks.")


class NotTrueOrFalse(WrongFile):
    code = "not-true-or-false"
    message = gettext_noop("“%(key)s” must be true or false, without quotation marks.")


class NotANumber(WrongFile):
    code = "not-a-number"
    message = gettext_noop("“%(key)s” must be a whole number from %(least)s to %(most)s.")


class NotAChoice(WrongFile):
    code = "not-a-choice"
    message = gettext_noop("“%(key)s” must be one of these: %(choices)s.")


class NotATable(WrongFile):
    code = "not-a-table"
    message = gettext_noop("“%(key)s” must be a table with an entry for each of its parts.")


class NotAList(WrongFile):
    code = "not-a-list"
    message = gettext_noop("“%(key)s” must be a list with at least one entry.")


class WrongValue(WrongFile):
    code = "wrong-value"
    message = gettext_noop("“%(key)s” cannot be taken. %(why)s")


class Document:
    """One TOML file: its text, to find lines in, and the faults that reading it has shown so far."""

    def __init__(self, path: Path) -> None:
        """Read the file; what is not TOML at all is refused at once."""
        self.place = Place(path.name)
        self.faults: list[WrongFile] = []
        self.text = _text(path, self.place)
        try:
            self.root = Table(self, (), tomllib.loads(self.text))
        except (tomllib.TOMLDecodeError, RecursionError) as fault:
            raise _not_toml(fault, self.place, self.text) from None

    def place_of(self, path: Iterable[Step]) -> Place:
        """Where the key at `path` stands; the nearest line that is known, if it stands nowhere."""
        at, end, name = 0, len(self.text), ""
        for step in path:
            name = name if isinstance(step, int) else re.escape(step)
            pattern = re.compile(rf"^[ \t]*\[{{0,2}}[ \t]*[\"']?{name}[\"']?[ \t]*([=\].])", re.M)
            for _ in range(step if isinstance(step, int) else 1):
                found = pattern.search(self.text, at, end if isinstance(step, str) else len(self.text))
                at = found.end() if found else at
            header = re.compile(r"^[ \t]*\[", re.M).search(self.text, at)
            end = header.start() if header and at else len(self.text)
            if self.text[at - 1 : at] == "=":  # what follows stands on this line
                break
        return self.place.at(self.text.count("\n", 0, at) + 1 if at else 0)


class Table:
    """One table of a document. Each reader tells its fault to the document and goes on with a stand-in."""

    def __init__(self, document: Document, path: tuple[Step, ...], raw: Mapping[str, Any]) -> None:
        self.document = document
        self.path = path
        self.raw = raw
        self.asked: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self.raw

    def tell(self, fault: type[WrongFile], key: str, **facts: object) -> None:
        """Put a fault of `key` among those of the document."""
        path = (*self.path, key)
        name = ".".join(str(step + 1) if isinstance(step, int) else step for step in path)
        self.document.faults.append(fault(self.document.place_of(path), key=name, **facts))

    def text(self, key: str, default: str | None = None, limit: int = 200, lines: bool = False) -> str:
        """A text, white space folded; line feeds stay where it may have `lines`."""
        value = self._value(key, default)
        if value is None or (value == default and key not in self.raw):
            return default or ""
        if not isinstance(value, str) or not value.strip():
            self.tell(NotText, key)
            return ""
        return self._clean(key, value, limit, lines)

    def date(self, key: str) -> dt.date:
        value = self._value(key, None)
        if type(value) is dt.date:
            return value
        if value is not None:
            self.tell(NotADate, key)
        return dt.date.min

    def boolean(self, key: str, default: bool = False) -> bool:
        value = self._value(key, default)
        if not isinstance(value, bool):
            self.tell(NotTrueOrFalse, key)
        return value is True

    def number(self, key: str, default: int, least: int, most: int) -> int:
        value = self._value(key, default)
        if type(value) is int and least <= value <= most:
            return value
        self.tell(NotANumber, key, least=least, most=most)
        return default

    def choice(self, key: str, choices: Iterable[str], default: str) -> str:
        value = self._value(key, default)
        if value in list(choices):
            return str(value)
        self.tell(NotAChoice, key, choices=", ".join(f"“{choice}”" for choice in choices))
        return default

    def texts(self, key: str) -> list[str]:
        """A list of texts, at least one."""
        value = self._value(key, None)
        if isinstance(value, list) and value and all(isinstance(entry, str) for entry in value):
            return value
        if value is not None:
            self.tell(NotAList, key)
        return []

    def table(self, key: str) -> "Table":
        """The table at `key`; an empty one where there is none."""
        value = self._value(key, {})
        if not isinstance(value, dict):
            self.tell(NotATable, key)
            value = {}
        return Table(self.document, (*self.path, key), value)

    def tables(self, key: str) -> list["Table"]:
        """The tables `[[key]]`, in order."""
        value = self._value(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self.tell(NotAList, key)
            value = []
        return [Table(self.document, (*self.path, key, at), entry) for at, entry in enumerate(value)]

    def close(self) -> None:
        """Refuse the keys that nobody asked for: a misspelt key must not be lost in silence."""
        for key in self.raw:
            if key not in self.asked:
                nearest = get_close_matches(key, self.asked, 1, cutoff=0)
                self.tell(UnknownKey, key, nearest=nearest[0] if nearest else "")

    def _value(self, key: str, default: object) -> Any:
        self.asked.append(key)
        if key not in self.raw and default is None:
            self.tell(KeyMissing, key)
        return self.raw.get(key, default)

    def _clean(self, key: str, value: str, limit: int, lines: bool) -> str:
        text = folded(value, lines=lines)
        if len(text) > limit:
            self.tell(TextTooLong, key, limit=limit, length=len(text))
        try:
            inline.refuse_forbidden(value, Place())
        except Refusal as refusal:
            self.tell(WrongValue, key, why=refusal)
        return text


def _text(path: Path, place: Place) -> str:
    try:
        if path.stat().st_size > LIMIT_BYTES:
            raise FileTooLarge(place, megabytes=round(path.stat().st_size / 1e6, 1), limit=LIMIT_BYTES / 1e6)
        return path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode("utf-8").replace("\r\n", "\n")
    except OSError:
        raise FileMissing(place) from None
    except UnicodeDecodeError as fault:
        raise NotToml(place, problem=f"byte {fault.start + 1} is not UTF-8") from None


def _not_toml(fault: Exception, place: Place, text: str) -> NotToml:
    """tomllib's own words, with the line taken out of them."""
    words = str(fault)
    line = re.search(r"\(at line (\d+), column \d+\)", words)
    at = int(line[1]) if line else text.count("\n") + 1
    problem = re.sub(r"\s*\(at .*\)", "", words)
    return NotToml(place.at(at), problem=problem[:1].lower() + problem[1:])
