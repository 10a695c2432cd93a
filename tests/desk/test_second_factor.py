"""Second factors in a browser: an authenticator app, and a passkey that needs no password at all."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from playwright.sync_api import Page, expect

from tests.browser import follow
from tests.desk.conftest import PASSWORD
from tests.desk.test_look import faults, sign_in, site  # noqa: F401  (`site` is a fixture)
from tests.flows.test_the_second_factor import code_of
from undersigned.desk.models import User


@pytest.fixture(autouse=True)
def _nothing_tried_before() -> None:
    cache.clear()


def confirm_access(page: Page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Confirm"))


def sign_out(page: Page) -> None:
    follow(page.get_by_role("banner").get_by_role("button", name="Sign out"))
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_an_authenticator_app_is_set_up_and_then_asked_for(page: Page, site: str, secretary: User) -> None:  # noqa: F811
    sign_in(page, site)
    page.goto(f"{site}/accounts/2fa/")
    follow(page.get_by_role("link", name="Activate"))
    confirm_access(page)
    secret = page.locator("#authenticator_secret").input_value()
    assert page.locator("main img").evaluate("picture => picture.naturalWidth") > 0
    assert not faults(page)
    page.locator("[name=code]").fill(code_of(secret))
    follow(page.get_by_role("button", name="Activate"))
    expect(page.locator("h1")).to_contain_text("Recovery")
    assert not faults(page)
    sign_out(page)
    sign_in(page, site)
    expect(page).to_have_url(re.compile("/accounts/2fa/authenticate/"))
    assert not faults(page)
    cache.clear()  # a code serves once; the test does not wait half a minute for the next one
    page.locator("[name=code]").fill(code_of(secret))
    follow(page.get_by_role("button", name="Sign in"))
    expect(page.locator("h1")).to_contain_text("Letters")


def test_a_passkey_is_added_and_signs_in_alone(page: Page, site: str, secretary: User) -> None:  # noqa: F811
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    passkey = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = passkey | {"isUserVerified": True, "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    sign_in(page, site)
    page.goto(f"{site}/accounts/2fa/webauthn/add/")
    confirm_access(page)
    assert not faults(page)
    page.get_by_label("Name").fill("Laptop of the secretariat")
    page.get_by_label("Passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    expect(page.locator("h1")).to_contain_text("Recovery")
    assert Authenticator.objects.filter(user=secretary, type="webauthn").exists()
    page.goto(f"{site}/accounts/2fa/webauthn/")
    expect(page.locator("table")).to_contain_text("Laptop of the secretariat")
    assert not faults(page)
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile("/desk/$"))
