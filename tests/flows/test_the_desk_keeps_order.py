"""What else a secretary does with a letter, by clicks: previews, links revoked, lists taken away, mails, an address."""

import csv
import io
from datetime import timedelta
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from tests.browser import follow
from tests.flows.conftest import LETTER
from tests.flows.office import Office, until
from tests.flows.test_a_letter_end_to_end import (
    SLUG,
    accessible,
    fill_moment,
    freeze,
    invite,
    mend_the_gap,
    open_by_invitation,
    sign_in,
)
from tests.flows.test_refused_beside_its_field import fill, submit
from tests.flows.test_the_desk_decides import GUILD, PERSON, confirm, decide, sign
from tests.stage import night_of_the_clocks

NEW = "open-it-now"
DAY = timedelta(days=1)


def test_a_letter_is_looked_at_counted_moved_and_released(office: Office, browser: Browser, reader: Page) -> None:
    office.run("letter", "import", str(LETTER))
    secretary = sign_in(office, browser.new_context())
    look_at_it(secretary)
    mend_the_gap(secretary)
    freeze(secretary)
    invitation = open_by_invitation(secretary)
    revoke_a_link(office, secretary, reader)

    guild = confirm(reader, sign(office, reader, invitation, "organisation", GUILD))
    decide(office, secretary, "Accept")
    take_the_list_away(office, secretary)
    look_at_the_mails(office, secretary)
    close_while_somebody_types(office, secretary, reader, invitation)

    change_the_address(office, secretary)
    postpone(office, secretary)
    office.start_later(DAY + timedelta(hours=1))
    until(lambda: office.ask(f"/{NEW}/en/").status == 200, "the release")
    old_links_lead_on(office, reader, guild)
    the_trail_tells(office, secretary)


def look_at_it(page: Page) -> None:
    """As it will look, gaps and all, before there is a text to sign; each language is a click away."""
    overview = page.url
    follow(page.get_by_role("link", name="한국어"))
    expect(page.locator("h1")).to_have_text("나루를 다시 여십시오")
    expect(page.locator("header .notice")).to_be_visible()
    follow(page.get_by_role("link", name="English"))
    expect(page.locator("h1")).to_have_text("Open the ferry again")
    page.goto(overview)


def revoke_a_link(office: Office, page: Page, reader: Page) -> None:
    link = invite(page)
    reader.goto(link)
    expect(reader.locator("h1")).to_have_text("Open the ferry again")
    follow(page.get_by_role("button", name="Revoke").first)
    expect(page.locator("body")).to_contain_text("Who follows this link finds what a stranger finds.")
    reader.goto(f"{office.url}/there-is-no-such-letter/en/")
    strange = reader.content()
    answer = reader.goto(link)
    assert answer
    assert (answer.status, reader.content()) == (404, strange)


def take_the_list_away(office: Office, page: Page) -> None:
    page.goto(f"{office.url}/desk/{SLUG}/signatories/")
    page.get_by_label("Name", exact=True).fill("ferry")
    follow(page.get_by_role("button", name="Show"))
    expect(page.locator("main")).to_contain_text("1 sign-on.")
    with page.expect_download() as sheet:
        page.get_by_role("link", name="As CSV").click()
    rows = list(csv.reader(io.StringIO(Path(sheet.value.path()).read_text("utf-8-sig"), newline="")))
    with page.expect_download() as book:
        page.get_by_role("link", name="As XLSX").click()
    kept = io.BytesIO(Path(book.value.path()).read_bytes())
    cells = [[str(cell or "") for cell in row] for row in load_workbook(kept).active.iter_rows(values_only=True)]
    for table in (rows, cells):
        assert len(table) == 2
        assert GUILD["name"] in table[1]
        assert not {GUILD["email"], GUILD["representative"]} & set(table[1])


def look_at_the_mails(office: Office, page: Page) -> None:
    """One was sent; that the name is listed is noted for tomorrow. Nowhere is it said to whom."""

    def rows() -> list[str]:
        page.goto(f"{office.url}/desk/{SLUG}/mails/")
        return [" ".join(text.split()) for text in page.locator("table.figures tbody tr").all_inner_texts()]

    until(lambda: "sent 1" in rows(), "the mail to be known as sent")  # which it is after it has left
    assert "noted, not yet gathered into a mail 1" in rows()
    expect(page.locator("main")).to_contain_text("says that the name is listed")
    assert GUILD["email"] not in page.content()
    accessible(page)


def close_while_somebody_types(office: Office, page: Page, reader: Page, invitation: str) -> None:
    reader.goto(f"{invitation}sign/person/")
    fill(reader, PERSON)
    page.goto(f"{office.url}/desk/{SLUG}/")
    follow(page.get_by_role("button", name="Close sign-ons"))
    submit(reader)
    expect(reader.locator("#refusals")).to_contain_text("does not take sign-ons of this kind at the moment")
    expect(reader.locator("input[name=name]")).to_have_value(PERSON["name"])


def change_the_address(office: Office, page: Page) -> None:
    page.goto(f"{office.url}/desk/{SLUG}/address/")
    for slug, said in (("desk", "belongs to the site itself"), ("No!", "small"), (NEW, "has its new address")):
        page.fill("input[name=slug]", slug)
        follow(page.get_by_role("button", name="Change the address"))
        expect(page.locator("body")).to_contain_text(said)
    expect(page).to_have_url(f"{office.url}/desk/{NEW}/")
    page.goto(f"{office.url}/desk/{SLUG}/")  # as somebody who kept the old address of the desk
    expect(page).to_have_url(f"{office.url}/desk/{NEW}/")


def postpone(office: Office, page: Page) -> None:
    """A moment that has passed and an hour that comes twice are refused; then the planned one is brought forward."""
    now = office.now
    page.goto(f"{office.url}/desk/{NEW}/release/")
    fill_moment(page, f"{now - DAY:%Y-%m-%d}", "09:00", "UTC")
    follow(page.get_by_role("button", name="Plan the release"))
    expect(page.locator("#wall-refused")).to_contain_text("has passed already")
    fill_moment(page, night_of_the_clocks(10), "02:30", "Europe/Berlin")
    follow(page.get_by_role("button", name="Plan the release"))
    expect(page.locator("#wall-refused")).to_contain_text("happens twice")
    follow(page.locator("button[name=moment]").last)
    page.goto(f"{office.url}/desk/{NEW}/release/")
    moment = now + DAY
    fill_moment(page, f"{moment:%Y-%m-%d}", f"{moment:%H:%M}", "UTC")
    follow(page.get_by_role("button", name="Move the release"))
    expect(page.locator(".nextstep")).to_contain_text(f"on {moment:%Y-%m-%d} at {moment:%H:%M}")


def old_links_lead_on(office: Office, reader: Page, own: str) -> None:
    for path in ("", "ko/", "en/privacy/"):
        reader.goto(f"{office.url}/{SLUG}/{path}")
        expect(reader).to_have_url(f"{office.url}/{NEW}/{path}")
    reader.goto(own)
    follow(reader.get_by_role("link", name="Read the letter"))
    expect(reader).to_have_url(f"{office.url}/{NEW}/en/")


def the_trail_tells(office: Office, page: Page) -> None:
    page.goto(f"{office.url}/desk/{NEW}/audit/")
    for said in (
        "A private link was revoked",
        f"The address was changed from “{SLUG}” to “{NEW}”.",
        "The release was moved to",
        "The letter was released, as planned for",
        "Sign-ons were set to “closed”.",
    ):
        expect(page.locator("main")).to_contain_text(said)
    assert GUILD["name"] not in page.content()
