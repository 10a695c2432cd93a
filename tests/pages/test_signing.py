import re
from urllib.parse import urlencode

import pyrage
import pytest
from django.test import Client

from tests.people import AMAL, CAST, OYUN, SECRETARY, SOMI, Person
from tests.stage import NOON, make_letter, notes, post, sign_and_confirm, text_of
from undersigned.letters.models import Letter, SignOns
from undersigned.letters.rename import rename
from undersigned.letters.stages import set_sign_ons
from undersigned.lib.keys import KeyRing
from undersigned.post.models import Note
from undersigned.signing.models import Signatory, Signature, State
from undersigned.signing.sign_on import FORM_LIMIT_BYTES
from undersigned.signing.terms import terms_of

TOKEN = re.compile(r'name="token" value="([A-Za-z0-9_-]+)"')


def path(letter: Letter, kind: str = "supporter", language: str = "en") -> str:
    return f"/{letter.slug}/{language}/sign/{kind}/"


def form(letter: Letter, person: Person = SOMI, **changes: str) -> dict[str, str]:
    return person.form(terms_of(letter, invited=True).digest, **changes)


def without_token(page: str) -> str:
    return TOKEN.sub("", page)


# --- Signing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", [SOMI, AMAL, OYUN])
def test_who_signs_is_told_to_look_into_the_mailbox(letter: Letter, person: Person) -> None:
    answer = post(Client(enforce_csrf_checks=True), path(letter, person.kind), form(letter, person))
    assert answer.status_code == 200
    assert "Look into your mailbox" in text_of(answer)
    assert TOKEN.search(text_of(answer))
    assert Signature.objects.get().state == State.PENDING


def test_the_answer_repeats_neither_name_nor_address(client: Client, letter: Letter) -> None:
    page = text_of(post(client, path(letter), form(letter)))
    assert SOMI.name not in page
    assert SOMI.email not in page


def test_a_repeat_looks_like_a_first_sign_on_to_a_stranger(client: Client, letter: Letter) -> None:
    first = post(client, path(letter), form(letter))
    repeat = post(client, path(letter), form(letter))
    sign_and_confirm(SOMI, letter)
    after = post(client, path(letter), form(letter))
    hidden = post(client, path(letter), form(letter, AMAL))
    assert without_token(text_of(first)) == without_token(text_of(repeat))
    assert without_token(text_of(first)) == without_token(text_of(after)) == without_token(text_of(hidden))
    assert first.headers == repeat.headers == after.headers == hidden.headers


def test_no_reader_gets_a_cookie_and_no_cache_keeps_an_answer(client: Client, letter: Letter) -> None:
    answer = post(client, path(letter), form(letter))
    assert not answer.cookies
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(("language", "said"), [("ko", "ko"), ("en", "en"), ("zh-Hans", "zh-Hans")])
def test_answers_are_in_the_language_of_the_address(client: Client, letter: Letter, language: str, said: str) -> None:
    answer = post(client, path(letter, language=language), form(letter))
    assert answer.headers["Content-Language"] == said
    assert f'<html lang="{said}"' in text_of(answer)
    assert Signature.objects.get().language == language


def test_a_language_that_the_interface_does_not_speak_gets_english(client: Client, letter: Letter) -> None:
    Letter.objects.filter(pk=letter.pk).update(languages=["ar", "en"])
    answer = post(client, path(letter, language="ar"), {"name": ""})
    assert answer.status_code == 422
    assert answer.headers["Content-Language"] == "en"
    assert '<html lang="en"' in text_of(answer)


def test_under_a_slug_that_the_letter_once_had_one_can_still_sign(client: Client, letter: Letter) -> None:
    old = path(letter)
    rename(letter, "the-bridge", SECRETARY, NOON)
    assert post(client, old, form(letter)).status_code == 200


# --- Refusals ---------------------------------------------------------------------------------------------------------


def test_a_refused_form_keeps_what_was_typed_and_stores_nothing(client: Client, letter: Letter) -> None:
    answer = post(
        client, path(letter, "organisation"), form(letter, OYUN, email="nowhere", name_en="Steppe", consent="")
    )
    page = text_of(answer)
    assert answer.status_code == 422
    for typed in (OYUN.name, "초원쉼터재단", "nowhere", "Steppe", "Oyun Invented", 'value="MN" selected'):
        assert typed in page
    assert not Signature.objects.exists()
    assert not Note.objects.exists()


def test_each_refusal_stands_beside_its_field_and_in_the_list_above(client: Client, letter: Letter) -> None:
    page = text_of(post(client, path(letter), form(letter, email="nowhere", age="")))
    assert 'href="#supporter-email"' in page
    assert 'id="supporter-email-error"' in page
    assert 'aria-describedby="supporter-email-hint supporter-email-error"' in page
    assert 'href="#supporter-age"' in page
    assert page.count('aria-invalid="true"') == 2


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "https://spam.example"),
        ("name", "=HYPERLINK(1)"),
        ("name", "Pаul"),  # the second letter is Cyrillic
        ("name", "Na\u202eSomi"),
        ("name", "N" * 121),
        ("email", "somi@"),
        ("country", "ZZ"),
        ("visibility", ""),
        ("visibility", "secret"),
        ("consent", ""),
        ("age", "no"),
    ],
)
def test_bad_input_is_refused_beside_its_field(client: Client, letter: Letter, field: str, typed: str) -> None:
    answer = post(client, path(letter), form(letter, **{field: typed}))
    assert answer.status_code == 422
    assert f'id="supporter-{field}-error"' in text_of(answer)
    assert not Signature.objects.exists()


@pytest.mark.parametrize("field", ["representative", "office", "authority", "website"])
def test_an_organisation_says_who_signs_for_it(client: Client, letter: Letter, field: str) -> None:
    typed = "not a website" if field == "website" else ""
    answer = post(client, path(letter, "organisation"), form(letter, OYUN, **{field: typed}))
    assert answer.status_code == 422
    assert f'id="organisation-{field}-error"' in text_of(answer)


@pytest.mark.parametrize("email", ["소미@메일.example", "somi@xn--9m1bt1s.example", "Somi+letter@mail.example"])
def test_addresses_of_any_script_are_fine(client: Client, letter: Letter, email: str) -> None:
    assert post(client, path(letter), form(letter, email=email)).status_code == 200


def test_neither_choice_of_visibility_is_made_beforehand(client: Client, letter: Letter) -> None:
    page = text_of(post(client, path(letter), {"name": ""}))
    assert 'name="visibility" value="public"' in page
    assert not re.search(r'name="(visibility|consent|age)"[^>]* checked', page)


def test_who_agreed_to_another_text_is_asked_again(client: Client, letter: Letter) -> None:
    answer = post(client, path(letter), form(letter) | {"version": "0" * 64})
    page = text_of(answer)
    assert answer.status_code == 409
    assert "The text of the letter changed while you were reading it." in page
    assert terms_of(letter, invited=False).digest in page
    assert 'id="supporter-consent" name="consent" value="yes" required' in page


def test_what_is_not_taken_is_refused_in_words(client: Client, letter: Letter) -> None:
    assert post(client, path(letter, "person"), form(letter)).status_code == 403
    set_sign_ons(letter, SignOns.CLOSED, SECRETARY, NOON)
    answer = post(client, path(letter), form(letter))
    assert answer.status_code == 403
    assert "does not take sign-ons of this kind" in text_of(answer)
    assert not Signature.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"name=" + b"a" * FORM_LIMIT_BYTES, 413),
        (b"name=%FF%FE", 400),
        (b"name=\xff", 400),
        (b"name=a%00b", 400),
        (b"name=a&name=b", 400),
        (b"&".join(b"f%d=1" % n for n in range(200)), 400),
    ],
)
def test_what_is_no_form_of_ours_is_refused_before_anything_looks_at_it(
    client: Client, letter: Letter, body: bytes, status: int
) -> None:
    answer = client.post(path(letter), body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == status
    assert not Signature.objects.exists()


def test_other_sorts_of_bodies_are_refused(client: Client, letter: Letter) -> None:
    assert client.post(path(letter), {"name": "a"}).status_code == 400
    assert client.post(path(letter), "{}", content_type="application/json").status_code == 400


def test_html_in_what_was_typed_stays_text(client: Client, letter: Letter) -> None:
    page = text_of(post(client, path(letter), form(letter, name="<script>alert(1)</script>", email="x")))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


# --- Nothing there ----------------------------------------------------------------------------------------------------


def test_whatever_leads_nowhere_gets_the_same_bytes(letter: Letter, keys: KeyRing) -> None:
    make_letter("not-public-yet", keys)
    client = Client(enforce_csrf_checks=True)
    bodies = {
        client.get(address).content
        for address in (
            "/nothing/",
            "/not-public-yet/en/",
            "/not-public-yet/en/sign/supporter/",
            "/s/forged/",
            "/s/forged/correct/",
        )
    }
    bodies |= {
        post(client, address, form(letter)).content
        for address in (
            "/not-public-yet/en/sign/supporter/",
            "/not-there/en/sign/supporter/",
            "/not-public-yet/en/find/",
            "/open-the-bridge/de/sign/supporter/",
            "/open-the-bridge/en/sign/bishop/",
            "/open-the-bridge/de/find/",
            "/s/forged/",
            "/i/forged/en/",
            "/i/forged/en/sign/supporter/",
            "/p/forged/en/",
        )
    }
    bodies.add(client.put(path(letter)).content)
    bodies.add(post(client, "/code/", {"token": "forged", "code": "1234 5678"}).content)
    assert len(bodies) == 1
    assert client.get("/nothing/").status_code == 404


# --- The typed code ---------------------------------------------------------------------------------------------------


def signed(client: Client, letter: Letter) -> str:
    """The token under which the code of a new sign-on is typed."""
    found = TOKEN.search(text_of(post(client, path(letter), form(letter))))
    assert found
    return found[1]


def test_the_code_from_the_mail_confirms(client: Client, letter: Letter, keys: KeyRing) -> None:
    token = signed(client, letter)
    answer = post(client, "/code/", {"token": token, "code": notes(keys)[-1]["facts"]["code"], "language": "en"})
    assert answer.status_code == 200
    assert "Your signature is confirmed" in text_of(answer)
    assert Signature.objects.get().state == State.LISTED


def test_a_wrong_code_can_be_typed_anew(client: Client, letter: Letter) -> None:
    token = signed(client, letter)
    answer = post(client, "/code/", {"token": token, "code": "0000", "language": "ko"})
    assert answer.status_code == 422
    assert answer.headers["Content-Language"] == "ko"
    assert token in text_of(answer)
    assert 'aria-invalid="true"' in text_of(answer)


def test_the_token_of_a_code_opens_no_private_page(client: Client, letter: Letter) -> None:
    assert client.get(f"/s/{signed(client, letter)}/").status_code == 404


def test_another_site_cannot_make_a_browser_type_codes(client: Client, letter: Letter, keys: KeyRing) -> None:
    fields = {"token": signed(client, letter), "code": notes(keys)[-1]["facts"]["code"]}
    assert post(client, "/code/", fields, sec_fetch_site="cross-site").status_code == 403
    assert Signature.objects.get().state == State.PENDING


# --- Finding one's link -----------------------------------------------------------------------------------------------


def test_asking_for_ones_link_gets_one_answer_for_all(client: Client, letter: Letter, keys: KeyRing) -> None:
    sign_and_confirm(SOMI, letter)
    known = post(client, f"/{letter.slug}/en/find/", {"email": SOMI.email})
    unknown = post(client, f"/{letter.slug}/en/find/", {"email": OYUN.email})
    assert known.content == unknown.content
    assert known.headers == unknown.headers
    assert "at most once a day" in text_of(known)
    assert [note["decoy"] for note in notes(keys, "links")] == [False, True]


def test_a_mistyped_address_is_refused_beside_its_field(client: Client, letter: Letter) -> None:
    answer = post(client, f"/{letter.slug}/en/find/", {"email": "somi"})
    assert answer.status_code == 422
    assert 'id="find-email-error"' in text_of(answer)
    assert 'value="somi"' in text_of(answer)


# --- A hidden name ----------------------------------------------------------------------------------------------------


def test_a_hidden_name_comes_back_in_its_own_refusal_only(
    client: Client, letter: Letter, coalition: pyrage.x25519.Identity
) -> None:
    assert AMAL.name in text_of(post(client, path(letter), form(letter, AMAL, email="amal")))
    post(client, path(letter), form(letter, AMAL))
    assert not Signatory.objects.exists()
    assert all(
        AMAL.name not in text_of(post(client, path(letter), form(letter, who))) for who in CAST if who is not AMAL
    )


def test_bodies_are_read_whole(client: Client, letter: Letter) -> None:
    body = urlencode(form(letter))
    assert post(client, path(letter), body).status_code == 200
