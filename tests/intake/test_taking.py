import asyncio
import re
from time import monotonic
from urllib.parse import urlencode

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.intake.asking import SECONDS, Answer, DeskBehind, Reader, converse, scope_of
from tests.people import AMAL, CAST, OYUN, SECRETARY, SOMI, Person
from tests.stage import DAY, NOON, make_letter, post, text_of
from undersigned.intake import begin
from undersigned.intake.places import Places
from undersigned.intake.wire import Message
from undersigned.letters.freeze import freeze
from undersigned.letters.models import Letter, SignOns
from undersigned.letters.rename import rename
from undersigned.letters.stages import set_sign_ons, touch
from undersigned.lib.clock import now
from undersigned.lib.keys import KeyRing
from undersigned.signing.arrivals import NewArrival, take_in
from undersigned.signing.links import Link
from undersigned.signing.models import Arrival, Signature
from undersigned.signing.terms import terms_of

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = re.compile(r'name="token" value="([A-Za-z0-9_-]+)"')
FORM = "application/x-www-form-urlencoded"
OWN = {"origin": "https://letters.example", "sec_fetch_site": "same-origin"}


def path(letter: Letter, kind: str = "supporter", language: str = "en") -> str:
    return f"/{letter.slug}/{language}/sign/{kind}/"


def form(letter: Letter, person: Person = SOMI, **changes: str) -> bytes:
    return urlencode(person.form(terms_of(letter, invited=True).digest) | changes).encode()


def sign(door: Reader, letter: Letter, body: bytes, kind: str = "supporter", **headers: str) -> Answer:
    return door.ask(path(letter, kind), "POST", body, **{"content_type": FORM, **OWN, **headers})


@pytest.mark.parametrize("person", [SOMI, AMAL, OYUN])
def test_who_signs_well_is_in_the_record_when_the_answer_comes(
    door: Reader, letter: Letter, desk: DeskBehind, person: Person
) -> None:
    answer = sign(door, letter, form(letter, person), person.kind)
    assert answer.status == 200
    assert Arrival.objects.count() == 1
    assert not desk.asked


@pytest.mark.parametrize(("language", "said"), [("ko", "너무 많아"), ("en", "So much arrives"), ("zh-Hans", "太多")])
def test_where_no_more_can_wait_a_sign_on_is_turned_away_with_a_time_to_come_again(
    door: Reader, letter: Letter, desk: DeskBehind, monkeypatch: pytest.MonkeyPatch, *, language: str, said: str
) -> None:
    monkeypatch.setattr("undersigned.intake.commit.ROOM", 0)
    answer = door.ask(path(letter, language=language), "POST", form(letter), content_type=FORM, **OWN)
    assert (answer.status, answer.headers["retry-after"]) == (503, "2")
    assert said in answer.text
    assert not Arrival.objects.exists()
    assert not desk.asked


def test_the_answer_is_the_one_that_the_desk_would_give(door: Reader, letter: Letter, client: Client) -> None:
    """The same page, but for the token; and each of its headers."""
    answer = sign(door, letter, form(letter))
    direct = post(client, path(letter), form(letter).decode())
    assert TOKEN.sub("", answer.text) == TOKEN.sub("", text_of(direct))
    assert answer.headers["content-length"] == str(len(answer.body))
    for name, value in direct.headers.items():
        if name not in ("Vary", "X-Frame-Options", "Content-Security-Policy"):
            assert answer.headers[name.lower()] == value


def test_the_token_in_the_answer_is_that_of_the_signature(door: Reader, letter: Letter, keys: KeyRing) -> None:
    found = TOKEN.search(sign(door, letter, form(letter)).text)
    assert found
    take_in(NOON)
    link = Link.read(found[1], keys.site_key("links"), now(), "code")
    assert Signature.objects.get().pk == link.signature


def test_a_repeat_gets_the_same_bytes_as_a_first_one(door: Reader, letter: Letter) -> None:
    answers = [sign(door, letter, form(letter)) for _ in range(3)]
    assert len({TOKEN.sub("", answer.text) for answer in answers}) == 1
    assert len({TOKEN.search(answer.text)[1] for answer in answers}) == 3  # type: ignore[index]
    assert answers[0].headers == answers[1].headers == answers[2].headers
    assert Arrival.objects.count() == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"email": "somi@"},
        {"country": "ZZ"},
        {"consent": ""},
        {"age": ""},
        {"version": "0" * 64},
        {"visibility": "secret"},
    ],
)
def test_what_is_to_be_refused_is_shown_to_the_desk_as_it_came(
    door: Reader, letter: Letter, desk: DeskBehind, changes: dict[str, str]
) -> None:
    body = form(letter, **changes)
    answer = sign(door, letter, body)
    assert (answer.status, answer.body) == (422, b"the desk: " + body)
    assert desk.asked == [f"POST {path(letter)}"]
    assert not Arrival.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "text/plain"},
        {"content_type": "multipart/form-data; boundary=x"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
)
def test_what_is_unusual_is_left_to_the_desk(
    door: Reader, letter: Letter, desk: DeskBehind, headers: dict[str, str]
) -> None:
    assert sign(door, letter, form(letter), **headers).status == 422
    assert len(desk.asked) == 1
    assert not Arrival.objects.exists()


@pytest.mark.parametrize("origin", ["null", "https://mirror.example"])
def test_what_an_old_browser_sends_from_elsewhere_is_left_to_the_desk(
    door: Reader, letter: Letter, origin: str
) -> None:
    assert door.ask(path(letter), "POST", form(letter), content_type=FORM, origin=origin).status == 422
    assert not Arrival.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff", b"name=%00", b"a=1&a=2", b"&".join(b"f%d=" % n for n in range(101))],
)
def test_what_is_no_form_is_left_to_the_desk(door: Reader, letter: Letter, desk: DeskBehind, body: bytes) -> None:
    assert sign(door, letter, body).status == 422
    assert not Arrival.objects.exists()


def test_a_browser_too_old_to_say_where_a_form_came_from_can_sign(door: Reader, letter: Letter) -> None:
    answer = door.ask(path(letter), "POST", form(letter), content_type=FORM)
    assert answer.status == 200


@pytest.mark.parametrize("kind", ["person", "nobody"])
def test_a_kind_that_does_not_sign_publicly_is_left_to_the_desk(door: Reader, letter: Letter, kind: str) -> None:
    assert sign(door, letter, form(letter), kind).status == 422


def test_when_sign_ons_close_the_door_stops_taking_them(door: Reader, letter: Letter) -> None:
    set_sign_ons(letter, SignOns.CLOSED, SECRETARY, NOON)
    door.door.taking.places.look()
    assert sign(door, letter, form(letter)).status == 422
    assert not Arrival.objects.exists()


def test_when_the_keeping_is_over_the_door_stops_taking(door: Reader, letter: Letter) -> None:
    Letter.objects.filter(pk=letter.pk).update(keep_until=now().date() - DAY)
    door.door.taking.places.look()
    assert sign(door, letter, form(letter)).status == 422


def test_a_letter_without_its_key_takes_nothing_until_it_is_back(door: Reader, letter: Letter, keys: KeyRing) -> None:
    place = keys.folder / "letters" / f"{letter.pk.hex}.key"
    away = place.rename(place.with_suffix(".away"))
    Letter.objects.filter(pk=letter.pk).update(contact="other@openbridge.example")
    touch([letter.pk])
    door.door.taking.places.look()
    assert sign(door, letter, form(letter)).status == 422
    away.rename(place)
    door.door.taking.places.look()
    assert sign(door, letter, form(letter)).status == 200


def test_a_letter_at_fault_takes_nothing_and_the_others_go_on(
    door: Reader, letter: Letter, keys: KeyRing, caplog: pytest.LogCaptureFixture
) -> None:
    odd, places = make_letter("odd", keys), door.door.taking.places
    freeze(odd, SECRETARY, NOON - DAY)
    alike = {name: getattr(letter, name) for name in ("sign_ons", "publication", "released_at")}
    Letter.objects.filter(pk=odd.pk).update(**alike)
    places.look()
    assert path(odd) in places.by_path
    Letter.objects.filter(pk=odd.pk).update(campaign=SOMI.name)  # where a text for each language should be
    touch([odd.pk])
    for _ in range(3):
        places.look()
    assert path(odd) not in places.by_path
    assert sign(door, letter, form(letter)).status == 200
    assert caplog.text.count("odd takes sign-ons, and has no place for them: AttributeError at ") == 1
    assert SOMI.name not in caplog.text


def test_whatever_a_text_says_it_is_not_taken_for_the_place_of_a_token(door: Reader, letter: Letter) -> None:
    line = "-" * Link.LENGTH
    Letter.objects.filter(pk=letter.pk).update(campaign=dict.fromkeys(letter.languages, line))
    touch([letter.pk])
    door.door.taking.places.look()
    answer = sign(door, letter, form(letter))
    assert answer.status == 200
    assert line in answer.text


def test_whatever_goes_wrong_while_it_looks_the_door_looks_again(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, faults = Places.look, [ValueError(SOMI.name), InterfaceError()]

    def fail_twice(places: Places) -> None:
        if faults:
            raise faults.pop()
        look(places)

    monkeypatch.setattr(Places, "look", fail_twice)
    monkeypatch.setattr("undersigned.intake.places.LOOK_SECONDS", 0.01)
    places = Places(b"no key")

    async def live() -> None:
        await places.open()
        deadline = monotonic() + SECONDS
        while not places.by_path and monotonic() < deadline:
            await asyncio.sleep(0.01)

    asyncio.run(live())
    places.close()
    assert path(letter) in places.by_path


def test_a_door_that_begins_knows_at_once_where_one_signs(letter: Letter, desk: DeskBehind) -> None:
    """Or a crowd that waited for it would be sent to the desk."""

    async def live() -> bool:
        begun: asyncio.Queue[Message] = asyncio.Queue()
        asked: asyncio.Queue[Message] = asyncio.Queue()
        asked.put_nowait({"type": "lifespan.startup"})
        door = begin.make_door(f"unix:{desk.socket}", 0)
        life = asyncio.ensure_future(door({"type": "lifespan"}, asked.get, begun.put))
        assert (await begun.get())["type"] == "lifespan.startup.complete"
        knows = path(letter) in door.taking.places.by_path
        asked.put_nowait({"type": "lifespan.shutdown"})
        await life
        return knows

    assert asyncio.run(live())


def test_while_nothing_changes_a_look_is_one_small_query(
    door: Reader, letter: Letter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        door.door.taking.places.look()


def test_under_its_former_address_one_signs_as_well(door: Reader, letter: Letter) -> None:
    old = path(letter)
    rename(letter, "the-bridge", SECRETARY, NOON)
    door.door.taking.places.look()
    answers = [door.ask(place, "POST", form(letter), content_type=FORM) for place in (old, path(letter))]
    assert [answer.status for answer in answers] == [200, 200]


def test_a_place_is_rendered_anew_only_when_it_changed(door: Reader, letter: Letter) -> None:
    places = door.door.taking.places
    before = places.by_path[path(letter)]
    touch([letter.pk])
    places.look()
    assert places.by_path[path(letter)] is before
    Letter.objects.filter(pk=letter.pk).update(controller="Somebody Else (invented)")
    touch([letter.pk])
    places.look()
    assert places.by_path[path(letter)] is not before


def test_each_language_is_answered_in_its_own(door: Reader, letter: Letter) -> None:
    for language in letter.languages:
        answer = door.ask(path(letter, language=language), "POST", form(letter), content_type=FORM)
        assert answer.headers["content-language"] == language
        assert f'<html lang="{language}"' in answer.text


def test_where_the_record_does_not_take_it_nothing_is_acknowledged(
    door: Reader, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(batch: object, at: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(begin, "arrive", gone)
    answer = sign(door, letter, form(letter), accept_language="en")
    assert answer.status == 503
    assert answer.headers["retry-after"]
    assert "please try again" in answer.text
    monkeypatch.undo()
    assert sign(door, letter, form(letter)).status == 200


def test_of_a_batch_the_record_refuses_only_the_bad_one_is_refused(
    door: Reader, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive, refused = begin.arrive, []

    def picky(batch: list[NewArrival], at: object) -> None:
        refused.extend(batch[:1] if not refused else [])
        if refused[0] in batch:
            raise ValueError("one that the record does not like")
        arrive(batch, at)  # type: ignore[arg-type]

    monkeypatch.setattr(begin, "arrive", picky)

    body = form(letter)

    async def crowd() -> list[Answer]:
        headers = {"content-type": FORM, "content-length": str(len(body))}
        scopes = [scope_of(path(letter), "POST", headers) for _ in range(20)]
        return await asyncio.gather(*(converse(door.door, scope, [body]) for scope in scopes))

    answers = door.run(crowd())
    assert sorted(answer.status for answer in answers) == [200] * 19 + [503]
    assert Arrival.objects.count() == 19


def test_a_form_that_comes_in_pieces_is_taken(door: Reader, letter: Letter) -> None:
    body = form(letter)
    scope = scope_of(path(letter), "POST", {"content-type": FORM, "transfer-encoding": "chunked"})
    pieces = [body[:10], body[10:40], body[40:]]
    assert door.run(converse(door.door, scope, pieces)).status == 200


def test_the_cast_signs_through_the_door_and_is_stored(door: Reader, letter: Letter) -> None:
    taken = [person for person in CAST if person.kind != "person"]
    for person in taken:
        assert sign(door, letter, form(letter, person), person.kind).status == 200
    assert take_in(NOON) == len(taken)
    assert Signature.objects.count() == len(taken)
