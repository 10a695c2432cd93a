"""The order of lists, as CLDR has it for each language."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import TypeVar

import icu

T = TypeVar("T")


def order(language: str) -> Callable[[str], bytes]:
    """A sort key for texts in the order of CLDR's standard collation for `language`.

    In Korean, names in Han stand by their Korean reading; in Simplified Chinese by pinyin, in Traditional Chinese
    by strokes; in Swedish Ö comes last. An organisation is looked for by its `sort_form`, which the caller takes.
    """
    collator = _collator(language)
    return lambda text: bytes(collator.getSortKey(text))


def ordered(items: Iterable[T], key: Callable[[T], str], language: str) -> list[T]:
    """`items` by the text that `key` gives, in `language`'s order; equal ones by code point, so that order is total."""
    sort_key = order(language)
    return sorted(items, key=lambda item: (sort_key(key(item)), key(item)))


def icu_version() -> str:
    """The version of ICU, and with it of CLDR's orders: another one may move a printed list."""
    return str(icu.ICU_VERSION)


@cache
def _collator(language: str) -> icu.Collator:
    return icu.Collator.createInstance(icu.Locale.forLanguageTag(language))
