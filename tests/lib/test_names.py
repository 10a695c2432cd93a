import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undersigned.lib.names import (
    _PLAIN,
    KEY_LIMIT,
    NameHasControls,
    NameHasLink,
    NameHasNoLetters,
    NameIsFormula,
    NameMissing,
    NameMixesScripts,
    NameStacksMarks,
    NameTooLong,
    _clean,
    clean_name,
    organisation_key,
    sort_form,
)
from undersigned.lib.refusal import Refusal

LIMIT = 120


def clean(text):
    return clean_name(text, "name", LIMIT)


# --- What people and organisations are called -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "한강인권센터",
        "한강NGO",
        "JAPAN連帯",
        "ロシアの声",
        "女性のためのアクションX",
        "中国人权Watch",
        "Reka Свобода",
        "IT-специалисты",
        "О’Коннор",
        "Άνθρωποι",
        "/e/ Foundation",
        "epicenter.works – for digital rights",
        "epicenter.works",
        "JMP.chat",
        "D64",
        "F-Droid",
        "The Center for Digital Progress (D64)",
        "Rivers & Rights, e.V.",
        "St.Gallen/Zürich",
        "“Open” Rivers",
        "Jean-Marie d’Arc",
        "O'Neil",
        "X",
        "Suharto",
        "Nguyễn Thị Ánh",
        "རྒྱུད་སྐྱབས།",
        "می‌خواهم",
        "क्‍ष",
        "বাংলাদেশ",
        "עברית",
        "№ 5 Rivers!",
        "108 Rivers",
    ],
)
def test_the_names_of_real_people_and_organisations_pass_unchanged(name):
    assert clean(name) == unicodedata.normalize("NFC", name)


def test_spaces_are_folded_and_forms_composed():
    assert clean("  Open\u00a0\u3000 Rivers ") == "Open Rivers"
    assert clean("하") == "하"


@pytest.mark.parametrize("text", ["", "   ", "\u3000\u00a0"])
def test_nothing_typed_is_nothing_said(text):
    with pytest.raises(NameMissing) as refused:
        clean(text)
    assert refused.value.field == "name"


def test_a_name_has_at_most_the_characters_that_there_is_room_for():
    assert clean("ä" * LIMIT) == "ä" * LIMIT
    with pytest.raises(NameTooLong, match="121 characters, where 120"):
        clean("ä" * (LIMIT + 1))


@pytest.mark.parametrize("text", ["108", "…", "😀😀", "()"])
def test_a_name_needs_a_letter(text):
    with pytest.raises(NameHasNoLetters):
        clean(text)


# --- What could deceive -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "character",
    [
        "\0", "\t", "\n", "\r", "\x1b", "\x7f", "\x85", "\u00ad", "\u034f", "\u061c", "\u115f", "\u1160", "\u17b4",
        "\u180e", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202e", "\u2060",
        "\u2066", "\u2069", "\u2800", "\u3164", "\ufe0f", "\ufeff", "\uffa0", "\ufff9", "\ue000", "\U000e0041",
        "\U000e0100", "\ud800", "\uffff",
    ],
)  # fmt: skip
def test_characters_that_nobody_sees_are_refused(character):
    with pytest.raises(NameHasControls, match=rf"U\+{ord(character):04X}"):
        clean(f"Open{character}Rivers")


@pytest.mark.parametrize("name", ["\u200cمی", "می\u200c", "می\u200c\u200cخواهم", "a\u200cی", "한\u200d강"])
def test_joiners_are_taken_only_between_letters_that_are_spelt_with_them(name):
    with pytest.raises(NameHasControls):
        clean(name)


INVISIBLE = st.sampled_from(["Cc", "Cf", "Co", "Cs", "Zl", "Zp"]).flatmap(
    lambda category: st.characters(categories=[category])
)


@given(st.text(min_size=1, max_size=20), INVISIBLE, st.text(min_size=1, max_size=20))
def test_no_control_or_bidi_character_gets_through(before, invisible, after):
    try:
        name = clean(f"a{before}{invisible}{after}b")
    except Refusal:
        return
    left = {character for character in name if unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")}
    assert left <= {"\u200c", "\u200d"}


@given(st.text())
def test_a_clean_name_is_clean_when_it_is_cleaned_again(text):
    try:
        name = clean(text)
    except Refusal:
        return
    assert clean(name) == name
    assert name.strip() == name != ""


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "+82 Rivers",
        "-Rivers",
        "@rivers",
        "＝1+1",
        "＋Rivers",
        "－Rivers",
        "＠rivers",
        "−Rivers",
        "'=HYPERLINK(1)",
        '"=1+1"',
        "  =1+1",
        "“ =1+1”",
        "‘+1 Rivers’",
    ],
)
def test_what_a_spreadsheet_would_calculate_is_refused(name):
    with pytest.raises(NameIsFormula):
        clean(name)


@pytest.mark.parametrize("name", ["Rivers = Rights", "Rivers+", "Women@Work".replace("@", " at "), "A-B"])
def test_the_same_signs_further_on_are_no_formula(name):
    assert clean(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "Rivers http://evil.example",
        "https:rivers",
        "www.rivers.example",
        "x.com/rivers",
        "Rivers RIVERS.ORG/join",
        "rivers.example?ref=1",
        "강.한국/가입",
        "ｗｗｗ．rivers．example",
        "ｈｔｔｐ：／／rivers",
        "Rivers (office@rivers.example)",
    ],
)
def test_links_and_mailboxes_are_no_names(name):
    with pytest.raises(NameHasLink):
        clean(name)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("Аmnesty", "Аmnesty"),
        ("Open Rivеrs", "Rivеrs"),
        ("Οpen Rivers", "Οpen"),
        ("Ꭱivers", "Ꭱivers"),
        ("а\u0308\u0301pple", "а\u0308\u0301pple"),
        ("Рivers-Rights", "Рivers"),
        ("Риvers1", "Риvers1"),
    ],
)
def test_letters_that_look_alike_are_not_mixed_within_a_word(name, word):
    with pytest.raises(NameMixesScripts) as refused:
        clean(name)
    assert unicodedata.normalize("NFC", word) in str(refused.value)


@pytest.mark.parametrize("name", ["Z" + "\u0301" * 10 + "algo", "\u0301Rivers\u0301" + "\u0302" * 7])
def test_accents_do_not_pile_up_over_the_lines_around_them(name):
    with pytest.raises(NameStacksMarks):
        clean(name)


def test_a_name_does_not_begin_with_an_accent():
    with pytest.raises(NameStacksMarks):
        clean("\u0301Rivers")


# --- The same organisation --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        ("The Free Software Foundation (FSF)", "Free Software Foundation", "FREE SOFTWARE FOUNDATION, Inc."),
        ("Codeberg e.V.", "Codeberg", "codeberg e. V."),
        ("Proton AG", "PROTON", "Ｐｒｏｔｏｎ"),
        ("(사)한강인권센터", "사단법인 한강인권센터", "한강인권센터", "㈔ 한강 인권센터", "사단법인한강인권센터"),
        ("증언워킹그룹(TJWG)", "증언워킹그룹"),
        ("European River Rights (ERRi)", "European River Rights"),
        ("The Center for Digital Progress (D64)", "Center for Digital Progress"),
        ("The OpenRiverMap Foundation (ORMF)", "Open River Map Foundation"),
        ("Rivers & Rights Co., Ltd.", "Rivers and Rights"),
        ("L’Auberge des Rivières", "L'Auberge des Rivières", "Auberge des Rivières"),
        ("江河权利有限公司", "江河权利"),
        ("一般社団法人 川の権利", "川の権利", "NPO法人川の権利"),
        ("F-Droid", "F Droid", "f‑droid"),
    ],
)
def test_one_organisation_has_one_key_however_it_is_written(names):
    assert len({organisation_key(name) for name in names}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Free Software Foundation", "Free Software Foundation Europe"),
        ("Rivers International (UK)", "Rivers International (US)"),
        ("Rivers International (Korea)", "Rivers International"),
        ("국제강연대(USA)", "국제강연대"),
        ("한국협동조합연구소", "한국연구소"),
        ("Rivers SA", "Rivers"),
        ("हिन्दी", "हिन्द"),
        ("The Rivers", "They Rivers"),
        ("パリ", "ハリ"),
    ],
)
def test_two_organisations_keep_two_keys(one, other):
    assert organisation_key(one) != organisation_key(other)


@given(st.text(min_size=1, max_size=LIMIT))
def test_every_name_has_a_key_that_fits_its_place(name):
    assert len(organisation_key(name)) <= KEY_LIMIT
    assert organisation_key(name) or not name.strip()


@given(st.text(alphabet="TheAG eV.(사)Inc", min_size=1).filter(str.strip))
def test_articles_and_legal_forms_alone_are_still_names(name):
    assert organisation_key(name)
    assert sort_form(name)


# --- Where it is looked for -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("The Tor Project", "Tor Project"),
        ("/e/ Foundation", "e/ Foundation"),
        ("“Open” Rivers e.V.", "Open” Rivers"),
        ("사단법인 한강인권센터", "한강인권센터"),
        ("(사)한강인권센터", "한강인권센터"),
        ("Theatre of Rivers", "Theatre of Rivers"),
        ("Les Rivières", "Rivières"),
        ("The", "The"),
    ],
)
def test_an_organisation_is_looked_for_without_its_article_and_legal_form(name, form):
    assert sort_form(name) == form


# --- The short way ----------------------------------------------------------------------------------------------------

_LETTERS = st.sampled_from([*"AzÀöÿª×÷ß가힣一龥豈'’- .@0", "\u0301", "\u200b", "Сергей", "ﬁ", "\u2009"])


@given(
    st.lists(_LETTERS, max_size=12).map("".join)
    | st.from_regex(_PLAIN, fullmatch=True).filter(lambda name: len(name) < 100)
)
def test_a_plain_name_is_what_the_long_rules_make_of_it(text):
    if _PLAIN.fullmatch(text):
        assert _clean(text, "name", 120) == text


@pytest.mark.parametrize("name", ["Ines O'Hara-Lind", "나소미", "王小明", "Zoë Núñez", "Bilge Anna김"])
def test_what_nearly_everybody_types_is_plain(name):
    assert _PLAIN.fullmatch(name)


def test_a_plain_name_that_is_too_long_is_refused_all_the_same():
    with pytest.raises(NameTooLong):
        clean_name("N" * 121, "name", 120)


def test_every_letter_of_the_short_way_passes_the_long_one():
    ranges = [(0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xFF), (0xAC00, 0xD7A3), (0x4E00, 0x9FA5)]
    letters = [chr(code) for first, last in ranges for code in range(first, last + 1)]
    for letter in letters:
        if _PLAIN.fullmatch(letter):
            assert _clean(letter, "name", 120) == letter
