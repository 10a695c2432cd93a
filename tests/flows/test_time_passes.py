"""What the clock brings, by clicks and mails: reminders, lapse, links and codes that expire, sent again on request.

The office keeps the settings that it comes with; it is stopped and started again days later.
"""

import re
from datetime import datetime, timedelta

from playwright.sync_api import Browser, Page, expect

from tests.browser import follow
from tests.flows.conftest import LETTER
from tests.flows.office import Office, code_in, link_in, until
from tests.flows.test_a_letter_end_to_end import (
    SLUG,
    fill_moment,
    freeze,
    mend_the_gap,
    open_by_invitation,
    press,
    sign_in,
    withdraw,
)
from tests.flows.test_refused_beside_its_field import fill, submit, type_code
from tests.flows.test_the_desk_decides import decide, sign

DAY = timedelta(days=1)
LATE = {"name": "Ruth Ausgedacht", "role": "retired judge", "email": "ruth@ausgedacht.example"}
NEVER = {"name": "Mara Erdacht", "role": "author", "email": "mara@ausgedacht.example"}


def test_reminders_come_sign_ons_lapse_and_links_expire(office: Office, browser: Browser, reader: Page) -> None:
    office.run("letter", "import", str(LETTER))
    secretary = sign_in(office, browser.new_context())
    mend_the_gap(secretary)
    freeze(secretary)
    invitation = open_by_invitation(secretary)
    reader.goto(f"{invitation}sign/person/")
    fill(reader, LATE)
    submit(reader)
    first = office.mail_to(LATE["email"])
    sign(office, reader.context.new_page(), invitation, "person", NEVER)

    office.start_later(2 * DAY)
    type_code(reader, code_in(first))
    expect(reader.locator("#code-error")).to_contain_text("no longer does")
    press(reader, reminder(office, LATE), "Confirm")
    expect(reader.locator("main")).to_contain_text("looks at it")
    decide(office, secretary, "Accept")
    lost = reminder(office, NEVER)

    office.start_later(3 * DAY)
    assert "has been accepted" in office.mail_to(LATE["email"]).get_content()
    last = reminder(office, NEVER)
    expect_state(office, secretary, "Mara Erdacht", "pending")
    plan_the_release(office, secretary, office.now + 5 * DAY)

    office.start_later(9 * DAY)
    until(lambda: office.ask(f"/{SLUG}/en/").status == 200, "the release")
    expect_state(office, secretary, "erased", "lapsed")
    nothing_is_left(reader, lost, last)
    own = a_new_link_is_sent(office, reader, link_in(first))
    assert not office.unread(NEVER["email"])
    a_person_stands_once(office, secretary, reader)
    withdraw(reader, own)


def nothing_is_left(page: Page, *links: str) -> None:
    """Of a sign-on that lapsed: its links say so, and ask for nothing."""
    for link in links:
        page.goto(link)
        expect(page.locator("h1")).to_have_text("This sign-on has lapsed")
        expect(page.get_by_role("button")).to_have_count(0)


def a_new_link_is_sent(office: Office, page: Page, expired: str) -> str:
    """From the page of the expired one; asking again, there or on the letter's page, brings no second mail that day."""
    page.goto(expired)
    expect(page.locator("h1")).to_have_text("This link has expired")
    follow(page.get_by_role("button", name="Send me a new link"))
    expect(page.locator("h1")).to_have_text("Look into your mailbox")
    new = link_in(office.mail_to(LATE["email"]))
    page.goto(new)
    expect(page.locator("h1")).to_have_text("Your signature stands")
    follow(page.get_by_role("link", name="Find my sign-on"))
    for mailbox in (LATE["email"], NEVER["email"]):  # whether somebody signed or not
        page.fill("input[name=email]", mailbox)
        follow(page.get_by_role("button", name="Send me my link"))
        expect(page.locator("main")).to_contain_text("If somebody signed this letter with that address")
        page.go_back()
    assert not office.unread(LATE["email"])
    return new


def a_person_stands_once(office: Office, secretary: Page, page: Page) -> None:
    """Signing again looks like the first time, and brings its mail a day later; confirmed, it says who stands."""
    page.goto(f"{office.url}/{SLUG}/en/sign/supporter/")
    fill(page, {"name": LATE["name"], "email": LATE["email"]})
    submit(page)
    expect(page.locator("h1")).to_have_text("Look into your mailbox")
    expect_state(office, secretary, LATE["name"], "pending")
    assert not office.unread(LATE["email"])
    office.start_later(DAY)
    told = str(office.mail_to(LATE["email"]).get_content())
    assert "There are 2 things to tell you" in told  # the link that was asked for once more is the other one
    for link in re.findall(r"http://\S+/s/\S+", told):
        page.goto(link)
        if page.get_by_role("button", name="Confirm").count():
            follow(page.get_by_role("button", name="Confirm"))
            break
    expect(page.locator("h1")).to_have_text("You have signed already")
    expect(page.locator("main")).to_contain_text("That signature stands as it is; this repeat was deleted.")


def reminder(office: Office, typed: dict[str, str]) -> str:
    """The link in the reminder that came by mail."""
    mail = office.mail_to(typed["email"])
    assert "has not been confirmed yet" in mail.get_content()
    return link_in(mail)


def plan_the_release(office: Office, page: Page, moment: datetime) -> None:
    page.goto(f"{office.url}/desk/{SLUG}/release/")
    fill_moment(page, f"{moment:%Y-%m-%d}", f"{moment:%H:%M}", "UTC")
    follow(page.locator("button.next"))
    expect(page.locator(".nextstep")).to_contain_text("All languages become public together in")


def expect_state(office: Office, page: Page, name: str, state: str) -> None:
    """The list at the desk holds one sign-on in that state, by that name, as soon as the worker has come to it."""

    def listed() -> bool:
        page.goto(f"{office.url}/desk/{SLUG}/signatories/?state={state}")
        return [text.strip() for text in page.locator("tbody th").all_inner_texts()] == [name]

    until(listed, f"{name} to be {state}")
