"""What becomes of sign-ons, by clicks alone: accepted, refused, merged, corrected, withdrawn, denied, silenced."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import follow
from tests.flows.office import Office, code_in, link_in
from tests.flows.test_a_letter_end_to_end import SLUG, freeze, mend_the_gap, open_by_invitation, press, sign_in

GUILD = {
    "name": "Ferrymen's Guild",
    "website": "ferrymen.example",
    "representative": "Ina Erfunden",
    "office": "Speaker",
    "email": "ina@ferrymen.example",
}
AGAIN = GUILD | {"name": "The Guild of Ferrymen e.V.", "email": "vorstand@ferrymen.example"}
STRANGER = GUILD | {"name": "House by the Bank", "website": "bank-house.example", "email": "someone@freemail.example"}
PERSON = {"name": "Ruth Ausgedacht", "role": "retired judge", "email": "ruth@ausgedacht.example"}


@pytest.fixture
def reader(browser: Browser) -> BrowserContext:
    return browser.new_context(java_script_enabled=False)


def test_the_desk_decides_and_signatories_change_their_minds(
    office: Office, folder: Path, browser: Browser, reader: BrowserContext
) -> None:
    office.run("letter", "import", str(folder))
    secretary = sign_in(office, browser.new_context())
    mend_the_gap(secretary)
    freeze(secretary)
    invitation = open_by_invitation(secretary)
    member = reader.new_page()

    guild = confirm(member, sign(office, member, invitation, "organisation", GUILD))
    decide(office, secretary, "Accept")
    confirm(member, sign(office, member, invitation, "organisation", AGAIN))
    merge(office, secretary)
    confirm(member, sign(office, member, invitation, "organisation", STRANGER))
    refuse(office, secretary)
    confirm(member, sign(office, member, invitation, "person", PERSON))
    decide(office, secretary, "Accept")
    expect_listed(office, secretary, {"Ferrymen's Guild", "Ruth Ausgedacht"})

    correct(office, member, secretary, guild)
    withdraw_on_request(office, secretary, "Ruth Ausgedacht")
    expect_listed(office, secretary, {"Guild of the Ferrymen"})
    mailboxes_have_their_say(office, member, invitation)


def sign(office: Office, page: Page, invitation: str, kind: str, typed: dict[str, str]) -> str:
    """Sign by invitation; the private link from the mail."""
    page.goto(f"{invitation}sign/{kind}/")
    for name, text in typed.items():
        page.fill(f"input[name={name}]", text)
    for box in page.locator("form.sign-form .consent input[type=checkbox]").all():
        box.check()
    follow(page.locator("form.sign-form button[type=submit]"))
    expect(page.locator("h1")).to_have_text("Look into your mailbox")
    return link_in(office.mail_to(typed["email"]))


def confirm(page: Page, link: str) -> str:
    press(page, link, "Confirm")
    expect(page.locator("main")).to_contain_text("looks at it")
    return link


def decide(office: Office, page: Page, button: str) -> None:
    page.goto(f"{office.url}/desk/{SLUG}/queue/")
    follow(page.get_by_role("button", name=re.compile(f"^{button}")))
    expect(page.locator("main")).to_contain_text("Nothing waits for the desk")


def merge(office: Office, page: Page) -> None:
    """The register knows the domain; accepting a second time would be refused, merging ends the second sign-on."""
    page.goto(f"{office.url}/desk/{SLUG}/queue/")
    expect(page.locator("main")).to_contain_text("The register may know it already")
    follow(page.get_by_role("button", name=re.compile("^Merge")))
    expect(page.locator("main")).to_contain_text("Nothing waits for the desk")


def refuse(office: Office, page: Page) -> None:
    """Accepting asks for evidence, refusing for a reason; the reason waits for its mail of tomorrow."""
    page.goto(f"{office.url}/desk/{SLUG}/queue/")
    page.locator("input[name=evidence]").fill("   ")
    follow(page.get_by_role("button", name=re.compile("^Accept")))
    expect(page.locator("main")).to_contain_text("Note how you made sure")
    page.locator("summary", has_text="Refuse").click()
    page.locator("textarea[name=reason]").fill("We could not reach the house by telephone.")
    follow(page.get_by_role("button", name="Refuse and erase"))
    expect(page.locator("main")).to_contain_text("Nothing waits for the desk")
    assert b"We could not reach" not in office.bytes_at_rest()


def expect_listed(office: Office, page: Page, names: set[str]) -> None:
    page.goto(f"{office.url}/desk/{SLUG}/signatories/?state=listed")
    assert {text.strip() for text in page.locator("tbody th, tbody td:first-child").all_inner_texts()} == names


def correct(office: Office, member: Page, secretary: Page, link: str) -> None:
    member.goto(link)
    follow(member.get_by_role("link", name="한국어"))
    expect(member.locator("h1")).to_have_text("서명이 유효합니다")
    follow(member.get_by_role("link", name="English"))
    follow(member.get_by_role("link", name="Correct my entry"))
    member.fill("input[name=name]", "Guild of the Ferrymen")
    follow(member.get_by_role("button", name="Save the correction"))
    expect(member.locator("main")).to_contain_text("You need not sign again")
    expect_listed(office, secretary, {"Ferrymen's Guild", "Ruth Ausgedacht"})
    decide(office, secretary, "Let it appear")


def withdraw_on_request(office: Office, page: Page, name: str) -> None:
    page.goto(f"{office.url}/desk/{SLUG}/signatories/")
    follow(page.get_by_role("link", name=name))
    page.locator("input[name=request]").fill("by telephone on 3 May")
    follow(page.get_by_role("button", name="Withdraw and erase"))
    expect(page.locator("body")).to_contain_text("Withdrawn")


def mailboxes_have_their_say(office: Office, page: Page, invitation: str) -> None:
    """Somebody whose address a stranger typed says so; somebody else asks for silence; five wrong codes are enough."""
    link = sign(office, page, invitation, "person", PERSON | {"email": "mistaken@mail.example"})
    press(page, link, "This was not me")
    expect(page.locator("main")).to_contain_text("deleted")
    link = sign(office, page, invitation, "person", PERSON | {"email": "silent@mail.example"})
    press(page, link, "Never mail me again")
    expect(page.locator("main")).to_contain_text("not write again")

    page.goto(f"{invitation}sign/person/")
    for name, text in (PERSON | {"email": "guessing@mail.example"}).items():
        page.fill(f"input[name={name}]", text)
    for box in page.locator("form.sign-form .consent input[type=checkbox]").all():
        box.check()
    follow(page.locator("form.sign-form button[type=submit]"))
    code = code_in(office.mail_to("guessing@mail.example"))
    wrong = "0000 0000" if code != "0000 0000" else "0000 0001"
    for typed in [wrong] * 5 + [code]:
        page.fill("input[name=code]", typed)
        follow(page.get_by_role("button", name="Confirm by code"))
        expect(page.locator("h1")).to_have_text("This code does not fit")
