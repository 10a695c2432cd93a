"""A letter without a connection, in a real browser that had it once."""

import json
import math
import time
from collections.abc import Callable, Generator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.fixtures import Settings

from tests.browser import follow
from tests.flows.office import until
from tests.pages.conftest import Crumbs
from tests.people import AMAL, OYUN, RUTH, SECRETARY, SOMI
from tests.stage import HOUR, MINUTE, NOON
from undersigned.intake.headers import lifetime_of, safety_of, type_of
from undersigned.letters.models import Letter
from undersigned.letters.rename import rename
from undersigned.pages import offline
from undersigned.pages.bakery import bake_all, bake_due
from undersigned.pages.generation import PublicFolder
from undersigned.signing.models import Signature
from undersigned.signing.withdraw import withdraw

LANGUAGES = {"ko": "다리를 열어 주십시오", "en": "Open the bridge", "zh-Hans": "请开放大桥"}
LATER = NOON + timedelta(hours=2)
BETWEEN_VISITS_SECONDS = 5
NAMES = [SOMI.name, OYUN.name, RUTH.name, AMAL.name]


class Site:
    """The public folder, given out over HTTP with its headers, until it goes `away`; tells what it was asked for."""

    def __init__(self, folder: PublicFolder) -> None:
        self.folder = folder
        self.asked: list[str] = []
        self.broken = False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self.server.server_port
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def away(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path[1:].partition("?")[0]
                path = f"{path}index.html" if not path or path.endswith("/") else path
                site.asked.append(path)
                found = site.folder.root / path
                status = 502 if site.broken else 200 if found.is_file() else 404
                content = found.read_bytes() if status == 200 else b"nothing"
                self.send_response(status)
                told = {"Cache-Control": lifetime_of(path) if status == 200 else "no-store", **dict(safety_of(path))}
                kind = type_of(path) if status == 200 else "text/html"
                for name, value in {**told, "Content-Type": str(kind), "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                """Nothing is written down."""

        return Handler


@pytest.fixture
def site(signed: Letter, folder: PublicFolder) -> Generator[Site]:
    """A site with a letter under every kind of signatory."""
    bake_all(NOON + HOUR)
    site = Site(folder)
    yield site
    site.away()


@pytest.fixture
def page(browser: Browser, site: Site) -> Generator[Page]:
    """A reader's page. Whatever they stored stays, until they go."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def read(page: Page, site: Site, language: str = "en") -> None:
    """Read the letter with a connection, until it is kept for reading without one."""
    kept = "navigator.serviceWorker.getRegistration().then(one => one?.active?.state === 'activated')"
    come_back_until(
        lambda: bool(page.evaluate(kept)),
        lambda: page.goto(f"{site.url}/open-the-bridge/{language}/"),
        "the letter to be kept",
    )


def stored(page: Page) -> dict[str, dict[str, str]]:
    """Everything in every cache storage: cache → address → content."""
    found: dict[str, dict[str, str]] = page.evaluate(
        """async () => {
          const found = {};
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            found[name] = {};
            for (const request of await cache.keys())
              found[name][new URL(request.url).pathname] = await (await cache.match(request)).text();
          }
          return found;
        }"""
    )
    return found


def registered(page: Page) -> list[str]:
    """What the workers that this reader has are for."""
    scopes = "navigator.serviceWorker.getRegistrations().then(all => all.map(one => one.scope))"
    found: list[str] = page.evaluate(scopes)
    return found


def come_back_until(found: Callable[[], bool], visit: Callable[[], object], what: str) -> None:
    """A browser looks for another worker once a visit, and what fails then has to wait for the next one."""
    visited = -math.inf

    def look() -> bool:
        nonlocal visited
        if time.monotonic() - visited > BETWEEN_VISITS_SECONDS:
            visit()
            visited = time.monotonic()
        return found()

    until(look, what)


def test_the_text_can_be_read_in_every_language_without_a_connection(page: Page, site: Site) -> None:
    read(page, site)
    expect(page.locator(".roll")).to_contain_text(OYUN.name)
    site.away()
    page.reload()
    expect(page.get_by_role("note")).to_contain_text(
        "a copy that is stored on this device: version 1 of the letter, of"
    )
    expect(page.get_by_role("note")).to_contain_text("Names, counts and signing need a connection.")
    expect(page.locator(".letter")).to_contain_text("About two thousand wait.")
    expect(page.locator(".top")).to_have_css("display", "flex")
    for language, autonym in (("ko", "한국어"), ("zh-Hans", "简体中文")):
        follow(page.get_by_role("link", name=autonym))
        expect(page.get_by_role("heading", level=1)).to_have_text(LANGUAGES[language])
        assert page.url == f"{site.url}/open-the-bridge/{language}/"
        assert not [name for name in NAMES if name in page.content()]
    page.goto(f"{site.url}/open-the-bridge/")
    expect(page.get_by_role("heading", level=1)).to_have_text(LANGUAGES["ko"])


def test_a_site_that_is_broken_is_read_as_one_that_is_away(page: Page, site: Site) -> None:
    read(page, site, "ko")
    site.broken = True
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(LANGUAGES["ko"])
    site.broken = False
    follow(page.get_by_role("link", name="다시 시도하기"))
    expect(page.locator(".roll")).to_contain_text(OYUN.name)


def test_nothing_is_stored_but_the_text_whatever_is_read(page: Page, site: Site) -> None:
    read(page, site)
    private = ("/desk/", "/s/a-token/", "/p/a-token/en/", "/nowhere/", "/open-the-bridge/nowhere/")
    public = (
        "en/",
        "en/names/",
        "en/kit/",
        "en/sign/supporter/",
        "en/where-and-when/",
        "letter.json",
        "en/embed/letter/",
    )
    for address in (*private, *(f"/open-the-bridge/{rest}" for rest in public)):
        page.goto(f"{site.url}{address}")
    page.goto(f"{site.url}/open-the-bridge/en/")
    page.evaluate(
        "address => fetch(address, {method: 'POST'}).catch(() => null)", "/open-the-bridge/en/sign/supporter/"
    )
    [(name, files)] = stored(page).items()
    assert name.startswith("/open-the-bridge/ ")
    kept = {f"/open-the-bridge/{language}/offline/" for language in LANGUAGES}
    assert kept | {offline.address(asset) for asset in offline.NEEDED} == files.keys()
    assert not [name for name in NAMES if name in json.dumps(files, ensure_ascii=False)]
    assets = [path for path in site.asked if path.startswith("assets/pages.")]
    assert len(assets) == 1  # what was fetched for the page is stored without being fetched again


def test_a_letters_worker_sees_nothing_beside_its_letter(page: Page, site: Site) -> None:
    read(page, site)
    assert registered(page) == [f"{site.url}/open-the-bridge/"]
    for address in ("/", "/desk/", "/s/a-token/", "/jisr/ar/embed/letter/"):
        page.goto(f"{site.url}{address}")
        assert page.evaluate("navigator.serviceWorker.controller") is None


def test_a_new_text_takes_the_place_of_the_old_one(page: Page, site: Site, signed: Letter) -> None:
    read(page, site)
    [old] = stored(page)
    Letter.objects.filter(pk=signed.pk).update(contact="other@openbridge.example", revision=signed.revision + 1)
    bake_due(LATER)
    come_back_until(
        lambda: old not in stored(page) and len(stored(page)) == 1,
        lambda: page.goto(f"{site.url}/open-the-bridge/en/"),
        "the new copy to take its place",
    )
    [files] = stored(page).values()
    assert "other@openbridge.example" in files["/open-the-bridge/en/offline/"]
    site.away()
    page.reload()
    expect(page.get_by_role("note")).to_contain_text("stored on this device")
    expect(page.get_by_role("link", name="other@openbridge.example")).to_be_visible()


def test_one_more_signature_or_one_less_changes_nothing_that_is_kept(
    site: Site, crumbs: Callable[[], Crumbs], signed: Letter
) -> None:
    before = crumbs()
    signature = Signature.objects.get(signatory__name=OYUN.name)
    withdraw([signature.pk], LATER)
    bake_due(LATER + MINUTE)
    after = crumbs()
    assert OYUN.name.encode() in before["open-the-bridge/en/index.html"]
    assert OYUN.name.encode() not in after["open-the-bridge/en/index.html"]
    kept = [path for path in before if "/offline/" in path or path.endswith("/worker.js")]
    assert len(kept) == 10
    assert {path: after[path] for path in kept} == {path: before[path] for path in kept}


@pytest.mark.parametrize("why", ["switched off", "renamed"])
def test_a_worker_that_is_not_wanted_any_more_forgets_everything_and_goes(
    page: Page, site: Site, settings: Settings, signed: Letter, why: str
) -> None:
    read(page, site)
    if why == "renamed":
        rename(signed, "open-both-bridges", SECRETARY, LATER)
    settings.OFFLINE = why == "renamed"
    bake_all(LATER)

    def visit() -> None:
        page.goto(f"{site.url}/open-the-bridge/ko/")  # what was read before is fresh in the browser for a minute
        if why == "renamed":
            page.wait_for_url("**/open-both-bridges/ko/")

    come_back_until(lambda: not left_of(page, "/open-the-bridge/"), visit, "the worker to leave")


def left_of(page: Page, root: str) -> list[str]:
    """What there still is of the worker at `root`: its registration, and its storage."""
    return [scope for scope in registered(page) if scope.endswith(root)] + [
        name for name in stored(page) if name.startswith(f"{root} ")
    ]


def test_where_it_is_switched_off_no_page_asks_for_it(
    signed: Letter, folder: PublicFolder, settings: Settings, crumbs: Callable[[], Crumbs]
) -> None:
    bake_all(NOON + HOUR)
    assert b'data-worker="/open-the-bridge/worker.js"' in crumbs()["open-the-bridge/en/index.html"]
    settings.OFFLINE = False
    bake_all(LATER)
    assert not [path for path, content in crumbs().items() if b"data-worker" in content or "/offline/" in path]
    assert b"unregister" in crumbs()["open-the-bridge/worker.js"]


def test_a_copy_that_is_not_what_the_worker_promises_is_not_kept(page: Page, site: Site, folder: PublicFolder) -> None:
    """As when a cache on the way still has the one before."""
    with folder.lock():
        folder.publish({"open-the-bridge/ko/offline/index.html": b"of yesterday"})
    page.goto(f"{site.url}/open-the-bridge/en/")
    until(lambda: "open-the-bridge/ko/offline/index.html" in site.asked, "the worker to fetch it")
    until(lambda: not registered(page), "the worker to be refused")
    assert "of yesterday" not in json.dumps(stored(page))


def test_a_worker_may_fetch_from_nobody_else_and_is_asked_for_each_time() -> None:
    path = "open-the-bridge/worker.js"
    assert lifetime_of(path) == "no-cache"
    for one in (path, "open-the-bridge/en/index.html"):
        policy = dict(safety_of(one))["Content-Security-Policy"]
        assert "connect-src 'self'" in policy
        assert "worker-src 'self'" in policy
