"""Stories in a real browser: no findings in any language or theme, nothing cut off, and markup that no policy stops."""

import json
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.newsroom import LANGUAGES, TYPED, actor, approve_story, publish_story, with_picture, write_story
from tests.pages.conftest import Crumbs
from tests.pages.test_in_a_browser import CONTRAST, SITE, TAGS
from tests.stage import HOUR, NOON
from undersigned.desk.models import User
from undersigned.intake.headers import POLICY, TYPES
from undersigned.letters.models import Letter
from undersigned.pages.bakery import bake_all
from undersigned.stories import draft, publish
from undersigned.stories.article import Author
from undersigned.stories.models import Ranked, Story
from undersigned.stories.typed import Typed

FERRY = f"{SITE}/stories/lamps-at-the-ferry"
ARABIC = Typed(
    languages=("ar", "en"),
    headline={"ar": "عودة المصابيح إلى المعبر", "en": "Lamps return"},
    subheadline={"ar": "الملاحون يحصون المنتظرين"},
    texts={
        "ar": 'ينتظر نحو ألفي شخص.[^1]\n\n> نحن نحصي. {speaker="هارو" office="رئيس النقابة"}\n\n[^1]: تقرير الملاحين\n',
        "en": 'About two thousand wait.[^1]\n\n> We count. {speaker="Haru" office="head"}\n\n[^1]: Report\n',
    },
    authors=(Author({"ar": "كاتب متخيل"}, "author@openbridge.example"),),
)


@pytest.fixture
def pages(letter: Letter, published: Story, reporter: User, editor: User, crumbs: Callable[[], Crumbs]) -> Crumbs:
    """A corrected story, one in Arabic, a top ten; the first is marked as a demonstration."""
    note = {tag: f"note in {tag}" for tag in LANGUAGES}
    typed = replace(with_picture(published, TYPED, actor(reporter)), note=note, about=published.wording.about)
    draft.save(published, replace(typed, subheadline={"en": "Corrected"}), actor(reporter), NOON)
    publish.publish_now(approve_story(published, reporter, editor), "UTC", actor(reporter), NOON + HOUR)
    Story.objects.filter(pk=published.pk).update(is_demonstration=True)
    arabic = draft.create(draft.NewStory("misbah", ARABIC.languages), actor(reporter), NOON)
    draft.save(arabic, replace(ARABIC, about=(str(letter.pk),)), actor(reporter), NOON)
    publish_story(arabic, reporter, editor)
    publish_story(write_story("third-story", reporter), reporter, editor)
    for place, story in enumerate((published, arabic), start=1):
        Ranked.objects.create(place=place, story=story, total=1000 * place)
    bake_all(NOON + HOUR)
    return crumbs()


@pytest.fixture
def reader(browser: Browser, pages: Crumbs) -> Generator[Callable[..., Page]]:
    """A reader's page, served from the folder alone; whatever is asked of anybody else fails the test."""
    contexts: list[BrowserContext] = []
    elsewhere: list[str] = []

    def serve(route: Route) -> None:
        path = urlsplit(route.request.url).path[1:]
        path = f"{path}index.html" if not path or path.endswith("/") else path
        if not route.request.url.startswith(SITE) or path not in pages:
            elsewhere.append(route.request.url)
            route.abort()
            return
        kind = TYPES["." + path.rpartition(".")[2]]
        route.fulfill(body=pages[path], headers={"Content-Type": kind, "Content-Security-Policy": POLICY})

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        context.route("**/*", serve)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert not elsewhere


def addresses(pages: Crumbs) -> list[str]:
    """Every page with a story on it."""
    found = [
        path for path in pages if path.endswith("index.html") and ("stories/" in path or "/en/index" in f"/{path}")
    ]
    return [f"{SITE}/{path.removesuffix('index.html')}" for path in found if "/sign/" not in path]


@pytest.mark.parametrize(("scheme", "rules"), [("light", {"type": "tag", "values": TAGS}), ("dark", CONTRAST)])
def test_no_page_has_an_accessibility_finding(
    reader: Callable[..., Page], pages: Crumbs, scheme: str, rules: dict[str, object]
) -> None:
    page = reader(color_scheme=scheme, bypass_csp=True)  # axe is a script, and these pages allow none
    found = {}
    for address in addresses(pages):
        page.goto(address)
        result = Axe().run(page, options={"runOnly": rules})
        if result.violations_count:
            found[address] = result.generate_report()
    assert len(addresses(pages)) > 15
    assert not found, "\n".join(found.values())


def test_nothing_is_cut_off_on_the_smallest_screen(reader: Callable[..., Page], pages: Crumbs) -> None:
    page = reader(viewport={"width": 320, "height": 640})
    wide = []
    for address in addresses(pages):
        page.goto(address)
        page.locator(".settings summary").click()
        page.get_by_text("+2", exact=True).click()
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(address)
    assert not wide


def test_the_strict_policy_lets_the_markup_be_and_nothing_runs(reader: Callable[..., Page]) -> None:
    page = reader()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.goto(f"{FERRY}/en/")
    data = json.loads(page.locator("script[type='application/ld+json']").text_content() or "")
    assert data["@type"] == "NewsArticle"
    assert told == []  # a browser would say here what a policy stopped


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
    page.get_by_role("link", name="All stories").click()
    page.get_by_role("link", name="Lamps again at the ferry").first.click()
    page.get_by_role("link", name="Corrected").click()
    assert page.url.endswith("#corrections")
    expect(page.locator("#corrections")).to_contain_text("note in en")
    page.locator(".ref button").click()
    expect(page.locator("#footnote-1")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Sign this letter").click()
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
