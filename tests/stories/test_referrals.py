from datetime import date, timedelta

import pytest
from django.db import OperationalError

from undersigned.stories.models import Referral
from undersigned.stories.referrals import CHANNELS, Referrals, count, followed, totals

DAY = date(2026, 11, 10)
LETTER = "/open-the-bridge/ko/"


@pytest.mark.django_db
def test_totals_of_a_day_add_up_by_channel_and_language() -> None:
    for channel, language, n in (("kakao", "ko", 2), ("kakao", "ko", 3), ("kakao", "en", 1), ("mail", "ko", 1)):
        count(channel, language, DAY, n)
    count("mail", "ko", DAY - timedelta(days=1), 4)
    assert totals(DAY) == {("kakao", "ko"): 5, ("kakao", "en"): 1, ("mail", "ko"): 1}


def test_every_way_to_share_is_known_when_it_comes_back() -> None:
    for channel in CHANNELS:
        assert followed(LETTER, f"via={channel}", DAY) == (channel, "ko", DAY)


@pytest.mark.parametrize("query", ["", "via=", "via=somebody@mail.example", "vía=kakao", "via=%00", "channel=kakao"])
def test_what_is_no_channel_of_ours_is_not_kept(query: str) -> None:
    assert followed(LETTER, query, DAY) is None


def test_a_story_is_counted_in_its_language_however_long_its_address() -> None:
    story = "/stories/how-the-ferrymen-came-to-count-those-who-wait/zh-Hans/"
    assert followed(story, "via=kakao", DAY) == ("kakao", "zh-Hans", DAY)


@pytest.mark.parametrize(
    "path",
    ["/", "/open-the-bridge/", "/assets/pages.css", "/open-the-bridge/kit/letter.pdf", "/open-the-bridge/nowhere/",
     "/stories/lamps/", "/stories/somebody-reads/this/"],
)  # fmt: skip
def test_what_is_no_page_in_a_language_is_not_counted(path: str) -> None:
    assert followed(path, "via=kakao", DAY) is None


@pytest.mark.django_db
def test_what_gathers_in_memory_is_written_once() -> None:
    referrals = Referrals()
    for _ in range(3):
        referrals.see(LETTER, "via=line", DAY)
    referrals.see(LETTER, "", DAY)
    assert not Referral.objects.exists()
    referrals.flush()
    referrals.flush()
    assert list(Referral.objects.values_list("channel", "language", "count")) == [("line", "ko", 3)]


@pytest.mark.django_db
def test_totals_wait_while_the_record_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    referrals = Referrals()
    referrals.see(LETTER, "via=line", DAY)

    def away(*_arguments: object) -> None:
        raise OperationalError("no such server")

    with monkeypatch.context() as patch:
        patch.setattr("undersigned.stories.referrals.count", away)
        referrals.flush()
    referrals.flush()
    assert Referral.objects.get().count == 1
