"""The private page of somebody whom a sheet brought and a mail asked."""

import pytest
from django.test import Client

from tests.people import MARA, SECRETARY
from tests.stage import DAY, ask, mailed_path, notes, post, text_of
from tests.trouble import everything
from undersigned.letters.models import Letter, SignOns
from undersigned.letters.stages import set_sign_ons
from undersigned.lib.clock import now
from undersigned.lib.keys import KeyRing
from undersigned.post.models import Silenced
from undersigned.signing.invite import invite
from undersigned.signing.models import Signature, State
from undersigned.signing.sign import private_path
from undersigned.signing.terms import terms_of


@pytest.fixture
def path(embargoed: Letter, keys: KeyRing) -> str:
    """Where Mara, who is asked under embargo, finds her page."""
    invite(ask(MARA, embargoed, language="en"), SECRETARY, now())
    return mailed_path(keys)


def form(letter: Letter, **typed: str) -> dict[str, str]:
    return {name: text for name, text in MARA.form(terms_of(letter, invited=True).digest, **typed).items()}


def test_the_page_asks_and_shows_what_would_appear_and_what_is_kept(client: Client, path: str) -> None:
    page = text_of(client.get(path))
    for said in ("You are asked to sign", "Nothing is signed yet", MARA.name, "author", "Read the letter, and sign it"):
        assert said in page
    for said in ("I do not wish to sign", "Never mail me again", "sealed"):
        assert said in page
    assert MARA.email not in page
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_the_letter_is_read_under_embargo_in_each_of_its_languages(
    client: Client, path: str, embargoed: Letter
) -> None:
    for language in embargoed.languages:
        answer = client.get(f"{path}{language}/letter/")
        assert answer.status_code == 200
        assert embargoed.subject[language] in text_of(answer)
        assert f'href="{path}{language}/sign/"' in text_of(answer)
        assert answer.headers["Cache-Control"] == "no-store"
    assert "under embargo until" in text_of(client.get(f"{path}en/letter/"))


def test_looking_signs_nothing(client: Client, path: str, embargoed: Letter) -> None:
    before = everything()
    for place in (path, f"{path}ko/", f"{path}en/letter/", f"{path}en/sign/"):
        assert client.get(place).status_code == client.head(place).status_code == 200
    for action in ("confirm", "withdrawn", "", "not-me!"):
        post(client, path, {"action": action})
    assert everything() == before


@pytest.mark.parametrize("sure", [{}, {"sure": "yes"}])
def test_nobody_withdraws_what_they_have_not_signed_yet(client: Client, path: str, sure: dict[str, str]) -> None:
    before = everything()
    page = text_of(post(client, path, {"action": "withdraw", **sure}))
    assert "You are asked to sign" in page
    assert "I do not wish to sign" in page
    assert everything() == before


def test_the_form_comes_filled_in_and_asks_for_consent(client: Client, path: str, embargoed: Letter) -> None:
    page = text_of(client.get(f"{path}ko/sign/"))
    assert f'value="{MARA.name}"' in page
    assert 'value="author"' in page
    assert page.count('type="checkbox"') == 3
    assert 'value="yes" checked' not in page
    assert 'name="email"' not in page
    refused = post(client, f"{path}ko/sign/", form(embargoed, name="=Mara", consent=""))
    assert refused.status_code == 422
    assert "=Mara" in text_of(refused)
    assert "명시적 동의가 없으면" in text_of(refused)
    assert Signature.objects.get().state == State.ASKED


def test_a_signed_form_is_confirmed_by_the_link_that_led_to_it(client: Client, path: str, embargoed: Letter) -> None:
    answer = post(client, f"{path}ko/sign/", form(embargoed, name="Mara E. Erdacht"))
    assert "서명이 확인되었습니다" in text_of(answer)
    row = Signature.objects.get()
    assert (row.state, row.language, row.signatory.name) == (State.CONFIRMED, "ko", "Mara E. Erdacht")
    assert "The coalition looks at it" in text_of(client.get(f"{path}en/"))
    assert client.get(f"{path}ko/letter/").status_code == 404
    for again in (client.get(f"{path}ko/sign/"), post(client, f"{path}ko/sign/", form(embargoed))):
        assert (again.status_code, again.headers["Location"]) == (302, path + "ko/" * (row.language != "ko"))


def test_a_form_of_another_text_or_from_another_site_is_refused(client: Client, path: str, embargoed: Letter) -> None:
    changed = post(client, f"{path}en/sign/", {**form(embargoed), "version": "0" * 64})
    assert changed.status_code == 409
    assert "changed while you were reading" in text_of(changed)
    forged = post(client, f"{path}en/sign/", form(embargoed), **{"sec-fetch-site": "cross-site"})
    assert forged.status_code == 403
    assert Signature.objects.get().state == State.ASKED


def test_while_sign_ons_are_closed_the_page_says_so(client: Client, path: str, embargoed: Letter) -> None:
    set_sign_ons(embargoed, SignOns.CLOSED, SECRETARY, now())
    page = text_of(client.get(path))
    assert "takes no signatures at the moment" in page
    assert "/letter/" not in page
    assert client.get(f"{path}en/sign/").status_code == client.get(f"{path}en/letter/").status_code == 404
    typed = post(client, f"{path}en/sign/", form(embargoed, name="Mara E. Erdacht"))
    assert "does not take sign-ons of this kind at the moment" in text_of(typed)
    assert "Mara E. Erdacht" in text_of(typed)


def test_who_declines_is_thanked_by_being_forgotten(client: Client, path: str) -> None:
    assert "What was stored of you is deleted." in text_of(post(client, path, {"action": "decline"}))
    assert not Signature.objects.exists()
    assert client.get(path).status_code == 410


def test_who_wants_no_more_mail_is_forgotten_too(client: Client, path: str) -> None:
    post(client, path, {"action": "never"})
    assert not Signature.objects.exists()
    assert Silenced.objects.count() == 1


def test_an_expired_invitation_is_sent_again_by_its_button(client: Client, path: str, keys: KeyRing) -> None:
    late = private_path(Signature.objects.get().pk, now() - 15 * DAY)
    assert "Send me a new link" in text_of(client.get(late))
    post(client, late, {"action": "again"})
    assert [note["mailbox"] for note in notes(keys, "links")] == [MARA.email]


def test_the_pages_of_asking_are_of_nobody_else(client: Client, path: str) -> None:
    token = path.split("/")[2]
    forged = f"/s/{'A' if token[0] != 'A' else 'B'}{token[1:]}/en"
    nothing = client.get("/nothing/").content
    assert client.get(f"{forged}/letter/").content == client.get(f"{forged}/sign/").content == nothing
