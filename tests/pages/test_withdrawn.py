"""What is left of a withdrawn story: at its address, that it was withdrawn; and nothing of it anywhere."""

import json

from tests.newsroom import HEADLINE, LANGUAGES, actor
from tests.pages.test_stories import PAGE, Another, Look, everything
from tests.stage import DAY, MINUTE, NOON
from undersigned.desk.models import User
from undersigned.pages import story_bakery
from undersigned.pages.bakery import bake_all, bake_due
from undersigned.pages.generation import PublicFolder
from undersigned.stories import publish
from undersigned.stories.models import Ranked, Story
from undersigned.stories.rename import rename as move_story


def test_nothing_of_a_withdrawn_story_is_left_but_that_it_was(
    published: Story, reporter: User, another: Another, folder: PublicFolder
) -> None:
    another("second-story", 1)
    Ranked.objects.create(place=1, story=published, total=120)
    bake_all(NOON + DAY)
    assert [path for path, content in everything(folder) if HEADLINE["en"].encode() in content]
    publish.withdraw(published, "Harms somebody", actor(reporter), NOON + DAY)
    bake_due(NOON + DAY + MINUTE)
    left = ("", *(f"{language}/" for language in LANGUAGES))
    pages = {f"stories/lamps-at-the-ferry/{rest}index.html" for rest in left}
    for path, content in everything(folder):
        inside = path.partition("generations/")[2].partition("/")[2]
        is_left = inside.removesuffix(".gz").removesuffix(".br") in pages
        assert is_left or "lamps-at-the-ferry" not in path
        assert is_left or inside == "withdrawn.json" or b"lamps-at-the-ferry" not in content, path
        assert not any(said.encode() in content for said in HEADLINE.values()), path
        assert b"Harms somebody" not in content, path


def test_who_followed_a_link_to_a_withdrawn_story_is_told_when_and_why_in_its_language(
    published: Story, reporter: User, another: Another, folder: PublicFolder, crumbs: Look
) -> None:
    another("second-story", 1)
    told = {"ko": "한 사람이 알아볼 수 있게 나왔습니다.", "en": "Somebody could be recognised in it."}
    publish.withdraw(published, "", actor(reporter), NOON + DAY, told)
    bake_due(NOON + DAY)
    page = crumbs()[PAGE].decode()
    for said in (
        "<h1>This story was withdrawn</h1>",
        "The coalition took it back on 11 November 2026, 21:00 (Seoul).",
        "Somebody could be recognised in it.",
        'href="/open-the-bridge/en/"',
        'href="/en/stories/"',
        'href="/stories/lamps-at-the-ferry/ko/"',
        '<meta name="robots" content="noindex">',
    ):
        assert said in page, said
    assert "canonical" not in page
    assert told["ko"] in crumbs()["stories/lamps-at-the-ferry/index.html"].decode()
    chinese = crumbs()["stories/lamps-at-the-ferry/zh-Hans/index.html"].decode()
    assert '<html lang="zh-Hans"' in chinese
    assert f'<bdi lang="ko" dir="ltr">{told["ko"]}</bdi>' in chinese
    assert b"lamps-at-the-ferry" not in crumbs()["sitemap.xml"]


def test_without_a_reason_none_is_told_and_without_other_stories_no_way_to_them(
    published: Story, reporter: User, another: Another, folder: PublicFolder, crumbs: Look
) -> None:
    publish.withdraw(published, "Harms somebody", actor(reporter), NOON)
    bake_due(NOON)
    page = crumbs()[PAGE].decode()
    assert "Why" not in page
    assert "/en/stories/" not in page
    assert '<a href="/en/">All letters</a>' in page
    another("second-story", 1)
    bake_due(NOON + DAY)
    assert 'href="/en/stories/"' in crumbs()[PAGE].decode()
    assert not story_bakery.due()


def test_a_story_withdrawn_before_there_were_such_pages_gets_its_own(
    published: Story, reporter: User, folder: PublicFolder, crumbs: Look
) -> None:
    publish.withdraw(published, "", actor(reporter), NOON)
    Story.objects.update(withdrawn_at=None)
    bake_all(NOON + DAY)
    page = crumbs()[PAGE].decode()
    assert "The coalition has taken it back." in page
    assert bake_all(NOON + DAY) == bake_all(NOON + DAY)


def test_old_addresses_of_a_withdrawn_story_say_the_same(
    published: Story, reporter: User, folder: PublicFolder, crumbs: Look
) -> None:
    move_story(published, "lanterns", actor(reporter), NOON)
    publish.withdraw(published, "", actor(reporter), NOON)
    bake_due(NOON)
    assert crumbs()[PAGE] == crumbs()["stories/lanterns/en/index.html"]
    assert HEADLINE["en"].encode() not in crumbs()[PAGE]
    assert json.loads(crumbs()["moved.json"])["stories/lamps-at-the-ferry"] == "stories/lanterns"
    assert json.loads(crumbs()["withdrawn.json"]) == ["stories/lanterns"]
