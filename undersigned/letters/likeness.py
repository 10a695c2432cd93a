"""How alike two blocks in two languages look to somebody who can read neither: length, figures, links, names."""

import math
import re
from dataclasses import dataclass

from undersigned.letters import inline
from undersigned.letters.blocks import Block, Kind

# Natural logarithms of odds, roughly: 1 is weak evidence against two blocks being translations, 5 is strong.
_KINDS = {
    frozenset({Kind.PARAGRAPH, Kind.CLAIM}): 0.8,
    frozenset({Kind.PARAGRAPH, Kind.QUOTATION}): 1.5,
    frozenset({Kind.CLAIM, Kind.QUOTATION}): 2.0,
    frozenset({Kind.PARAGRAPH, Kind.HEADING}): 3.0,
    frozenset({Kind.PARAGRAPH, Kind.DEMAND}): 3.0,
}
_OTHER_KINDS = 5.0
_MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905
_MONTH = re.compile(rf"\b(?:{'|'.join(month.title() for month in _MONTHS if month != 'may')}|May(?= \d))")
_HAN_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2}
_UNITS = {"십": 10, "十": 10, "백": 100, "百": 100, "천": 1000, "千": 1000, "만": 10**4, "万": 10**4, "萬": 10**4}
_UNITS |= {"억": 10**8, "亿": 10**8, "億": 10**8, "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_FIGURE = re.compile(
    r"(\d[\d,]*(?:\.\d+)?)\s?(천만|백만|십만|hundred|thousand|million|billion|[백천만억百千万萬亿億])?"
)
_HAN_NUMBER = re.compile("[〇零一二三四五六七八九十百千万两兩]{2,}")
_LINK = re.compile(r"https?://[^\s)>\]]+|[\w.+-]+@[\w-]+\.[\w.]+")
_NAME = re.compile(r"[A-Za-z][A-Za-z-]+")
_SENTENCE = re.compile(r"[.!?。！？…]+(?=[\s\"'”’)\]」』]|$|[^\x00-\x7f])|\n")
_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_OTHER_LETTER = re.compile(r"[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7a3]")


@dataclass(frozen=True, slots=True)
class Traits:
    """What of a block survives translation. `size` is in Latin letters, whatever the script."""

    kind: Kind
    size: float
    sentences: int
    figures: frozenset[str]
    links: frozenset[str]
    footnotes: int
    names: frozenset[str]
    is_latin: bool
    ending: str
    items: int

    def __add__(self, other: "Traits") -> "Traits":
        """The traits of both blocks written as one."""
        kind = other.kind if self.kind == Kind.HEADING else self.kind
        return Traits(
            Kind.CLAIM if {kind, other.kind} == {Kind.PARAGRAPH, Kind.CLAIM} else kind,
            self.size + other.size,
            self.sentences + other.sentences,
            self.figures | other.figures,
            self.links | other.links,
            self.footnotes + other.footnotes,
            self.names | other.names,
            self.is_latin,
            other.ending,
            self.items + other.items,
        )


def traits(block: Block) -> Traits:
    """The traits of one block; its sources lend their links."""
    text = "\n".join(inline.plain(inline.read(line)) for line in block.text.split("\n"))
    han, hangul, other = len(_HAN.findall(text)), len(_HANGUL.findall(text)), len(_OTHER_LETTER.findall(text))
    return Traits(
        kind=block.kind,
        size=2.9 * han + 2.1 * hangul + other,
        sentences=sum(1 for part in _SENTENCE.split(text) if re.search(r"\w", part)),
        figures=figures(text),
        links=frozenset(_LINK.findall(" ".join([block.text, *(source.text for source in block.sources)]))),
        footnotes=len(block.sources),
        names=frozenset(name.casefold() for name in _NAME.findall(text)),
        is_latin=other > han + hangul,
        ending=_ending(text),
        items=block.text.count("\n") + 1 if block.kind == Kind.LIST else 0,
    )


def figures(text: str) -> frozenset[str]:
    """The numbers in a text, written one way: 2,000, 2천 and 两千 are all 2000, and September is 9."""
    written = (float(number.replace(",", "")) * _times(unit) for number, unit in _FIGURE.findall(text))
    han = (_han_value(match) for match in _HAN_NUMBER.findall(text))
    months = (_MONTHS.index(month.casefold()) + 1 for month in _MONTH.findall(text))
    return frozenset(f"{value:.12g}" for value in (*written, *han, *months))


def unlikeness(a: Traits, b: Traits, scale: float) -> float:
    """How much speaks against `b` being `a` in another language, which says `scale` times as much in all."""
    return (
        _kinds(a, b)
        + _sizes(a, b, scale)
        + min(0.7 * abs(a.sentences - b.sentences), 2.8)
        + _shared(a.figures, b.figures, 1.2, 0.8)
        + _shared(a.links, b.links, 2.0, 0.5)
        + 0.8 * abs(a.footnotes - b.footnotes)
        + _names(a, b)
        + _endings(a, b)
    )


def _kinds(a: Traits, b: Traits) -> float:
    if a.kind != b.kind:
        return _KINDS.get(frozenset({a.kind, b.kind}), _OTHER_KINDS)
    return min(0.8 * abs(a.items - b.items), 2.4)


def _sizes(a: Traits, b: Traits, scale: float) -> float:
    """Half the squared deviation of the length ratio; short texts deviate more (after Gale and Church, 1993)."""
    deviation = 0.2 + 1.2 / math.sqrt(max(4.0, min(a.size * scale, b.size)))
    ratio = math.log((b.size + 3) / (a.size * scale + 3))
    return float(min((ratio / deviation) ** 2 / 2, 8.0))


def _shared(a: frozenset[str], b: frozenset[str], bonus: float, malus: float) -> float:
    """What is in both speaks for the pair, single digits less; what is in one only speaks against it."""
    if not a and not b:
        return 0.0
    found = sum(0.5 if len(value) == 1 else 1.0 for value in a & b)
    lost = sum(0.5 if len(value) == 1 else 1.0 for value in a ^ b)
    return malus * min(lost, 4) - bonus * min(found, 4)


def _names(a: Traits, b: Traits) -> float:
    """Latin names within a text of another script stand in the Latin text too."""
    if a.is_latin == b.is_latin:
        return 0.0
    latin, foreign = (a, b) if a.is_latin else (b, a)
    found = len(foreign.names & latin.names)
    return min(0.4 * (len(foreign.names) - found), 1.6) - min(0.8 * found, 3.2)


def _endings(a: Traits, b: Traits) -> float:
    if a.ending == b.ending:
        return -0.8 if a.ending else 0.0
    return 1.2


def _ending(text: str) -> str:
    """The last mark, where it is one that translations keep: a colon or a question."""
    last = text.rstrip(" \n\"'”’)」』")[-1:].translate(str.maketrans("：？！", ":?!"))
    return last if last and last in ":?!" else ""


def _times(unit: str) -> int:
    return _UNITS.get(unit) or math.prod(_UNITS[part] for part in unit)


def _han_value(text: str) -> int:
    """The number that Han numerals write: 两千三百 is 2300, 二〇二三 is 2023."""
    if not any(char in _UNITS for char in text):
        return int("".join(str(_HAN_DIGITS[char]) for char in text))
    total, section, digit = 0, 0, 0
    for char in text:
        if char in _HAN_DIGITS:
            digit = _HAN_DIGITS[char]
        elif _UNITS[char] == 10**4:
            total, section, digit = (total + section + digit) * 10**4, 0, 0
        else:
            section, digit = section + max(digit, 1) * _UNITS[char], 0
    return total + section + digit
