"""Country labels: what a letter calls the places of its signatories. Apart from ISO 3166, which only lends codes."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from icu import Locale as IcuLocale

from undersigned.lib.languages import INTERFACE, locale_of

NONE = ""
INTERNATIONAL = "x-international"
TIBET = "x-tibet"

OwnLabels = Mapping[str, Mapping[str, str]]
"""A letter's own labels: key → language → name."""


@dataclass(frozen=True, slots=True)
class CountryLabel:
    """One label: its key (an ISO 3166 code, or one of our own with x-) and its name per language."""

    key: str
    names: Mapping[str, str]

    @property
    def counts(self) -> bool:
        """Whether it is one of the countries that a letter counts."""
        return counts_as_country(self.key)


# Where the coalitions that we write for say otherwise than CLDR, or CLDR has nothing.
_OURS = {
    "TW": {"en": "Taiwan", "ko": "대만", "zh-Hans": "台湾"},
    "XK": {"en": "Kosovo", "ko": "코소보", "zh-Hans": "科索沃"},
    "PS": {"en": "Palestine", "ko": "팔레스타인", "zh-Hans": "巴勒斯坦"},
    "HK": {"en": "Hong Kong", "ko": "홍콩", "zh-Hans": "香港"},
    "MO": {"en": "Macao", "ko": "마카오", "zh-Hans": "澳门"},
    TIBET: {"en": "Tibet", "ko": "티베트", "zh-Hans": "图伯特（西藏）"},
    INTERNATIONAL: {"en": "International", "ko": "국제", "zh-Hans": "国际"},
}
# What CLDR lists beside countries: unions, unknown, pseudo-locales, and islands that have no code of their own.
_NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}

# Names that sheets have and CLDR does not.
_ALSO = {
    "CD": ("DRC", "DR Congo", "Congo, Democratic Republic of the", "Democratic Republic of the Congo"),
    "CG": ("Republic of the Congo", "Congo Republic"),
    "CI": ("Ivory Coast",),
    "CV": ("Cabo Verde",),
    "CZ": ("Czech Republic",),
    "GB": ("UK", "Great Britain", "Britain", "England", "Scotland", "Wales", "Northern Ireland", "大不列颠"),
    "GR": ("EL",),
    "HK": ("HKSAR", "中国香港"),
    INTERNATIONAL: ("global", "worldwide", "transnational", "세계", "全球"),
    "KP": ("North Korea", "DPRK", "Korea, Democratic People's Republic of", "조선", "북조선", "朝鲜", "北韩", "北朝鲜"),
    "KR": ("Korea", "Korea (South)", "Republic of Korea", "ROK", "Korea, Republic of", "한국", "남한", "南韩", "韓國"),
    "LA": ("Lao People's Democratic Republic",),
    "MK": ("Macedonia",),
    "MM": ("Myanmar", "Burma", "버마"),
    "MO": ("Macau",),
    "NL": ("Holland", "화란"),
    "PS": ("Palestinian Territories", "State of Palestine"),
    "RU": ("Russian Federation", "러시아 연방", "俄国"),
    "SZ": ("Swaziland",),
    "SY": ("Syrian Arab Republic",),
    TIBET: ("Tibet in exile", "티벳", "西藏", "图伯特", "圖博"),
    "TL": ("East Timor", "동티모르"),
    "TR": ("Turkey", "터키"),
    "TW": ("ROC", "Republic of China", "타이완", "중화민국", "臺灣", "中华民国", "中華民國"),
    "US": ("USA", "US of America", "United States of America", "America", "미합중국"),
    "AU": ("호주",),
    "CN": ("PRC", "Mainland China", "People's Republic of China", "중화인민공화국", "中华人民共和国", "中國"),
    "VA": ("Holy See",),
    "VN": ("Viet Nam", "월남"),
    "XK": ("XKX",),
}  # fmt: skip
_NONE = {"", "none", "n/a", "-", "–", "—", "없음", "무", "无", "無"}
_OFFICIAL = re.compile(r"(?P<name>[^,]+), (?:.*\b)?(?:republic|state|province|federated states)\b.*", re.IGNORECASE)


def labels(own: OwnLabels) -> dict[str, CountryLabel]:
    """All labels that a letter offers: CLDR's territories, ours, then the letter's `own`."""
    return {**_standard(), **{key: CountryLabel(key, names) for key, names in own.items()}}


def label_name(key: str, language: str, own: OwnLabels) -> str:
    """What the label `key` reads in `language`, or in a language that it has; empty for no label."""
    if key == NONE:
        return ""
    names = {**_OURS.get(key, {}), **own.get(key, {})}
    return names.get(language) or _territory(key, language) or names.get("en") or next(iter(names.values()), key)


def counts_as_country(key: str) -> bool:
    """Whether a label is one of the countries that a letter counts: neither none nor “international”."""
    return key not in (NONE, INTERNATIONAL)


def key_for(text: str, own: OwnLabels | None = None) -> str | None:
    """The label that `text` means: a code, or a name in English, Korean or Chinese; None when it is unknown."""
    if text.strip().casefold() in _NONE:
        return NONE
    wanted = _folded(text)
    for key, names in (own or {}).items():
        if wanted in (_folded(key), *map(_folded, names.values())):
            return key
    official = _OFFICIAL.fullmatch(text.strip())
    return _known().get(wanted) or (_known().get(_folded(official["name"])) if official else None)


@cache
def _standard() -> dict[str, CountryLabel]:
    english = locale_of("en")
    territories = {str(key) for key in english.territories} if english else set()
    codes = sorted({key for key in territories if re.fullmatch(r"[A-Z]{2}", key)} - _NO_COUNTRIES)
    of_cldr = {code: {tag: _territory(code, tag) for tag in INTERFACE} for code in codes}
    return {key: CountryLabel(key, names) for key, names in {**of_cldr, **_OURS}.items()}


@cache
def _known() -> dict[str, str]:
    """Every folded code and name that we know, to its label's key; what is ours goes before what is CLDR's."""
    keys = list(_standard())
    known = {_folded(_territory(key, tag)): key for key in keys for tag in (*INTERFACE, "zh-Hant")}
    known |= {_folded(IcuLocale("", key).getISO3Country()): key for key in keys if len(key) == 2}
    known |= {_folded(key): key for key in keys}
    known |= {_folded(name): key for key, names in _OURS.items() for name in names.values()}
    known |= {_folded(name): key for key, names in _ALSO.items() for name in names}
    return {name: key for name, key in known.items() if name}


def _territory(key: str, language: str) -> str:
    locale = locale_of(language)
    return str(locale.territories.get(key, "")) if locale else ""


def _folded(text: str) -> str:
    """The letters alone, without case, accents, spaces, punctuation and a “the” in front."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if unicodedata.category(sign) != "Mn")
    words = unicodedata.normalize("NFKC", plain).casefold().replace("&", " and ").replace("saint ", "st ").strip()
    return "".join(sign for sign in words.removeprefix("the ") if sign.isalnum())
