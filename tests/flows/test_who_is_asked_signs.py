"""Those whom a sheet brought are asked by mail, read the letter under embargo, and sign or decline, by clicks."""

import csv
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser import follow
from tests.flows.conftest import LETTER
from tests.flows.office import Office, link_in
from tests.flows.test_a_letter_end_to_end import (
    SLUG,
    accessible,
    freeze,
    mend_the_gap,
    open_by_invitation,
    sign_in,
)
from tests.flows.test_the_desk_decides import decide, expect_listed

ROWS = (
    ("Organisation", "Name (ko)", "Website", "Country", "Representative", "Office", "E-mail", "Language"),
    ("Guild of Ferrymen", "사공조합", "ferrymen.example", "Mongolia", "Ina Erfunden", "", "ina@ferrymen.example", "en"),
    ("House by the Bank", "", "bank-house.example", "Germany", "", "", "office@bank-house.example", "en"),
    ("Friends of the Ferry", "", "", "Germany", "", "", "", "en"),
)


def test_a_sheet_becomes_invitations_and_these_become_signatures(
    office: Office, browser: Browser, reader: Page, tmp_path: Path
) -> None:
    office.run("letter", "import", str(LETTER))
    sheet = tmp_path / "sheet.csv"
    with sheet.open("w", newline="") as file:
        csv.writer(file).writerows(ROWS)
    assert "3 asked" in office.run("signatories", "import", SLUG, str(sheet))
    secretary = sign_in(office, browser.new_context())
    invite(office, secretary, "Open sign-ons first")
    secretary.goto(f"{office.url}/desk/{SLUG}/")
    mend_the_gap(secretary)
    freeze(secretary)
    open_by_invitation(secretary)
    invite(office, secretary, "2 invitations are on their way.")
    accessible(secretary)

    guild, house = (link_in(office.mail_to(row[6])) for row in ROWS[1:3])
    scanners_sign_nothing(office, guild)
    sign(office, reader, guild)
    decide(office, secretary, "Accept")
    expect_listed(office, secretary, {"The Ferrymen's Guild"})
    decline(reader, house)
    secretary.goto(f"{office.url}/desk/{SLUG}/signatories/?state=asked")
    expect(secretary.locator("tbody th")).to_have_text(["Friends of the Ferry"])
    secretary.goto(f"{office.url}/desk/{SLUG}/audit/")
    expect(secretary.locator("main")).to_contain_text("Somebody who was asked declined.")


def invite(office: Office, page: Page, said: str) -> None:
    page.goto(f"{office.url}/desk/{SLUG}/signatories/")
    follow(page.get_by_role("button", name="Send 2 invitations"))
    expect(page.locator("body")).to_contain_text(said)


def scanners_sign_nothing(office: Office, link: str) -> None:
    for place in ("", "en/letter/", "en/sign/"):
        for method in ("GET", "HEAD"):
            assert office.ask(link.removeprefix(office.url) + place, method).status == 200


def sign(office: Office, page: Page, link: str) -> None:
    """In Korean; the form knows what the sheet said, and keeps what is typed when something is missing."""
    page.goto(link)
    expect(page.locator("h1")).to_have_text("You are asked to sign")
    follow(page.get_by_role("link", name="한국어"))
    follow(page.get_by_role("link", name="서한 읽고 서명하기"))
    expect(page.locator("h1")).to_have_text("나루를 다시 여십시오")
    follow(page.locator("#sign ul.ways a"))
    expect(page.locator("input[name=name_ko]")).to_have_value("사공조합")
    page.fill("input[name=name]", "The Ferrymen's Guild")
    follow(page.locator("form.sign-form button[type=submit]"))
    expect(page.locator("#refusals li")).to_have_count(4)  # the office is missing too
    expect(page.locator("input[name=name]")).to_have_value("The Ferrymen's Guild")
    page.fill("input[name=office]", "Speaker")
    for box in page.locator("form.sign-form .consent input[type=checkbox]").all():
        box.check()
    follow(page.locator("form.sign-form button[type=submit]"))
    expect(page.locator("h1")).to_have_text("감사합니다. 서명이 확인되었습니다.")
    page.goto(link)
    expect(page.locator("h1")).to_have_text("서명이 확인되었습니다")


def decline(page: Page, link: str) -> None:
    page.goto(link)
    follow(page.get_by_role("button", name="I do not wish to sign"))
    expect(page.locator("main")).to_contain_text("What was stored of you is deleted.")
    page.goto(link)
    expect(page.locator("h1")).to_have_text("There is nothing here any more")
