"""Words with the language they are in, so that a page can say which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString, mark_safe
from icu import Script

from undersigned.lib.languages import direction

# The script of a name tells its language only where one language writes in it.
_LANGUAGE_OF_SCRIPT = {"Hang": "ko", "Hira": "ja", "Kana": "ja", "Hebr": "he", "Thai": "th", "Tibt": "bo", "Grek": "el"}
_SCRIPTS_OF = {"ko": {"Hang"}, "ja": {"Hani", "Hira", "Kana"}, "zh": {"Hani"}, "ar": {"Arab"}, "fa": {"Arab"}}


@dataclass(frozen=True, slots=True)
class Said:
    """A text; `language` is empty where it is the page's own, so that nothing needs to be said about it."""

    text: str
    language: str = ""

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def html(self) -> SafeString:
        """The text, kept apart from what surrounds it where it is of another language.

        Escaped as Django does it, but without the detour of `format_html`: there may be a million names on a list.
        """
        text = escape(self.text)
        return mark_safe(f"{_opening(self.language)}{text}</bdi>" if self.language else text)  # noqa: S308  both are safe


def said(texts: Mapping[str, str], language: str, others: Sequence[str] = ()) -> Said:
    """The text in `language`, or else in the first of `others`, or else in any, that has one."""
    if texts.get(language):
        return Said(texts[language])
    for tag in (*others, *sorted(texts)):
        if texts.get(tag):
            return Said(texts[tag], tag)
    return Said("")


def name_in(name: str, known: Mapping[str, str], own_language: str, page: str) -> Said:
    """`name` on a page in `page`: marked with its language where that is another one.

    `known` are the names by language; `own_language` is the one in which its bearer signed.
    """
    tag = next((tag for tag, text in known.items() if text == name), "") if known else ""
    tag = tag or _language_of(script_of(name), own_language)
    return Said(name, "" if _same(tag, page) or (tag == "und-Latn" and reads(name, page)) else tag)


def script_of(text: str) -> str:
    """The ISO 15924 code of the first letter's script, Latin where there is no letter."""
    return next(filter(None, map(_script_of, text)), "Latn")


@lru_cache(maxsize=1 << 15)
def _script_of(character: str) -> str:
    """The script of one character; empty where it is of none, or of all."""
    code = str(Script.getScript(character).getShortName())
    return "" if code in ("Zyyy", "Zinh", "Zzzz") else code


@lru_cache(maxsize=256)
def _opening(language: str) -> str:
    """What begins a text in `language`."""
    way = "auto" if language.startswith("und") else direction(language)
    return f'<bdi lang="{escape(language)}" dir="{way}">'


def reads(text: str, language: str) -> bool:
    """Whether who reads `language` can read the script of `text`."""
    return script_of(text) in _SCRIPTS_OF.get(language.partition("-")[0], {"Latn"})


@lru_cache(maxsize=1024)
def _language_of(script: str, own_language: str) -> str:
    if script in _LANGUAGE_OF_SCRIPT:
        return _LANGUAGE_OF_SCRIPT[script]
    if script == "Hani":
        return own_language if own_language.partition("-")[0] in ("zh", "ja") else "zh"
    return f"und-{script}"


@lru_cache(maxsize=1024)
def _same(one: str, other: str) -> bool:
    return (one.partition("-")[0] == other.partition("-")[0] and "zh" not in one) or one == other
