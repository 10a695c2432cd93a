"""Marks: `{#id .claim as-of=2023-08 bound=about}` at the end of a block, in Markdown and in DOCX alike."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from undersigned.letters.blocks import KEY, Kind, Place, WrongFile
from undersigned.letters.inline import Runs, tidy
from undersigned.lib.refusal import gettext_noop

CLASSES = frozenset({Kind.CLAIM, Kind.DEMAND, Kind.QUOTATION, Kind.PARAGRAPH, Kind.HEADING, Kind.LIST})
FACTS = {Kind.CLAIM: ("as-of", "bound", "hedge"), Kind.QUOTATION: ("speaker", "office")}
_MARK = re.compile(r"\{([#.][^{}]*|[a-z-]+=[^{}]*)\}\s*$")
_INSIDE = re.compile(r"\{#([a-z][a-z0-9-]{0,39})(?:\s[^{}]*)?\}\s*")
_WORD = re.compile(
    r"#(?P<key>\S+)"
    r"|\.(?P<kind>\S+)"
    r"|(?P<name>[a-z-]+)=(?:[\"“”](?P<quoted>[^\"“”]*)[\"“”]|(?P<bare>\S+))"  # Word makes quotation marks typographic
)
AS_OF = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


class WrongMark(WrongFile):
    code = "wrong-mark"
    message = gettext_noop("“%(mark)s” is not a mark of a block. Marks look like {#key .claim as-of=2026-03}.")


class WrongKey(WrongFile):
    code = "wrong-key"
    message = gettext_noop(
        "“#%(key)s” cannot name a block: a name has at most 40 small letters, digits and hyphens, a letter first."
    )


class UnknownMark(WrongFile):
    code = "unknown-mark"
    message = gettext_noop("Blocks know no “%(word)s”. They know: %(known)s.")


class WrongDate(WrongFile):
    code = "wrong-date"
    message = gettext_noop("“as-of=%(value)s” is not a date such as 2026, 2026-03 or 2026-03-09.")


@dataclass(frozen=True, slots=True)
class Mark:
    """What an author says about a block: its key, its kind if it is not the usual one, and its facts."""

    key: str = ""
    kind: Kind | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.key or self.kind or self.facts)

    def __or__(self, other: "Mark") -> "Mark":
        """This mark, with what only the other one says."""
        return Mark(self.key or other.key, self.kind or other.kind, {**other.facts, **self.facts})


def split(text: str, place: Place) -> tuple[str, Mark]:
    """`text` without the mark at its end, and the mark."""
    found = _MARK.search(text)
    return (text[: found.start()], parse(found[1], place)) if found else (text, Mark())


def swallowed(runs: Runs) -> tuple[Runs, tuple[str, ...]]:
    """`runs` without the marks in their midst, and the keys of these: blocks that somebody merged into this one."""
    keys = tuple(key for run in runs for key in _INSIDE.findall(run.text))
    return tidy(replace(run, text=_INSIDE.sub("", run.text)) for run in runs) if keys else runs, keys


def parse(inside: str, place: Place) -> Mark:
    """The mark that stands between two braces."""
    if _WORD.sub("", inside).strip():
        raise WrongMark(place, mark="{" + inside + "}")
    mark = Mark()
    for word in _WORD.finditer(inside):
        mark |= _part(word, place)
    return mark


def _part(word: re.Match[str], place: Place) -> Mark:
    if word["key"]:
        if not KEY.fullmatch(word["key"]):
            raise WrongKey(place, key=word["key"])
        return Mark(key=word["key"])
    if word["kind"]:
        return Mark(kind=Kind(_known(word["kind"], sorted(CLASSES), place)))
    name = _known(word["name"], [fact for facts in FACTS.values() for fact in facts], place)
    value = (word["quoted"] or word["bare"] or "").strip()
    if name == "as-of" and not AS_OF.fullmatch(value):
        raise WrongDate(place, value=value)
    return Mark(facts={name: value})


def _known(word: str, known: list[str], place: Place) -> str:
    if word not in known:
        nearest = get_close_matches(word, known, 1)
        raise UnknownMark(place, word=word, known=", ".join(nearest or known))
    return word
