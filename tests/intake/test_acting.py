import asyncio
import re
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.test import Client

from tests.intake.asking import Answer, DeskBehind, Reader, converse, scope_of
from tests.people import AMAL, CAST, OYUN, RUTH, SOMI, Person
from tests.stage import ask, invitation_to, post, sign_and_confirm, sign_on, text_of
from undersigned.ledger.models import Entry
from undersigned.letters.models import Letter
from undersigned.lib.clock import now
from undersigned.lib.keys import KeyRing
from undersigned.signing.links import Link
from undersigned.signing.models import Signatory, Signature, State

pytestmark = pytest.mark.django_db(transaction=True)

FORM = "application/x-www-form-urlencoded"


def own(keys: KeyRing, signature: UUID, hours: int = 1) -> str:
    """The path of a sign-on's private page."""
    return f"/s/{Link(signature, now() + timedelta(hours=hours)).token(keys.site_key('links'))}/"


def press(door: Reader, path: str, action: str, **headers: str) -> Answer:
    """What a browser sends when a button of the private page is pressed."""
    fields = {"action": action} | ({"sure": "yes"} if action == "withdraw" else {})
    browser = {"content_type": FORM, "sec_fetch_site": "same-origin", "origin": "null"}
    return door.ask(path, "POST", urlencode(fields).encode(), **browser | headers)


def without_tokens(page: str) -> str:
    """The page without the tokens of the private paths in it."""
    return re.sub(r"/s/[^/]+/", "/s/", page)


def pending(person: Person, letter: Letter) -> Signature:
    """`person`, invited where they must be."""
    invited_by = invitation_to(letter).pk if person == RUTH else None
    return sign_on(person, letter, invited_by=invited_by)


@pytest.mark.parametrize("person", CAST)
def test_a_confirmation_at_the_door_is_what_it_is_at_the_desk(
    door: Reader, letter: Letter, keys: KeyRing, client: Client, person: Person
) -> None:
    path = own(keys, pending(person, letter).pk)
    answer = press(door, path, "confirm")
    assert answer.status == 200
    assert Signature.objects.get().state == (State.LISTED if person.kind == "supporter" else State.CONFIRMED)
    direct = post(client, path, {"action": "confirm"})
    assert without_tokens(answer.text) == without_tokens(text_of(direct))
    assert answer.headers["content-length"] == str(len(answer.body))
    for name in ("Cache-Control", "Referrer-Policy", "X-Robots-Tag", "Content-Language"):
        assert answer.headers[name.lower()] == direct.headers[name]


def test_confirming_writes_the_entry_in_the_same_transaction(door: Reader, letter: Letter, keys: KeyRing) -> None:
    signature = sign_on(SOMI, letter)
    press(door, own(keys, signature.pk), "confirm")
    signature.refresh_from_db()
    assert signature.entry is not None
    assert Entry.objects.filter(event="signed").count() == 1


def test_confirming_twice_says_the_same_twice(door: Reader, letter: Letter, keys: KeyRing) -> None:
    path = own(keys, sign_on(SOMI, letter).pk)
    first, second = press(door, path, "confirm"), press(door, path, "confirm")
    assert without_tokens(first.text) == without_tokens(second.text)
    assert Entry.objects.filter(event="signed").count() == 1


def test_a_repeat_is_told_that_the_first_one_stands(door: Reader, letter: Letter, keys: KeyRing) -> None:
    sign_and_confirm(SOMI, letter)
    answer = press(door, own(keys, sign_on(SOMI, letter).pk), "confirm")
    assert "You have signed already" in answer.text
    assert Signature.objects.count() == 1


def test_the_link_in_the_answer_leads_to_the_signature_that_stands(door: Reader, letter: Letter, keys: KeyRing) -> None:
    stands = sign_and_confirm(SOMI, letter)
    answer = press(door, own(keys, sign_on(SOMI, letter).pk), "confirm")
    token = answer.text.partition("/s/")[2].partition("/")[0]
    assert Link.read(token, keys.site_key("links"), now()).signature == stands.pk


def test_a_withdrawal_at_the_door_is_what_it_is_at_the_desk(
    door: Reader, letter: Letter, keys: KeyRing, desk: DeskBehind, client: Client
) -> None:
    path = own(keys, sign_and_confirm(SOMI, letter).pk)
    answer = press(door, path, "withdraw")
    assert "withdrawn" in answer.text
    assert not desk.asked
    assert Signature.objects.get().state == State.WITHDRAWN
    assert not Signatory.objects.exists()
    direct = post(client, path, {"action": "withdraw", "sure": "yes"})
    assert without_tokens(answer.text) == without_tokens(text_of(direct))


def test_what_was_never_confirmed_ceases_to_be(door: Reader, letter: Letter, keys: KeyRing) -> None:
    assert press(door, own(keys, sign_on(AMAL, letter).pk), "withdraw").status == 200
    assert not Signature.objects.exists()


def test_many_confirm_and_withdraw_at_once_and_each_is_told_their_own(
    door: Reader, letter: Letter, keys: KeyRing
) -> None:
    people = [
        Person(f"Ferne Beispiel {'ABCDEFGHIJ'[n]}", f"ferne{n}@mail.example", typed=SOMI.typed) for n in range(10)
    ]
    coming = [sign_on(person, letter) for person in people]
    leaving = [sign_and_confirm(OYUN, letter)]
    paths = [(own(keys, one.pk), b"action=confirm") for one in coming * 2]
    paths += [(own(keys, one.pk), b"action=withdraw&sure=yes") for one in leaving]

    async def crowd() -> list[Answer]:
        asked = [
            converse(
                door.door, scope_of(path, "POST", {"content-type": FORM, "content-length": str(len(body))}), [body]
            )
            for path, body in paths
        ]
        return await asyncio.gather(*asked)

    answers = door.run(crowd())
    assert [answer.status for answer in answers] == [200] * 21
    for answer, one in zip(answers, coming * 2, strict=False):
        token = answer.text.partition("/s/")[2].partition("/")[0]
        assert Link.read(token, keys.site_key("links"), now()).signature == one.pk
    assert Signature.objects.filter(state=State.LISTED).count() == 10
    assert Signature.objects.filter(state=State.WITHDRAWN).count() == 1


@pytest.mark.parametrize(
    "body",
    [b"action=not-me", b"action=never", b"action=withdraw", b"action=", b"", b"action=confirm&action=confirm", b"\xff"],
)
def test_every_other_act_is_the_desks(
    door: Reader, letter: Letter, keys: KeyRing, desk: DeskBehind, body: bytes
) -> None:
    path = own(keys, sign_on(SOMI, letter).pk)
    assert door.ask(path, "POST", body, content_type=FORM).status == 422
    assert Signature.objects.get().state == State.PENDING


@pytest.mark.parametrize("headers", [{"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}])
def test_what_another_site_sends_confirms_nothing(
    door: Reader, letter: Letter, keys: KeyRing, client: Client, headers: dict[str, str]
) -> None:
    path = own(keys, sign_on(SOMI, letter).pk)
    assert press(door, path, "confirm", **headers).status == 422
    refused = post(
        client, path, {"action": "confirm"}, **{name.replace("_", "-"): text for name, text in headers.items()}
    )
    assert refused.status_code == 403
    assert Signature.objects.get().state == State.PENDING


def test_without_that_word_another_origin_confirms_nothing(
    door: Reader, letter: Letter, keys: KeyRing, client: Client
) -> None:
    path = own(keys, sign_on(SOMI, letter).pk)
    body = b"action=confirm"
    assert door.ask(path, "POST", body, content_type=FORM, origin="https://mirror.example").status == 422
    assert post(client, path, "action=confirm", origin="https://mirror.example").status_code == 403
    assert Signature.objects.get().state == State.PENDING


def test_links_that_lead_nowhere_are_the_desks(door: Reader, letter: Letter, keys: KeyRing, desk: DeskBehind) -> None:
    signature = sign_on(SOMI, letter).pk
    real = own(keys, signature)
    forged = real[:-3] + ("AA/" if real[-3:] != "AA/" else "BB/")
    expired = own(keys, signature, hours=-1)
    gone = own(keys, UUID(int=1))
    for path in (forged, expired, gone, "/s/", "/s//", own(keys, signature) + "correct/"):
        assert press(door, path, "confirm").status == 422
    assert len(desk.asked) == 6
    assert Signature.objects.get().state == State.PENDING


def test_what_is_asked_and_not_yet_signed_cannot_be_withdrawn_by_a_link(
    door: Reader, letter: Letter, keys: KeyRing, desk: DeskBehind, client: Client
) -> None:
    path = own(keys, ask(OYUN, letter, language="en").pk)
    assert press(door, path, "withdraw").status == 422
    assert desk.asked == [f"POST {path}"]
    assert "You are asked to sign" in text_of(post(client, path, {"action": "withdraw", "sure": "yes"}))
    assert Signature.objects.get().state == State.ASKED
