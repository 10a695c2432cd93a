"""An office that requires a second factor: nobody works at its desk without one, be it an app's codes or a passkey."""

import base64
import hmac
import re
import struct
import time
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import PATIENCE_MS, follow
from tests.flows.conftest import LETTER, serving
from tests.flows.office import DESK, PASSWORD, Office, until
from tests.flows.test_a_letter_end_to_end import SLUG, accessible

PASSKEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""What Chromium plays: a finger on the sensor of a laptop."""


@pytest.fixture
def strict(tmp_path: Path) -> Generator[Office]:
    """An office that is reached by a name, since no passkey belongs to a bare number; it has a letter."""
    with serving(tmp_path, "localhost", UNDERSIGNED_SECOND_FACTOR_REQUIRED="yes") as office:
        office.run("letter", "import", str(LETTER))
        yield office


@pytest.fixture
def page(browser: Browser) -> Generator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_the_desk_opens_to_the_codes_of_an_app(strict: Office, page: Page) -> None:
    enter_password(strict, page)
    nothing_opens(strict, page)
    follow(page.get_by_role("link", name="Activate"))
    confirm_access(page)
    activate(page, wrong=True)
    expect(page.locator("main")).to_contain_text("Incorrect code")
    nothing_opens(strict, page)
    follow(page.get_by_role("link", name="Activate"))
    secret = activate(page)
    expect(page.locator("h1")).to_contain_text("Recovery")
    spare = page.locator("#recovery_codes").input_value().split()[0]
    opens(strict, page)

    sign_out(page)
    enter_password(strict, page)
    nothing_opens(strict, page)
    for used in (code_of(secret), spare):
        give_code(page, used)
        opens(strict, page)
        sign_out(page)
        enter_password(strict, page)
        give_code(page, used)  # whoever looked over a shoulder can do nothing with it
        expect(page.locator("main")).to_contain_text("Incorrect code")


def test_the_desk_opens_to_a_passkey_alone(strict: Office, page: Page) -> None:
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    laptop = devices.send("WebAuthn.addVirtualAuthenticator", {"options": PASSKEY})
    enter_password(strict, page)
    nothing_opens(strict, page)
    page.goto(f"{strict.url}/accounts/2fa/webauthn/add/")
    confirm_access(page)
    page.get_by_label("Name").fill("Laptop of the secretariat")
    page.get_by_label("Passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    expect(page.locator("h1")).to_contain_text("Recovery")
    opens(strict, page)

    sign_out(page)
    nothing_opens(strict, page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(f"{strict.url}/desk/{SLUG}/")
    opens(strict, page)

    sign_out(page)
    devices.send("WebAuthn.clearCredentials", {"authenticatorId": laptop["authenticatorId"]})  # somebody else's laptop
    with page.expect_console_message(lambda said: "NotAllowedError" in said.text, timeout=PATIENCE_MS):
        page.get_by_role("button", name="Sign in with a passkey").click()
    nothing_opens(strict, page)


def enter_password(office: Office, page: Page) -> None:
    page.goto(f"{office.url}/desk/{SLUG}/")
    page.fill("input[name=login]", DESK)
    page.fill("input[name=password]", PASSWORD)
    follow(page.get_by_role("button", name="Sign in", exact=True))
    expect(page.locator("h1")).to_be_visible()


def nothing_opens(office: Office, page: Page) -> None:
    """Every door of the desk leads to where one signs in or sets the second factor up."""
    for path in ("", f"{SLUG}/signatories/", f"{SLUG}/signatories.csv", "mails/", f"{SLUG}/"):
        page.goto(f"{office.url}/desk/{path}")
        expect(page).to_have_url(re.compile("/accounts/(2fa|login)/"))
        assert "Open the ferry again" not in page.content()
    accessible(page)


def opens(office: Office, page: Page) -> None:
    page.goto(f"{office.url}/desk/{SLUG}/")
    expect(page.locator("h1")).to_have_text("Overview")


def confirm_access(page: Page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Confirm"))


def activate(page: Page, *, wrong: bool = False) -> str:
    """Type the code that the app shows for the secret on the page, or another one; the secret."""
    secret = page.locator("#authenticator_secret").input_value()
    code = code_of(secret)
    page.locator("[name=code]").fill(code if not wrong else f"{(int(code) + 1) % 1_000_000:06}")
    follow(page.get_by_role("button", name="Activate"))
    return secret


def give_code(page: Page, code: str) -> None:
    page.locator("[name=code]").fill(code)
    follow(page.get_by_role("button", name="Sign in"))
    expect(page.locator("h1")).to_be_visible()


def sign_out(page: Page) -> None:
    follow(page.get_by_role("banner").get_by_role("button", name="Sign out"))
    expect(page).to_have_url(re.compile("/accounts/login/"))


def code_of(secret: str) -> str:
    """What any authenticator app shows now: RFC 6238 with SHA-1, six digits, thirty seconds."""
    until(lambda: time.time() % 30 < 15, "a code that lasts for a while")
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), "sha1")
    number = int.from_bytes(digest[digest[-1] & 15 :][:4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
