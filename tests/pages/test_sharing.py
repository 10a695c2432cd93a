"""What others' programs read of a letter, and what other sites may show of it."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pytest_django.fixtures import Settings

from tests.pages.conftest import Crumbs, meta
from tests.people import OYUN, SECRETARY, SOMI
from tests.stage import NOON, number_entries, sign_and_confirm
from undersigned.intake.headers import SAFETY, safety_of
from undersigned.letters.models import Letter
from undersigned.letters.stages import archive
from undersigned.pages.bakery import bake_due
from undersigned.pages.generation import PublicFolder
from undersigned.pages.kit import make, shown
from undersigned.pages.letter import public_page
from undersigned.pages.sharing import sharing

Look = Callable[[], Crumbs]
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SITE = "https://letters.example"


@pytest.fixture(autouse=True)
def private_folder(tmp_path: Path, settings: Settings) -> None:
    settings.KITS = tmp_path / "data" / "kits"


@pytest.fixture
def baked(letter: Letter, folder: PublicFolder, crumbs: Look) -> Crumbs:
    """A released letter with its kit."""
    for person in (SOMI, *(replace(SOMI, email=f"somi-{number}@mail.example") for number in range(12))):
        sign_and_confirm(person, letter, name=f"Invented Somi {person.email[5:7]}")
    number_entries(letter)
    make(letter, NOON)
    bake_due(NOON)
    return crumbs()


def test_social_media_find_the_headline_and_a_card_that_is_there(letter: Letter, pages: Crumbs) -> None:
    for tag, locale in (("ko", "ko_KR"), ("en", "en_GB"), ("zh-Hans", "zh_CN")):
        told = meta(pages[f"{letter.slug}/{tag}/index.html"])
        assert told["og:title"] == letter.subject[tag]
        assert told["og:url"] == f"{SITE}/{letter.slug}/{tag}/"
        assert told["og:locale"] == locale
        assert told["twitter:card"] == "summary_large_image"
        assert told["og:image"].removeprefix(f"{SITE}/") in pages


def test_without_a_kit_nothing_promises_a_picture(letter: Letter, folder: PublicFolder, crumbs: Look) -> None:
    bake_due(NOON)
    told = meta(crumbs()[f"{letter.slug}/en/index.html"])
    assert told["twitter:card"] == "summary"
    assert "og:image" not in told


def test_search_engines_find_the_letter_and_its_translations(letter: Letter, pages: Crumbs) -> None:
    page = pages[f"{letter.slug}/en/index.html"].decode()
    assert 'itemtype="https://schema.org/Article"' in page
    assert '<meta itemprop="inLanguage" content="zh-Hans"><link itemprop="url" href="' in page
    assert f'<link itemprop="image" href="{SITE}/{letter.slug}/kit/card.en.png">' in page
    assert "ld+json" not in page


def test_a_hostile_headline_stays_text_wherever_it_is_told(letter: Letter, folder: PublicFolder) -> None:
    letter.campaign = {"en": '"><script>alert(1)</script>'}
    letter.save()
    page = public_page(letter, "en")
    assert sharing(shown(letter), "en", page).tags.site == '"><script>alert(1)</script>'
    bake_due(NOON)
    for path in folder.paths():
        content = (folder.root / path).read_bytes()
        if path.endswith((".html", ".xml")):
            assert b"<script>alert" not in content, path


def test_oembed_gives_a_frame_that_needs_no_script(letter: Letter, pages: Crumbs) -> None:
    told = json.loads(pages[f"{letter.slug}/en/oembed.json"])
    assert (told["version"], told["type"]) == ("1.0", "rich")
    assert f'src="{SITE}/{letter.slug}/en/embed/counter/"' in told["html"]
    assert "<script" not in told["html"]
    assert told["thumbnail_url"].removeprefix(f"{SITE}/") in pages


def test_a_piece_for_other_sites_has_the_count_and_the_way_to_sign(letter: Letter, pages: Crumbs) -> None:
    counter = pages[f"{letter.slug}/en/embed/counter/index.html"].decode()
    whole = pages[f"{letter.slug}/en/embed/letter/index.html"].decode()
    assert f'href="{SITE}/{letter.slug}/en/#sign" target="_blank" rel="noopener"' in counter
    for piece in (counter, whole):
        assert '<span class="count">13</span>' in piece
        assert SOMI.name not in piece
    assert "About two thousand wait." in whole
    assert "About two thousand wait." not in counter
    assert "<form" not in counter


def test_who_signs_in_a_frame_sees_the_answer_in_a_window_with_an_address(letter: Letter, pages: Crumbs) -> None:
    [form] = re.findall("<form[^>]*>", pages[f"{letter.slug}/en/embed/letter/index.html"].decode())
    assert f'action="/{letter.slug}/en/sign/supporter/"' in form
    assert 'target="_blank" rel="noopener"' in form
    assert "target=" not in re.findall("<form[^>]*>", pages[f"{letter.slug}/en/index.html"].decode())[0]


def test_a_closed_letter_offers_no_way_to_sign(letter: Letter, folder: PublicFolder, crumbs: Look) -> None:
    archive(letter, SECRETARY, NOON)
    bake_due(NOON)
    assert "#sign" not in crumbs()[f"{letter.slug}/en/embed/counter/index.html"].decode()


def test_only_the_pieces_for_other_sites_may_be_framed(pages: Crumbs) -> None:
    for path in pages:
        assert ("frame-ancestors *" in dict(safety_of(path))["Content-Security-Policy"]) == ("/embed/" in path), path
    assert [name for name, _ in safety_of("x/en/embed/letter/index.html")] == [name for name, _ in SAFETY]


def test_a_feed_lists_the_released_letters_in_each_language(letter: Letter, baked: Crumbs) -> None:
    for tag in ("ko", "en", "zh-Hans"):
        feed = ET.fromstring(baked[f"{tag}/letters.xml"])  # noqa: S314  (we wrote it)
        [entry] = feed.findall(f"{ATOM}entry")
        assert entry.findtext(f"{ATOM}title") == letter.subject[tag]
        assert entry.findtext(f"{ATOM}id") == f"urn:uuid:{letter.pk}"
        assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated") or "")
        [link] = entry.findall(f"{ATOM}link")
        assert link.get("href") == f"{SITE}/{letter.slug}/{tag}/"
        assert f'href="/{tag}/letters.xml"' in baked[f"{tag}/index.html"].decode()


def test_the_map_of_the_site_leads_to_pages_that_are_there_and_to_no_other_letter(
    letter: Letter, pages: Crumbs
) -> None:
    listed = [loc.text or "" for loc in ET.fromstring(pages["sitemap.xml"]).iter(f"{SITEMAP}loc")]  # noqa: S314
    assert f"{SITE}/{letter.slug}/ko/" in listed
    assert not [page for page in listed if f"{page.removeprefix(SITE + '/')}index.html" not in pages]
    assert b"Sitemap: https://letters.example/sitemap.xml" in pages["robots.txt"]


def test_nothing_of_an_embargoed_letter_is_in_feeds_or_map(
    embargoed: Letter, folder: PublicFolder, crumbs: Look
) -> None:
    make(embargoed, NOON)
    bake_due(NOON)
    for path in ("en/letters.xml", "sitemap.xml"):
        assert embargoed.slug.encode() not in crumbs()[path]
    assert OYUN.name.encode() not in b"".join(crumbs().values())
