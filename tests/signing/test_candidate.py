import pytest
from hypothesis import given
from hypothesis import strategies as st

from undersigned.lib.refusal import Refused
from undersigned.signing.candidate import parse_row
from undersigned.signing.headers import FIELDS
from undersigned.signing.sheet import RaggedRow, Row

LABELS = {"x-delta": {"en": "The Delta", "ko": "삼각주"}}


def ask(sheet_of="organisation", fault=None, **values):
    return parse_row(Row(7, values, fault), sheet_of, LABELS)


def refused(**values):
    """The code of each refusal by its field."""
    with pytest.raises(Refused) as caught:
        ask(**values)
    return {refusal.field: refusal.code for refusal in caught.value.refusals}


def test_an_organisation_needs_no_more_than_its_name():
    asked = ask(name="Open Rivers")
    assert (asked.kind, asked.card.name, asked.card.country, asked.mailbox) == ("organisation", "Open Rivers", "", None)


def test_an_organisation_brings_all_that_the_sheet_tells():
    asked = ask(
        name="물길인권센터",
        name_en="Waterway Centre",
        website="www.Mulgil.example",
        country="한국",
        seat="Seoul",
        representative="이누리",
        office="소장",
        email="Office@Mulgil.EXAMPLE",
        language="KO",
        order="3.",
    )
    assert asked.card.names == {"en": "Waterway Centre"}
    assert asked.card.website == "https://www.mulgil.example"
    assert (asked.card.country, asked.card.seat) == ("KR", "Seoul")
    assert (asked.card.representative, asked.card.office) == ("이누리", "소장")
    assert asked.mailbox is not None
    assert asked.mailbox.value == "Office@mulgil.example"
    assert (asked.language, asked.order) == ("ko", 3)


def test_a_person_has_a_role_former_or_current_and_an_affiliation():
    card = ask(
        "person", name="洪吉童", latin="Hong Gil-dong", role="ambassador", former="Former", affiliation="Law School"
    ).card
    assert (card.latin, card.role, card.is_former, card.affiliation) == (
        "Hong Gil-dong",
        "ambassador",
        True,
        "Law School",
    )


def test_a_persons_role_may_stand_in_a_column_for_offices():
    assert ask("person", name="홍길동", office="인권대사").card.role == "인권대사"
    assert ask("person", name="홍길동", office="대표", role="인권대사").card.role == "인권대사"


def test_a_row_may_say_its_own_kind():
    assert ask("organisation", kind="Person", name="홍길동").kind == "person"
    assert ask("person", kind="단체", name="물길인권센터").kind == "organisation"


def test_a_sheet_with_names_per_language_only_gives_the_first_of_them_as_the_name():
    card = ask(name_ko="물길인권센터", name_en="Waterway Centre").card
    assert (card.name, card.names) == ("물길인권센터", {"ko": "물길인권센터", "en": "Waterway Centre"})


@pytest.mark.parametrize(("text", "key"), [("삼각주", "x-delta"), ("Tibet", "x-tibet"), ("", ""), ("none", "")])
def test_a_country_is_a_label_of_the_letter_or_none(text, key):
    assert ask(name="Open Rivers", country=text).card.country == key


@pytest.mark.parametrize("text", ["12", "12."])
def test_a_place_in_the_list_is_a_whole_number(text):
    assert ask(name="Open Rivers", order=text).order == 12


@pytest.mark.parametrize("text", ["", "A-1", "-1", "1.5", "9" * 30, "³"])
def test_a_column_of_numbers_may_hold_something_else(text):
    assert ask(name="Open Rivers", order=text).order is None


def test_everything_that_is_wrong_with_a_row_is_told_at_once():
    assert refused(
        name="=1+1", country="Atlantis", website="none", email="office", language="Klingon", name_ko="www.강.example"
    ) == {
        "name": "name-is-formula",
        "country": "unknown-label",
        "website": "not-a-website",
        "email": "not-an-address",
        "language": "not-a-language",
        "name_ko": "name-has-link",
    }


def test_a_row_without_a_name_is_refused():
    assert refused(name="", country="DE") == {"name": "name-missing"}


def test_what_is_wrong_with_the_shape_of_a_row_refuses_it():
    assert refused(name="Rivers", fault=RaggedRow("row", cells=3, columns=2)) == {"row": "ragged-row"}


def test_an_unknown_kind_or_standing_is_refused():
    assert refused(name="Open Rivers", kind="river") == {"kind": "unknown-kind"}
    assert refused(sheet_of="person", name="Kim", former="perhaps") == {"former": "unknown-former"}


def test_a_refused_cell_is_not_repeated_at_length():
    with pytest.raises(Refused) as caught:
        ask(name="Open Rivers", country="x" * 30_000)
    assert len(str(caught.value)) < 200


@given(st.dictionaries(st.sampled_from([*FIELDS, "name_ko", "role_en"]), st.text(), max_size=6))
def test_any_row_is_asked_or_refused(values):
    try:
        asked = parse_row(Row(1, values), "person", LABELS)
    except Refused as refusals:
        told = [str(refusal) for refusal in refusals.refusals]
    else:
        told = [asked.card.name]
    assert all(told)
