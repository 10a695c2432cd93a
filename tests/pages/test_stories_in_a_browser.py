"""Stories in a real browser: read and walked through, and markup that no policy stops."""

import json
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import follow
from tests.pages.conftest import SITE, Crumbs
from tests.pages.everything import tell_stories
from tests.stage import HOUR, NOON
from undersigned.desk.models import User
from undersigned.letters.models import Letter
from undersigned.pages.bakery import bake_all
from undersigned.stories.models import Story

FERRY = f"{SITE}/stories/lamps-at-the-ferry"


@pytest.fixture
def baked(letter: Letter, published: Story, reporter: User, editor: User, crumbs: Callable[[], Crumbs]) -> Crumbs:
    """What tests.pages.everything tells of, baked."""
    tell_stories(letter, published, reporter, editor)
    bake_all(NOON + HOUR)
    return crumbs()


def test_the_strict_policy_lets_the_markup_be_and_nothing_runs(reader: Callable[..., Page]) -> None:
    page = reader()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.goto(f"{FERRY}/en/")
    data = json.loads(page.locator("script[type='application/ld+json']").text_content() or "")
    assert data["@type"] == "NewsArticle"
    assert told == []  # a browser would say here what a policy stopped


@pytest.mark.parametrize("off", ["script", "pictures", "styles"])
def test_a_story_is_read_enlarged_and_passed_on_with_things_switched_off(reader: Callable[..., Page], off: str) -> None:
    page = reader(java_script_enabled=off != "script", viewport={"width": 390, "height": 800})
    kinds = {"script": (), "pictures": ("image",), "styles": ("stylesheet",)}[off]

    def refuse(route: Route) -> None:
        route.abort() if route.request.resource_type in kinds else route.fallback()

    page.route("**/*", refuse)
    page.goto(f"{FERRY}/en/")
    text = page.locator(".letter p").first
    expect(text).to_be_visible()
    expect(page.get_by_role("img", name="Two lamps on a bank")).to_be_visible()
    page.locator(".share > summary").click()
    expect(page.get_by_role("link", name="Facebook")).to_be_visible()
    if off != "styles":
        before = text.evaluate("text => parseFloat(getComputedStyle(text).fontSize)")
        page.locator(".settings summary").click()
        page.locator("label:has(#size-up-2)").click()
        assert text.evaluate("text => parseFloat(getComputedStyle(text).fontSize)") > before
        page.locator(".settings summary").click()
    follow(page.get_by_role("link", name="한국어"))
    expect(page.get_by_role("heading", level=1)).to_have_text("나루터에 다시 불이 켜지다")


@pytest.mark.parametrize(("dots", "is_small"), [(1, True), (2, False)])
def test_the_picture_is_shown_in_the_size_that_fits(reader: Callable[..., Page], dots: int, is_small: bool) -> None:
    page = reader(viewport={"width": 1280, "height": 900}, device_scale_factor=dots)
    page.goto(f"{FERRY}/ko/")
    picture = page.locator(".picture img")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.currentSrc").endswith("-small.jpg") == is_small
    assert picture.evaluate("image => image.naturalWidth > 0")


def test_a_reader_goes_from_the_list_to_a_story_to_its_letter(reader: Callable[..., Page]) -> None:
    page = reader(java_script_enabled=False)
    page.goto(f"{SITE}/en/")
    follow(page.get_by_role("link", name="All stories"))
    follow(page.get_by_role("link", name="Lamps again at the ferry").first)
    page.get_by_role("link", name="Corrected").click()
    expect(page).to_have_url(re.compile("#corrections$"))
    expect(page.locator("#corrections")).to_contain_text("note in en")
    page.locator(".ref button").click()
    expect(page.locator("#footnote-1")).to_be_visible()
    page.keyboard.press("Escape")
    follow(page.get_by_role("link", name="Sign this letter"))
    assert page.url == f"{SITE}/open-the-bridge/en/#sign"


def test_a_story_in_arabic_stands_on_the_right(reader: Callable[..., Page]) -> None:
    page = reader(viewport={"width": 1280, "height": 900})
    page.goto(f"{SITE}/stories/misbah/ar/")
    beside, text = page.locator(".beside").bounding_box(), page.locator(".letter").bounding_box()
    assert beside
    assert text
    assert beside["x"] > text["x"]
    expect(page.locator(".letter")).to_have_css("direction", "rtl")


def test_a_story_is_read_after_three_requests_and_sixty_kilobytes_without_its_picture(
    reader: Callable[..., Page], pages: Crumbs
) -> None:
    page = reader()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto(f"{FERRY}/ko/")
    asked = [path for path in asked if not path.endswith(".jpg")]
    assert len(asked) <= 3
    files = [f"{path[1:]}index.html" if path.endswith("/") else path[1:] for path in asked]
    assert sum(len(pages[path]) for path in files) < 60_000


def test_on_paper_a_story_is_its_text_its_picture_and_who_wrote_it(reader: Callable[..., Page]) -> None:
    page = reader(java_script_enabled=False, color_scheme="dark")
    page.goto(f"{FERRY}/en/")
    page.emulate_media(media="print")
    for printed in ("h1", ".byline", ".picture img", ".letter", ".notes", "#corrections"):
        expect(page.locator(printed)).to_be_visible()
    for unprinted in (".settings", ".share", ".top-ten", ".to-top", ".foot"):
        expect(page.locator(unprinted)).to_be_hidden()
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
