from collections.abc import Iterable
from datetime import date
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from undersigned.pages.models import Referral
from undersigned.pages.referrals import Counted, Referrals, count, followed
from undersigned.pages.share import CHANNELS

DAY = date(2026, 11, 10)
LETTER = "/open-the-bridge/ko/"


def page(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    start("404 Not Found" if "missing" in environ["PATH_INFO"] else "200 OK", [])
    return []


def ask(counted: Counted, path: str, query: str, method: str = "GET") -> None:
    counted({"PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": method}, lambda *_answer: lambda _bytes: None)


@pytest.mark.django_db
def test_totals_of_a_day_add_up_by_channel_and_language() -> None:
    for channel, language, n in (("kakao", "ko", 2), ("kakao", "ko", 3), ("kakao", "en", 1), ("mail", "ko", 1)):
        count(channel, language, DAY, n)
    totals = {(row.channel, row.language): row.count for row in Referral.objects.filter(day=DAY)}
    assert totals == {("kakao", "ko"): 5, ("kakao", "en"): 1, ("mail", "ko"): 1}


def test_every_way_to_share_is_known_when_it_comes_back() -> None:
    for channel in CHANNELS:
        assert followed(LETTER, f"via={channel}", DAY) == (channel, "ko", DAY)


@pytest.mark.parametrize("query", ["", "via=", "via=somebody@mail.example", "vía=kakao", "via=%00", "channel=kakao"])
def test_what_is_no_channel_of_ours_is_not_kept(query: str) -> None:
    assert followed(LETTER, query, DAY) is None


def test_an_address_without_a_language_is_not_counted() -> None:
    assert followed("/", "via=kakao", DAY) is None


@pytest.mark.django_db
def test_only_pages_that_were_shown_are_counted_and_only_their_number_is_written() -> None:
    referrals = Referrals()
    counted = Counted(page, referrals)
    for _ in range(3):
        ask(counted, LETTER, "via=line")
    ask(counted, "/missing/ko/", "via=line")
    ask(counted, LETTER, "via=line", "HEAD")
    ask(counted, LETTER, "")
    assert not Referral.objects.exists()
    referrals.flush()
    referrals.flush()
    assert list(Referral.objects.values_list("channel", "language", "count")) == [("line", "ko", 3)]
