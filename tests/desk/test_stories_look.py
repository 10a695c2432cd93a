"""Stories at the desk in a browser: usable by everybody, on a phone and at a desk, by clicks alone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import follow
from tests.desk.test_look import faults, site
from tests.newsroom import HEADLINE, PASSWORD, TEXTS, photograph
from undersigned.desk.models import User
from undersigned.stories.models import Story

__all__ = ["site"]
OF_A_STORY = ("", "text/", "review/", "publication/", "history/", "history/1/", "withdraw/")


def sign_in(page: Page, site: str, user: User) -> None:
    page.goto(f"{site}/desk/")
    page.fill("#id_login", user.email)
    page.fill("#id_password", PASSWORD)
    follow(page.locator("main button.next"))
    expect(page.locator("h1")).to_have_count(1)


@pytest.mark.parametrize("seen", [(1280, "zh-hans", "light"), (390, "ko", "dark")])
def test_every_page_passes_axe_and_fits_the_window(
    page: Page, site: str, published: Story, reporter: User, seen: tuple[int, str, str]
) -> None:
    width, language, scheme = seen
    User.objects.update(language=language)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, site, reporter)
    found = []
    addresses = [f"/desk/stories/{published.slug}/{path}" for path in OF_A_STORY]
    for path in ("/desk/stories/", "/desk/stories/new/", *addresses):
        page.goto(f"{site}{path}")
        expect(page).to_have_url(f"{site}{path}")
        found += faults(page)
    assert not found


@pytest.mark.usefixtures("letter")
def test_a_story_is_written_and_read_by_two_and_published_by_clicks(
    page: Page, site: str, reporter: User, editor: User, tmp_path: Path
) -> None:
    sign_in(page, site, reporter)
    write_by_clicks(page, tmp_path / "ferry.jpg")
    follow(page.get_by_role("button", name="Hand it in for review"))
    expect(page.get_by_role("status")).to_contain_text("Handed in.")
    follow(page.get_by_role("button", name="Sign out"))
    sign_in(page, site, editor)
    page.goto(f"{site}/desk/stories/")
    follow(page.get_by_role("link", name="Review it"))
    follow(page.get_by_role("link", name="Review it"))
    follow(page.get_by_role("button", name="Approve this wording"))
    follow(page.get_by_role("link", name="Publish it"))
    page.get_by_label("Time zone in which").fill("Asia/Seoul")
    follow(page.get_by_role("button", name="Publish now"))
    expect(page.locator(".twofacts")).to_contain_text("The public reads this story")


def write_by_clicks(page: Page, file: Path) -> None:
    """From the list of stories to a saved wording; the words for the picture are asked for."""
    file.write_bytes(photograph())
    follow(page.get_by_role("link", name="Stories"))
    follow(page.get_by_role("link", name="Begin a story"))
    page.get_by_label("Address of the story").fill("lamps-at-the-ferry")
    page.get_by_label("Languages").fill("en")
    follow(page.get_by_role("button", name="Begin it"))
    page.get_by_label("Headline · English", exact=True).fill(HEADLINE["en"])
    page.get_by_label("Text · English", exact=True).fill(TEXTS["en"])
    page.locator("#author-1-en").fill("Jayeong Invented")
    page.locator("#contact-1").fill("jayeong@openbridge.example")
    page.get_by_label("Picture file").set_input_files(file)
    follow(page.get_by_role("button", name="Save the wording"))
    expect(page.locator("#credit-refused")).to_contain_text("needs its credit")
    said = {"Caption": "The ferry at dusk", "For those who cannot see it": "Two lamps", "Licence": "CC BY 4.0"}
    for label, words in {**said, "Credit": "Ferry Picture Agency"}.items():
        page.get_by_label(label).fill(words)
    page.get_by_label("Open the bridge").check()
    follow(page.get_by_role("button", name="Save the wording"))


def test_a_story_is_withdrawn_by_clicks_with_a_reason_for_the_record_and_one_for_readers(
    page: Page, site: str, published: Story, reporter: User
) -> None:
    sign_in(page, site, reporter)
    page.goto(f"{site}/desk/stories/{published.slug}/")
    follow(page.get_by_role("link", name="Withdraw the story"))
    page.get_by_label("Reason, for the record").fill("Consent was taken back")
    page.get_by_label("English").fill("W" * 601)
    follow(page.get_by_role("button", name="Withdraw for good"))
    expect(page.locator("#told-en-refused")).to_contain_text("it may have 600 characters")
    found = faults(page)
    page.get_by_label("English").fill("Somebody could be recognised in it.")
    follow(page.get_by_role("button", name="Withdraw for good"))
    expect(page.locator(".twofacts")).to_contain_text("its address says that it was withdrawn")
    assert not found + faults(page)
    published.refresh_from_db()
    assert published.told == {"en": "Somebody could be recognised in it."}
