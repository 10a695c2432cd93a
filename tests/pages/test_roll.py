from typing import Any

import pytest

from tests.people import OYUN, PEDRO, RUTH, SECRETARY, SOMI
from tests.stage import HOUR, MINUTE, NOON, invitation_to, sign_and_confirm, sign_on
from undersigned.letters.models import Letter, ListOrder
from undersigned.pages.frame import render
from undersigned.pages.letter import public_page
from undersigned.pages.roll import Entry, roll
from undersigned.pages.sums import countries
from undersigned.signing.confirm import confirm
from undersigned.signing.decide import accept
from undersigned.signing.models import Kind, Signatory, Signature, State
from undersigned.signing.withdraw import withdraw


def listed(letter: Letter, name: str, kind: Kind = Kind.ORGANISATION, **facts: Any) -> Signature:
    """A signatory in the list, as if everything before had happened; facts of the signature, then of its bearer."""
    own = {fact: facts.pop(fact) for fact in ("country", "position", "language", "listed_at") if fact in facts}
    signature = Signature.objects.create(
        letter=letter, kind=kind, state=State.LISTED, created_at=NOON, **{"language": "en", "listed_at": NOON} | own
    )
    Signatory.objects.create(signature=signature, name=name, **facts)
    return signature


def organisations(letter: Letter, language: str) -> list[Entry]:
    return [entry for group in roll(letter, language).organisations.groups for entry in group.entries]


def names(letter: Letter, language: str) -> list[str]:
    return [entry.name.text for entry in organisations(letter, language)]


def persons(letter: Letter, language: str) -> list[Entry]:
    return [entry for group in roll(letter, language).persons.groups for entry in group.entries]


def html(letter: Letter) -> str:
    page = public_page(letter, "en")
    return render("pages/letter.html", page.frame, page=page)


# --- In whose words ---------------------------------------------------------------------------------------------------


def test_a_name_stands_in_the_language_of_the_page_with_its_own_beside_it(letter: Letter) -> None:
    listed(letter, "초원쉼터재단", names={"en": "Steppe Shelter", "zh-Hans": "草原庇护所"}, language="ko")
    shown = {language: organisations(letter, language)[0] for language in letter.languages}
    assert (shown["ko"].name.html, shown["ko"].original.html) == ("초원쉼터재단", "")
    assert shown["en"].name.html == "Steppe Shelter"
    assert shown["en"].original.html == '<bdi lang="ko" dir="ltr">초원쉼터재단</bdi>'
    assert shown["zh-Hans"].name.html == "草原庇护所"
    assert shown["zh-Hans"].original.html == '<bdi lang="ko" dir="ltr">초원쉼터재단</bdi>'


def test_who_cannot_read_a_name_is_given_its_latin_form(letter: Letter) -> None:
    listed(letter, "홍길동", Kind.PERSON, latin="Hong Gil-dong", role="envoy", language="ko")
    assert persons(letter, "en")[0].name.html == "Hong Gil-dong"
    assert persons(letter, "en")[0].original.text == "홍길동"
    assert persons(letter, "ko")[0].name.html == "홍길동"


@pytest.mark.parametrize(
    ("name", "own_language", "marked"),
    [
        ("長い川の会", "ja", '<bdi lang="ja" dir="ltr">長い川の会</bdi>'),
        ("长河社", "zh-Hans", '<bdi lang="zh-Hans" dir="ltr">长河社</bdi>'),
        ("Два берега", "ru", '<bdi lang="und-Cyrl" dir="auto">Два берега</bdi>'),
        ("ضفاف", "ar", '<bdi lang="und-Arab" dir="auto">ضفاف</bdi>'),
    ],
)
def test_a_name_in_a_script_of_its_own_is_marked_with_it(
    letter: Letter, name: str, own_language: str, marked: str
) -> None:
    listed(letter, name, language=own_language)
    assert organisations(letter, "en")[0].name.html == marked


def test_a_person_is_shown_with_role_affiliation_and_country(letter: Letter) -> None:
    pending = sign_on(RUTH, letter, invited_by=invitation_to(letter).pk)
    confirm([pending.pk], NOON)
    accept(Signature.objects.get(pk=pending.pk), SECRETARY, NOON)
    page = html(letter)
    assert "Ruth Ausgedacht" in page
    for detail in ("former special rapporteur", "University of Nowhere, for identification only", "Germany"):
        assert f"<span>{detail}</span>" in page


def test_a_role_reads_in_the_language_of_the_page(letter: Letter) -> None:
    listed(letter, "Hong", Kind.PERSON, role="envoy", roles={"ko": "특사"}, language="en")
    assert persons(letter, "ko")[0].details[0].html == "특사"
    assert persons(letter, "en")[0].details[0].html == "envoy"


def test_an_organisation_in_exile_tells_its_seat(letter: Letter) -> None:
    listed(letter, "Casa del Paso", country="AR", seat="Uruguay")
    listed(letter, "Dom", country="BY", seat="Europe")
    seats = [[detail.text for detail in entry.details] for entry in organisations(letter, "en")]
    assert seats == [["Argentina", "in exile, seat in Uruguay"], ["Belarus", "in exile, seat in Europe"]]
    assert "우루과이" in organisations(letter, "ko")[0].details[1].text


def test_the_website_is_shown_as_its_host(letter: Letter) -> None:
    listed(letter, "Casa", website="https://www.casa.example/about")
    entry = organisations(letter, "en")[0]
    assert (entry.host, entry.website) == ("casa.example", "https://www.casa.example/about")


def test_nobody_who_signs_for_an_organisation_is_shown(letter: Letter) -> None:
    signature = sign_and_confirm(OYUN, letter)
    accept(signature, SECRETARY, NOON + HOUR)
    page = html(letter)
    assert "Steppe Shelter Foundation" in page
    assert "Oyun Invented" not in page
    assert "oyun@" not in page


# --- In which order ---------------------------------------------------------------------------------------------------


def test_articles_and_legal_forms_do_not_count_in_the_order(letter: Letter) -> None:
    for name in ("The Quiet Bridge", "An Open Gate", "Pont e.V.", "Ärzte am Fluss", "Zebra Trust"):
        listed(letter, name)
    assert names(letter, "en") == ["Ärzte am Fluss", "An Open Gate", "Pont e.V.", "The Quiet Bridge", "Zebra Trust"]


def test_each_language_has_an_order_of_its_own(letter: Letter) -> None:
    listed(letter, "Zeal", names={"ko": "가람", "zh-Hans": "波光社"})
    listed(letter, "Ardour", names={"ko": "하늘", "zh-Hans": "阿山社"})
    assert names(letter, "en") == ["Ardour", "Zeal"]
    assert names(letter, "ko") == ["가람", "하늘"]
    assert names(letter, "zh-Hans") == ["阿山社", "波光社"]


def test_a_sort_key_says_under_what_a_person_is_looked_for(letter: Letter) -> None:
    listed(letter, "Erika Musterfrau", Kind.PERSON, sort_key="Musterfrau, Erika", role="envoy")
    listed(letter, "Fritz Anders", Kind.PERSON, sort_key="Anders, Fritz", role="envoy")
    assert [entry.name.text for entry in persons(letter, "en")] == ["Fritz Anders", "Erika Musterfrau"]


def test_a_sort_key_in_another_script_than_the_name_is_passed_over(letter: Letter) -> None:
    listed(letter, "홍길동", Kind.PERSON, sort_key="Aaa", role="envoy", language="ko")
    listed(letter, "가나다", Kind.PERSON, role="envoy", language="ko")
    assert [entry.name.text for entry in persons(letter, "ko")] == ["가나다", "홍길동"]


def test_the_coalition_can_set_its_own_order(letter: Letter) -> None:
    letter.list_order = ListOrder.COALITION
    listed(letter, "Ardour", position=2)
    listed(letter, "Zeal", position=1)
    listed(letter, "Beacon")
    assert names(letter, "en") == ["Zeal", "Ardour", "Beacon"]


def test_a_list_by_country_has_its_headings_in_the_language_of_the_page(letter: Letter) -> None:
    letter.list_order = ListOrder.COUNTRY
    for name, country in (("Zeal", "AR"), ("Ardour", "UY"), ("Beacon", "AR"), ("Nowhere", "")):
        listed(letter, name, country=country)
    groups = roll(letter, "en").organisations.groups
    assert [(group.title, [entry.name.text for entry in group.entries]) for group in groups] == [
        ("Argentina", ["Beacon", "Zeal"]),
        ("Uruguay", ["Ardour"]),
        ("", ["Nowhere"]),
    ]
    assert [group.title for group in roll(letter, "ko").organisations.groups] == ["아르헨티나", "우루과이", ""]
    page = html(letter)
    assert "<h4>No country label</h4>" in page


def test_the_latest_supporters_come_first_and_only_fifty(letter: Letter) -> None:
    for number in range(52):
        listed(letter, f"Supporter {number}", Kind.SUPPORTER, listed_at=NOON + number * MINUTE)
    found = roll(letter, "en").supporters
    assert [entry.name.text for entry in found][:2] == ["Supporter 51", "Supporter 50"]
    assert len(found) == 50


# --- Who is on it -----------------------------------------------------------------------------------------------------


def test_only_who_is_listed_is_on_the_roll(letter: Letter) -> None:
    sign_on(SOMI, letter)
    sign_and_confirm(PEDRO, letter)
    assert not roll(letter, "en")


def test_who_withdraws_leaves_roll_and_countries(letter: Letter) -> None:
    signature = sign_and_confirm(SOMI, letter)
    assert countries(letter) == 1
    withdraw([signature.pk], NOON + HOUR)
    assert not roll(letter, "en")
    assert countries(letter) == 0


def test_countries_are_counted_once_and_international_is_none(letter: Letter) -> None:
    for name, country in (("A", "KR"), ("B", "KR"), ("C", "x-bridge"), ("D", "x-international"), ("E", "")):
        listed(letter, name, country=country)
    assert countries(letter) == 2
