import pytest
from hypothesis import given
from hypothesis import strategies as st

from undersigned.lib.countries import INTERNATIONAL, NONE, TIBET, counts_as_country, key_for, label_name, labels
from undersigned.lib.languages import INTERFACE

OWN = {"x-delta": {"en": "The Delta", "ko": "삼각주"}, "TW": {"en": "Formosa"}}


@pytest.mark.parametrize(
    ("key", "texts"),
    [
        ("GB", ["GB", "gb", "UK", "U.K.", "GBR", "United Kingdom", "England", "영국", "英国"]),
        ("KR", ["KR", "South Korea", "Korea, Republic of", "ROK", "대한민국", "한국", "韩国", "韓國", "Korea"]),
        ("KP", ["North Korea", "DPRK", "북한", "朝鲜", "Korea, Democratic People's Republic of"]),
        ("CN", ["China", "中国", "中國", "중국", "CHN"]),
        ("US", ["USA", "U.S.", "United States", "the United States of America", "미국", "美国"]),
        ("TW", ["Taiwan", "Taiwan, Province of China", "대만", "타이완", "台湾", "臺灣"]),
        ("XK", ["Kosovo", "코소보", "科索沃"]),
        ("PS", ["Palestine", "Palestine, State of", "팔레스타인"]),
        ("NL", ["The Netherlands", "Netherlands", "Holland"]),
        ("TR", ["Türkiye", "Turkiye", "TURKEY", "튀르키예", "터키"]),
        ("CI", ["Côte d’Ivoire", "Cote d'Ivoire", "Ivory Coast"]),
        ("IR", ["Iran", "Iran, Islamic Republic of"]),
        ("LC", ["St. Lucia", "Saint Lucia"]),
        ("NA", ["NA", "Namibia"]),
        (TIBET, ["Tibet", "티베트", "티벳", "西藏", "x-tibet"]),
        (INTERNATIONAL, ["International", "global", "국제", "国际"]),
        (NONE, ["", "  ", "none", "N/A", "-", "없음"]),
    ],
)
def test_a_country_is_known_by_the_names_that_sheets_have(key, texts):
    assert {text: key_for(text) for text in texts} == dict.fromkeys(texts, key)


@pytest.mark.parametrize(
    "text", ["Atlantis", "EU", "European Union", "???", "ZZ", "Congo", "Georgia, US", "K", "Seoul"]
)
def test_what_is_unknown_or_means_two_countries_is_not_guessed_at(text):
    assert key_for(text) is None


def test_every_label_is_known_by_its_code_and_by_each_of_its_names():
    for key, label in labels({}).items():
        assert {key_for(text) for text in (key, key.lower(), *label.names.values())} == {key}


def test_every_label_has_a_name_in_every_language_of_the_interface():
    for key in labels({}):
        for language in INTERFACE:
            assert label_name(key, language, {}) not in ("", key)


def test_a_letter_may_have_labels_of_its_own():
    assert "x-delta" in labels(OWN)
    assert key_for("the delta", OWN) == "x-delta"
    assert key_for("삼각주", OWN) == "x-delta"
    assert key_for("the delta") is None


def test_a_letters_own_name_goes_before_ours_and_leaves_the_other_languages_alone():
    assert label_name("TW", "en", OWN) == "Formosa"
    assert label_name("TW", "ko", OWN) == "대만"
    assert key_for("Formosa", OWN) == "TW"
    assert key_for("Taiwan", OWN) == "TW"


def test_a_label_without_a_name_in_the_readers_language_has_another_one():
    assert label_name("x-delta", "zh-Hans", OWN) == "The Delta"
    assert label_name("TW", "fr", {}) == "Taïwan"
    assert label_name("x-gone", "en", {}) == "x-gone"
    assert label_name(NONE, "en", {}) == ""


def test_a_label_reads_in_languages_that_cldr_lacks():
    assert label_name("KR", "arc", {}) == "KR"
    assert label_name("TW", "arc", {}) == "Taiwan"


def test_international_and_none_are_no_countries():
    assert [counts_as_country(key) for key in ("KR", "TW", TIBET, "x-delta")] == [True] * 4
    assert [counts_as_country(key) for key in (INTERNATIONAL, NONE)] == [False] * 2
    assert not labels({INTERNATIONAL: {"en": "Worldwide"}})[INTERNATIONAL].counts


@given(st.text())
def test_any_text_is_a_label_none_or_unknown(text):
    assert key_for(text) is None or key_for(text) == NONE or key_for(text) in labels({})
