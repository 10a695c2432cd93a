"""The desk in a browser: usable by everybody, on a phone and at a desk, and its forms pass the browser's own rules."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser import follow
from tests.desk.conftest import PASSWORD
from tests.kit.test_press import photo
from tests.people import AMAL, OYUN, PEDRO, SECRETARY, SOMI
from tests.stage import HOUR, NOON, night_of_the_clocks, sign_and_confirm
from undersigned.desk.models import User
from undersigned.letters.models import BlockText, Letter
from undersigned.signing import decide

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_A_LETTER = (
    *("", "draft/", "queue/", "signatories/", "links/", "release/", "mails/", "audit/", "address/", "archive/"),
    *("press/", "press/release/en/", "press/new/picture/", "share/"),
)
OTHERS = ("/desk/", "/desk/newsletter/", "/desk/accounts/", "/accounts/2fa/", "/accounts/password/change/")


@pytest.fixture
def site(live_server: LiveServer, keys: object, settings: Settings) -> str:
    """Where the browser finds the desk; `keys` come first, for they name another site."""
    settings.SITE_URL = live_server.url
    settings.ALLOWED_HOSTS = ["*"]
    return str(live_server.url)


def sign_in(page: Page, site: str) -> None:
    page.goto(f"{site}/desk/")
    page.fill("#id_login", "secretary@openbridge.example")
    page.fill("#id_password", PASSWORD)
    follow(page.locator("main button.next"))
    expect(page.locator("h1")).to_have_count(1)


def faults(page: Page) -> list[str]:
    """What axe finds, and whether anything is wider than the window."""
    found = [
        f"{page.url} {fault['id']}: {fault['nodes'][0]['html'][:200]}"
        for fault in Axe().run(page, options={"runOnly": RULES}).response["violations"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
        found.append(f"{page.url} is wider than the window")
    return found


@pytest.mark.parametrize("seen", [(1280, "zh-hans"), (390, "ko")])
def test_every_page_passes_axe_and_fits_the_window(
    page: Page, site: str, secretary: User, letter: Letter, seen: tuple[int, str]
) -> None:
    width, language = seen
    User.objects.update(language=language)
    decide.accept(sign_and_confirm(OYUN, letter), SECRETARY, NOON + HOUR)
    for person in (PEDRO, SOMI, AMAL):
        sign_and_confirm(person, letter)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/accounts/login/")
    found = faults(page)
    sign_in(page, site)
    for path in (*OTHERS, *(f"/desk/{letter.slug}/{path}" for path in OF_A_LETTER)):
        page.goto(f"{site}{path}")
        expect(page).to_have_url(f"{site}{path}")
        found += faults(page)
    page.goto(f"{site}/desk/{letter.slug}/signatories/?name=steppe")
    follow(page.locator("tbody a").first)
    assert not found + faults(page)


def test_a_letter_goes_from_gaps_to_its_plan_by_clicks(page: Page, site: str, secretary: User, drafted: Letter) -> None:
    BlockText.objects.filter(block__letter=drafted, block__key="open", language="en").update(gap="missing", text="")
    sign_in(page, site)
    follow(page.get_by_role("link", name="Mend the gaps"))
    follow(page.locator("a.next"))
    follow(page.locator("a.next"))
    page.get_by_label("Text", exact=True).fill("Open **the** bridge.")
    follow(page.get_by_role("button", name="Save the block"))
    expect(page.get_by_role("status")).to_contain_text("The block is saved.")
    follow(page.get_by_role("link", name="Freeze the text"))
    follow(page.get_by_role("button", name="Freeze it for good"))
    follow(page.get_by_role("button", name="Open sign-ons by invitation"))
    follow(page.get_by_role("link", name="Plan the release"))
    night = night_of_the_clocks(3)
    page.get_by_label("Date").fill(night)
    page.get_by_label("Time", exact=True).fill("02:30")
    page.get_by_label("Time zone").fill("Europe/Berlin")
    follow(page.get_by_role("button", name="Plan the release"))
    follow(page.get_by_role("button", name="03:30"))
    expect(page.locator(".nextstep")).to_contain_text(f"on {night} at 03:30, Europe/Berlin")
    page.goto(f"{site}/desk/{drafted.slug}/links/")
    page.get_by_label("Who gets it").fill("members of the coalition")
    follow(page.get_by_role("button", name="Make a link"))
    expect(page.locator("code.link").first).to_contain_text("/i/")


def test_the_queue_is_worked_by_clicks(page: Page, site: str, secretary: User, letter: Letter) -> None:
    sign_and_confirm(PEDRO, letter)
    sign_in(page, site)
    page.goto(f"{site}/desk/{letter.slug}/queue/")
    page.get_by_label("How you made sure").fill("Telephoned the office")
    follow(page.get_by_role("button", name="Accept"))
    expect(page.get_by_role("status")).to_contain_text("Accepted.")
    sign_and_confirm(OYUN, letter)
    page.reload()
    page.get_by_text("Refuse", exact=False).first.click()
    follow(page.get_by_role("button", name="Refuse and erase"))
    expect(page.locator(".refused")).to_contain_text("Give a reason.")
    page.get_by_label("Reason, which is mailed").fill("We do not know you.")
    follow(page.get_by_role("button", name="Refuse and erase"))
    expect(page.locator("main")).to_contain_text("Nothing waits for the desk.")


def test_a_press_release_is_written_by_clicks(page: Page, site: str, secretary: User, letter: Letter) -> None:
    sign_in(page, site)
    page.goto(f"{site}/desk/{letter.slug}/")
    follow(page.get_by_role("link", name="For the press"))
    follow(page.get_by_role("link", name="Write it · English"))
    page.get_by_label("Text", exact=True).fill("Many ask for it.")
    follow(page.get_by_role("button", name="Save the press release"))
    expect(page.locator("#text-refused")).to_contain_text("begins with its headline")
    found = faults(page)
    page.get_by_label("Text", exact=True).fill('# The bridge must open\n\n> We hear them. {speaker="Ruth Ausgedacht"}')
    follow(page.get_by_role("button", name="See how it reads"))
    expect(page.locator(".reads blockquote")).to_contain_text("Ruth Ausgedacht")
    found += faults(page)
    follow(page.get_by_role("button", name="Save the press release"))
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    assert not found + faults(page)


def test_a_picture_for_the_press_is_sent_in_and_taken_away_by_clicks(
    page: Page, site: str, secretary: User, letter: Letter, tmp_path: Path
) -> None:
    (tmp_path / "bridge.jpg").write_bytes(photo())
    (tmp_path / "bridge.txt").write_text("A bridge.")
    sign_in(page, site)
    page.goto(f"{site}/desk/{letter.slug}/press/")
    follow(page.get_by_role("link", name="Add a picture"))
    page.get_by_label("File").set_input_files(tmp_path / "bridge.txt")
    page.get_by_label("Credit").fill("Invented Agency")
    page.get_by_label("Terms").fill("Free to print")
    for tongue in ("한국어", "English", "简体中文"):
        page.get_by_label(tongue).fill(f"A bridge, in {tongue}")
    follow(page.get_by_role("button", name="Save the picture"))
    expect(page.locator("#picture-refused")).to_contain_text("not a picture that can be taken")
    found = faults(page)
    page.get_by_label("File").set_input_files(tmp_path / "bridge.jpg")
    follow(page.get_by_role("button", name="Save the picture"))
    expect(page.get_by_role("img", name="A bridge, in English")).to_be_visible()
    found += faults(page)
    follow(page.get_by_role("link", name="Change it · picture-1.jpg"))
    found += faults(page)
    follow(page.get_by_role("link", name="Back"))
    follow(page.get_by_role("link", name="Take it away"))
    found += faults(page)
    follow(page.get_by_role("button", name="Take it away"))
    expect(page.locator("main")).to_contain_text("No picture yet.")
    assert not found


def test_what_readers_are_offered_to_say_is_written_by_clicks(
    page: Page, site: str, secretary: User, letter: Letter
) -> None:
    sign_in(page, site)
    page.goto(f"{site}/desk/{letter.slug}/")
    follow(page.get_by_role("link", name="Text", exact=True))
    follow(page.get_by_role("link", name="Change what is offered"))
    page.get_by_label("English").fill("W" * 281)
    follow(page.get_by_role("button", name="Save what is offered"))
    expect(page.locator("#share-en-refused")).to_contain_text("it may have 280 characters")
    found = faults(page)
    page.get_by_label("English").fill("We wait on the other bank.")
    follow(page.get_by_role("button", name="Save what is offered"))
    expect(page.locator("main")).to_contain_text("We wait on the other bank.")
    assert not found + faults(page)
