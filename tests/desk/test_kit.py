"""The kit at the desk: seen before anybody else can, downloaded, and explained while it is not there."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.desk.conftest import page
from tests.stage import NOON
from undersigned.kit import fonts
from undersigned.letters.models import Letter
from undersigned.pages.kit import make


@pytest.fixture(autouse=True)
def private_folder(tmp_path: Path, settings: Settings) -> None:
    settings.KITS = tmp_path / "kits"


def test_an_embargoed_kit_is_seen_and_downloaded_at_the_desk(desk: Client, embargoed: Letter) -> None:
    make(embargoed, NOON)
    shown = page(desk, embargoed, "kit/")
    assert "Under embargo: these files can be reached from the desk only." in shown
    assert f'src="/desk/{embargoed.slug}/kit/card.ko.png"' in shown
    answer = desk.get(f"/desk/{embargoed.slug}/kit/letter.ko.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"] == f'inline; filename="{embargoed.slug}-letter.ko.pdf"'


def test_a_stranger_is_asked_to_sign_in_before_a_file(client: Client, embargoed: Letter) -> None:
    make(embargoed, NOON)
    answer = client.get(f"/desk/{embargoed.slug}/kit/letter.ko.pdf")
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


@pytest.mark.parametrize("name", ["kit.json", "none.pdf", "..", "%2e%2e%2fundersigned.sqlite3"])
def test_only_files_of_the_kit_are_given_out(desk: Client, embargoed: Letter, name: str) -> None:
    make(embargoed, NOON)
    assert desk.get(f"/desk/{embargoed.slug}/kit/{name}").status_code == 404


def test_a_letter_without_a_kit_says_when_there_will_be_one(desk: Client, frozen: Letter) -> None:
    shown = page(desk, frozen, "kit/")
    assert "as soon as a release is planned" in shown
    assert f"undersigned kit make {frozen.slug}" in shown


def test_a_missing_font_is_named(desk: Client, embargoed: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "families", lambda: frozenset({"Noto Serif", "Noto Sans"}))
    assert "Noto Serif CJK KR" in page(desk, embargoed, "kit/")
