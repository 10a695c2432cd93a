from types import NoneType

import pytest

from tests.people import CLERK, SECRETARY
from tests.stage import BLOCKS, NOON
from tests.trouble import at_once, cut_at_each_step, everything
from undersigned.letters import draft
from undersigned.letters.blocks import Kind, Source
from undersigned.letters.content import ParallelBlock, Wording
from undersigned.letters.draft import BlockChangedMeanwhile, BlockGone, Correction, DraftIsFrozen
from undersigned.letters.models import Letter

RACE = pytest.mark.django_db(transaction=True)
KOREAN = "약 이천 명이 기다립니다.[^1]"


def correction(text: str, was: str = KOREAN, key: str = "waiting", language: str = "ko") -> Correction:
    return Correction(key, language, Wording(text, (Source("1", "뱃사공"),), {"bound": "about"}), was)


def correct(letter: Letter, change: Correction) -> None:
    draft.correct(letter, change, SECRETARY, NOON)


def korean(letter: Letter, key: str = "waiting") -> str:
    [block] = [block for block in draft.content_of(letter).blocks if block.key == key]
    return block.wordings["ko"].text


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_a_draft_says_everything_that_people_will_consent_to(drafted: Letter) -> None:
    content = draft.content_of(drafted)
    assert content.blocks == BLOCKS
    assert content.languages == ("ko", "en", "zh-Hans")
    assert content.date == "2026-11-10"
    assert content.subject == drafted.subject
    assert [party.title for party in content.addressees] == [{"en": "The Keeper of the Bridge"}]


def test_a_gap_is_left_out_of_the_content_and_told(drafted: Letter) -> None:
    half = ParallelBlock("closing", Kind.PARAGRAPH, {"ko": Wording("올림"), "en": Wording("Yours")})
    draft.replace(drafted, [BLOCKS[0], half, BLOCKS[2]], {("open", "en"): "moved"})
    found = [(gap.block.key, gap.language, gap.gap) for gap in draft.gaps(drafted)]
    assert found == [("closing", "zh-Hans", "missing"), ("open", "en", "moved")]
    assert set(draft.content_of(drafted).blocks[1].wordings) == {"ko", "en"}


# --- Correcting -------------------------------------------------------------------------------------------------------


def test_a_correction_changes_one_block_in_one_language(drafted: Letter) -> None:
    before = draft.content_of(drafted).blocks
    correct(drafted, correction("약 삼천 명이 기다립니다.[^1]"))
    after = draft.content_of(drafted).blocks
    assert (after[0], after[2]) == (before[0], before[2])
    assert after[1].wordings == before[1].wordings | {
        "ko": Wording("약 삼천 명이 기다립니다.[^1]", (Source("1", "뱃사공"),), {"bound": "about"})
    }


def test_a_correction_closes_the_gap(drafted: Letter) -> None:
    draft.replace(drafted, BLOCKS, {("waiting", "ko"): "split", ("open", "ko"): "moved"})
    correct(drafted, correction(KOREAN))
    assert [(gap.block.key, gap.gap) for gap in draft.gaps(drafted)] == [("open", "moved")]


def test_an_emptied_block_is_a_gap(drafted: Letter) -> None:
    correct(drafted, correction(""))
    assert [(gap.block.key, gap.gap) for gap in draft.gaps(drafted)] == [("waiting", "missing")]


def test_a_missing_wording_can_be_written(drafted: Letter) -> None:
    draft.replace(drafted, [ParallelBlock("waiting", Kind.PARAGRAPH, {"en": Wording("They wait.")})], {})
    correct(drafted, correction("기다립니다.", was=""))
    assert korean(drafted) == "기다립니다."
    assert [gap.language for gap in draft.gaps(drafted)] == ["zh-Hans"]


def test_of_two_editors_of_a_block_the_second_is_told_and_overwrites_nothing(drafted: Letter) -> None:
    correct(drafted, correction("첫째"))
    before = everything()
    with pytest.raises(BlockChangedMeanwhile):
        correct(drafted, correction("둘째"))
    assert everything() == before
    correct(drafted, correction("둘째", was="첫째"))
    assert korean(drafted) == "둘째"


def test_two_editors_of_a_block_in_two_languages_do_not_meet(drafted: Letter) -> None:
    correct(drafted, correction("첫째"))
    correct(drafted, correction("Second", was="About two thousand wait.[^1]", language="en"))
    assert korean(drafted) == "첫째"


@RACE
def test_two_editors_who_save_at_the_same_moment_do_not_overwrite_each_other(drafted: Letter) -> None:
    answers = at_once(
        lambda: correct(drafted, correction("첫째")),
        lambda: correct(drafted, correction("둘째")),
    )
    assert {type(answer) for answer in answers} == {NoneType, BlockChangedMeanwhile}
    assert korean(drafted) == ("첫째" if answers[0] is None else "둘째")


def test_a_block_that_somebody_removed_cannot_be_corrected(drafted: Letter) -> None:
    draft.remove(drafted, "waiting", CLERK, NOON)
    with pytest.raises(BlockGone):
        correct(drafted, correction("둘째"))


def test_a_correction_that_breaks_at_any_step_corrects_nothing(drafted: Letter) -> None:
    before = everything()
    for step in cut_at_each_step(lambda: correct(drafted, correction("첫째"))):
        assert everything() == before, step
    assert korean(drafted) == "첫째"


def test_the_trail_says_who_changed_which_block_and_not_what_it_said(drafted: Letter) -> None:
    correct(drafted, correction("첫째"))
    draft.remove(drafted, "open", CLERK, NOON)
    trail = list(drafted.audit.order_by("pk").values_list("actor", "act", "facts"))
    assert trail[-2:] == [
        (SECRETARY.name, "block corrected", {"block": "waiting", "language": "ko"}),
        (CLERK.name, "block removed", {"block": "open"}),
    ]


# --- Removing and replacing -------------------------------------------------------------------------------------------


def test_a_block_is_removed_from_all_languages_at_once(drafted: Letter) -> None:
    draft.remove(drafted, "waiting", SECRETARY, NOON)
    assert draft.content_of(drafted).blocks == (BLOCKS[0], BLOCKS[2])
    assert draft.gaps(drafted) == []


def test_a_text_that_is_read_in_anew_takes_the_place_of_the_old_one(drafted: Letter) -> None:
    turned = (BLOCKS[2], BLOCKS[0])
    draft.replace(drafted, turned, {})
    assert draft.content_of(drafted).blocks == turned


def test_a_replacement_that_breaks_at_any_step_leaves_the_old_text(drafted: Letter) -> None:
    before = everything()
    for step in cut_at_each_step(lambda: draft.replace(drafted, BLOCKS[:1], {})):
        assert everything() == before, step
    assert draft.content_of(drafted).blocks == BLOCKS[:1]


def test_no_block_of_a_frozen_text_can_be_corrected_removed_or_replaced(frozen: Letter) -> None:
    before = everything()
    with pytest.raises(DraftIsFrozen):
        correct(frozen, correction("첫째"))
    with pytest.raises(DraftIsFrozen):
        draft.remove(frozen, "waiting", SECRETARY, NOON)
    with pytest.raises(DraftIsFrozen):
        draft.replace(frozen, BLOCKS[:1], {})
    assert everything() == before
