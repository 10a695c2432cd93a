"""What the desk is told of readers: numbers by channel and language."""

import re

from django.test import Client

from undersigned.lib.clock import now
from undersigned.stories.models import Ranked, Story
from undersigned.stories.referrals import count


def test_followed_links_are_told_by_channel_and_language(desk: Client) -> None:
    for channel, language, n in (("kakao", "ko", 5), ("kakao", "zh-Hans", 2), ("mail", "ko", 9)):
        count(channel, language, now().date(), n)
    text = desk.get("/desk/readers/").content.decode()
    rows = re.findall(r'<th scope="row">(KakaoTalk|Mail)</th>(.*?)</tr>', text)
    assert [(name, re.findall(r">(\d+)<", cells)) for name, cells in rows] == [
        ("Mail", ["9", "0", "9"]),
        ("KakaoTalk", ["5", "2", "7"]),
    ]
    assert "Telegram" not in text


def test_the_desk_sees_the_top_ten_that_readers_see(desk: Client, published: Story) -> None:
    Ranked.objects.create(place=1, story=published, total=120)
    text = desk.get("/desk/readers/").content.decode()
    assert f'href="/desk/stories/{published.slug}/"' in text
    assert ">120<" in text


def test_before_anybody_reads_it_says_so(desk: Client) -> None:
    text = desk.get("/desk/readers/").content.decode()
    assert "No shared link has been followed yet." in text
    assert "No story has been read often enough yet." in text


def test_strangers_do_not_reach_it(client: Client, db: None, keys: object) -> None:
    assert client.get("/desk/readers/").status_code == 302
