"""Country labels: what a letter calls the places of its signatories. Apart from ISO 3166, which only lends codes."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale
from icu import Locale as IcuLocale

from undersigned.lib.languages import INTERFACE

NONE = ""
INTERNATIONAL = "x-international"


@dataclass(frozen=True, slots=True)
class CountryLabel:
    """One label: its key, its name per language, and whether it counts as a country."""

    key: str
    names: Mapping[str, str]
    counts: bool = True


# Where the coalitions that we write for say otherwise than CLDR, or CLDR has nothing.
OWN = {
    "TW": CountryLabel("TW", {"en": "Taiwan", "ko": "대만", "zh-Hans": "台湾"}),
    "XK": CountryLabel("XK", {"en": "Kosovo", "ko": "코소보", "zh-Hans": "科索沃"}),
    "PS": CountryLabel("PS", {"en": "Palestine", "ko": "팔레스타인", "zh-Hans": "巴勒斯坦"}),
    "HK": CountryLabel("HK", {"en": "Hong Kong", "ko": "홍콩", "zh-Hans": "香港"}),
    "MO": CountryLabel("MO", {"en": "Macao", "ko": "마카오", "zh-Hans": "澳门"}),
    "x-tibet": CountryLabel("x-tibet", {"en": "Tibet", "ko": "티베트", "zh-Hans": "西藏（图伯特）"}),
    INTERNATIONAL: CountryLabel(INTERNATIONAL, {"en": "International", "ko": "국제", "zh-Hans": "国际"}, counts=False),
}
# Names that sheets have and CLDR does not.
ALSO = {
    "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "usa": "US", "u.s.": "US", "u.s.a.": "US",
    "america": "US", "united states of america": "US", "korea": "KR", "republic of korea": "KR", "rok": "KR",
    "korea, republic of": "KR", "한국": "KR", "남한": "KR", "south korea": "KR", "north korea": "KP", "dprk": "KP",
    "북한": "KP", "러시아 연방": "RU", "russian federation": "RU", "czech republic": "CZ", "the netherlands": "NL",
    "holland": "NL", "turkey": "TR", "burma": "MM", "미얀마": "MM", "中华民国": "TW", "臺灣": "TW", "台灣": "TW",
    "south korea (rok)": "KR", "viet nam": "VN", "global": INTERNATIONAL, "worldwide": INTERNATIONAL,
    "tibet (in exile)": "x-tibet", "palestinian territories": "PS", "中国香港": "HK",
}  # fmt: skip


def labels(own: Mapping[str, Mapping[str, str]]) -> dict[str, CountryLabel]:
    """All labels that a letter offers: CLDR's territories, ours, then the letter's `own` (key → name per language)."""
    return {**_standard(), **{key: CountryLabel(key, names) for key, names in own.items()}}


def label_name(key: str, language: str, own: Mapping[str, Mapping[str, str]]) -> str:
    """What the label `key` reads in `language`; empty for no label."""
    if key == NONE:
        return ""
    names = own.get(key) or (OWN[key].names if key in OWN else {})
    return names.get(language) or _territory(key, language) or names.get("en") or next(iter(names.values()), key)


def counts_as_country(key: str) -> bool:
    """Whether a label is one of the countries that a letter counts: neither none nor “international”."""
    return key not in (NONE, INTERNATIONAL)


def key_for(text: str, own: Mapping[str, Mapping[str, str]] | None = None) -> str | None:
    """The label that `text` means: a code, or a name in Korean, English or Chinese; None when it is unknown."""
    wanted = _folded(text)
    if not wanted:
        return NONE
    for key, names in (own or {}).items():
        if wanted == key.casefold() or wanted in map(_folded, names.values()):
            return key
    return _known_names().get(wanted)


@cache
def _standard() -> dict[str, CountryLabel]:
    known = (str(key) for key in Locale("en").territories)
    territories = {key for key in known if len(key) == 2 and key.isalpha()}
    codes = sorted(territories - {"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB", "CQ"})
    plain = {code: CountryLabel(code, {tag: _territory(code, tag) for tag in INTERFACE}) for code in codes}
    return {**plain, **OWN}


@cache
def _known_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for key, label in _standard().items():
        names[key.casefold()] = key
        for tag in INTERFACE:
            names.setdefault(_folded(_territory(key, tag)), key)
            names[_folded(label.names.get(tag, key))] = key
    names |= {alpha3.casefold(): alpha2 for alpha3, alpha2 in _alpha3().items()}
    names |= {_folded(name): key for name, key in ALSO.items()}
    names.pop("", None)
    return names


@cache
def _alpha3() -> dict[str, str]:
    """ISO 3166-1 alpha-3 codes, as ICU's data has them."""
    found = {code: IcuLocale("", code).getISO3Country() for code in _standard() if len(code) == 2}
    return {alpha3: code for code, alpha3 in found.items() if alpha3}


def _territory(key: str, language: str) -> str:
    return str(Locale.parse(language, sep="-").territories.get(key, "")) if len(key) == 2 else ""


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
