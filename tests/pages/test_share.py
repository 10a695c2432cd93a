"""Passing a letter on, and going from one letter of a campaign to the next."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django.fixtures import Settings

from tests.pages.conftest import SITE, Crumbs
from tests.people import CLERK, SECRETARY
from tests.stage import DAY, HOUR, NOON, make_letter
from undersigned.letters.freeze import freeze
from undersigned.letters.import_ import import_folder
from undersigned.letters.models import Letter
from undersigned.letters.rename import rename
from undersigned.lib.keys import KeyRing
from undersigned.lib.refusal import Refused
from undersigned.pages.bakery import bake_due
from undersigned.pages.generation import PublicFolder
from undersigned.pages.letter import public_page
from undersigned.pages.share import share
from undersigned.releases.release import Moment, release_due, schedule

PAGE = f"{SITE}/open-the-bridge/en/"
VALLEY = Path(__file__).resolve().parent.parent / "letters" / "valley"


def released(letter: Letter, at: datetime = NOON) -> Letter:
    freeze(letter, SECRETARY, at - DAY)
    schedule(letter, Moment(at.replace(tzinfo=None), "UTC"), SECRETARY, at - DAY)
    release_due(at)
    letter.refresh_from_db()
    return letter


def followed(letter: Letter) -> list[tuple[str, str]]:
    return [(neighbour.relation, neighbour.href) for neighbour in public_page(letter, "en").neighbours]


# --- What is offered --------------------------------------------------------------------------------------------------


def test_each_service_gets_the_address_marked_with_its_channel_and_the_languages_own_text(letter: Letter) -> None:
    letter.share = {"en": "Read this & pass it on"}
    offered = public_page(letter, "en").share
    assert offered
    assert {link.channel for link in offered.links} == {"facebook", "x", "line", "whatsapp", "telegram", "mail"}
    for link in (*offered.links, *offered.watched):
        told = " ".join(text for texts in parse_qs(urlsplit(link.href).query).values() for text in texts)
        assert f"https://letters.example/open-the-bridge/en/?via={link.channel}" in told
        assert "Read this & pass it on" in told or link.channel == "facebook"  # Facebook takes the address alone


def test_a_language_without_its_own_text_offers_the_headline(letter: Letter) -> None:
    letter.share = {"en": "Read this"}
    offered = public_page(letter, "ko").share
    assert offered
    assert offered.text == "다리를 열어 주십시오"


def test_canonical_addresses_say_nothing_of_a_channel(letter: Letter, folder: PublicFolder) -> None:
    bake_due(NOON)
    page = (folder.root / "open-the-bridge/en/index.html").read_text()
    assert f'<link rel="canonical" href="{PAGE}">' in page


def test_kakao_gets_the_link_where_the_site_has_a_key_there(settings: Settings) -> None:
    assert share("/a/ko/", "제목", "글").kakao is None
    settings.KAKAO_KEY = "a-key"
    offered = share("/a/ko/", "제목", "글").kakao
    assert offered
    sent = parse_qs(urlsplit(offered.href).query)
    template = json.loads(sent["validation_params"][0])["template_object"]
    assert sent["app_key"] == ["a-key"]
    assert template["link"]["web_url"].endswith("/a/ko/?via=kakao")
    assert template["text"] == "글"


# --- Before and after -------------------------------------------------------------------------------------------------


def test_letters_of_a_campaign_lead_to_each_other_once_both_are_public(letter: Letter, keys: KeyRing) -> None:
    later = make_letter("keep-it-open", keys, follows=letter)
    assert followed(letter) == []
    released(later, NOON + HOUR)
    assert followed(later) == [("prev", "/open-the-bridge/en/")]
    assert followed(letter) == [("next", "/keep-it-open/en/")]


def test_the_earlier_letters_page_follows_what_happens_to_the_later(
    letter: Letter, keys: KeyRing, folder: PublicFolder, crumbs: Callable[[], Crumbs]
) -> None:
    later = make_letter("keep-it-open", keys, follows=letter)
    bake_due(NOON)
    released(later, NOON + HOUR)
    assert bake_due(NOON + HOUR) == [letter, later]
    assert b'href="/keep-it-open/en/" rel="next"' in crumbs()["open-the-bridge/en/index.html"]
    rename(later, "keep-both-open", SECRETARY, NOON + HOUR)
    assert letter in bake_due(NOON + 2 * HOUR)
    assert b'href="/keep-both-open/en/" rel="next"' in crumbs()["open-the-bridge/en/index.html"]


def test_a_folder_says_which_letter_it_follows(letter: Letter, keys: KeyRing, tmp_path: Path) -> None:
    for file in VALLEY.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    manifest = tmp_path / "letter.toml"
    text = manifest.read_text()
    manifest.write_text(f'follows = "open-the-bridge"\n{text}')
    assert import_folder(tmp_path, CLERK, NOON).letter.follows == letter
    manifest.write_text(f'follows = "no-such-letter"\n{text}')
    with pytest.raises(Refused, match="no other letter here has or had that address"):
        import_folder(tmp_path, CLERK, NOON)
