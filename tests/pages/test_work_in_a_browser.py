"""The script that works while somebody fills in a form, in a real browser, against the rules that check its work."""

from collections.abc import Generator
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from undersigned.intake.headers import POLICY, TYPES
from undersigned.intake.work import Works
from undersigned.lib.clock import now
from undersigned.pages.assets import assets

SITE = "https://letters.example"
VERSION = "ab" * 32
FORM = f"""<!doctype html><title>Sign</title>
<form class="sign-form" method="post" action="/sign/"><input type="hidden" name="version" value="{VERSION}">
<input name="name"><button>Sign</button></form><script src="/work.js" defer></script>"""

Sent = list[dict[str, list[str]]]


@pytest.fixture
def sent() -> Sent:
    """What the form posted."""
    return []


@pytest.fixture
def page(browser: Browser, sent: Sent) -> Generator[Page]:
    def serve(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(parse_qs(route.request.post_data or "", keep_blank_values=True))
            route.fulfill(body="<p>Thank you</p>", content_type="text/html")
        elif route.request.url.endswith("/work.js"):
            route.fulfill(body=assets()["work.js"].content, content_type=TYPES[".js"])
        else:
            route.fulfill(body=FORM, headers={"Content-Type": "text/html", "Content-Security-Policy": POLICY})

    with browser.new_context() as context:
        context.route("**/*", serve)
        yield context.new_page()


def is_good(work: str) -> bool:
    return Works().spend(work, VERSION, int(now().timestamp()) // 60)


def test_the_work_is_done_while_somebody_types(page: Page, sent: Sent) -> None:
    page.goto(SITE)
    assert page.locator("input[name=work]").input_value() == ""
    page.fill("input[name=name]", "Ferne Beispiel")
    expect(page.locator("input[name=work]")).not_to_have_value("")
    page.click("button")
    expect(page.locator("p")).to_have_text("Thank you")
    assert sent[0]["name"] == ["Ferne Beispiel"]
    assert is_good(sent[0]["work"][0])


def test_who_is_quicker_than_the_work_waits_for_it_a_moment(page: Page, sent: Sent) -> None:
    page.goto(SITE)
    page.click("button")
    expect(page.locator("p")).to_have_text("Thank you")
    assert len(sent) == 1
    assert sent[0]["work"] == [""] or is_good(sent[0]["work"][0])  # on a busy machine the moment may be over before


def test_each_sign_on_has_work_of_its_own(page: Page, sent: Sent) -> None:
    for _ in range(2):
        page.goto(SITE)
        page.fill("input[name=name]", "Ferne Beispiel")
        expect(page.locator("input[name=work]")).not_to_have_value("")
        page.click("button")
        expect(page.locator("p")).to_have_text("Thank you")
    works = Works()
    minute = int(now().timestamp()) // 60
    assert all(works.spend(form["work"][0], VERSION, minute) for form in sent)
