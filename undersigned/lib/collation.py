"""The order of lists, as CLDR has it for each language."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import TypeVar

import icu

from undersigned.lib.names import sort_form

T = TypeVar("T")
# Lists of names in traditional Chinese are looked up by stroke count, which CLDR has as this language's standard.
COLLATIONS = {"zh-Hans": "zh-Hans-u-co-pinyin", "zh-Hant": "zh-Hant-u-co-stroke"}


def order(language: str) -> Callable[[str], bytes]:
    """A sort key for texts in `language`'s order; punctuation does not count, articles and legal forms neither."""
    collator = _collator(language)
    return lambda text: bytes(collator.getSortKey(sort_form(text)))


def ordered(items: Iterable[T], key: Callable[[T], str], language: str) -> list[T]:
    """`items` by the text that `key` gives, in `language`'s order; equal ones by code point, so that order is total."""
    sort_key = order(language)
    return sorted(items, key=lambda item: (sort_key(key(item)), key(item)))


def icu_version() -> str:
    """The version of ICU, and with it of CLDR's orders: another one may move a printed list."""
    return str(icu.ICU_VERSION)


@cache
def _collator(language: str) -> icu.Collator:
    collator = icu.Collator.createInstance(icu.Locale.forLanguageTag(COLLATIONS.get(language, language)))
    collator.setAttribute(icu.UCollAttribute.ALTERNATE_HANDLING, icu.UCollAttributeValue.SHIFTED)
    collator.setStrength(icu.Collator.TERTIARY)
    return collator
