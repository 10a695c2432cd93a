"""A copy of the site in a real browser: opened from a disk, and served by a server that knows nothing of it."""

from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser import follow
from tests.pages.test_everything_in_a_browser import RULES
from tests.people import SOMI
from tests.stage import HOUR, NOON
from undersigned.config.worker import sequence_step
from undersigned.letters.models import Letter
from undersigned.pages.bakery import bake_all
from undersigned.pages.export import export
from undersigned.pages.generation import PublicFolder
from undersigned.signing.models import Signature
from undersigned.signing.receipts import receipt_of
from undersigned.stories.models import Story

LETTER = "open-the-bridge"
GONE_ON = "net::ERR_ABORTED"
"""What becomes of a picture that was still to come when its reader went to the next page."""
HEADLINES = {"ko": "다리를 열어 주십시오", "en": "Open the bridge", "zh-Hans": "请开放大桥"}


@dataclass
class Reader:
    """Somebody with a browser and a copy at `root`, which is made of `files`; what went wrong while they read is in
    `faults`."""

    page: Page
    root: str
    files: Path
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.root}/{path}")
        return self.page


@pytest.fixture
def somis(letter: Letter, signed: Letter) -> Signature:
    """Somi's entry, in the published log."""
    sequence_step(NOON)
    return Signature.objects.filter(letter=letter, signatory__name=SOMI.name).get()


@pytest.fixture
def baked(somis: Signature, published: Story, folder: PublicFolder) -> bytes:
    """Somi's receipt, once all that is in it and beside it is on the baked pages."""
    bake_all(NOON + HOUR)
    receipt = receipt_of(somis)
    assert receipt
    return receipt.raw


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a reader was given: a copy, and a receipt beside it. The first test fills it, and none changes it."""
    return tmp_path_factory.mktemp("stick")


@pytest.fixture
def copy(stick: Path, db: None, request: pytest.FixtureRequest) -> Path:
    """A copy in a folder whose name needs care in an address."""
    copy = stick / "사본 #1"
    if not copy.exists():
        (stick / "receipt.json").write_bytes(request.getfixturevalue("baked"))
        export(copy, NOON + HOUR)
    return copy


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def served(folder: Path, stack: ExitStack) -> str:
    """Where a plain server gives `folder` out, until `stack` is closed."""
    server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))))
    thread = Thread(target=server.serve_forever)
    thread.start()
    stack.callback(thread.join)
    stack.callback(server.shutdown)
    return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture(params=["from a disk", "below a path of any server"])
def reader(request: pytest.FixtureRequest, browser: Browser, copy: Path, tmp_path: Path) -> Generator[Reader]:
    """A reader; at the end, fails if anything was missing, or asked of anybody else, or said to the console."""
    with ExitStack() as stack:
        root = copy.as_uri()
        if request.param != "from a disk":
            (tmp_path / "below").mkdir()
            (tmp_path / "below/this").symlink_to(copy)
            root = f"{served(tmp_path, stack)}/below/this"
        context = stack.enter_context(browser.new_context())
        found = Reader(context.new_page(), root, copy)
        page = found.page
        page.on("console", lambda message: found.faults.append(message.text))
        page.on("pageerror", lambda error: found.faults.append(str(error)))
        page.on("requestfailed", lambda asked: found.faults.append(f"{asked.failure}: {asked.url}"))
        page.on("request", lambda asked: None if asked.url.startswith(root) else found.faults.append(asked.url))
        page.on("response", lambda got: found.faults.append(got.url) if got.status >= 400 else None)
        yield found
    assert [fault for fault in found.faults if not fault.startswith(GONE_ON)] == []


def test_a_letter_is_read_in_each_of_its_languages(reader: Reader) -> None:
    page = reader.open("index.html")
    follow(page.get_by_role("link", name="Open the bridge").last)
    for language, name in (("ko", "한국어"), ("zh-Hans", "简体中文"), ("en", "English")):
        follow(page.locator(".languages").get_by_role("link", name=name))
        expect(page.get_by_role("heading", level=1)).to_have_text(HEADLINES[language])
        expect(page.locator("body")).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")  # its style is there
        assert page.url.endswith(f"/{LETTER}/{language}/index.html")


def test_a_story_is_read_with_its_picture_and_leads_to_its_letter(reader: Reader) -> None:
    page = reader.open("stories/lamps-at-the-ferry/ko/index.html")
    expect(page.locator(".picture img")).to_have_js_property("complete", True)
    assert page.locator(".picture img").evaluate("image => image.naturalWidth > 0")
    follow(page.locator(".about-letter a"))
    expect(page.get_by_role("heading", level=1)).to_have_text(HEADLINES["ko"])


def test_names_are_searched_on_the_letter_and_in_the_list_of_all(reader: Reader) -> None:
    page = reader.open(f"{LETTER}/en/index.html")
    page.get_by_label("Search these names").fill("steppe")
    expect(page.locator(".roll [data-found]")).to_contain_text("1 of")
    page.get_by_label("Search these names").fill("")
    follow(page.get_by_role("link", name="All supporters by name"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Supporters by name")
    reader.open(a_page_of_names(reader.files))
    name = page.locator(".names > li").last.evaluate("item => item.firstChild.textContent").strip()
    page.get_by_label("Search these names").fill(name)
    expect(page.locator(".names > li:visible").first).to_contain_text(name)


def a_page_of_names(files: Path) -> str:
    """One shelf; how many there are, and what leads to them, is drawn by lot."""
    pages = sorted((files / LETTER / "en/names").rglob("index.html"))
    return next(page for page in pages if 'class="names short"' in page.read_text()).relative_to(files).as_posix()


def test_a_receipt_is_checked_without_any_network(reader: Reader, stick: Path) -> None:
    page = reader.open(f"{LETTER}/en/receipt/index.html")
    page.get_by_label("Receipt").set_input_files(stick / "receipt.json")
    expect(page.get_by_role("status")).to_contain_text("This receipt is good")
    expect(page.get_by_role("status")).to_contain_text(SOMI.name)


def test_what_a_reader_chooses_holds_on_the_next_page(reader: Reader) -> None:
    page = reader.open(f"{LETTER}/en/index.html")
    page.locator(".settings summary").click()
    page.get_by_text("+2", exact=True).click()
    page.locator(".settings").get_by_text("Dark", exact=True).click()
    reader.open("stories/lamps-at-the-ferry/en/index.html")
    expect(page.locator("#size-up-2")).to_be_checked()
    expect(page.locator("#theme-dark")).to_be_checked()


def test_every_page_opens_and_nothing_on_it_is_missing(reader: Reader) -> None:
    pages = sorted(path.relative_to(reader.files).as_posix() for path in reader.files.rglob("*.html"))
    assert len(pages) > 60
    for path in pages:
        if "/embed/" not in path:  # what is made for frames has no icon of its own, which a browser then looks for
            reader.open(path)


def test_a_copy_has_no_accessibility_finding_of_its_own(browser: Browser, copy: Path) -> None:
    context = browser.new_context(bypass_csp=True)  # axe is a script, and these pages allow none but their own
    page = context.new_page()
    found = {}
    for path in ("index.html", f"{LETTER}/ko/index.html", f"{LETTER}/en/find/index.html", "jisr/ar/index.html"):
        page.goto(f"{copy.as_uri()}/{path}")
        result = Axe().run(page, options={"runOnly": RULES})
        if result.violations_count:
            found[path] = result.generate_report()
    context.close()
    assert not found, "\n".join(found.values())
