"""The top ten: what is counted, what that is worth at most, and what nobody learns from it."""

from collections.abc import Callable
from threading import Thread

import pytest

from tests.newsroom import actor
from tests.stage import DAY, HOUR, NOON
from undersigned.desk.models import User
from undersigned.stories.models import Ranked, Reads, Story
from undersigned.stories.publish import withdraw
from undersigned.stories.reads import ReadCounter, count, rank, rounded, slug_in

Another = Callable[[str, int], Story]
CAP = 1000


def top() -> list[tuple[int, str, int]]:
    return list(Ranked.objects.order_by("place").values_list("place", "story__slug", "total"))


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("/stories/lamps-at-the-ferry/ko/", "lamps-at-the-ferry"),
        ("/stories/lamps-at-the-ferry/zh-Hans/", "lamps-at-the-ferry"),
        ("/stories/lamps-at-the-ferry/", ""),
        ("/stories/feed/ko.xml", ""),
        ("/ko/stories/", ""),
        ("/open-the-bridge/ko/", ""),
        ("/open-the-bridge/ko/stories/", ""),
        ("/p/story/token/ko/", ""),
        ("/stories/lamps-at-the-ferry/ko/?x=1", ""),
    ],
)
def test_only_pages_of_stories_are_counted(path: str, slug: str) -> None:
    assert slug_in(path) == slug


def test_a_counter_is_shared_by_threads_and_taken_once() -> None:
    counter = ReadCounter()

    def read() -> None:
        for _ in range(500):
            counter.note("/stories/lamps-at-the-ferry/ko/")
            counter.note("/open-the-bridge/ko/")

    threads = [Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.take() == {"lamps-at-the-ferry": 2000}
    assert counter.take() == {}


def test_what_is_kept_is_a_number_an_hour_and_nothing_else(published: Story) -> None:
    count({published.slug: 3, "no-such-story": 9}, NOON + HOUR / 2, CAP)
    count({published.slug: 4}, NOON + HOUR / 3, CAP)
    [row] = Reads.objects.values()
    assert {name: value for name, value in row.items() if name != "id"} == {
        "story_id": published.pk,
        "hour": NOON,
        "times": 7,
    }


def test_a_story_that_is_not_public_is_not_counted(approved: Story) -> None:
    count({approved.slug: 50}, NOON, CAP)
    assert not Reads.objects.exists()


def test_who_reads_a_page_again_and_again_gains_little(published: Story, another: Another) -> None:
    other = another("second-story", 0)
    for _ in range(50):
        count({published.slug: 40_000}, NOON, CAP)
    for hour in range(3):
        count({other.slug: 600}, NOON + hour * HOUR, CAP)
    rank(NOON + 3 * HOUR)
    assert top() == [(1, "second-story", 1800), (2, "lamps-at-the-ferry", 1000)]


def test_a_few_readers_are_not_seen_and_totals_are_rounded(published: Story, another: Another) -> None:
    quiet = another("quiet-story", 0)
    count({published.slug: 1234 % CAP, quiet.slug: 19}, NOON, CAP)
    rank(NOON)
    assert top() == [(1, "lamps-at-the-ferry", 230)]


@pytest.mark.parametrize(
    ("total", "told"),
    [(20, 20), (24, 20), (25, 30), (99, 100), (104, 100), (1234, 1200), (1250, 1300), (98_765, 99_000)],
)
def test_totals_are_rounded_to_two_digits(total: int, told: int) -> None:
    assert rounded(total) == told


def test_seven_days_count_and_older_numbers_are_forgotten(published: Story) -> None:
    count({published.slug: 500}, NOON, CAP)
    assert rank(NOON + 6 * DAY)
    assert not rank(NOON + 6 * DAY + HOUR)
    assert rank(NOON + 7 * DAY)
    assert top() == []
    assert not Reads.objects.exists()


def test_there_are_ten_places_and_the_newer_story_goes_first(published: Story, another: Another) -> None:
    for number in range(11):
        count({another(f"story-{number:02}", number + 1).slug: 100}, NOON, CAP)
    count({published.slug: 150}, NOON, CAP)
    rank(NOON + 20 * HOUR)
    assert [slug for _place, slug, _total in top()] == [
        "lamps-at-the-ferry",
        *(f"story-{number:02}" for number in range(10, 1, -1)),
    ]


def test_a_withdrawn_story_leaves_its_place_at_once(published: Story, reporter: User) -> None:
    count({published.slug: 500}, NOON, CAP)
    rank(NOON)
    withdraw(published, "", actor(reporter), NOON)
    assert top() == []
    count({published.slug: 500}, NOON, CAP)
    rank(NOON + HOUR)
    assert top() == []
