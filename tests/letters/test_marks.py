import pytest

from undersigned.letters.blocks import Kind, Place
from undersigned.letters.inline import Run
from undersigned.letters.marks import Mark, UnknownMark, parse, split, swallowed


def test_a_mark_is_split_from_the_end_of_a_text() -> None:
    assert split("Words. {#key .claim}", Place()) == ("Words. ", Mark("key", Kind.CLAIM))
    assert split("{#key} words", Place()) == ("{#key} words", Mark())


def test_the_first_of_two_marks_counts_and_the_second_adds() -> None:
    mark = Mark(key="a", facts={"hedge": "x"}) | Mark(key="b", kind=Kind.CLAIM, facts={"hedge": "y", "bound": "z"})
    assert mark == Mark("a", Kind.CLAIM, {"hedge": "x", "bound": "z"})


def test_a_misspelt_mark_is_told_the_nearest_one() -> None:
    with pytest.raises(UnknownMark) as refused:
        parse(".demnad", Place("letter.en.md", 4))
    assert str(refused.value) == "letter.en.md:4: Blocks know no “demnad”. They know: demand."


def test_marks_in_the_midst_of_text_are_taken_out() -> None:
    assert swallowed((Run("One. {#one} Two. {#two .claim} Three."),)) == ((Run("One. Two. Three."),), ("one", "two"))
