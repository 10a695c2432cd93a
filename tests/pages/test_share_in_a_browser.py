"""Passing a letter on, in a real browser: what is offered and copied, and that nobody else is asked for anything."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.pages.conftest import SITE

PAGE = f"{SITE}/open-the-bridge/en/"


def test_nothing_is_asked_of_a_service_and_none_learns_where_a_reader_comes_from(reader: Callable[..., Page]) -> None:
    page = reader()  # its fixture fails on any request elsewhere
    page.goto(PAGE)
    page.locator(".share > summary").click()
    page.locator(".watched summary").click()
    for link in page.locator(".share a[href^=http]").all():
        assert link.get_attribute("rel") == "noreferrer noopener"
    expect(page.get_by_role("img", name="QR code with the link to this page")).to_be_visible()


def test_a_warning_stands_before_what_a_state_reads(reader: Callable[..., Page]) -> None:
    page = reader(java_script_enabled=False)
    page.goto(PAGE)
    page.locator(".share > summary").click()
    expect(page.get_by_role("link", name="LINE")).to_be_visible()
    expect(page.get_by_role("link", name="Weibo")).to_be_hidden()
    page.locator(".watched summary").click()
    expect(page.get_by_text("The state in which these services are run")).to_be_visible()
    expect(page.get_by_role("link", name="Weibo")).to_be_visible()


def test_without_a_key_and_a_script_kakao_leads_to_the_link(reader: Callable[..., Page]) -> None:
    page = reader(java_script_enabled=False)
    page.goto(PAGE)
    page.locator(".share > summary").click()
    page.get_by_role("link", name="KakaoTalk: copy the link").click()
    expect(page.get_by_label("Link", exact=True)).to_have_value(f"{PAGE}?via=link")
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()


def test_the_script_copies_the_link_and_says_so(reader: Callable[..., Page]) -> None:
    page = reader(permissions=["clipboard-read", "clipboard-write"])
    page.goto(PAGE)
    page.locator(".share > summary").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".copied")).to_have_text("The link is copied.")
    assert page.evaluate("navigator.clipboard.readText()") == f"{PAGE}?via=link"


def test_the_devices_own_way_to_share_is_offered_where_there_is_one(reader: Callable[..., Page]) -> None:
    page = reader()
    page.add_init_script("navigator.share = async (told) => { document.body.dataset.shared = told.url }")
    page.goto(PAGE)
    page.locator(".share > summary").click()
    page.get_by_role("button", name="By this device").click()
    expect(page.locator("body")).to_have_attribute("data-shared", f"{PAGE}?via=sheet")
