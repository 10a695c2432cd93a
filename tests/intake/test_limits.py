import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from tests.intake.asking import Answer, DeskBehind, Reader, converse, http, scope_of
from tests.intake.test_taking import FORM, form, path, sign
from tests.intake.working import work_for
from tests.people import AMAL, OYUN, SECRETARY, SOMI, Person
from tests.stage import HOUR, MINUTE, NOON, notes, post, text_of
from undersigned.intake.limits import Limits
from undersigned.letters import links
from undersigned.letters.models import Letter, PrivateLink
from undersigned.lib.clock import now
from undersigned.lib.env import Rate
from undersigned.lib.keys import KeyRing
from undersigned.signing.arrivals import take_in, take_in_slow
from undersigned.signing.models import Arrival, Signature
from undersigned.signing.terms import terms_of

pytestmark = pytest.mark.django_db(transaction=True)

WAIT = timedelta(minutes=10)


def limit(door: Reader, most: int, free: int) -> None:
    door.door.limits = Limits.of(0, Rate(most, 3600), Rate(free, 3600), lambda: 0.0)


def from_another(door: Reader, letter: Letter, body: bytes) -> Answer:
    headers = {"content-type": FORM, "content-length": str(len(body))}
    return door.run(converse(door.door, scope_of(path(letter), "POST", headers, "203.0.113.9"), [body]))


def flags() -> list[bool]:
    return list(Arrival.objects.order_by("id").values_list("is_slow", flat=True))


def test_beyond_the_free_ones_a_sign_on_is_taken_into_the_slower_queue(door: Reader, letter: Letter) -> None:
    limit(door, 100, 2)
    answers = [sign(door, letter, form(letter)) for _ in range(4)]
    assert [answer.status for answer in answers] == [200] * 4
    assert answers[0].headers == answers[3].headers
    assert flags() == [False, False, True, True]
    assert from_another(door, letter, form(letter)).status == 200
    assert flags()[-1] is False


def test_with_work_it_is_taken_as_any_other_and_each_work_counts_once(door: Reader, letter: Letter) -> None:
    limit(door, 100, 0)
    version = terms_of(letter, invited=False).digest
    work = work_for(version, int(now().timestamp()) // 60)
    for _ in range(2):
        sign(door, letter, form(letter, work=work))
    sign(door, letter, form(letter, work=work_for("00" * 32, int(now().timestamp()) // 60)))
    assert flags() == [False, True, True]


@pytest.mark.parametrize("content_type", [f"{FORM};charset=utf-8", FORM.upper()])
def test_no_detour_by_the_desk_leads_past_the_slower_queue(
    door: Reader, letter: Letter, desk: DeskBehind, content_type: str
) -> None:
    limit(door, 100, 0)
    sign(door, letter, form(letter), sec_fetch_site="cross-site", content_type=content_type)
    assert "x-undersigned-slow: yes" in desk.heads[-1]
    sign(door, letter, form(letter, email="nowhere"), x_undersigned_slow="no")
    assert desk.heads[-1].count("x-undersigned-slow") == 1
    assert "x-undersigned-slow: yes" in desk.heads[-1]


def test_wishes_for_the_newsletter_count_as_sign_ons_do(door: Reader, desk: DeskBehind) -> None:
    limit(door, 100, 1)
    for told in (False, True):
        door.ask("/ko/newsletter/", "POST", b"email=somi@mail.example", content_type=FORM)
        assert ("x-undersigned-slow: yes" in desk.heads[-1]) == told


def test_nobody_else_can_say_that_a_sign_on_has_to_wait(door: Reader, letter: Letter, desk: DeskBehind) -> None:
    sign(door, letter, form(letter, email="nowhere"), x_undersigned_slow="yes")
    assert "x-undersigned-slow" not in desk.heads[-1]


def test_at_the_desk_too_a_slow_sign_on_waits_and_its_answer_is_the_same(client: Client, letter: Letter) -> None:
    fields = form(letter).decode()
    slow = post(client, path(letter), fields, **{"X-Undersigned-Slow": "yes"})
    quick = post(client, path(letter), fields)
    assert slow.status_code == quick.status_code == 200
    assert len(text_of(slow)) == len(text_of(quick))
    assert flags() == [True]
    assert Signature.objects.count() == 1


def test_beyond_the_most_requests_are_refused_in_the_readers_language(door: Reader, letter: Letter) -> None:
    limit(door, 2, 100)
    answers = [sign(door, letter, form(letter)) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert "few minutes" in answers[2].text
    assert int(answers[2].headers["retry-after"]) > 0
    assert Arrival.objects.count() == 2
    assert from_another(door, letter, form(letter)).status == 200


def test_files_and_the_desk_are_not_counted(door: Reader, letter: Letter, desk: DeskBehind) -> None:
    limit(door, 0, 0)
    desk.says = lambda *_: http("200 OK", b"the desk")
    assert door.ask("/desk/").status == 200
    assert door.ask("/accounts/login/", "POST", b"a=b").status == 200
    assert door.ask("/s/token/").status == 429


def test_the_limits_count_places_and_never_mailboxes(door: Reader, letter: Letter) -> None:
    """One mailbox from many places, and many from one: the same answers."""
    limit(door, 3, 100)
    same = [sign(door, letter, form(letter)).status for _ in range(4)]
    limit(door, 3, 100)
    different = [sign(door, letter, form(letter, email=f"ferne{n}@mail.example")).status for n in range(4)]
    assert same == different == [200, 200, 200, 429]


def test_what_waits_in_the_slower_queue_is_taken_in_when_it_has_waited(
    door: Reader, letter: Letter, keys: KeyRing
) -> None:
    limit(door, 100, 0)
    for _ in range(5):
        sign(door, letter, form(letter))
    at = now()
    assert take_in(at) == 0
    assert take_in_slow(at, 3, WAIT) == 0
    assert take_in_slow(at + WAIT + MINUTE, 3, WAIT) == 3
    assert take_in_slow(at + WAIT + MINUTE, 3, WAIT) == 2
    assert Signature.objects.count() == 5
    assert len(notes(keys)) == 5


# --- From a mirror or a file ------------------------------------------------------------------------------------------


ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Origin": "null"}


@pytest.mark.parametrize("person", [SOMI, AMAL, OYUN])
def test_a_sign_on_from_elsewhere_is_shown_before_it_is_sent(client: Client, letter: Letter, person: Person) -> None:
    fields = form(letter, person).decode()
    answer = post(client, path(letter, person.kind), fields, **ELSEWHERE)
    page = text_of(answer)
    assert answer.status_code == 200
    assert not Signature.objects.exists()
    assert person.name in page
    assert person.email in page
    assert page.count('type="submit"') == 1
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"


def test_its_button_sends_what_was_shown(client: Client, letter: Letter) -> None:
    fields = form(letter, OYUN, name_en="Steppe Shelter").decode()
    page = text_of(post(client, path(letter, "organisation"), fields, **ELSEWHERE))
    again = dict(hidden(page))
    answer = post(client, path(letter, "organisation"), again, **{"Sec-Fetch-Site": "same-origin"})
    assert "Look into your mailbox" in text_of(answer)
    assert Signature.objects.get().signatory.names == {"ko": "초원쉼터재단", "en": "Steppe Shelter"}


def hidden(page: str) -> list[tuple[str, str]]:
    """The hidden fields of a page's form."""
    return [(name, unescape(value)) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)]


@pytest.mark.parametrize(("language", "title"), [("ko", "이대로"), ("en", "Is this what"), ("zh-Hans", "确认")])
def test_it_is_shown_in_the_language_of_the_page(client: Client, letter: Letter, language: str, title: str) -> None:
    page = text_of(post(client, path(letter, language=language), form(letter).decode(), **ELSEWHERE))
    assert title in page


def test_what_is_wrong_with_it_is_said_at_once(client: Client, letter: Letter) -> None:
    answer = post(client, path(letter), form(letter, email="nowhere").decode(), **ELSEWHERE)
    assert answer.status_code == 422
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert 'id="supporter-email-error"' in text_of(answer)


def test_an_invitation_page_hides_where_it_is_and_can_be_signed_all_the_same(client: Client, letter: Letter) -> None:
    token = links.make(letter, PrivateLink.Purpose.INVITATION, "Partners", SECRETARY, NOON - HOUR)
    answer = post(client, f"/i/{token}/en/sign/supporter/", form(letter).decode(), Origin="null")
    assert "Look into your mailbox" in text_of(answer)
