"""The reader's settings, in a real browser: without a script, and remembered with it."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.pages.conftest import SITE
from undersigned.pages import assets

PAGE = f"{SITE}/open-the-bridge/en/"


def choose(page: Page, label: str) -> None:
    """Open the settings and choose what is called `label`."""
    if not page.locator(".settings[open]").count():
        page.locator(".settings summary").click()
    page.locator(".settings label").get_by_text(label, exact=True).click()


def test_colours_and_face_follow_the_reader_without_a_script(reader: Callable[..., Page]) -> None:
    page = reader(java_script_enabled=False)
    page.goto(PAGE)
    text = page.locator(".letter p").first
    light = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    choose(page, "Dark")
    expect(page.locator("body")).not_to_have_css("background-color", light)
    choose(page, "High contrast")
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(text).to_have_css("color", "rgb(0, 0, 0)")
    expect(text).to_have_css("font-family", re.compile("Georgia"))
    choose(page, "Sans serif")
    expect(text).not_to_have_css("font-family", re.compile("Georgia"))
    choose(page, "Reduced")
    expect(page.locator("html")).to_have_css("scroll-behavior", "auto")


def test_what_was_chosen_is_remembered_on_this_device_and_no_cookie_is_set(reader: Callable[..., Page]) -> None:
    page = reader()
    page.goto(PAGE)
    choose(page, "Dark")
    choose(page, "+1")
    page.goto(f"{SITE}/open-the-bridge/ko/")
    expect(page.locator("#theme-dark")).to_be_checked()
    expect(page.locator("#size-up-1")).to_be_checked()
    expect(page.locator("#face-serif")).to_be_checked()
    choose(page, "0")
    page.locator("label:has(#theme-system)").click()
    assert page.evaluate("localStorage.length") == 0
    assert page.context.cookies() == []


def test_what_was_remembered_holds_before_the_first_picture_of_the_page(reader: Callable[..., Page]) -> None:
    page = reader()
    page.goto(PAGE)
    choose(page, "+2")
    page.add_init_script(
        "new PerformanceObserver(() => {"
        "  const page = document.documentElement; page.dataset.painted ??= getComputedStyle(page).fontSize"
        "}).observe({ type: 'paint', buffered: true });"
        "window.moved = 0; new PerformanceObserver(list => { for (const e of list.getEntries()) moved += e.value })"
        ".observe({ type: 'layout-shift', buffered: true });"
    )
    page.goto(PAGE)
    expect(page.locator("html")).to_have_attribute("data-painted", "21px")
    assert page.evaluate("moved") == 0


def test_another_programs_words_in_our_place_do_no_harm(reader: Callable[..., Page]) -> None:
    page = reader()
    page.goto(PAGE)
    for words in ("not JSON", "null", '{"size":"size-enormous","theme":7}'):
        page.evaluate("words => localStorage.setItem('undersigned.reader', words)", words)
        page.goto(PAGE)
        expect(page.locator("#size-0")).to_be_checked()
        expect(page.locator("#theme-system")).to_be_checked()


def test_the_panel_closes_by_a_key_and_by_a_click_elsewhere(reader: Callable[..., Page]) -> None:
    page = reader()
    page.goto(PAGE)
    panel = page.locator(".settings .panel")
    page.locator(".settings summary").click()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator(".settings summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel).to_be_visible()
    page.locator("h1").click()
    expect(panel).to_be_hidden()


def test_lines_stand_upright_where_a_language_is_written_so(reader: Callable[..., Page]) -> None:
    page = reader(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page.goto(f"{SITE}/kai-qiao/zh-Hant/")
    across = page.locator(".letter").bounding_box()
    choose(page, "竖排")
    expect(page.locator(".letter")).to_have_css("writing-mode", "vertical-rl")
    upright = page.locator(".letter").bounding_box()
    assert across and upright  # noqa: PT018
    assert upright["x"] >= 0
    assert upright["x"] + upright["width"] <= 320
    page.goto(f"{SITE}/kai-qiao/en/")
    expect(page.locator("#lines-vertical")).to_have_count(0)


def test_a_note_opens_beside_its_number_and_says_what_the_list_says(reader: Callable[..., Page]) -> None:
    page = reader(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page.goto(PAGE)
    page.get_by_role("button", name="Note 1").click()
    note = page.get_by_role("note")
    expect(note).to_have_text("Report of the ferrymen, 2026")
    number, box = page.locator(".ref").first.bounding_box(), note.bounding_box()
    assert number and box  # noqa: PT018
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert abs(box["y"] - number["y"]) < 120
    page.keyboard.press("Escape")
    expect(note).to_be_hidden()


def test_the_colours_of_a_choice_are_those_of_the_device() -> None:
    """tokens.css has them for the device's wish, choices.css for the reader's."""
    tokens, chosen = (assets.assets()[name].content.decode() for name in ("tokens.css", "choices.css"))
    assert colours(tokens, ":root {") == colours(chosen, ":root:has(#theme-light:checked) {")
    assert colours(tokens.partition("prefers-color-scheme: dark")[2], ":root {") == colours(
        chosen, ":root:has(#theme-dark:checked) {"
    )


def colours(style: str, rule: str) -> dict[str, str]:
    body = style.partition(rule)[2].partition("}")[0]
    return dict(re.findall(r"--([\w-]+): (#\w+);", body))


def test_paper_takes_ink_on_white_whatever_the_screen_shows(reader: Callable[..., Page]) -> None:
    page = reader(java_script_enabled=False, color_scheme="dark")
    page.goto(PAGE)
    choose(page, "Dark")
    page.emulate_media(media="print")
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(page.locator(".letter p").first).to_have_css("color", "rgb(0, 0, 0)")
    for unprinted in (".settings", "#sign", ".to-top"):
        expect(page.locator(unprinted)).to_be_hidden()
