"""Languages of letters and of the interface, as BCP 47 tags."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Self

from babel import Locale, UnknownLocaleError

from undersigned.lib.refusal import Refusal, gettext_noop

INTERFACE = ("ko", "en", "zh-Hans")
"""The languages that the interface speaks, tagged as the texts of letters are."""

_TAG = re.compile(r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?", re.ASCII | re.IGNORECASE)
_RTL_SCRIPTS = {"Adlm", "Arab", "Aran", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi"}
# A list of our own: CLDR's data in Babel lacks some of these.
_RTL_LANGUAGES = {
    "ar", "arc", "ckb", "dv", "fa", "he", "ks", "lrc", "mzn", "nqo", "pnb", "prs", "ps", "sd", "syr", "ug", "ur", "yi",
}  # fmt: skip
# "zh" alone does not name its script; where no region does either, it is read as most of its readers would.
_CHINESE_SCRIPTS = {"CN": "Hans", "SG": "Hans", "MY": "Hans", "TW": "Hant", "HK": "Hant", "MO": "Hant"}
_FULL_WIDTH = ("。", "！", "？", "：", "；", "）")
_OWN_NAMES = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文"}


class NotALanguage(Refusal):
    """A text that is no language tag."""

    code = "not-a-language"
    message = gettext_noop("“%(text)s” is not a language tag such as “ko”, “en”, “zh-Hans” or “ar”.")


@dataclass(frozen=True, slots=True)
class LanguageTag:
    """A language, and its script or region where these tell texts apart: canonical BCP 47 (RFC 5646 §2.1.1)."""

    value: str

    @classmethod
    def parse(cls, text: str, field: str = "") -> Self:
        """The canonical tag: `ZH-hans`, `zh_Hans` and `zh-CN` are all `zh-Hans`; else NotALanguage."""
        match = _TAG.fullmatch(text.strip().replace("_", "-"))
        if match is None or not _is_known(match[1].lower()):
            raise NotALanguage(field, text=text[:40])
        language, script, region = match[1].lower(), (match[2] or "").title(), (match[3] or "").upper()
        if language == "zh":
            script = script or _CHINESE_SCRIPTS.get(region, "Hans")
            region = "" if _CHINESE_SCRIPTS.get(region) == script and region in ("CN", "TW") else region
        return cls("-".join(part for part in (language, script, region) if part))

    def __str__(self) -> str:
        return self.value


def interface_for(tag: str) -> str:
    """The Django code of the interface language nearest to `tag`: "ko", "zh-hans", or "en" for all others."""
    language = tag.lower().replace("_", "-").partition("-")[0]
    return {"ko": "ko", "zh": "zh-hans"}.get(language, "en")


def direction(tag: str) -> Literal["ltr", "rtl"]:
    """The direction in which the language is written, for HTML's `dir`."""
    language, *others = tag.replace("_", "-").split("-")
    script = next((part.title() for part in others if len(part) == 4 and part.isalpha()), "")
    if script:
        return "rtl" if script in _RTL_SCRIPTS else "ltr"
    return "rtl" if language.lower() in _RTL_LANGUAGES else "ltr"


def autonym(tag: str) -> str:
    """What the language calls itself, as a language switch shows it; the tag where nobody told us."""
    return _OWN_NAMES.get(tag) or language_name(tag, tag)


def language_name(tag: str, reader: str) -> str:
    """What the language `tag` is called in the language `reader`."""
    locale, told_in = locale_of(tag), locale_of(reader)
    name = locale.get_display_name(told_in) if locale and told_in else None
    return name[:1].upper() + name[1:] if name else tag


def run_on(sentences: Iterable[str]) -> str:
    """Sentences one after the other in one line; marks of full width bring their own space along."""
    line = ""
    for sentence in sentences:
        line += sentence if not line or line.endswith(_FULL_WIDTH) else f" {sentence}"
    return line


@lru_cache(maxsize=512)
def locale_of(tag: str) -> Locale | None:
    """CLDR's data on the language, or None where it has none."""
    try:
        return Locale.parse(tag.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        return None


def _is_known(language: str) -> bool:
    """Whether CLDR has an English name for `language`."""
    return language in Locale("en").languages
