"""Where the bakery bakes in tests, and what stands there."""

import re
from collections.abc import Callable, Generator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route
from pytest_django.fixtures import Settings

from tests.pages.crowd import crowd
from tests.people import AMAL, OYUN, RUTH, SECRETARY, SOMI
from tests.stage import HOUR, NOON, invitation_to, make_letter, number_entries, sign_and_confirm, sign_on
from undersigned.intake.headers import POLICY, TYPES
from undersigned.letters import draft
from undersigned.letters.blocks import Kind, Source
from undersigned.letters.content import ParallelBlock, Wording
from undersigned.letters.freeze import freeze
from undersigned.letters.models import Letter
from undersigned.lib.keys import KeyRing
from undersigned.pages.bakery import bake_all
from undersigned.pages.generation import PublicFolder
from undersigned.releases.release import Moment, release_due, schedule
from undersigned.signing.confirm import confirm
from undersigned.signing.decide import accept
from undersigned.signing.models import Signature

Crumbs = dict[str, bytes]
SITE = "https://letters.example"


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> PublicFolder:
    """The public folder, empty yet."""
    settings.PUBLIC_ROOT = tmp_path / "data" / "public"
    return PublicFolder(settings.PUBLIC_ROOT)


@pytest.fixture
def crumbs(folder: PublicFolder) -> Callable[[], Crumbs]:
    """What stands in the public folder now: path → content."""
    return lambda: {path: (folder.root / path).read_bytes() for path in sorted(folder.paths())}


@pytest.fixture
def signed(letter: Letter, keys: KeyRing) -> Letter:
    """A released letter with every kind of signatory, marked as a demonstration; beside it one in Arabic and one in
    Traditional Chinese, which the interface does not speak."""
    Letter.objects.filter(pk=letter.pk).update(is_demonstration=True)
    person = sign_on(RUTH, letter, invited_by=invitation_to(letter).pk)
    confirm([person.pk], NOON)
    accept(Signature.objects.get(pk=person.pk), SECRETARY, NOON + HOUR)
    accept(sign_and_confirm(OYUN, letter), SECRETARY, NOON + HOUR)
    for supporter in (SOMI, AMAL):
        sign_and_confirm(supporter, letter)
    release_in("ar", "jisr", ("افتحوا الجسر", "ينتظر نحو ألفي شخص.", "افتحوا الجسر."), keys)
    release_in("zh-Hant", "kai-qiao", ("請開放大橋", "約兩千人在等待。", "請開放大橋。"), keys)
    while number_entries(letter):
        pass
    crowd(letter, 200)
    return letter


def release_in(language: str, slug: str, words: tuple[str, str, str], keys: KeyRing) -> None:
    """Release a small letter in `language` and English; `words` are its subject, a claim and a demand."""
    subject, claim, demand = words
    letter = make_letter(slug, keys, languages=[language, "en"], subject={language: subject, "en": "Open the bridge"})
    source = (Source("1", "Report of the ferrymen, 2026"),)
    said = {
        language: Wording(f"{claim}[^1]", source),
        "en": Wording("About two thousand wait.[^1]", source),
    }
    asked = {language: Wording(demand), "en": Wording("Open the bridge.")}
    blocks = (ParallelBlock("waiting", Kind.CLAIM, said), ParallelBlock("open", Kind.DEMAND, asked))
    draft.replace(letter, blocks, {})
    freeze(letter, SECRETARY, NOON - HOUR)
    schedule(letter, Moment((NOON + HOUR).replace(tzinfo=None), "UTC"), SECRETARY, NOON)
    release_due(NOON + HOUR)


@pytest.fixture(scope="module")
def larder() -> Crumbs:
    """What one test of a module baked, for the others, which only look at it."""
    return {}


@pytest.fixture
def baked(signed: Letter, crumbs: Callable[[], Crumbs]) -> Crumbs:
    """What `pages` are made of."""
    bake_all(NOON + HOUR)
    return crumbs()


@pytest.fixture
def pages(larder: Crumbs, db: None, request: pytest.FixtureRequest) -> Crumbs:
    """The pages that a module looks at: as `baked` by its first test, and the same for all. Which test that is, and
    asks the record, only shows then: so all of them may."""
    if not larder:
        larder.update(request.getfixturevalue("baked"))
    return larder


@pytest.fixture
def reader(browser: Browser, pages: Crumbs) -> Generator[Callable[..., Page]]:
    """A reader's page, served from the folder alone; whatever is asked of anybody else fails the test."""
    yield from open_pages(browser, pages)


def open_pages(browser: Browser, pages: Crumbs) -> Generator[Callable[..., Page]]:
    """Opens pages that know nothing but the files in `pages`; at its end, fails if anything else was asked for."""
    contexts: list[BrowserContext] = []
    elsewhere: list[str] = []

    def serve(route: Route) -> None:
        path = unquote(urlsplit(route.request.url).path[1:])
        path = f"{path}index.html" if not path or path.endswith("/") else path
        if not route.request.url.startswith(SITE) or path not in pages:
            elsewhere.append(route.request.url)
            route.abort()
            return
        kind = TYPES["." + path.rpartition(".")[2]]
        route.fulfill(body=pages[path], headers={"Content-Type": kind, "Content-Security-Policy": POLICY})

    def open_page(**options: Any) -> Page:
        # A worker would ask the network by itself, where nobody serves it; tests/pages/test_offline.py has a server.
        context = browser.new_context(service_workers="block", **options)
        contexts.append(context)
        context.route("**/*", serve)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert not elsewhere


def addresses(pages: Crumbs) -> list[str]:
    """Where the pages of the folder are read."""
    return [f"{SITE}/{path.removesuffix('index.html')}" for path in pages if path.endswith("index.html")]


def meta(page: bytes) -> dict[str, str]:
    """What the head of a page tells others' programs, by its name."""
    found = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', page.decode())
    return {name: unescape(content) for name, content in found}
