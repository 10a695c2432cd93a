# ruff: noqa: DTZ001 (wall times have no offset yet; that is the point)
from datetime import UTC, datetime, timedelta

import pytest

from undersigned.lib.clock import RepeatedHour, SkippedHour, UnknownZone, hour_of, instant_of, now, zone_of


def test_the_present_is_told_in_utc():
    assert now().utcoffset() == timedelta(0)


def test_a_wall_time_is_one_moment():
    assert instant_of(datetime(2026, 11, 10, 9), "Asia/Seoul") == datetime(2026, 11, 10, 0, tzinfo=UTC)
    assert instant_of(datetime(2026, 7, 1, 9), "Europe/Berlin") == datetime(2026, 7, 1, 7, tzinfo=UTC)


def test_an_hour_that_the_clocks_skip_is_refused_with_the_two_choices():
    with pytest.raises(SkippedHour) as refused:
        instant_of(datetime(2026, 3, 29, 2, 30), "Europe/Berlin", "wall")
    assert refused.value.field == "wall"
    assert str(refused.value) == (
        "There is no 2026-03-29 02:30 in Europe/Berlin: the clocks are put forward over it. "
        "Please choose 2026-03-29 01:30 (UTC+01:00) or 2026-03-29 03:30 (UTC+02:00)."
    )


def test_an_hour_that_the_clocks_repeat_is_refused_with_the_two_choices():
    with pytest.raises(RepeatedHour) as refused:
        instant_of(datetime(2026, 11, 1, 1, 30), "America/New_York")
    assert str(refused.value) == (
        "2026-11-01 01:30 happens twice in America/New_York: the clocks are put back. "
        "Please choose 2026-11-01 01:30 (UTC-04:00) or 2026-11-01 01:30 (UTC-05:00)."
    )


def test_the_refused_hour_carries_both_choices_as_moments():
    with pytest.raises(SkippedHour) as refused:
        instant_of(datetime(2026, 3, 29, 2, 30), "Europe/Berlin")
    earlier, later = refused.value.earlier, refused.value.later
    assert (earlier.hour, later.hour) == (1, 3)
    assert later - earlier.astimezone(UTC) == timedelta(hours=1)


def test_each_of_the_two_choices_is_taken_once_chosen():
    with pytest.raises(RepeatedHour) as refused:
        instant_of(datetime(2026, 10, 25, 2), "Europe/Berlin")
    choices = (refused.value.earlier, refused.value.later)
    assert [instant_of(choice, "Europe/Berlin").hour for choice in choices] == [0, 1]


def test_the_first_moment_after_a_skipped_hour_and_the_last_before_it_exist():
    assert instant_of(datetime(2026, 3, 29, 3), "Europe/Berlin") == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert instant_of(datetime(2026, 3, 29, 1, 59), "Europe/Berlin") == datetime(2026, 3, 29, 0, 59, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["", "Seoul", "KST+9", "../../etc/passwd", "/etc/localtime", "Asia/Seoul\0"])
def test_a_zone_that_nobody_keeps_is_refused(zone):
    with pytest.raises(UnknownZone):
        zone_of(zone)


def test_a_moment_is_told_to_the_hour():
    assert hour_of(datetime(2026, 11, 10, 9, 59, 59, 999_999, tzinfo=UTC)) == datetime(2026, 11, 10, 9, tzinfo=UTC)
