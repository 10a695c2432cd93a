"""Languages: BCP 47 tags of letters, and which interface language stands nearest to them."""

import re
from dataclasses import dataclass
from typing import Self

from babel import Locale, UnknownLocaleError

from undersigned.lib.refusal import Refusal, gettext_noop

INTERFACE = ("ko", "en", "zh-Hans")
_SHAPE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?")


class NotALanguage(Refusal):
    code = "not-a-language"
    message = gettext_noop("“%(tag)s” is not a language tag. Write one such as ko, en or zh-Hans.")


@dataclass(frozen=True, slots=True)
class LanguageTag:
    """A language as BCP 47 writes it: language, script if it matters, region if it matters."""

    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """The tag in its canonical letter case; NotALanguage for what CLDR does not know."""
        if not _SHAPE.fullmatch(text):
            raise NotALanguage(tag=text)
        language, *rest = text.split("-")
        tag = "-".join([language.lower(), *(part.title() if len(part) == 4 else part.upper() for part in rest)])
        try:
            locale(tag)
        except UnknownLocaleError:
            raise NotALanguage(tag=text) from None
        return cls(tag)


def locale(tag: str) -> Locale:
    """CLDR's data for a language tag."""
    return Locale.parse(tag, sep="-")


def interface_for(tag: str) -> str:
    """The interface language (Django's code) for pages in `tag`: its own, or English."""
    if tag.lower().startswith("zh-hans") or tag in ("zh", "zh-CN", "zh-SG"):
        return "zh-hans"
    language = tag.split("-")[0].lower()
    return language if language in ("ko", "en") else "en"


def direction(tag: str) -> str:
    """ "rtl" for languages written from right to left, else "ltr"."""
    return "rtl" if locale(tag).text_direction == "rtl" else "ltr"


def autonym(tag: str) -> str:
    """A language's name in itself: 한국어, English, 简体中文."""
    return display_name(tag, tag)


def display_name(tag: str, language: str) -> str:
    """The name of the language `tag` in `language`."""
    if tag == language == "zh-Hans":
        return "简体中文"
    return locale(tag).get_display_name(locale(language)) or tag
