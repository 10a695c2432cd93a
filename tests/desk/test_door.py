"""Who may pass the door of the desk, and what they find in place of a letter that is not there."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, reverse
from pytest_django.fixtures import Settings

from tests.desk.conftest import PASSWORD
from undersigned.desk import urls
from undersigned.desk.models import User
from undersigned.letters.models import Letter

SAMPLE = {
    "slug": "open-the-bridge",
    "key": "open",
    "kind": "picture",
    "language": "en",
    "issue": "00000000-0000-4000-8000-000000000000",
    "signature": "00000000-0000-4000-8000-000000000000",
    "link": 1,
    "name": "1.eml",
    "number": 1,
    "path": "desk/desk.css",
}
OPEN = {"static", "language"}


def address_of(pattern: URLPattern) -> str:
    wanted = pattern.pattern.regex.groupindex  # type: ignore[attr-defined]
    return reverse(f"desk:{pattern.name}", kwargs={name: SAMPLE[name] for name in wanted} | dict(pattern.default_args))


@pytest.mark.parametrize("pattern", [one for one in urls.urlpatterns if one.name not in OPEN], ids=lambda one: one.name)
def test_nobody_sees_or_does_anything_at_the_desk_without_signing_in(
    client: Client, letter: Letter, pattern: URLPattern
) -> None:
    address = address_of(pattern)
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/?next=/desk/")
        assert "Open the bridge" not in answer.content.decode()


@pytest.mark.parametrize("method", ["get", "post", "head", "put", "delete"])
def test_a_letter_that_exists_and_one_that_does_not_look_the_same_to_a_stranger(
    client: Client, letter: Letter, method: str
) -> None:
    for path in ("", "queue/", "nothing/"):
        known, unknown = (getattr(client, method)(f"/desk/{slug}/{path}") for slug in (letter.slug, "no-such-letter"))
        assert known.status_code == unknown.status_code == 302
        assert known.content == unknown.content


def test_an_unknown_letter_is_the_one_404(desk: Client, letter: Letter) -> None:
    pages = [desk.get(f"/desk/no-such-letter/{path}") for path in ("", "draft/", "queue/", "signatories.csv")]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1


def test_a_secretary_signs_in_and_reads_the_desk_in_their_language(client: Client, secretary: User) -> None:
    User.objects.filter(pk=secretary.pk).update(language="ko")
    answer = client.post("/accounts/login/", {"login": secretary.email, "password": PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/desk/", 302)]
    assert '<html lang="ko"' in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"


def test_signing_up_and_asking_for_a_password_by_mail_lead_nowhere(client: Client, db: None) -> None:
    for path in ("signup/", "password/reset/", "email/", "confirm-email/", "password/set/"):
        assert client.get(f"/accounts/{path}").status_code == 404, path


def test_the_sixth_wrong_password_within_five_minutes_is_not_even_tried(client: Client, secretary: User) -> None:
    cache.clear()
    for _ in range(5):
        client.post("/accounts/login/", {"login": secretary.email, "password": "wrong"})
    answer = client.post("/accounts/login/", {"login": secretary.email, "password": PASSWORD})
    assert answer.status_code in (200, 429)
    assert client.get("/desk/").status_code == 302
    cache.clear()


def test_where_a_second_factor_is_required_nothing_else_can_be_done_before_it_is_set_up(
    desk: Client, letter: Letter, secretary: User, settings: Settings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    assert desk.get("/desk/").headers["Location"] == "/accounts/2fa/"
    assert desk.get("/accounts/2fa/").status_code == 200
    Authenticator.objects.create(user=secretary, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert desk.get("/desk/").status_code == 200


def test_a_second_factor_that_is_set_up_is_asked_for(client: Client, secretary: User) -> None:
    Authenticator.objects.create(user=secretary, type=Authenticator.Type.TOTP, data={"secret": "x"})
    answer = client.post("/accounts/login/", {"login": secretary.email, "password": PASSWORD})
    assert answer.headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/desk/").status_code == 302


def test_a_form_from_another_site_is_refused(secretary: User, letter: Letter) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(secretary)
    assert browser.post(f"/desk/{letter.slug}/sign-ons/", {"to": "closed"}).status_code == 403
    letter.refresh_from_db()
    assert letter.sign_ons == "public"


def test_the_language_is_kept_in_the_account_and_for_the_next_sign_in(desk: Client, secretary: User) -> None:
    answer = desk.post("/desk/accounts/language/", {"language": "zh-hans", "next": "/desk/accounts/"})
    assert answer.headers["Location"] == "/desk/accounts/"
    secretary.refresh_from_db()
    assert secretary.language == "zh-hans"
    desk.post("/accounts/logout/")
    assert '<html lang="zh-Hans"' in desk.get("/accounts/login/").content.decode()


def test_choosing_a_language_never_leads_to_another_site(client: Client, db: None) -> None:
    for to in ("https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""):
        answer = client.post("/desk/accounts/language/", {"language": "ko", "next": to})
        assert answer.headers["Location"] == "/desk/"


def test_an_unknown_language_changes_nothing(desk: Client, secretary: User) -> None:
    desk.post("/desk/accounts/language/", {"language": "tlh"})
    secretary.refresh_from_db()
    assert secretary.language == "en"


def test_the_files_that_the_pages_name_are_served(client: Client, db: None) -> None:
    for name in (
        "tokens.css",
        "ground.css",
        "desk/desk.css",
        "desk/seal.svg",
        "mfa/js/webauthn.js",
        "account/js/onload.js",
    ):
        answer = client.get(f"/desk/static/{name}")
        assert answer.status_code == 200, name
        assert answer.headers["Cache-Control"] == "no-cache"
        assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    for path in ("../models.py", "%2e%2e/models.py", "desk/", "nothing.css"):
        assert client.get(f"/desk/static/{path}").status_code in (400, 404)


def test_no_page_of_the_desk_holds_a_script_or_style_of_its_own(desk: Client, letter: Letter) -> None:
    for path in ("/desk/", f"/desk/{letter.slug}/", f"/desk/{letter.slug}/release/", "/desk/accounts/"):
        answer = desk.get(path)
        text = answer.content.decode()
        assert "<style" not in text
        assert " style=" not in text
        assert "<script" not in text
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
