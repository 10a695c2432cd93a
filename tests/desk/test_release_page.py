"""Planning the release at the desk."""

import re

import pytest
from django.test import Client

from tests.desk.conftest import page
from tests.stage import night_of_the_clocks
from undersigned.letters.models import Letter
from undersigned.releases.models import Release


def plan(desk: Client, letter: Letter, date: str, time: str, zone: str, **more: str) -> tuple[int, str]:
    answer = desk.post(f"/desk/{letter.slug}/release/", {"date": date, "time": time, "zone": zone, **more})
    return answer.status_code, answer.content.decode()


def planned(letter: Letter) -> Release | None:
    return Release.objects.filter(letter=letter, state="scheduled").first()


def test_a_release_is_planned_postponed_and_cancelled(desk: Client, frozen: Letter) -> None:
    assert plan(desk, frozen, "2999-03-01", "09:00", "Asia/Seoul")[0] == 302
    assert plan(desk, frozen, "2999-03-02", "10:30", "Europe/Berlin")[0] == 302
    release = planned(frozen)
    assert release
    assert (release.wall_time, release.zone) == ("2999-03-02T10:30", "Europe/Berlin")
    assert "2999-03-02" in page(desk, frozen, "release/")
    desk.post(f"/desk/{frozen.slug}/release/cancel/")
    assert planned(frozen) is None
    frozen.refresh_from_db()
    assert frozen.publication == "draft"
    answer = desk.post(f"/desk/{frozen.slug}/release/cancel/", follow=True)
    assert "No release is planned for this letter." in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("2001-03-01", "09:00", "Asia/Seoul"), "has passed already"),
        (("2999-03-01", "09:00", "Asia/Atlantis"), "is not a time zone"),
        (("2999-03-01", "09:00", "../etc/passwd"), "is not a time zone"),
        (("2999-02-30", "09:00", "Asia/Seoul"), "Give a date and a time"),
        (("", "", ""), "Give a date and a time"),
        (("2999-03-01", "09:00+09:00", "Asia/Seoul"), "Give a date and a time"),
    ],
)
def test_a_moment_that_cannot_be_is_refused_and_stays_typed(
    desk: Client, frozen: Letter, typed: tuple[str, str, str], told: str
) -> None:
    status, text = plan(desk, frozen, *typed)
    assert status == 422
    assert told in text
    assert f'value="{typed[2]}"' in text
    assert planned(frozen) is None


def test_an_hour_that_the_clocks_skip_offers_the_two_choices(desk: Client, frozen: Letter) -> None:
    night = night_of_the_clocks(3)
    status, text = plan(desk, frozen, night, "02:30", "Europe/Berlin")
    assert status == 422
    choices = re.findall(r'name="moment" value="([^"]+)">([^<]+)<', text)
    assert [label for _, label in choices] == [f"{night} 01:30 (UTC+01:00)", f"{night} 03:30 (UTC+02:00)"]
    assert plan(desk, frozen, night, "02:30", "Europe/Berlin", moment=choices[1][0])[0] == 302
    release = planned(frozen)
    assert release
    assert f"{release.instant:%H:%M}" == "01:30"


def test_an_hour_that_the_clocks_repeat_offers_the_two_choices(desk: Client, frozen: Letter) -> None:
    night = night_of_the_clocks(10)
    status, text = plan(desk, frozen, night, "02:30", "Europe/Berlin")
    assert status == 422
    choices = re.findall(r'name="moment" value="([^"]+)">([^<]+)<', text)
    assert [label for _, label in choices] == [f"{night} 02:30 (UTC+02:00)", f"{night} 02:30 (UTC+01:00)"]
    for moment, instant in ((choices[0][0], "00:30"), (choices[1][0], "01:30")):
        assert plan(desk, frozen, night, "02:30", "Europe/Berlin", moment=moment)[0] == 302
        release = planned(frozen)
        assert release
        assert f"{release.instant:%H:%M}" == instant


def test_a_text_that_is_not_frozen_cannot_be_released(desk: Client, drafted: Letter) -> None:
    status, text = plan(desk, drafted, "2999-03-01", "09:00", "Asia/Seoul")
    assert status == 409
    assert "Freeze the text first" in text


def test_a_released_letter_is_not_released_again(desk: Client, letter: Letter) -> None:
    assert "<form method" not in page(desk, letter, "release/").split("<main")[1]
    assert plan(desk, letter, "2999-03-01", "09:00", "Asia/Seoul")[0] == 409
