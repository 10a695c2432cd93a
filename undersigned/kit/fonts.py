"""The fonts of each language. They are the system's; Debian's fonts-noto-core and fonts-noto-cjk have them all."""

from collections.abc import Iterable
from functools import cache

import typst

from undersigned.lib.refusal import Refusal, gettext_noop

Stack = tuple[str, ...]

LATIN = {"serif": "Noto Serif", "sans": "Noto Sans"}
CJK = {
    "ko": {"serif": "Noto Serif CJK KR", "sans": "Noto Sans CJK KR"},
    "ja": {"serif": "Noto Serif CJK JP", "sans": "Noto Sans CJK JP"},
    "zh-Hans": {"serif": "Noto Serif CJK SC", "sans": "Noto Sans CJK SC"},
    "zh-Hant": {"serif": "Noto Serif CJK TC", "sans": "Noto Sans CJK TC"},
    "zh-HK": {"serif": "Noto Serif CJK HK", "sans": "Noto Sans CJK HK"},
}
OTHERS = {
    "serif": (
        *("Noto Naskh Arabic", "Noto Serif Hebrew", "Noto Serif Thai", "Noto Serif Tibetan", "Noto Serif Devanagari"),
        *("Noto Serif Bengali", "Noto Serif Tamil", "Noto Serif Khmer", "Noto Serif Lao", "Noto Serif Myanmar"),
        *("Noto Serif Sinhala", "Noto Serif Ethiopic", "Noto Serif Georgian", "Noto Serif Armenian"),
    ),
    "sans": ("Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Thai", "Noto Sans Devanagari"),
}
NEEDED_BY = {
    "ar": "Noto Naskh Arabic", "fa": "Noto Naskh Arabic", "ur": "Noto Naskh Arabic", "ug": "Noto Naskh Arabic",
    "he": "Noto Serif Hebrew", "th": "Noto Serif Thai", "bo": "Noto Serif Tibetan", "hi": "Noto Serif Devanagari",
    "ne": "Noto Serif Devanagari", "bn": "Noto Serif Bengali", "ta": "Noto Serif Tamil", "km": "Noto Serif Khmer",
    "lo": "Noto Serif Lao", "my": "Noto Serif Myanmar", "si": "Noto Serif Sinhala", "am": "Noto Serif Ethiopic",
    "ka": "Noto Serif Georgian", "hy": "Noto Serif Armenian",
}  # fmt: skip
"""The font without which a letter in this language cannot be set; the others are for names."""


class FontsMissing(Refusal):
    """A letter cannot be set in a script for which this machine has no font."""

    code = "fonts-missing"
    status = 503
    message = gettext_noop(
        "These fonts are missing on the server: %(families)s. An operator installs them "
        "(on Debian: fonts-noto-core and fonts-noto-cjk)."
    )


@cache
def fonts() -> typst.Fonts:
    """All fonts of the system, looked for once."""
    return typst.Fonts()


@cache
def families() -> frozenset[str]:
    """The names of all fonts that are there."""
    return frozenset(fonts().families())


def missing(languages: Iterable[str]) -> tuple[str, ...]:
    """The fonts that letters in `languages` need and that are not there."""
    needed = {name for tag in languages for name in _needed(tag)}
    return tuple(sorted(needed - families()))


def refuse_missing(languages: Iterable[str]) -> None:
    """Refuse to set languages for whose script there is no font."""
    names = missing(languages)
    if names:
        raise FontsMissing(families=", ".join(names))


def stack(tag: str, voice: str) -> Stack:
    """The fonts of a run in the language `tag`, by preference; the letter speaks in "serif", the machine in "sans"."""
    own = CJK[cjk_of(tag) or "ko"][voice]
    mine = (own, LATIN[voice]) if cjk_of(tag) else (LATIN[voice], own)
    wanted = (*mine, *OTHERS[voice], *(faces[voice] for faces in CJK.values()))
    return tuple(name for name in dict.fromkeys(wanted) if name in families())


def is_dense(tag: str) -> bool:
    """Whether punctuation is as wide as a character: in Chinese and Japanese, not in Korean."""
    return cjk_of(tag) not in ("", "ko")


def _needed(tag: str) -> tuple[str, ...]:
    language = tag.partition("-")[0]
    script = CJK[cjk_of(tag)]["serif"] if cjk_of(tag) else NEEDED_BY.get(language, "")
    return (LATIN["serif"], LATIN["sans"], script) if script else (LATIN["serif"], LATIN["sans"])


def cjk_of(tag: str) -> str:
    """Under which name `CJK` has the fonts of a language; empty for languages of other scripts."""
    if tag.endswith("HK") or tag.endswith("MO"):
        return "zh-HK"
    if tag.startswith("zh"):
        return "zh-Hant" if "Hant" in tag else "zh-Hans"
    return tag.partition("-")[0] if tag.partition("-")[0] in CJK else ""
