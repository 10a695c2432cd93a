"""Every public page in every language and theme: no finding of axe, and nothing lost on the smallest screen."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from pytest_django.fixtures import Settings

from tests.pages.conftest import SITE, Crumbs, addresses
from tests.pages.everything import answers, tell_stories
from tests.stage import HOUR, NOON
from undersigned.desk.models import User
from undersigned.letters.models import Letter
from undersigned.lib.keys import KeyRing
from undersigned.pages.bakery import bake_all
from undersigned.pages.kit import make
from undersigned.stories.models import Story

RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONTRAST = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""What another theme can change."""
HIGH = {"type": "rule", "values": ["color-contrast-enhanced", "link-in-text-block"]}
"""The reader's own choice of high contrast promises 7:1; what other sites show in a frame has no settings."""
AXE = """([rules, theme]) => {
    document.getElementById(theme)?.click();
    return axe.run(document, { runOnly: rules, resultTypes: ["violations"] }).then(({ violations }) =>
        violations.map(({ id, nodes }) => `${id}: ${nodes.length} × ${nodes[0].html.slice(0, 200)}`));
}"""
WIDTHS = """() => {
    const wide = document.documentElement.scrollWidth > innerWidth;
    const lost = [...document.querySelectorAll("main :is(h1, h2, h3, p, li, a, button, input, img, dd)")]
        .filter((one) => one.checkVisibility({ opacityProperty: true }) && !one.closest(".unseen, pre, [popover]"))
        .filter((one) => one.getBoundingClientRect().left < -1 || one.getBoundingClientRect().right > innerWidth + 1);
    return wide || lost.length ? [lost[0]?.outerHTML.slice(0, 200) ?? "the page itself"] : [];
}"""


@pytest.fixture
def baked(
    signed: Letter,
    published: Story,
    newsroom: tuple[User, User],
    keys: KeyRing,
    crumbs: Callable[[], Crumbs],
) -> Crumbs:
    """The whole folder with a kit, stories and long lists; and under answers/ what single readers are told."""
    tell_stories(signed, published, *newsroom)
    make(signed, NOON)
    bake_all(NOON + HOUR)
    said = {f"answers/{name}/index.html": content for name, content in answers(signed, keys)}
    return {**crumbs(), **said}


@pytest.fixture
def newsroom(reporter: User, editor: User, tmp_path: Path, settings: Settings) -> tuple[User, User]:
    """Who writes, and who reads it before the public does; kits lie where no other test's do."""
    settings.KITS = tmp_path / "data" / "kits"
    return reporter, editor


def test_no_page_has_an_accessibility_finding_in_any_theme(
    reader: Callable[..., Page], pages: Crumbs, request: pytest.FixtureRequest
) -> None:
    """High contrast in one language, since it depends on none; `--long` asks all of them."""
    page = reader(bypass_csp=True)  # axe is a script, and these pages allow none
    page.add_init_script(Axe().axe_script)
    found = []
    for address in places(pages):
        is_tried = request.config.getoption("--long") or re.search(r"[/-]en/$", address)
        high = [(HIGH, "theme-contrast")] if is_tried and "/embed/" not in address else []
        page.goto(address)
        for scheme, tries in (("light", [(RULES, ""), *high]), ("dark", [*high, (CONTRAST, "theme-system")])):
            page.emulate_media(color_scheme=scheme)
            for rules, theme in tries:
                found += [f"{address} {scheme} {theme} {finding}" for finding in page.evaluate(AXE, [rules, theme])]
    assert not found, "\n".join(found)


def test_nothing_is_lost_at_320_pixels_at_400_percent_or_with_the_largest_letters(
    reader: Callable[..., Page], pages: Crumbs
) -> None:
    page = reader(viewport={"width": 320, "height": 256})  # 1280 × 1024 at 400 %
    found = []
    for address in places(pages):
        page.goto(address)
        seen = page.evaluate(WIDTHS)
        page.evaluate("document.getElementById('size-up-2')?.click()")
        found += [f"{address} {lost}" for lost in (*seen, *page.evaluate(WIDTHS))]
    assert not found, "\n".join(found)


def places(pages: Crumbs) -> list[str]:
    """Every page, and that there is one of each sort in it."""
    found = [*addresses(pages), f"{SITE}/404.html"]
    sorts = ("/kit/", "/names/", "/embed/letter/", "/receipt/", "/newsletter/", "/log/", "/where-and-when/")
    sorts += ("/stories/misbah/ar/", "/jisr/ar/", "/kai-qiao/zh-Hant/", "/answers/own-standing-", "/answers/503-")
    sorts += ("/stories/taken-back/zh-Hans/",)
    assert not [sort for sort in sorts if not any(sort in address for address in found)]
    return found
