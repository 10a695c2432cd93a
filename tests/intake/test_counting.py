"""The door counts the pages of stories that it sends, and nothing about who asked for them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from tests.intake.asking import Reader
from tests.stage import NOON
from undersigned.intake.begin import write_reads
from undersigned.intake.counting import Counting
from undersigned.pages.generation import PublicFolder
from undersigned.stories.models import Reads, Story

PAGE = "stories/lamps-at-the-ferry/ko/index.html"
ADDRESS = "/stories/lamps-at-the-ferry/ko/"


@dataclass
class Book:
    """Where numbers are written; torn, it takes none."""

    pages: list[Mapping[str, int]] = field(default_factory=list)
    is_torn: bool = False

    def write(self, times: Mapping[str, int]) -> None:
        if self.is_torn:
            raise OSError
        self.pages.append(times)


@pytest.fixture
def book(reader: Reader, folder: PublicFolder) -> Book:
    with folder.lock():
        folder.publish({PAGE: b"lamps", "stories/feed/ko.xml": b"<feed/>", "404.html": b"nothing", "index.html": b"x"})
    book = Book()
    reader.door.counting = Counting(book.write)
    return book


def test_what_was_sent_is_counted_and_what_was_only_tried_is_not(reader: Reader, book: Book) -> None:
    tag = reader.ask(ADDRESS).headers["etag"]
    reader.ask(ADDRESS, if_none_match=tag)
    reader.ask(ADDRESS, method="HEAD")
    reader.ask(ADDRESS, sec_purpose="prefetch;prerender")
    for path in ("/", "/stories/feed/ko.xml", "/stories/no-such-story/ko/", "/stories/lamps-at-the-ferry/ko"):
        reader.ask(path)
    reader.run(reader.door.counting.flush())
    assert book.pages == [{"lamps-at-the-ferry": 2}]


def test_nothing_is_written_where_nothing_was_read(reader: Reader, book: Book) -> None:
    reader.run(reader.door.counting.flush())
    assert book.pages == []


def test_a_record_that_is_away_holds_up_no_page(reader: Reader, book: Book, caplog: pytest.LogCaptureFixture) -> None:
    book.is_torn = True
    reader.ask(ADDRESS)
    reader.run(reader.door.counting.flush())
    assert "not written (OSError)" in caplog.text
    assert "lamps" not in caplog.text
    assert reader.ask(ADDRESS).status == 200


def test_what_was_counted_is_written_before_the_end(reader: Reader, book: Book) -> None:
    async def live() -> None:
        reader.door.counting.open()
        await asyncio.sleep(0)
        reader.door.counting.counter.note(ADDRESS)
        await reader.door.counting.close()

    reader.run(live())
    assert book.pages == [{"lamps-at-the-ferry": 1}]


@pytest.fixture
def record(published: Story, monkeypatch: pytest.MonkeyPatch) -> Story:
    """The connection of a test is not let go."""
    monkeypatch.setattr("undersigned.intake.begin.connections.close_all", lambda: None)
    return published


def test_the_numbers_reach_the_record(record: Story) -> None:
    write_reads({record.slug: 3})
    row = Reads.objects.get()
    assert (row.story, row.times) == (record, 3)
    assert row.hour.minute == NOON.minute
