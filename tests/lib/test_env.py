from pathlib import Path

import pytest

from undersigned.lib.env import Misconfigured, Rate, env_bool, env_int, env_path, env_rate, env_seconds, env_str

NAME = "UNDERSIGNED_TRIED"


@pytest.fixture
def set_to(monkeypatch):
    monkeypatch.delenv(NAME, raising=False)
    return lambda text: monkeypatch.setenv(NAME, text)


def test_what_is_not_set_is_the_default(set_to):
    assert env_str(NAME, "x") == "x"
    assert env_bool(NAME, True) is True
    assert env_int(NAME, 7) == 7
    assert env_seconds(NAME, 60) == 60
    assert env_path(NAME, Path("/x")) == Path("/x")


def test_what_has_no_default_must_be_set(set_to):
    with pytest.raises(Misconfigured, match=NAME):
        env_str(NAME)


@pytest.mark.parametrize(("text", "meant"), [("1", True), ("Yes", True), ("on", True), ("0", False), ("FALSE", False)])
def test_yes_and_no_are_understood(set_to, text, meant):
    set_to(text)
    assert env_bool(NAME, not meant) is meant


@pytest.mark.parametrize(("text", "meant"), [("0", 0), ("90s", 90), ("15m", 900), ("36h", 129_600), ("14d", 1_209_600)])
def test_a_length_of_time_is_given_with_its_unit(set_to, text, meant):
    set_to(text)
    assert env_seconds(NAME, 1) == meant


@pytest.mark.parametrize(
    ("reader", "text", "expected"),
    [
        (lambda: env_bool(NAME, True), "maybe", "true"),
        (lambda: env_bool(NAME, True), "", "left out"),
        (lambda: env_int(NAME, 1), "1.5", "whole number"),
        (lambda: env_int(NAME, 1), "-1", "at least 0"),
        (lambda: env_int(NAME, 1), "1_000", "whole number"),
        (lambda: env_int(NAME, 1), "٣", "whole number"),
        (lambda: env_int(NAME, 5, least=2), "1", "at least 2"),
        (lambda: env_seconds(NAME, 1), "14", "unit"),
        (lambda: env_seconds(NAME, 1), "2 weeks", "unit"),
        (lambda: env_path(NAME, Path()), " ", "left out"),
        (lambda: env_str(NAME, ""), "two\nlines", "one line"),
    ],
)
def test_what_would_have_to_be_guessed_is_refused_by_name(set_to, reader, text, expected):
    set_to(text)
    with pytest.raises(Misconfigured) as refused:
        reader()
    assert NAME in str(refused.value)
    assert expected in str(refused.value)


def test_a_refused_value_is_not_printed_for_it_may_be_a_password(set_to):
    set_to("s3cret")
    with pytest.raises(Misconfigured) as refused:
        env_int(NAME, 1)
    assert "s3cret" not in str(refused.value)


def test_a_path_may_begin_at_home(set_to, monkeypatch):
    monkeypatch.setenv("HOME", "/home/editor")
    set_to("~/letters")
    assert env_path(NAME, Path()) == Path("/home/editor/letters")


# --- Rates ------------------------------------------------------------------------------------------------------------


def test_a_rate_is_so_many_in_so_long(monkeypatch):
    assert env_rate(NAME, "60/10m") == Rate(60, 600)
    monkeypatch.setenv(NAME, "3/1s")
    assert env_rate(NAME, "60/10m") == Rate(3, 1)
    assert env_rate(NAME, "60/10m").a_second == 3


@pytest.mark.parametrize("said", ["", "60", "60/10", "0/1s", "1/0s", "60 / 10m", "-1/1s", "sixty/10m", "60/10m/1s"])
def test_a_rate_that_would_have_to_be_guessed_at_is_refused(monkeypatch, said):
    monkeypatch.setenv(NAME, said)
    with pytest.raises(Misconfigured):
        env_rate(NAME, "60/10m")
