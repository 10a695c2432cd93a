import pytest

from undersigned.lib.languages import (
    INTERFACE,
    LanguageTag,
    NotALanguage,
    autonym,
    direction,
    interface_for,
    language_name,
    run_on,
)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("ko", "ko"),
        ("EN", "en"),
        ("zh-hans", "zh-Hans"),
        ("zh_Hant", "zh-Hant"),
        ("zh-CN", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant-HK"),
        ("zh", "zh-Hans"),
        ("PT-br", "pt-BR"),
        ("sr-latn", "sr-Latn"),
        (" ar ", "ar"),
    ],
)
def test_one_language_has_one_tag_however_it_is_written(text, canonical):
    assert LanguageTag.parse(text).value == canonical


@pytest.mark.parametrize("text", ["", "k", "Korean", "한국어", "xx", "en--GB", "en-", "../en", "en-x-secret", "ko\nen"])
def test_what_is_no_language_tag_is_refused(text):
    with pytest.raises(NotALanguage):
        LanguageTag.parse(text)


def test_a_refused_tag_is_not_repeated_at_length():
    with pytest.raises(NotALanguage) as refused:
        LanguageTag.parse("x" * 10_000, "languages")
    assert len(str(refused.value)) < 150
    assert refused.value.field == "languages"


@pytest.mark.parametrize(
    ("tag", "code"),
    [("ko", "ko"), ("zh-Hans", "zh-hans"), ("zh-Hant", "zh-hans"), ("en-GB", "en"), ("ar", "en"), ("", "en")],
)
def test_every_reader_gets_an_interface_in_the_nearest_language(tag, code):
    assert interface_for(tag) == code


def test_the_interface_languages_are_canonical():
    assert [LanguageTag.parse(tag).value for tag in INTERFACE] == list(INTERFACE)


@pytest.mark.parametrize("tag", ["ar", "fa", "he", "ur", "ug", "ckb", "dv", "pa-Arab", "ar-EG"])
def test_scripts_that_run_from_right_to_left_say_so(tag):
    assert direction(tag) == "rtl"


@pytest.mark.parametrize("tag", ["ko", "en", "zh-Hans", "bo", "mn-Mong", "az-Latn", "ug-Latn"])
def test_other_scripts_run_from_left_to_right(tag):
    assert direction(tag) == "ltr"


def test_a_language_is_called_by_its_own_name():
    assert [autonym(tag) for tag in ("ko", "en", "zh-Hans", "zh-Hant", "fr", "ar")] == [
        "한국어",
        "English",
        "简体中文",
        "繁體中文",
        "Français",
        "العربية",
    ]


def test_a_language_is_called_by_its_name_among_the_readers():
    assert language_name("ko", "en") == "Korean"
    assert language_name("en", "ko") == "영어"
    assert language_name("ko", "zh-Hans") == "韩语"


def test_a_language_without_a_known_name_is_called_by_its_tag():
    assert autonym("dv") == "dv" or autonym("dv").strip()
    assert language_name("nqo-Nkoo", "zz") == "nqo-Nkoo"


def test_sentences_in_a_row_are_spaced_as_their_marks_are() -> None:
    assert run_on(("About 300.", "As reported.")) == "About 300. As reported."
    assert run_on(("如您代表团体联署：", "我们保存。", "绝不公布。")) == "如您代表团体联署：我们保存。绝不公布。"
    assert run_on(()) == ""
