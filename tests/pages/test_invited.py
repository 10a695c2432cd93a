from datetime import timedelta

import pytest
from django.test import Client

from tests.people import AMAL, OYUN, RUTH, SECRETARY, SOMI, Person
from tests.stage import HOUR, NOON, mailed_path, post, text_of
from undersigned.letters import links
from undersigned.letters.models import Letter, PrivateLink, SignOns
from undersigned.letters.stages import set_sign_ons
from undersigned.lib.clock import now
from undersigned.lib.keys import KeyRing
from undersigned.signing.models import Signature, State
from undersigned.signing.terms import terms_of


@pytest.fixture
def token(embargoed: Letter) -> str:
    """An invitation to the letter under embargo."""
    return links.make(embargoed, PrivateLink.Purpose.INVITATION, "Partners in Asia", SECRETARY, NOON)


@pytest.fixture
def preview(drafted: Letter) -> str:
    """A way to look at the draft."""
    return links.make(drafted, PrivateLink.Purpose.PREVIEW, "Board", SECRETARY, NOON)


def form(letter: Letter, person: Person) -> dict[str, str]:
    return person.form(terms_of(letter, invited=True).digest)


# --- Invitations ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"), [("ko", "다리를 여십시오."), ("en", "Open the bridge."), ("zh-Hans", "请开放大桥。")]
)
def test_who_is_invited_reads_the_letter_in_each_language(client: Client, token: str, language: str, said: str) -> None:
    answer = client.get(f"/i/{token}/{language}/")
    assert answer.status_code == 200
    assert said in text_of(answer)
    assert answer.headers["Content-Language"] == language


def test_the_invitation_says_that_it_is_private(client: Client, token: str) -> None:
    answer = client.get(f"/i/{token}/en/")
    assert "Private: under embargo until" in text_of(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex">' in text_of(answer)
    assert 'rel="canonical"' not in text_of(answer)
    assert not answer.cookies


@pytest.mark.parametrize("person", [OYUN, RUTH, SOMI, AMAL])
def test_who_is_invited_signs_under_embargo_and_confirms(
    client: Client, token: str, embargoed: Letter, keys: KeyRing, person: Person
) -> None:
    place = f"/i/{token}/en/sign/{person.kind}/"
    assert 'name="consent"' in text_of(client.get(place))
    assert post(client, place, form(embargoed, person)).status_code == 200
    signature = Signature.objects.get()
    assert signature.invited_by == PrivateLink.objects.get()
    page = text_of(client.get(mailed_path(keys)))
    assert "/find/" not in page
    post(client, mailed_path(keys), {"action": "confirm"})
    signature.refresh_from_db()
    assert signature.state == (State.LISTED if person.kind == "supporter" else State.CONFIRMED)


def test_a_refused_form_stays_in_the_invitation(client: Client, token: str, embargoed: Letter) -> None:
    place = f"/i/{token}/en/sign/organisation/"
    answer = post(client, place, form(embargoed, OYUN) | {"email": "nowhere"})
    assert answer.status_code == 422
    assert f'action="{place}"' in text_of(answer)
    assert OYUN.name in text_of(answer)
    assert "Private: under embargo until" in text_of(answer)


def test_nobody_signs_an_embargoed_letter_without_an_invitation(client: Client, embargoed: Letter) -> None:
    answer = post(client, f"/{embargoed.slug}/en/sign/organisation/", form(embargoed, OYUN))
    assert answer.content == client.get("/nothing/").content
    assert not Signature.objects.exists()


def test_a_revoked_invitation_looks_like_an_unknown_one(client: Client, token: str, embargoed: Letter) -> None:
    links.revoke(PrivateLink.objects.get(), SECRETARY, NOON)
    nothing = client.get("/nothing/").content
    assert client.get(f"/i/{token}/en/").content == nothing
    assert client.get(f"/i/{token}/en/sign/organisation/").content == nothing
    assert post(client, f"/i/{token}/en/sign/organisation/", form(embargoed, OYUN)).content == nothing
    assert not Signature.objects.exists()


@pytest.mark.parametrize("address", ["/i/{}/de/", "/i/{}/en/sign/bishop/", "/p/{}/en/", "/s/{}/", "/i/{}x/en/"])
def test_an_invitation_opens_nothing_else(client: Client, token: str, address: str) -> None:
    assert client.get(address.format(token)).content == client.get("/nothing/").content


def test_an_invitation_to_a_letter_that_takes_no_sign_ons_shows_it_without_a_form(
    client: Client, token: str, embargoed: Letter
) -> None:
    set_sign_ons(embargoed, SignOns.CLOSED, SECRETARY, NOON)
    page = text_of(client.get(f"/i/{token}/en/"))
    assert "Open the bridge." in page
    assert "<form" not in page
    assert client.get(f"/i/{token}/en/sign/organisation/").status_code == 404
    typed = post(client, f"/i/{token}/en/sign/organisation/", form(embargoed, OYUN))
    assert typed.status_code == 403
    assert "does not take sign-ons of this kind at the moment" in text_of(typed)
    assert OYUN.name in text_of(typed)
    assert not Signature.objects.exists()


def test_an_invitation_before_the_text_is_final_says_so(client: Client, drafted: Letter) -> None:
    token = links.make(drafted, PrivateLink.Purpose.INVITATION, "Early", SECRETARY, NOON)
    page = text_of(client.get(f"/i/{token}/en/"))
    assert "not final yet" in page
    assert "Open the bridge" not in page


def test_a_person_signs_a_released_letter_by_invitation(client: Client, letter: Letter) -> None:
    token = links.make(letter, PrivateLink.Purpose.INVITATION, "Persons", SECRETARY, NOON)
    assert post(client, f"/{letter.slug}/en/sign/person/", form(letter, RUTH)).status_code == 403
    assert post(client, f"/i/{token}/en/sign/person/", form(letter, RUTH)).status_code == 200
    assert "Private:" not in text_of(client.get(f"/i/{token}/en/"))


# --- Previews ---------------------------------------------------------------------------------------------------------


def test_a_preview_shows_the_draft_in_each_language_and_takes_no_signature(client: Client, preview: str) -> None:
    for language, said in (("ko", "다리를 여십시오."), ("en", "Open the bridge."), ("zh-Hans", "请开放大桥。")):
        answer = client.get(f"/p/{preview}/{language}/")
        assert answer.status_code == 200
        assert said in text_of(answer)
        assert "<form" not in text_of(answer)
        assert answer.headers["Cache-Control"] == "no-store"
    assert "Private: this letter is not released yet" in text_of(client.get(f"/p/{preview}/en/"))


def test_a_preview_of_a_released_letter_leads_to_its_page(client: Client, letter: Letter) -> None:
    token = links.make(letter, PrivateLink.Purpose.PREVIEW, "Board", SECRETARY, NOON)
    answer = client.get(f"/p/{token}/en/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/{letter.slug}/en/"


def test_a_preview_that_was_lent_expires(client: Client, drafted: Letter) -> None:
    token = links.lend(drafted, now() - timedelta(hours=2), HOUR)
    assert client.get(f"/p/{token}/en/").status_code == 404


def test_nothing_can_be_posted_to_a_preview(client: Client, preview: str) -> None:
    assert post(client, f"/p/{preview}/en/", {"name": "x"}).status_code == 404
