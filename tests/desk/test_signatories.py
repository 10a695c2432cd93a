"""The list of signatories: found, looked at, withdrawn, merged, and taken away as a file."""

import csv
import io
import math
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db.models import QuerySet
from django.test import Client
from openpyxl import load_workbook

from tests.desk.conftest import page
from tests.people import AMAL, MARA, OYUN, PEDRO, RUTH, SECRETARY, SOMI
from tests.stage import HOUR, MINUTE, NOON, ask, sign_and_confirm, sign_on
from undersigned.desk.export import safe
from undersigned.letters.models import Letter, SignOns
from undersigned.letters.stages import set_sign_ons
from undersigned.lib.clock import now
from undersigned.signing import decide
from undersigned.signing.arrivals import NewArrival, arrive
from undersigned.signing.models import Organisation, Signatory, Signature, State


@pytest.fixture
def signed(letter: Letter) -> Letter:
    """A letter with an organisation listed, one waiting, a named and a hidden supporter."""
    decide.accept(sign_and_confirm(OYUN, letter), SECRETARY, NOON + HOUR)
    for person in (PEDRO, SOMI, AMAL):
        sign_and_confirm(person, letter)
    return letter


def rows(answer: bytes) -> list[list[str]]:
    assert answer.startswith("\ufeff".encode())
    return list(csv.reader(io.StringIO(answer.decode("utf-8-sig"), newline="")))


def exported(desk: Client, letter: Letter, **query: str) -> bytes:
    answer = desk.get(f"/desk/{letter.slug}/signatories.csv", query)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{letter.slug}.csv"'
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {OYUN.name, PEDRO.name, SOMI.name}),
        ({"name": "steppe"}, {OYUN.name}),
        ({"name": "초원쉼터"}, {OYUN.name}),
        ({"name": "소미"}, {SOMI.name}),
        ({"name": "verborgen"}, set()),
        ({"kind": "supporter"}, {SOMI.name}),
        ({"state": "confirmed"}, {PEDRO.name}),
        ({"state": "withdrawn"}, set()),
        ({"country": "AR"}, {PEDRO.name}),
        ({"language": "ko"}, set()),
        ({"kind": "nonsense", "state": "nonsense", "page": "nonsense"}, {OYUN.name, PEDRO.name, SOMI.name}),
        ({"name": "\0%_'"}, set()),
    ],
)
def test_the_list_is_searched_and_filtered(
    desk: Client, signed: Letter, query: dict[str, str], found: set[str]
) -> None:
    text = page(desk, signed, "signatories/", **query)
    assert {name for name in (OYUN.name, PEDRO.name, SOMI.name) if f"<bdi>{name}</bdi>" in text} == found
    table = rows(exported(desk, signed, **query))
    assert {row[2] for row in table[1:]} == found


def test_those_whom_a_sheet_brought_are_invited_from_the_desk(desk: Client, letter: Letter) -> None:
    asked, unreachable = ask(MARA, letter), ask(RUTH, letter, email="")
    assert "Send 1 invitation<" in page(desk, letter, "signatories/")
    assert "No address of this signatory is known" in page(desk, letter, f"signatories/{unreachable.pk}/")
    answer = desk.post(f"/desk/{letter.slug}/signatories/invite/", follow=True)
    assert "1 invitation is on its way." in answer.content.decode()
    assert "invitation<" not in page(desk, letter, "signatories/")
    for times in (1, 2):
        shown = page(desk, letter, f"signatories/{asked.pk}/")
        assert f"Invited by mail {times} time" in shown
        assert "Send it again" in shown
        desk.post(f"/desk/{letter.slug}/signatories/{asked.pk}/invite/")
    assert "Send it again" not in page(desk, letter, f"signatories/{asked.pk}/")
    refused = desk.post(f"/desk/{letter.slug}/signatories/{asked.pk}/invite/")
    assert "was written to 3 times" in refused.content.decode()
    assert page(desk, letter, "audit/").count("Somebody who is asked was invited by mail.") == 3


def test_nobody_is_invited_while_sign_ons_are_closed(desk: Client, letter: Letter) -> None:
    ask(MARA, letter)
    set_sign_ons(letter, SignOns.CLOSED, SECRETARY, NOON)
    answer = desk.post(f"/desk/{letter.slug}/signatories/invite/", follow=True)
    assert "Open sign-ons first" in answer.content.decode()


def test_a_hidden_name_is_on_no_page_and_in_no_file(desk: Client, signed: Letter) -> None:
    hidden = Signature.objects.get(visibility="counted-only")
    pages = [page(desk, signed, path) for path in ("", "signatories/", f"signatories/{hidden.pk}/", "queue/", "audit/")]
    pages.append(exported(desk, signed).decode())
    for text in pages:
        assert "Verborgen" not in text
        assert AMAL.email not in text
    assert "counted only, name sealed" in pages[1]


def test_no_file_holds_a_mailbox_or_a_representative(desk: Client, signed: Letter) -> None:
    text = exported(desk, signed).decode()
    for private in (OYUN.email, PEDRO.email, SOMI.email, "Oyun Invented", "Pedro Inventado"):
        assert private not in text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(start: str) -> None:
    assert safe(["", f"{start}1+1", f"1{start}"]) == ["", f"'{start}1+1", f"1{start}"]


def test_formulas_that_came_in_another_way_leave_as_text(desk: Client, signed: Letter) -> None:
    Signatory.objects.filter(name=SOMI.name).update(name='=HYPERLINK("https://evil.example")')
    assert "'=HYPERLINK" in str(rows(exported(desk, signed)))
    answer = desk.get(f"/desk/{signed.slug}/signatories.xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "'=HYPERLINK" in str([cell.value for cell in cells])
    assert "초원쉼터재단" in [cell.value for cell in cells]


def test_a_file_says_what_is_known_of_each_the_newest_first(desk: Client, signed: Letter) -> None:
    heading, *others = rows(exported(desk, signed))
    assert [row[2] for row in others] == [row.signatory.name for row in newest_first(signed)]
    oyun = dict(zip(heading, next(row for row in others if row[2] == OYUN.name), strict=True))
    assert (oyun["Kind"], oyun["State"], oyun["Country"]) == ("organisation", "listed", "Mongolia")
    assert (oyun["Name (en)"], oyun["Name (ko)"]) == ("", "초원쉼터재단")
    assert (oyun["Signed"], oyun["Listed"]) == ("2026-11-10 12:00Z", "2026-11-10 13:00Z")
    pedro = dict(zip(heading, next(row for row in others if row[2] == PEDRO.name), strict=True))
    assert (pedro["State"], pedro["Signed"], pedro["Listed"]) == ("confirmed", "2026-11-10 12:00Z", "")


def newest_first(letter: Letter) -> "QuerySet[Signature]":
    return Signature.objects.filter(letter=letter, signatory__isnull=False).order_by("-created_at", "pk")


@pytest.mark.parametrize("batch", [1, 2, 3, 2000])
def test_a_file_is_whole_however_many_pieces_it_leaves_in(
    desk: Client, signed: Letter, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr("undersigned.desk.export.BATCH", batch)
    answer = desk.get(f"/desk/{signed.slug}/signatories.csv")
    pieces = list(answer.streaming_content)  # type: ignore[attr-defined]
    assert len(rows(b"".join(pieces))) == 4
    assert len(pieces) == 1 + math.ceil(3 / batch)


def test_a_file_makes_way_for_those_who_are_signing(
    desk: Client, signed: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[float] = []
    monkeypatch.setattr("undersigned.desk.export.sleep", rests.append)
    monkeypatch.setattr("undersigned.desk.export.Cores.idle", lambda _cores, _at: 0.0)
    for rush in (False, True):
        if rush:
            monkeypatch.setattr("undersigned.signing.arrivals.RUSH_LIMIT", 1)
            arrive([NewArrival(signed.pk, b"sealed")], now())
        assert len(rows(exported(desk, signed))) == 4
        assert [seconds > 0 for seconds in rests] == [rush, rush]
        rests.clear()


def test_fifty_stand_on_a_page(desk: Client, letter: Letter) -> None:
    for number in range(51):
        sign_on(replace(SOMI, name=f"Supporter Number {number:02}", email=f"s{number}@mail.example"), letter)
    first, second = page(desk, letter, "signatories/"), page(desk, letter, "signatories/", page="2")
    assert first.count("<bdi>Supporter") == 50
    assert second.count("<bdi>Supporter") == 1
    assert "51 sign-ons." in first


def test_a_signatory_shows_what_became_of_them(desk: Client, signed: Letter) -> None:
    signature = Signature.objects.get(signatory__name=OYUN.name)
    text = page(desk, signed, f"signatories/{signature.pk}/")
    for fact in ("waits for the public log", OYUN.email, "Oyun Invented", "A sign-on was accepted.", "초원쉼터재단"):
        assert fact in text
    assert desk.get(f"/desk/{signed.slug}/signatories/{uuid4()}/").status_code == 404


def test_a_withdrawal_on_request_says_how_it_was_asked_for(desk: Client, signed: Letter) -> None:
    signature = Signature.objects.get(signatory__name=OYUN.name)
    address = f"/desk/{signed.slug}/signatories/{signature.pk}/withdraw/"
    answer = desk.post(address, {"request": " "})
    assert answer.status_code == 422
    assert "Note how you were asked" in answer.content.decode()
    assert desk.post(address, {"request": "by letter of 3 May"}).status_code == 302
    signature.refresh_from_db()
    assert signature.state == State.WITHDRAWN
    assert not Signatory.objects.filter(pk=signature.pk).exists()
    trail = page(desk, signed, "audit/")
    assert "because the signatory asked for it: by letter of 3 May" in trail
    assert OYUN.name not in trail
    assert "Erased" in page(desk, signed, f"signatories/{signature.pk}/")
    assert desk.post(address, {"request": "again"}).status_code == 409


def test_two_listed_organisations_that_are_one_are_merged(desk: Client, signed: Letter) -> None:
    other = replace(
        PEDRO, name="Foundation of the Steppe", email="x@steppe.example", typed={**PEDRO.typed, "website": ""}
    )
    signature = sign_and_confirm(other, signed, NOON + MINUTE)
    decide.accept(signature, SECRETARY, NOON + HOUR, "seen")
    text = page(desk, signed, f"signatories/{signature.pk}/", other="steppe shelter")
    assert "listed under this letter: this signature here ends" in text
    kept = Organisation.objects.get(names__name=OYUN.name)
    address = f"/desk/{signed.slug}/signatories/{signature.pk}/merge/"
    assert desk.post(address, {"organisation": "x"}).status_code == 404
    assert desk.post(address, {"organisation": str(kept.pk)}).status_code == 302
    signature.refresh_from_db()
    assert signature.state == State.WITHDRAWN
    assert kept.names.filter(name=other.name).exists()
    assert desk.post(address, {"organisation": str(kept.pk)}).status_code == 409
