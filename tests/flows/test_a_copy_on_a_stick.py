"""A copy of the site in a reader's hands: read while the site is away, signed when it is there."""

from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser import follow
from tests.flows.conftest import SLUG
from tests.flows.office import Office, link_in, until

MAILBOX = "ferne@mail.example"


def test_who_signs_a_copy_sees_once_more_at_the_site_what_is_sent(
    released: Office, browser: Browser, tmp_path: Path
) -> None:
    copy = tmp_path / "stick"
    released.run("site", "export", str(copy))
    context = browser.new_context()
    page = open_letter(context, copy)
    expect(page.locator(".copy-form")).to_contain_text(f"copy of {released.url}")

    released.stop()  # or blocked, or gone: nothing is sent, and nothing that was typed is lost
    fill(page)
    button(page).click()
    expect(page.locator("form")).to_have_count(0)  # the browser's own page, which says that there is no answer
    page.go_back()
    expect(page.get_by_label("E-mail address")).to_have_value(MAILBOX)

    released.start()
    sign(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Is this what you want to send?")
    assert page.url.startswith(released.url)
    expect(page.locator("dl")).to_contain_text(MAILBOX)
    assert not released.unread(MAILBOX)
    sign(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")
    page.goto(link_in(released.mail_to(MAILBOX)))
    follow(page.get_by_role("button", name="Confirm my signature"))
    until(lambda: b"Ferne Beispiel" in released.ask(f"/{SLUG}/en/").body, "the name on the page")

    context.close()


def test_a_copy_is_signed_without_a_script_too(released: Office, browser: Browser, tmp_path: Path) -> None:
    released.run("site", "export", str(tmp_path / "stick"))
    context = browser.new_context(java_script_enabled=False)
    page = open_letter(context, tmp_path / "stick")
    fill(page)
    sign(page)
    sign(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")
    assert "/s/" in link_in(released.mail_to(MAILBOX))
    context.close()


def open_letter(context: BrowserContext, copy: Path) -> Page:
    """The letter, reached from the page with which a copy begins."""
    page = context.new_page()
    page.goto(f"{copy.as_uri()}/index.html")
    follow(page.get_by_role("link", name="Open the ferry").first)
    return page


def fill(page: Page) -> None:
    form = page.locator("form.sign-form")
    form.get_by_label("Your name").fill("Ferne Beispiel")
    form.get_by_label("E-mail address").fill(MAILBOX)
    form.get_by_label("Show my name").check()
    for box in form.locator(".consent input[type=checkbox]").all():
        box.check()


def sign(page: Page) -> None:
    follow(button(page))


def button(page: Page) -> Locator:
    """The one button of the form."""
    return page.locator("form.sign-form button[type=submit]")
