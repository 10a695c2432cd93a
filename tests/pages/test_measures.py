"""What a letter with 54 organisations and seven persons asks of a phone, and of readers who switch things off."""

import gzip
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import follow
from tests.pages.conftest import SITE, Crumbs
from tests.people import CLERK
from tests.stage import DAY, HOUR, NOON, number_entries
from undersigned.config.settings import PACKAGE
from undersigned.letters.freeze import freeze
from undersigned.letters.import_ import import_folder
from undersigned.lib.keys import KeyRing
from undersigned.pages.bakery import bake_all
from undersigned.releases.release import Moment, release_due, schedule
from undersigned.signing.ask import Evidence, Import, import_rows
from undersigned.signing.sheet import read_sheet

FOLDER = PACKAGE / "demonstration"
PAGE = f"{SITE}/do-not-send-them-back/en/"
EVIDENCE = "no such organisation or person exists"


@pytest.fixture
def baked(db: None, keys: KeyRing, crumbs: Callable[[], Crumbs]) -> Crumbs:
    """The demonstration's letter under its 54 organisations and seven persons, baked."""
    letter = import_folder(FOLDER, CLERK, NOON - DAY).letter
    freeze(letter, CLERK, NOON - DAY)
    for name, kind in (("organisations.csv", "organisation"), ("persons.csv", "person")):
        rows = read_sheet(FOLDER / name).rows
        import_rows(rows, Import(letter, CLERK, kind, Evidence(CLERK, EVIDENCE)), NOON - HOUR)
    schedule(letter, Moment(NOON.replace(tzinfo=None), "UTC"), CLERK, NOON - HOUR)
    release_due(NOON)
    number_entries(letter)
    bake_all(NOON)
    return crumbs()


def test_the_first_view_takes_three_requests_and_sixty_kilobytes(reader: Callable[..., Page], pages: Crumbs) -> None:
    page = reader(viewport={"width": 390, "height": 800})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path[1:]))
    page.goto(PAGE)
    page.wait_for_load_state("networkidle")
    files = [f"{path}index.html" if path.endswith("/") else path for path in asked]
    kept = [
        path for path in pages if path.startswith("do-not") and path.endswith(("/worker.js", "/offline/index.html"))
    ]
    assert len(kept) == 4  # what is stored afterwards for reading without a connection counts, too
    assert sum(len(gzip.compress(pages[path], 6)) for path in [*files, *kept]) <= 60_000
    later = ("/seal.", "/work.")  # an icon that many never ask for, and a script that waits for the text
    needed = [path for path in files if not any(name in path for name in later)]
    assert sorted(path.rpartition(".")[2] for path in needed) == ["css", "html", "js"]


@pytest.mark.parametrize("off", ["script", "pictures", "styles"])
def test_a_letter_is_read_signed_and_passed_on_with_things_switched_off(reader: Callable[..., Page], off: str) -> None:
    page = reader(java_script_enabled=off != "script", viewport={"width": 390, "height": 800})
    kinds = {"script": (), "pictures": ("image",), "styles": ("stylesheet",)}[off]

    def refuse(route: Route) -> None:
        route.abort() if route.request.resource_type in kinds else route.fallback()

    page.route("**/*", refuse)
    page.goto(PAGE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Do not send them back across the river")
    expect(page.locator(".letter p").first).to_be_visible()
    expect(page.locator("#supporter-name")).to_be_visible()
    expect(page.locator("#sign").get_by_role("button")).to_be_visible()
    page.locator(".share > summary").click()
    expect(page.get_by_role("link", name="Facebook")).to_be_visible()
    for field, typed in (("name", "Ferne Beispiel"), ("email", "ferne@mail.example")):
        page.locator(f"#sign input[name={field}]").fill(typed)
    page.locator("#sign input[name=visibility]").first.check()
    for box in ("age", "consent"):
        page.locator(f"#sign input[name={box}]").check()
    if off != "styles":
        before = page.locator("h1").evaluate("h1 => h1.getBoundingClientRect().height")
        page.locator(".settings summary").click()
        page.locator("label:has(#size-up-2)").click()
        assert page.locator("h1").evaluate("h1 => h1.getBoundingClientRect().height") > before
        page.locator(".settings summary").click()
    with page.expect_request(lambda request: request.method == "POST") as sent:
        follow(page.locator("#sign").get_by_role("button"))
    assert "name=Ferne+Beispiel" in (sent.value.post_data or "")
    page.goto(PAGE)
    follow(page.get_by_role("link", name="한국어"))
    expect(page.get_by_role("heading", level=1)).to_have_text("강을 건너온 사람들을 돌려보내지 마십시오")


@pytest.mark.parametrize(("width", "height"), [(320, 640), (320, 256)], ids=["a small phone", "400 % of 1280 x 1024"])
def test_nothing_scrolls_sideways_and_nothing_is_lost(reader: Callable[..., Page], width: int, height: int) -> None:
    page = reader(viewport={"width": width, "height": height})
    for language in ("ko", "en", "zh-Hans"):
        page.goto(f"{SITE}/do-not-send-them-back/{language}/")
        for summary in (".settings summary", ".share > summary", ".watched summary"):
            page.locator(summary).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for part in (".letter", ".roll", "#sign", ".byline", ".tally"):
            box = page.locator(part).bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width


def test_names_are_searched_in_every_script_without_a_network(reader: Callable[..., Page], pages: Crumbs) -> None:
    page = reader()
    page.goto(f"{SITE}/do-not-send-them-back/ko/")
    names = page.locator(".roll .names > li:visible")
    expect(names).to_have_count(61)
    page.context.set_offline(True)
    searches = (("zzzz", 0), ("border FAMILIES", 1), ("双河难民", 1), ("musterfrau", 1), ("먼나루", 1), ("", 61))
    for sought, found in searches:
        page.get_by_label("이 명단에서 찾기").fill(sought)
        expect(names).to_have_count(found)
