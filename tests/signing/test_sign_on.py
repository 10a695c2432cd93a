from uuid import UUID

import pyrage
import pytest

from tests.people import AMAL, OYUN, RUTH, SOMI, Person
from undersigned.lib.refusal import Refused
from undersigned.signing.sign_on import Card, SignOn, Terms, parse, parse_card

IDENTITY = pyrage.x25519.Identity.generate()
DIGEST = "d" * 64
TERMS = Terms(
    letter=UUID("6a1f0c0e-3b7a-4f57-9d55-0d6e2c1b4a99"),
    digest=DIGEST,
    languages=("ko", "en"),
    kinds=frozenset({"organisation", "person", "supporter"}),
    countries=frozenset({"", "KR", "MN", "DE", "AR"}),
    takes_counted_only=True,
    recipient=str(IDENTITY.to_public()),
)


def read(person: Person, terms: Terms = TERMS, **typed: str) -> SignOn:
    return parse(person.form(DIGEST, **typed), person.kind, "en", terms)


def codes(person: Person, terms: Terms = TERMS, **typed: str) -> dict[str, str]:
    """What is refused, by field."""
    with pytest.raises(Refused) as refused:
        read(person, terms, **typed)
    return {refusal.field: refusal.code for refusal in refused.value.refusals}


def test_a_supporter_says_name_and_country() -> None:
    value = read(SOMI, name="  나  소미 ")
    assert value.card == Card("나 소미", country="KR")
    assert value.sealed_name is None
    assert value.mailbox.value == SOMI.email


def test_a_hidden_name_is_sealed_before_anything_else_and_its_country_is_dropped() -> None:
    value = read(AMAL, country="KR")
    assert value.card is None
    assert value.sealed_name is not None
    assert pyrage.decrypt(value.sealed_name, [IDENTITY]).decode() == AMAL.name
    assert AMAL.name not in repr(value)


def test_an_organisation_says_its_names_and_who_answers_for_it() -> None:
    card = read(OYUN).card
    assert card is not None
    assert card.names == {"ko": "초원쉼터재단"}
    assert (card.representative, card.office) == ("Oyun Invented", "Director")


def test_a_person_of_note_says_what_they_were_and_where() -> None:
    card = read(RUTH, role_ko="특별보고관").card
    assert card is not None
    assert card.is_former
    assert (card.role, card.roles, card.affiliation) == (
        "special rapporteur",
        {"ko": "특별보고관"},
        "University of Nowhere",
    )


def test_everything_that_is_wrong_is_told_at_once() -> None:
    refused = codes(
        OYUN, name="", email="x", country="ZZ", website="?", representative="", office="", consent="", age=""
    )
    assert set(refused) == {"name", "email", "country", "website", "representative", "office", "consent", "age"}


@pytest.mark.parametrize("box", ["consent", "age", "authority"])
@pytest.mark.parametrize("ticked", ["", "no", "on", "YES"])
def test_nothing_but_a_ticked_box_is_consent(box: str, ticked: str) -> None:
    assert set(codes(OYUN, **{box: ticked})) == {box}


def test_an_empty_form_is_refused_field_by_field() -> None:
    with pytest.raises(Refused) as refused:
        parse({}, "supporter", "en", TERMS)
    fields = {refusal.field for refusal in refused.value.refusals}
    assert fields == {"name", "email", "visibility", "version", "consent", "age"}


def test_the_text_that_was_read_must_be_the_text_that_is_signed() -> None:
    with pytest.raises(Refused) as refused:
        parse(SOMI.form("e" * 64), "supporter", "en", TERMS)
    assert [refusal.code for refusal in refused.value.refusals] == ["text-changed"]


def test_only_supporters_can_be_counted_only() -> None:
    assert read(OYUN, visibility="counted-only").card is not None


def test_a_letter_that_does_not_take_hidden_names_refuses_them_and_does_not_publish_them() -> None:
    terms = Terms(TERMS.letter, DIGEST, ("en",), TERMS.kinds, TERMS.countries, takes_counted_only=False, recipient="")
    assert codes(AMAL, terms) == {"visibility": "choose-visibility"}
    assert read(SOMI, terms, visibility="").card is not None


def test_a_kind_that_is_not_taken_is_refused_before_anything_is_read() -> None:
    terms = Terms(TERMS.letter, DIGEST, ("en",), frozenset(), TERMS.countries, takes_counted_only=True, recipient="")
    assert codes(SOMI, terms, name="") == {"": "not-taken"}


@pytest.mark.parametrize("kind", ["bishop", "", "Supporter"])
def test_an_unknown_kind_is_not_taken(kind: str) -> None:
    with pytest.raises(Refused):
        parse(SOMI.form(DIGEST), kind, "en", TERMS)


@pytest.mark.parametrize(("field", "limit"), [("name", 120), ("representative", 160), ("seat", 160), ("name_ko", 120)])
def test_lines_have_a_longest_length(field: str, limit: int) -> None:
    assert read(OYUN, **{field: "a" * limit})
    assert set(codes(OYUN, **{field: "a" * (limit + 1)})) == {field}


def test_a_name_in_a_language_that_the_letter_does_not_have_is_left_out() -> None:
    card = read(OYUN, name_fr="Abri").card
    assert card is not None
    assert "fr" not in card.names


def test_a_correction_needs_neither_address_nor_consent() -> None:
    assert parse_card({"name": "Na Somi", "country": "KR"}, "supporter", TERMS) == Card("Na Somi", country="KR")
    with pytest.raises(Refused):
        parse_card({"name": "=1+1"}, "supporter", TERMS)
