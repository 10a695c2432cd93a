"""The whole story, in a real browser against the real program: from a folder of texts to a withdrawn name."""

import json
import os
import re
import time
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import follow
from tests.flows.conftest import record_at_rest
from tests.flows.office import DESK, PASSWORD, SECONDS, Office, code_in, files_below, link_in, soon, until
from tests.stage import night_of_the_clocks

SLUG = "open-the-ferry"
LANGUAGES = ("ko", "en", "zh-Hans")
HIDDEN = ("Verborgene Fährfrau", "감추어진 사공")


@pytest.fixture
def desk(browser: Browser) -> BrowserContext:
    return browser.new_context()


@pytest.fixture
def reader(browser: Browser) -> BrowserContext:
    """A reader's browser, without JavaScript: every form works like this."""
    return browser.new_context(java_script_enabled=False)


def test_a_letter_from_its_folder_to_a_withdrawn_name(
    office: Office, folder: Path, desk: BrowserContext, reader: BrowserContext
) -> None:
    said = office.run("letter", "import", str(folder))
    assert "gap: en: the paragraph “families” is missing" in said

    secretary = sign_in(office, desk)
    mend_the_gap(secretary)
    freeze(secretary)
    invitation = open_by_invitation(secretary)

    member = reader.new_page()
    organisation = sign_for_an_organisation(office, member, invitation)
    scanners_confirm_nothing(office, organisation)
    press(member, organisation, "Confirm")
    expect(member.locator("main")).to_contain_text("looks at it")
    accept(office, secretary)

    start = time.monotonic()
    nothing_can_be_reached(office, invitation)
    refuse_and_cancel_a_release(office, secretary)
    moment = plan_the_release(office, secretary, soon(time.monotonic() - start))
    nothing_can_be_reached(office, invitation)
    all_languages_appear_together(office, moment)

    supporters_come_and_go(office, reader.new_page())
    archive(office, secretary, reader.new_page())


def supporters_come_and_go(office: Office, supporter: Page) -> None:
    """One by name, who leaves again; two who are counted only, and are nowhere to be found."""
    own = sign_as_supporter(office, supporter, ("Ferne Beispiel", "ferne@mail.example"), "public", by_code=False)
    for number, name in enumerate(HIDDEN):
        person = (name, f"hidden-{number}@mail.example")
        message = fill_as_supporter(office, supporter, person, "counted-only")
        is_nowhere(office, name)
        confirm_as_supporter(supporter, message, by_code=True)
        is_nowhere(office, name)
    until(lambda: letter_json(office)["counts"]["hidden"] == 2, "the hidden two to be counted together")
    until(lambda: shows(office, "Ferne Beispiel"), "the supporter's name")

    withdraw(supporter, own)
    until(lambda: shows(office, "Ferne Beispiel") is None, "the name to go")
    until(lambda: letter_json(office)["counts"]["supporters"] == 0, "the count to follow")
    office.run("backup", str(office.folder / "backup.age"))
    for name in HIDDEN:
        is_nowhere(office, name)


def is_nowhere(office: Office, name: str) -> None:
    """On no disk of ours: data, record and its write-ahead log, mails, backup, what the program wrote down."""
    at_rest = office.bytes_at_rest() + record_at_rest(office.database)
    for form in (name.encode(), name.encode("utf-16-le"), json.dumps(name).encode()):
        assert form not in at_rest


def sign_in(office: Office, context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto(f"{office.url}/desk/")
    page.fill("input[name=login]", DESK)
    page.fill("input[name=password]", PASSWORD)
    follow(page.get_by_role("button", name="Sign in", exact=True))
    page.goto(f"{office.url}/desk/{SLUG}/")
    return page


def mend_the_gap(page: Page) -> None:
    follow(page.locator("section.nextstep a"))
    follow(page.locator("ol.gaps a"))
    page.fill("textarea[name=text]", "There are families who wait for them.")
    follow(page.locator("button.next"))
    accessible(page)


def freeze(page: Page) -> None:
    follow(page.get_by_role("link", name="Overview"))
    follow(page.locator("section.nextstep a"))
    follow(page.get_by_role("button", name="Freeze it for good"))
    expect(page.locator("body")).to_contain_text("version 1")


def open_by_invitation(page: Page) -> str:
    """The invitation's address in English."""
    follow(page.get_by_role("link", name="Overview"))
    follow(page.locator("section.nextstep button"))
    return invite(page)


def invite(page: Page) -> str:
    """A new invitation's address in English."""
    follow(page.get_by_role("link", name="Private links"))
    page.fill("input[name=label]", "members of the coalition")
    follow(page.get_by_role("button", name="Make a link"))
    addresses = page.locator("code.link").all_inner_texts()
    return next(address for address in addresses if address.endswith("/en/"))


def sign_for_an_organisation(office: Office, page: Page, invitation: str) -> str:
    """The link in the mail. First the form is sent without consent: it keeps what was typed, and nothing is stored."""
    page.goto(invitation)
    expect(page.locator("main")).to_contain_text("Open the ferry again")
    page.goto(invitation + "sign/organisation/")
    page.fill("input[name=name]", "Ferrymen's Guild")
    page.fill("input[name=website]", "ferrymen.example")
    page.select_option("select[name=country]", "MN")
    page.fill("input[name=representative]", "Ina Erfunden")
    page.fill("input[name=office]", "Speaker")
    page.fill("input[name=email]", "ina@ferrymen.example")
    follow(page.locator("form.sign-form button[type=submit]"))
    expect(page.locator("#refusals")).to_contain_text("consent")
    assert page.input_value("input[name=name]") == "Ferrymen's Guild"
    for box in ("consent", "age", "authority"):
        page.check(f"input[name={box}]")
    follow(page.locator("form.sign-form button[type=submit]"))
    expect(page.locator("h1")).to_have_text("Look into your mailbox")
    message = office.mail_to("ina@ferrymen.example")
    told = f"{message['Subject']} {message['From']} {message.get_content()}"
    assert not re.search("ferry|guild|coalition|letter", told.replace(SLUG, ""), re.IGNORECASE)
    return link_in(message)


def scanners_confirm_nothing(office: Office, link: str) -> None:
    for method in ("GET", "HEAD", "GET"):
        assert office.ask(link.removeprefix(office.url), method).status == 200
    assert b"Opening this page has confirmed nothing yet" in office.ask(link.removeprefix(office.url)).body


def press(page: Page, link: str, button: str) -> None:
    page.goto(link)
    follow(page.get_by_role("button", name=re.compile(button)).first)


def accept(office: Office, page: Page) -> None:
    page.goto(f"{office.url}/desk/{SLUG}/queue/")
    expect(page.locator("main")).to_contain_text("of the organisation's own domain")
    follow(page.get_by_role("button", name="Accept"))
    expect(page.locator("main")).to_contain_text("Nothing waits for the desk")


def nothing_can_be_reached(office: Office, invitation: str) -> None:
    """A crawl before the moment: what is asked for looks like what never was, whatever the method and the headers."""
    stranger = office.ask("/there-is-no-such-letter/en/")
    assert stranger.status == 404
    paths = [f"/{SLUG}/", f"/{SLUG}/letter.json", f"/{SLUG}/en", f"/{SLUG}/en/find/", f"/{SLUG}/log/checkpoint"]
    paths += [f"/{SLUG}/{tag}/" for tag in LANGUAGES] + [f"/{SLUG}/{tag}/privacy/" for tag in LANGUAGES]
    paths += [f"/{SLUG}/en/sign/{kind}/" for kind in ("organisation", "person", "supporter")]
    paths += [
        f"/{SLUG}/../{SLUG}/en/",
        f"/assets/../{SLUG}/en/index.html",
        invitation.removeprefix(office.url)[:-6] + "x/en/",
    ]
    for path in paths:
        for method in ("GET", "POST"):
            answer = office.ask(path, method, If_None_Match="*" if method == "GET" else "")
            assert (answer.status, answer.body) == (404, stranger.body), (method, path)
            assert answer.headers["cache-control"] == "no-store"
            assert "etag" not in answer.headers
    for path in ("/", "/en/", "/ko/", "/zh-Hans/", "/robots.txt"):
        assert SLUG.encode() not in office.ask(path).body
    public = office.folder / "data" / "generations"
    assert not [place for place, folders, files in os.walk(public) if SLUG in f"{place} {folders} {files}"]
    assert not [path for path, content in files_below(public) if b"Guild" in content]


def refuse_and_cancel_a_release(office: Office, page: Page) -> None:
    """A skipped hour is refused with its two choices; the plan for one of them is cancelled."""
    page.goto(f"{office.url}/desk/{SLUG}/release/")
    fill_moment(page, night_of_the_clocks(3), "02:30", "Europe/Berlin")
    follow(page.locator("button.next"))
    expect(page.locator(".refused, [role=alert]").first).to_contain_text("02:30")
    assert page.locator("button[name=moment]").count() == 2
    follow(page.locator("button[name=moment]").first)
    page.goto(f"{office.url}/desk/{SLUG}/release/")
    follow(page.get_by_role("button", name="Cancel the release"))


def plan_the_release(office: Office, page: Page, ahead: timedelta) -> datetime:
    """The moment, in the first minute that begins so far ahead."""
    page.goto(f"{office.url}/desk/{SLUG}/release/")
    moment = (datetime.now(UTC) + ahead).replace(second=0, microsecond=0) + timedelta(minutes=1)
    fill_moment(page, f"{moment:%Y-%m-%d}", f"{moment:%H:%M}", "UTC")
    follow(page.locator("button.next"))
    expect(page.locator(".nextstep")).to_contain_text("All languages become public together")
    return moment


def fill_moment(page: Page, date: str, time: str, zone: str) -> None:
    page.fill("input[name=date]", date)
    page.fill("input[name=time]", time)
    page.fill("input[name=zone]", zone)


def all_languages_appear_together(office: Office, moment: datetime) -> None:
    """Asked for in turn until the first one is there: then all are, and not before the moment."""
    until(
        lambda: office.ask(f"/{SLUG}/en/").status == 200,
        "the release",
        (moment - datetime.now(UTC)).total_seconds() + SECONDS,
    )
    assert datetime.now(UTC) >= moment
    for tag in LANGUAGES:
        assert office.ask(f"/{SLUG}/{tag}/").status == 200
        assert SLUG.encode() in office.ask(f"/{tag}/").body
    counts = letter_json(office)["counts"]
    assert (counts["organisations"], counts["supporters"], counts["countries"]) == (1, 0, 1)


def letter_json(office: Office) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = json.loads(office.ask(f"/{SLUG}/letter.json").body)
    return found


def sign_as_supporter(office: Office, page: Page, person: tuple[str, str], visibility: str, *, by_code: bool) -> str:
    """Sign on the letter's own page and confirm; the link in the mail."""
    name, _mailbox = person
    message = fill_as_supporter(office, page, person, visibility)
    assert name not in str(message.get_content())
    return confirm_as_supporter(page, message, by_code=by_code)


def confirm_as_supporter(page: Page, message: EmailMessage, *, by_code: bool) -> str:
    """Confirm by the typed code or by the mail's link; the link."""
    if by_code:
        page.fill("input[name=code]", code_in(message))
        follow(page.get_by_role("button", name="Confirm by code"))
    else:
        press(page, link_in(message), "Confirm")
    expect(page.locator("main")).not_to_contain_text("does not fit")
    return link_in(message)


def fill_as_supporter(office: Office, page: Page, person: tuple[str, str], visibility: str) -> EmailMessage:
    """Sign on the letter's own page; the mail that asks for confirmation."""
    name, mailbox = person
    page.goto(f"{office.url}/{SLUG}/en/")
    form = page.locator("form.sign-form")
    form.locator("input[name=name]").fill(name)
    form.locator("input[name=email]").fill(mailbox)
    form.locator(f"input[name=visibility][value={visibility}]").check()
    form.locator("input[name=age]").check()
    form.locator("input[name=consent]").check()
    follow(form.locator("button[type=submit]"))
    expect(page.locator("h1")).to_have_text("Look into your mailbox")
    return office.mail_to(mailbox)


def shows(office: Office, name: str) -> str | None:
    """The letter's page, if that name stands on it."""
    page = office.ask(f"/{SLUG}/en/").body.decode()
    return page if name in page else None


def withdraw(page: Page, link: str) -> None:
    press(page, link, "Withdraw")
    follow(page.get_by_role("button", name=re.compile("Withdraw")).first)
    expect(page.locator("main")).to_contain_text("withdrawn")


def archive(office: Office, page: Page, supporter: Page) -> None:
    """Sign-ons are closed, then the letter is archived: it can be read, and takes nothing any more."""
    late = fill_as_supporter(office, supporter, ("Späte Beispiel", "late@mail.example"), "public")
    supporter.goto(link_in(late))
    page.goto(f"{office.url}/desk/{SLUG}/")
    follow(page.get_by_role("button", name="Close sign-ons"))
    page.goto(f"{office.url}/desk/{SLUG}/")
    follow(page.get_by_role("link", name="Archive the letter"))
    expect(page.locator("main")).to_contain_text("1 sign-on waits for its mailbox. It lapses.")
    follow(page.get_by_role("button", name="Archive for good"))
    until(lambda: b"archived" in office.ask(f"/{SLUG}/en/").body, "the letter's page to say so")
    assert b"sign-form" not in office.ask(f"/{SLUG}/en/").body
    follow(supporter.get_by_role("button", name="Confirm"))
    expect(supporter.locator("main")).to_contain_text(re.compile("This letter is archived|nothing left to confirm"))


def accessible(page: Page) -> None:
    """No finding of axe (WCAG 2.2 A and AA, best practices) on the page as it stands."""
    findings = Axe().run(page)
    assert findings.violations_count == 0, findings.generate_report()
