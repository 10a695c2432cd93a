"""Wordings as they are typed at the desk."""

import pytest

from undersigned.letters import wording
from undersigned.letters.blocks import Kind, Source
from undersigned.lib.refusal import Refused


def refused(kind: str, **fields: str) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        wording.parse(kind, {name.replace("_", "-"): value for name, value in fields.items()})
    return [(refusal.field, refusal.code) for refusal in caught.value.refusals]


def test_text_sources_and_facts_are_read() -> None:
    read = wording.parse(
        "claim", {"text": "About *two*.[^b][^a]", "sources": "a: One\n\nb: <https://x.example>", "bound": "about"}
    )
    assert read.text == "About *two*.[^b][^a]"
    assert read.sources == (Source("b", "<https://x.example>"), Source("a", "One"))
    assert dict(read.facts) == {"bound": "about"}


def test_sources_are_typed_back_as_they_are_shown() -> None:
    sources = (Source("1", "Report of the ferrymen, 2026"), Source("un:2", "A *paper*"))
    assert wording.lines_of(sources) == "1: Report of the ferrymen, 2026\nun:2: A *paper*"
    read = wording.parse("paragraph", {"text": "x[^1][^un:2]", "sources": wording.lines_of(sources)})
    assert read.sources == sources


def test_a_list_has_an_item_a_line_and_a_heading_has_one_line() -> None:
    assert wording.parse("list", {"text": "one\r\n\r\n  two  \r\n"}).text == "one\ntwo"
    assert wording.parse("heading", {"text": "One\\\ntwo"}).text == "One two"


def test_an_empty_text_is_a_gap_not_a_fault() -> None:
    assert wording.parse("paragraph", {"text": " "}).text == ""


def test_a_fact_that_the_kind_cannot_state_is_passed_over() -> None:
    assert dict(wording.parse("paragraph", {"text": "x", "as-of": "2026"}).facts) == {}


def test_everything_wrong_is_told_at_once() -> None:
    assert refused("claim", text="<i>x</i>", sources="no label\n1: a\n1: b", as_of="soon", hedge="x" * 81) == [
        ("text", "html-in-text"),
        ("sources", "source-line-wrong"),
        ("sources", "source-twice"),
        ("hedge", "text-too-long"),
        ("as-of", "not-a-date"),
    ]


@pytest.mark.parametrize("kind", list(Kind))
def test_text_and_sources_must_belong_together(kind: Kind) -> None:
    assert refused(kind, text="x[^1]") == [("sources", "source-missing")]
    assert refused(kind, text="x", sources="1: a") == [("sources", "source-unused")]
