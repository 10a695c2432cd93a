"""What a form does not take, typed into it in a browser: refused beside its field, with what was typed kept."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import idna
import pytest
from django.utils import translation
from playwright.sync_api import Browser, Page, expect

from tests.browser import follow
from tests.flows.conftest import LETTER, serving
from tests.flows.office import Office, code_in
from tests.flows.test_a_letter_end_to_end import SLUG, freeze, invite, mend_the_gap, open_by_invitation, press, sign_in
from tests.flows.test_the_desk_decides import sign
from undersigned.lib.addresses import NotAnAddress, NotAWebsite
from undersigned.lib.languages import interface_for
from undersigned.lib.names import (
    NameHasControls,
    NameHasLink,
    NameHasNoLetters,
    NameIsFormula,
    NameMissing,
    NameMixesScripts,
    NameStacksMarks,
    NameTooLong,
)
from undersigned.lib.refusal import Refusal
from undersigned.pages.form import sentence
from undersigned.pages.incoming import TooMuchSent
from undersigned.signing.sign_on import ChooseVisibility, TextChanged, UnknownCountry

TYPED = {
    "organisation": {
        "name": "Ferrymen's Guild",
        "website": "ferrymen.example",
        "seat": "Uferstadt",
        "representative": "Ina Erfunden",
        "office": "Speaker",
        "email": "ina@ferrymen.example",
    },
    "person": {"name": "Ruth Ausgedacht", "role": "retired judge", "email": "ruth@ausgedacht.example"},
    "supporter": {"name": "Ferne Beispiel", "email": "ferne@mail.example"},
}


OTHER = {"name": "Mara Erdacht", "role": "author"}
"""Somebody whose sign-on is taken, under an address of each test's own."""


@dataclass(frozen=True)
class House:
    """An office whose letter takes sign-ons by `invitation` (its address in English), with its desk open."""

    office: Office
    secretary: Page
    invitation: str

    def form(self, kind: str, language: str = "en") -> str:
        return f"{self.invitation.removesuffix('en/')}{language}/sign/{kind}/"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Generator[House]:
    with serving(tmp_path_factory.mktemp("house")) as office:
        office.run("letter", "import", str(LETTER))
        secretary = sign_in(office, browser.new_context())
        mend_the_gap(secretary)
        freeze(secretary)
        yield House(office, secretary, open_by_invitation(secretary))
        secretary.context.close()


CASES = {
    "a sign that turns the text around": (
        "organisation", "en", "name", "Guild of Fer\u202enemyr", NameHasControls("name", character="U+202E"),
    ),
    "a control character": ("person", "ko", "role", "retired\u0007judge", NameHasControls(character="U+0007")),
    "a sign that nobody sees": (
        "supporter", "zh-Hans", "name", "Ferne\u200bBeispiel", NameHasControls(character="U+200B"),
    ),
    "two alphabets in one word": ("organisation", "ko", "name", "Fеrrymen", NameMixesScripts(word="Fеrrymen")),
    "two alphabets in one name": (
        "supporter", "en", "name", "Ferne Βeispiel", NameMixesScripts("name", word="Βeispiel"),
    ),
    "a link in a name": ("organisation", "zh-Hans", "name", "Guild, www.ferrymen.example", NameHasLink()),
    "a mailbox in a name": ("person", "en", "name", "Ruth ruth@ausgedacht.example", NameHasLink()),
    "a formula": ("organisation", "en", "name", '=HYPERLINK("x")', NameIsFormula(start="=")),
    "a formula in an office": ("organisation", "ko", "office", "@SUM(1)", NameIsFormula(start="@")),
    "no letters": ("supporter", "ko", "name", "1234567890123", NameHasNoLetters()),
    "accents upon accents": ("person", "zh-Hans", "name", "Ru" + "\u0301" * 12 + "th", NameStacksMarks()),
    "a name as long as a page": ("supporter", "en", "name", "Fe" * 61, NameTooLong(length=122, limit=120)),
    "nothing": ("person", "ko", "name", " ", NameMissing()),
    "half an address": ("supporter", "zh-Hans", "email", "ferne@mail", NotAnAddress()),
    "two addresses": ("organisation", "en", "email", "ina@ferrymen.example,x@y.example", NotAnAddress()),
    "a website that is none": ("organisation", "zh-Hans", "website", "ferrymen", NotAWebsite()),
    "a script for a website": ("organisation", "en", "website", "javascript:alert(1)", NotAWebsite()),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_field_that_is_not_taken_says_why_and_everything_typed_is_still_there(
    house: House, reader: Page, case: tuple[str, str, str, str, Refusal]
) -> None:
    kind, language, field, text, refusal = case
    typed = TYPED[kind] | {field: text}
    reader.goto(house.form(kind, language))
    fill(reader, typed)
    submit(reader)
    expect_beside(reader, kind, field, refusal, language)
    expect(reader.locator("#refusals li")).to_have_count(1)
    expect_kept(reader, typed)
    nothing_was_stored(house, typed)


def test_everything_that_is_wrong_is_said_at_once(house: House, reader: Page) -> None:
    reader.goto(house.form("supporter", "ko"))
    typed = {"name": "=Ferne", "email": "ferne"}
    fill(reader, typed)
    reader.locator("input[name=visibility]:checked").evaluate("choice => choice.checked = false")
    submit(reader)
    expect_beside(reader, "supporter", "name", NameIsFormula(start="="), "ko")
    expect_beside(reader, "supporter", "email", NotAnAddress(), "ko")
    expect_beside(reader, "supporter", "visibility", ChooseVisibility(), "ko")
    expect_kept(reader, typed)


def test_a_country_that_the_list_does_not_have_is_refused(house: House, reader: Page) -> None:
    """No click chooses one: somebody has to change the page in their browser first."""
    reader.goto(house.form("organisation"))
    fill(reader, TYPED["organisation"])
    reader.locator("select[name=country]").evaluate("list => list.options[1].value = 'Atlantis'")
    reader.select_option("select[name=country]", "Atlantis")
    submit(reader)
    expect_beside(reader, "organisation", "country", UnknownCountry(), "en")
    expect_kept(reader, TYPED["organisation"])
    nothing_was_stored(house, TYPED["organisation"])


def test_a_form_as_large_as_a_book_is_refused_and_the_way_back_keeps_it(house: House, reader: Page) -> None:
    typed = TYPED["organisation"] | {"seat": "Ufer " * 20_000}
    reader.goto(house.form("organisation", "ko"))
    fill(reader, typed)
    submit(reader)
    expect(reader.locator("main")).to_contain_text(told(TooMuchSent(), "ko"))
    nothing_was_stored(house, typed)
    reader.go_back()
    for name in ("name", "email"):
        expect(reader.locator(f"input[name={name}]")).to_have_value(typed[name])


def test_an_address_in_another_script_is_taken(house: House, reader: Page) -> None:
    typed = OTHER | {"email": "사공@나루.example"}
    reader.goto(house.form("person", "ko"))
    fill(reader, typed)
    submit(reader)
    expect(reader.locator("input[name=code]")).to_be_visible()
    assert house.office.mail_to(f"사공@{idna.encode('나루.example').decode()}")


def test_a_link_that_was_forged_or_has_done_its_work_changes_nothing(house: House, reader: Page) -> None:
    office = house.office
    link = sign(office, reader, house.invitation, "person", OTHER | {"email": "once@ausgedacht.example"})
    for forged in (link[:-3] + ("AA/" if link[-3:] != "AA/" else "BB/"), link.replace("/s/", "/s/A"), f"{link}x/"):
        answer = reader.goto(forged)
        assert answer
        assert answer.status == 404
        expect(reader.locator("h1")).to_be_visible()
    reader.goto(link)
    second = reader.context.new_page()
    second.goto(link)
    press(reader, link, "Confirm")
    expect(reader.locator("main")).to_contain_text("looks at it")
    follow(second.get_by_role("button", name="Confirm"))  # a page that was opened before
    expect(second.locator("main")).to_contain_text("looks at it")
    house.secretary.goto(f"{office.url}/desk/{SLUG}/queue/")
    expect(house.secretary.get_by_role("button", name="Accept")).to_have_count(1)

    second.goto(link)
    third = reader.context.new_page()
    press(third, link, "Withdraw")
    follow(second.get_by_role("button", name="Withdraw"))
    follow(second.get_by_role("button", name="Withdraw"))
    expect(second.locator("h1")).to_contain_text("withdrawn")
    follow(third.get_by_role("button", name="Withdraw"))
    expect(third.locator("h1")).to_contain_text("withdrawn")


def test_a_code_serves_its_own_sign_on_and_serves_once(house: House, reader: Page) -> None:
    codes, tokens, pages = [], [], [reader, reader.context.new_page()]
    for number, page in enumerate(pages):
        typed = OTHER | {"email": f"code-{number}@ausgedacht.example"}
        page.goto(house.form("person"))
        fill(page, typed)
        submit(page)
        codes.append(code_in(house.office.mail_to(typed["email"])))
        tokens.append(page.locator("input[name=token]").get_attribute("value") or "")
    strange = codes[0] if codes[0] != codes[1] else "x"
    type_code(pages[1], strange)
    expect(pages[1].locator("#code-error")).to_contain_text("does not fit")
    type_code(pages[0], codes[0])
    expect(pages[0].locator("main")).to_contain_text("looks at it")
    type_code(pages[1], codes[0], tokens[0])
    expect(pages[1].locator("#code-error")).to_contain_text("does not fit")
    type_code(pages[1], codes[1], ("A" if tokens[1][0] != "A" else "B") + tokens[1][1:])
    expect(pages[1].locator("main")).to_contain_text("There is nothing at this address")


def test_a_text_that_changed_while_it_was_read_is_read_again_before_it_is_signed(
    tmp_path: Path, browser: Browser, reader: Page
) -> None:
    """What is frozen stays so. But who froze it too early may go back to the backup of an hour before."""
    with serving(tmp_path) as office:
        office.run("letter", "import", str(LETTER))
        secretary = sign_in(office, browser.new_context())
        mend_the_gap(secretary)
        invitation = invite(secretary)
        office.run("backup", str(tmp_path / "before.age"))
        open_sign_ons(secretary)
        reader.goto(f"{invitation}sign/organisation/")
        fill(reader, TYPED["organisation"])

        go_back_in_time(office, tmp_path / "before.age")
        correct_the_text(office, secretary)
        open_sign_ons(secretary)
        submit(reader)
        expect(reader.locator("#refusals")).to_contain_text(told(TextChanged(), "en"))
        expect_kept(reader, TYPED["organisation"], boxes_ticked=False)
        follow(reader.get_by_role("link", name="Open the ferry again"))
        expect(reader.locator("main")).to_contain_text("There are families, and children")
        assert sign(office, reader, invitation, "organisation", TYPED["organisation"])
        secretary.context.close()


def go_back_in_time(office: Office, backup: Path) -> None:
    office.stop()
    office.run("restore", str(backup), "--identity", str(office.folder / "coalition.identity"), "--replace")
    office.start()


def correct_the_text(office: Office, secretary: Page) -> None:
    secretary.goto(f"{office.url}/desk/{SLUG}/draft/families/en/")
    secretary.fill("textarea[name=text]", "There are families, and children, who wait for them.")
    follow(secretary.get_by_role("button", name="Save the block"))


def open_sign_ons(secretary: Page) -> None:
    freeze(secretary)
    follow(secretary.get_by_role("link", name="Overview"))
    follow(secretary.locator("section.nextstep button"))


def fill(page: Page, typed: dict[str, str]) -> None:
    """Type into the fields, choose where there is a choice, and tick all boxes."""
    for name, text in typed.items():
        page.locator(f"input[name={name}]").fill(text)
    page.select_option("select[name=country]", "MN")
    for choice in page.locator("input[name=visibility][value=public]").all():
        choice.check()
    for box in page.locator("form.sign-form .consent input[type=checkbox]").all():
        box.check()


def submit(page: Page) -> None:
    follow(page.locator("form.sign-form button[type=submit]"))


def type_code(page: Page, code: str, token: str = "") -> None:
    """Type a code; into a page that was changed in the browser first, where a `token` is given."""
    if token:
        page.locator("input[name=token]").evaluate("(field, token) => field.value = token", token)
    page.fill("input[name=code]", code)
    follow(page.get_by_role("button", name="Confirm by code"))


def told(refusal: Refusal, language: str) -> str:
    """The refusal's sentence as a reader of `language` has it."""
    with translation.override(interface_for(language)):
        return sentence(refusal)


def expect_beside(page: Page, kind: str, field: str, refusal: Refusal, language: str) -> None:
    """The sentence stands at the field, the field says so to who cannot see it, and the top of the form leads there."""
    said = told(refusal, language)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator(f"#{kind}-{field}-error")).to_have_text(said)
    expect(page.locator("[aria-invalid=true]").locator("visible=true")).not_to_have_count(0)
    expect(page.locator("#refusals li", has_text=said)).to_be_visible()


def expect_kept(page: Page, typed: dict[str, str], *, boxes_ticked: bool = True) -> None:
    for name, text in typed.items():
        expect(page.locator(f"input[name={name}]")).to_have_value(text)
    for box in page.locator("form.sign-form .consent input[type=checkbox]").all():
        expect(box).to_be_checked(checked=boxes_ticked)


def nothing_was_stored(house: House, typed: dict[str, str]) -> None:
    """Neither at the desk nor anywhere on the disk, and nobody was mailed."""
    at_rest, name = house.office.bytes_at_rest(), typed["name"].strip()
    for text in filter(None, (typed["email"], typed.get("representative"), name)):
        assert text.encode() not in at_rest
    house.secretary.goto(f"{house.office.url}/desk/{SLUG}/signatories/?name={quote(name)}")
    if name:
        expect(house.secretary.locator("main")).to_contain_text("0 sign-ons.")
