import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undersigned.lib.collation import icu_version, order, ordered
from undersigned.lib.names import sort_form

# As a native reader of each language expects a list. What an order does with other scripts is CLDR's too: in Korean
# and Chinese lists their own letters come before Latin ones.
GOLDEN = {
    "ko": ["108 모임", "가람", "김가온", "女性連帶", "李明", "리영희", "山田花子", "여성연대", "홍길동", "Amnesty"],
    "en": ["108 Rivers", "Éireann Rivers", "Free Rivers", "Free Zone", "Freedom", "O'Neil", "Oslo", "Zoe", "가람"],
    "zh-Hans": ["108", "阿里", "曾明", "重庆", "大赦国际", "单连", "人权观察", "银行", "Amnesty", "가람"],
    "zh-Hant": ["一心", "人權觀察", "大赦國際", "國際", "權利", "Amnesty"],
    "sv": ["Vänern", "Wik", "Zon", "Åre", "Älv", "Öland"],
    "de": ["Aachen", "Älv", "Amsel", "Öland", "Ostsee", "Straße", "Zon"],
    "es": ["Nube", "Ñandú", "Oso"],
    "cs": ["Cesta", "Čas", "Hora", "Chléb", "Ivan"],
    "ru": ["Ёлка", "Енот", "Река"],
    "fa": ["آب", "پل", "ژاله", "گل", "یار"],
    "ja": ["あき", "カワ", "山田", "川"],
}  # fmt: skip


@pytest.mark.parametrize("language", GOLDEN)
def test_a_list_looks_right_to_those_who_read_its_language(language):
    golden = GOLDEN[language]
    shuffled = random.Random(7).sample(golden, len(golden))
    assert ordered(shuffled, str, language) == golden


def test_organisations_are_looked_for_without_article_and_legal_form():
    expected = ["/e/ Foundation", "El Río", "Theatre of Rivers", "Tide e.V.", "The Tor Project", "사단법인 가람"]
    assert ordered(reversed(expected), sort_form, "en") == expected


def test_persons_and_countries_keep_what_only_looks_like_an_article():
    assert ordered(["Lee", "Le Thi Lan", "An Jung", "El Salvador", "Egypt"], str, "en") == [
        "An Jung",
        "Egypt",
        "El Salvador",
        "Le Thi Lan",
        "Lee",
    ]


@given(st.lists(st.text(), max_size=6))
def test_the_order_does_not_depend_on_the_order_before(names):
    assert ordered(names, str, "ko") == ordered(reversed(names), str, "ko")


@pytest.mark.parametrize("language", ["ko", "bo", "xx", "", "nonsense"])
def test_any_language_has_some_order(language):
    assert sorted(["b", "a"], key=order(language)) == ["a", "b"]


def test_the_version_of_the_orders_is_visible():
    assert icu_version().split(".")[0].isdigit()
