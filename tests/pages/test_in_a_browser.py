"""The baked pages in a real browser: read, enlarged and walked through, by keyboard and without a script."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser import follow
from tests.pages.conftest import SITE


def test_the_size_of_letters_is_the_readers_choice_without_a_script(reader: Callable[..., Page]) -> None:
    page = reader(java_script_enabled=False)
    page.goto(f"{SITE}/open-the-bridge/en/")
    text = page.locator(".letter p").first

    def height() -> float:
        box = text.bounding_box()
        assert box
        return box["height"]

    page.locator(".settings summary").click()
    heights = []
    for size in ("−2", "−1", "0", "+1", "+2"):
        page.get_by_text(size, exact=True).click()
        heights.append(height())
    assert heights == sorted(heights)
    assert len(set(heights)) == 5


def test_the_size_can_be_chosen_with_the_keyboard(reader: Callable[..., Page]) -> None:
    page = reader()
    page.goto(f"{SITE}/open-the-bridge/ko/")
    page.locator(".settings summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#size-up-1")).to_be_checked()


def test_the_first_tab_leads_past_the_header_to_the_text(reader: Callable[..., Page]) -> None:
    page = reader()
    page.goto(f"{SITE}/open-the-bridge/en/")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the text")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_reader_goes_from_the_list_to_each_language_and_back_from_a_note(reader: Callable[..., Page]) -> None:
    page = reader(java_script_enabled=False)
    page.goto(f"{SITE}/")
    follow(page.get_by_role("link", name="Open the bridge").last)
    follow(page.get_by_role("link", name="한국어"))
    expect(page.get_by_role("heading", level=1)).to_have_text("다리를 열어 주십시오")
    page.locator(".ref button").click()
    expect(page.locator("#footnote-1")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#footnote-1")).to_be_hidden()
    page.locator(".back").click()
    expect(page).to_have_url(re.compile("#ref-1$"))


def test_an_arabic_letter_stands_on_the_right(reader: Callable[..., Page]) -> None:
    page = reader(viewport={"width": 1280, "height": 900})
    page.goto(f"{SITE}/jisr/ar/")
    beside, letter = page.locator(".beside").bounding_box(), page.locator(".letter").bounding_box()
    assert beside
    assert letter
    assert beside["x"] > letter["x"]
    expect(page.locator(".letter")).to_have_css("direction", "rtl")
    expect(page.locator(".share > summary")).to_have_css("text-align", "right")
    expect(page.locator(".asks ol")).to_have_css("direction", "rtl")


def test_the_table_of_demands_is_there_on_a_phone_and_leads_to_each(reader: Callable[..., Page]) -> None:
    page = reader(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page.goto(f"{SITE}/open-the-bridge/en/")
    demands = page.locator(".asks a")
    assert demands.count() == page.locator(".demands li").count() > 0
    demands.first.click()
    anchor = page.locator(".demands li").first.get_attribute("id")
    expect(page).to_have_url(f"{SITE}/open-the-bridge/en/#{anchor}")


def test_a_note_has_one_number_where_other_sites_show_the_letter_too(reader: Callable[..., Page]) -> None:
    page = reader(java_script_enabled=False)
    page.goto(f"{SITE}/open-the-bridge/en/embed/letter/")
    expect(page.locator(".ref :is(a, button):visible")).to_have_count(page.locator(".ref").count())
