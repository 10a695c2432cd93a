"""Stories as files: what the public can reach, when, and that nothing else is there."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from tests.newsroom import (
    HEADLINE,
    LANGUAGES,
    TYPED,
    actor,
    approve_story,
    photograph,
    publish_story,
    with_picture,
    write_story,
)
from tests.pages.conftest import Crumbs, meta
from tests.people import SECRETARY
from tests.stage import DAY, HOUR, MINUTE, NOON
from undersigned.desk.models import User
from undersigned.letters.models import Letter
from undersigned.letters.rename import rename
from undersigned.pages import story_bakery, story_list
from undersigned.pages.bakery import bake_all, bake_due
from undersigned.pages.generation import PublicFolder
from undersigned.releases.release import Moment
from undersigned.stories import draft, publish
from undersigned.stories.models import Ranked, Story
from undersigned.stories.rename import rename as move_story

Look = Callable[[], Crumbs]
Another = Callable[[str, int], Story]
PAGE = "stories/lamps-at-the-ferry/en/index.html"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def everything(folder: PublicFolder) -> list[tuple[str, bytes]]:
    """All that lies in any generation, served or not."""
    return [(str(path), path.read_bytes()) for path in folder.root.parent.rglob("*") if path.is_file()]


# --- Before, at and after publication ---------------------------------------------------------------------------------


def test_nothing_of_an_unpublished_story_is_in_any_file(
    letter: Letter, approved: Story, reporter: User, folder: PublicFolder
) -> None:
    publish.plan(approved, Moment((NOON + DAY).replace(tzinfo=None), "UTC"), actor(reporter), NOON)
    bake_due(NOON)
    bake_all(NOON)
    for path, content in everything(folder):
        assert "lamps" not in path
        assert not any(said.encode() in content for said in HEADLINE.values())


def test_at_publication_all_languages_appear_in_one_switch(
    letter: Letter, approved: Story, reporter: User, folder: PublicFolder, crumbs: Look
) -> None:
    bake_due(NOON)
    generation = folder.current
    publish.publish_now(approved, "Asia/Seoul", actor(reporter), NOON)
    bake_due(NOON)
    assert folder.current != generation
    for language in LANGUAGES:
        page = crumbs()[f"stories/lamps-at-the-ferry/{language}/index.html"].decode()
        assert HEADLINE[language] in page
        assert f'<html lang="{language}"' in page
    pictures = [path for path in crumbs() if path.endswith(".jpg")]
    assert len(pictures) == 2
    assert all(path.startswith("stories/lamps-at-the-ferry/picture-") for path in pictures)
    assert bake_due(NOON + HOUR) == []
    assert not story_bakery.due()


def test_a_page_says_who_wrote_it_and_what_its_picture_shows(
    published: Story, folder: PublicFolder, crumbs: Look
) -> None:
    bake_all(NOON)
    page = crumbs()[PAGE].decode()
    for said in (
        "<h1>Lamps again at the ferry</h1>",
        "The ferrymen keep count",
        "<b>Jayeong Invented</b>",
        'href="mailto:jayeong@openbridge.example"',
        'href="https://erdacht.example/otto"',
        'alt="Two lamps on a bank"',
        "The ferry at dusk",
        "Ferry Picture Agency",
        "CC BY 4.0",
        "<b>Haru Ferryman</b>",
        "Report of the ferrymen",
        "Story · 10 November 2026, 21:00 (Seoul)",
        "Open the bridge",
    ):
        assert said in page, said


def test_social_media_are_told_of_a_story_as_of_a_letter(published: Story, folder: PublicFolder, crumbs: Look) -> None:
    bake_all(NOON)
    told = {tag: meta(crumbs()[f"stories/lamps-at-the-ferry/{tag}/index.html"]) for tag in LANGUAGES}
    for tag, locale in (("ko", "ko_KR"), ("en", "en_GB"), ("zh-Hans", "zh_CN")):
        assert told[tag]["og:title"] == HEADLINE[tag]
        assert told[tag]["og:description"] == TYPED.subheadline[tag]
        assert told[tag]["og:url"] == f"https://letters.example/stories/lamps-at-the-ferry/{tag}/"
        assert told[tag]["og:locale"] == locale
        assert told[tag]["og:image"].removeprefix("https://letters.example/") in crumbs()
        assert told[tag]["twitter:card"] == "summary_large_image"
    assert told["en"]["og:image:alt"] == "Two lamps on a bank"


def test_the_last_story_takes_lists_and_feeds_with_it(
    published: Story, reporter: User, folder: PublicFolder, crumbs: Look
) -> None:
    bake_all(NOON)
    assert {"stories/index.html", "ko/stories/index.html", "stories/feed/zh-Hans.xml"} <= crumbs().keys()
    publish.withdraw(published, "", actor(reporter), NOON)
    bake_due(NOON)
    assert not [path for path in crumbs() if "stories" in path and "lamps-at-the-ferry" not in path]


def test_a_correction_shows_its_note_and_lets_the_earlier_picture_go(
    published: Story, reporter: User, editor: User, folder: PublicFolder, crumbs: Look
) -> None:
    bake_all(NOON)
    before = {path for path in crumbs() if path.endswith(".jpg")}
    typed = with_picture(published, TYPED, actor(reporter), content=photograph(1000, 700))
    note = {tag: f"note in {tag}" for tag in LANGUAGES}
    draft.save(published, replace(typed, note=note, about=published.wording.about), actor(reporter), NOON + HOUR)
    bake_due(NOON + HOUR)
    assert b"note in en" not in crumbs()[PAGE]
    publish.publish_now(
        approve_story(published, reporter, editor, NOON + HOUR), "Asia/Seoul", actor(reporter), NOON + HOUR
    )
    bake_due(NOON + HOUR)
    page = crumbs()[PAGE].decode()
    assert "note in en" in page
    assert "10 November 2026, 22:00 (Seoul)" in page
    assert "Story · 10 November 2026, 21:00 (Seoul)" in page
    assert not before & crumbs().keys()


# --- Lists, feeds, markup ---------------------------------------------------------------------------------------------


def test_lists_are_newest_first_by_date_and_by_letter(
    published: Story, another: Another, folder: PublicFolder, crumbs: Look
) -> None:
    another("second-story", 1)
    bake_all(NOON + DAY)
    for path in ("stories/index.html", "en/stories/index.html", "index.html"):
        found = re.findall(r'href="/stories/([\w-]+)/en/"', crumbs()[path].decode())
        assert found[:2] == ["second-story", "lamps-at-the-ferry"], path
    for path in ("open-the-bridge/ko/stories/index.html", "open-the-bridge/ko/index.html"):
        assert re.findall(r'href="/stories/([\w-]+)/ko/"', crumbs()[path].decode()) == ["lamps-at-the-ferry"], path


def test_months_that_do_not_fit_get_pages_of_their_own(
    published: Story, another: Another, folder: PublicFolder, crumbs: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(story_list, "ON_FIRST_PAGE", 1)
    another("second-story", 31)
    bake_all(NOON + 40 * DAY)
    first = crumbs()["en/stories/index.html"].decode()
    assert "second-story" in first
    assert 'href="/stories/lamps-at-the-ferry/' not in first
    assert 'href="/en/stories/2026-11/">November 2026' in first
    assert "lamps-at-the-ferry" in crumbs()["en/stories/2026-11/index.html"].decode()


def test_each_language_has_its_feed(published: Story, folder: PublicFolder, crumbs: Look) -> None:
    bake_all(NOON)
    for language in LANGUAGES:
        feed = ElementTree.fromstring(crumbs()[f"stories/feed/{language}.xml"])  # noqa: S314  our own
        assert feed.findtext("a:entry/a:title", namespaces=ATOM) == HEADLINE[language]
        assert feed.findtext("a:entry/a:published", namespaces=ATOM) == "2026-11-10T12:00:00Z"
        link = feed.find("a:entry/a:link", ATOM)
        assert link is not None
        assert link.get("href") == f"https://letters.example/stories/lamps-at-the-ferry/{language}/"
        assert {author.findtext("a:name", namespaces=ATOM) for author in feed.iterfind("a:entry/a:author", ATOM)} >= {
            "Otto Erdacht"
        }


def test_the_markup_is_a_news_article_that_cannot_end_its_element(
    letter: Letter, reporter: User, editor: User, folder: PublicFolder, crumbs: Look
) -> None:
    evil = TYPED.headline | {"en": "</script><script>alert(1)</script> & lamps"}
    publish_story(write_story("evil-story", reporter, replace(TYPED, headline=evil)), reporter, editor)
    bake_all(NOON)
    page = crumbs()["stories/evil-story/en/index.html"].decode()
    [(kind, data)] = re.findall(r"<script( type[^>]*)>(.*?)</script>", page, re.S)
    assert kind == ' type="application/ld+json"'
    told = json.loads(data)
    assert told["@type"] == "NewsArticle"
    assert told["headline"] == evil["en"]
    assert told["datePublished"] == "2026-11-10T12:00:00+00:00"
    assert told["image"]["url"].startswith("https://letters.example/stories/evil-story/picture-")
    assert [author["name"] for author in told["author"]] == ["Jayeong Invented", "Otto Erdacht"]


# --- What stands beside a story ---------------------------------------------------------------------------------------


def test_an_unreleased_letter_is_named_on_no_page(
    embargoed: Letter, reporter: User, editor: User, folder: PublicFolder
) -> None:
    typed = replace(TYPED, about=(str(embargoed.pk),))
    publish_story(write_story("early-story", reporter, typed), reporter, editor)
    bake_all(NOON)
    assert not [path for path, content in everything(folder) if b"open-the-bridge" in content]


def test_a_letter_that_moves_is_followed_by_its_stories(
    letter: Letter, published: Story, folder: PublicFolder, crumbs: Look
) -> None:
    bake_all(NOON)
    rename(letter, "open-the-gate", SECRETARY, NOON)
    bake_due(NOON)
    page = crumbs()[PAGE]
    assert b"/open-the-gate/en/" in page
    assert b"/open-the-bridge/" not in page
    assert "open-the-gate/en/stories/index.html" in crumbs()
    assert "open-the-bridge/en/stories/index.html" not in crumbs()


def test_old_addresses_of_a_story_lead_on_and_hold_nothing_else(
    published: Story, folder: PublicFolder, crumbs: Look
) -> None:
    bake_due(NOON)
    move_story(published, "lanterns", SECRETARY, NOON)
    bake_due(NOON)
    old = {path for path in crumbs() if path.startswith("stories/lamps-at-the-ferry/")}
    assert old == {f"stories/lamps-at-the-ferry/{rest}index.html" for rest in ("", "ko/", "en/", "zh-Hans/")}
    assert b'content="0; url=/stories/lanterns/ko/"' in crumbs()["stories/lamps-at-the-ferry/ko/index.html"]
    assert json.loads(crumbs()["moved.json"])["stories/lamps-at-the-ferry"] == "stories/lanterns"
    assert b"lamps-at-the-ferry" not in b"".join(
        content for path, content in crumbs().items() if path.startswith(("open-the-bridge/", "en/", "sitemap.xml"))
    )


def test_a_story_that_nobody_has_read_yet_leaves_no_old_address(
    story: Story, reporter: User, editor: User, folder: PublicFolder, crumbs: Look
) -> None:
    move_story(story, "lanterns", SECRETARY, NOON)
    publish_story(story, reporter, editor)
    bake_due(NOON)
    assert "stories/lanterns/en/index.html" in crumbs()
    assert not [path for path, content in crumbs().items() if b"lamps-at-the-ferry" in content]


def test_the_map_of_the_site_leads_to_stories_as_soon_as_they_are_there(
    letter: Letter, another: Another, folder: PublicFolder, crumbs: Look
) -> None:
    bake_due(NOON)
    another("two-banks", 1)
    bake_due(NOON)
    assert b"<loc>https://letters.example/stories/two-banks/ko/</loc>" in crumbs()["sitemap.xml"]
    assert b"<loc>https://letters.example/en/stories/</loc>" in crumbs()["sitemap.xml"]


def test_the_top_ten_stands_beside_every_story_and_follows_in_small_portions(
    published: Story, another: Another, folder: PublicFolder, crumbs: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = another("second-story", 1)
    bake_all(NOON + DAY)
    assert b"top-ten" not in crumbs()[PAGE]
    monkeypatch.setattr(story_bakery, "AT_A_TIME", 1)
    Ranked.objects.create(place=1, story=other, total=1200)
    Ranked.objects.create(place=2, story=published, total=90)
    for _turn in range(2):
        assert len(story_bakery.due()) == 1
        bake_due(NOON + DAY)
    assert not story_bakery.due()
    for page in (PAGE, "stories/second-story/en/index.html", "en/stories/index.html"):
        assert "read about 1,200 times" in crumbs()[page].decode()


def test_the_top_ten_stands_under_every_letter_and_follows(
    published: Story, letter: Letter, folder: PublicFolder, crumbs: Look
) -> None:
    bake_due(NOON)
    page = f"{letter.slug}/en/index.html"
    assert b"top-ten" not in crumbs()[page]
    for total in (90, 1200):
        Ranked.objects.update_or_create(place=1, defaults={"story": published, "total": total})
        assert bake_due(NOON + MINUTE) == [letter]
        assert bake_due(NOON + MINUTE) == []
        assert f"read about {total:,} times" in crumbs()[page].decode()
    assert b"/stories/lamps-at-the-ferry/ko/" in crumbs()[f"{letter.slug}/ko/index.html"]


def test_a_story_is_passed_on_with_its_own_words_where_a_language_has_them(
    reporter: User, editor: User, folder: PublicFolder, crumbs: Look
) -> None:
    typed = replace(TYPED, share={"ko": "등불이 다시 켜졌습니다"})
    publish_story(write_story("lamps-at-the-ferry", reporter, typed), reporter, editor)
    bake_due(NOON)
    told = {tag: unquote(crumbs()[f"stories/lamps-at-the-ferry/{tag}/index.html"].decode()) for tag in LANGUAGES}
    assert "text=등불이 다시 켜졌습니다" in told["ko"]
    assert f"text={HEADLINE['en']}" in told["en"]


def test_social_media_find_a_story_with_its_picture(published: Story, folder: PublicFolder, crumbs: Look) -> None:
    bake_due(NOON)
    found = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', crumbs()[PAGE].decode())
    told = dict(found)
    assert (told["og:title"], told["og:description"]) == (HEADLINE["en"], "The ferrymen keep count")
    assert (told["og:locale"], told["twitter:card"]) == ("en_GB", "summary_large_image")
    assert [content for name, content in found if name == "og:locale:alternate"] == ["ko_KR", "zh_CN"]
    assert told["og:image"].removeprefix("https://letters.example/") in crumbs()
    assert told["og:image:alt"] == "Two lamps on a bank"
    assert told["article:published_time"] == NOON.isoformat()


def test_equal_records_give_equal_bytes(published: Story, folder: PublicFolder, crumbs: Look) -> None:
    bake_all(NOON)
    first = crumbs()
    bake_all(NOON + timedelta(days=3))
    assert crumbs() == first
