import copy

from undersigned.lib.refusal import Refusal, Refused, gettext_noop


class TooLate(Refusal):
    code = "too-late"
    status = 409
    message = gettext_noop("Sign-ons closed on %(day)s (100%% sure).")


def test_a_refusal_says_its_sentence_with_its_facts():
    assert str(TooLate("day", day="10 November")) == "Sign-ons closed on 10 November (100% sure)."


def test_a_refusal_names_its_field():
    assert TooLate("day", day="x").field == "day"


def test_a_refusal_survives_copying():
    refusal = TooLate("day", day="Monday")
    twin = copy.copy(refusal)
    assert (str(twin), twin.field) == (str(refusal), "day")


def test_several_refusals_are_said_line_by_line():
    both = Refused([TooLate(day="Monday"), TooLate(day="Tuesday")])
    first, second = str(both).splitlines()
    assert "Monday" in first
    assert "Tuesday" in second
