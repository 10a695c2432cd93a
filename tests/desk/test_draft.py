"""Correcting the draft block by block, until it is frozen."""

import pytest
from django.test import Client

from tests.desk.conftest import page
from undersigned.desk.words import GAPS
from undersigned.letters.models import BlockText, Letter
from undersigned.letters.parity import What

BLOCK = "draft/waiting/en/"


def stored(letter: Letter, key: str = "waiting", language: str = "en") -> BlockText:
    return BlockText.objects.get(block__letter=letter, block__key=key, language=language)


def save(desk: Client, letter: Letter, **typed: str) -> tuple[int, str]:
    row = stored(letter)
    fields = {"was": row.text, "text": row.text, "sources": "1: Report of the ferrymen, 2026"}
    answer = desk.post(f"/desk/{letter.slug}/{BLOCK}", fields | {k.replace("_", "-"): v for k, v in typed.items()})
    return answer.status_code, answer.content.decode()


def test_all_blocks_stand_side_by_side_with_the_gaps_marked(desk: Client, drafted: Letter) -> None:
    BlockText.objects.filter(pk=stored(drafted, "open", "zh-Hans").pk).update(gap="merged")
    text = page(desk, drafted, "draft/")
    for wording in (
        "관리자님께,",
        "Dear Keeper,",
        "尊敬的管理者：",
        "About two thousand wait.",
        "Report of the ferrymen",
    ):
        assert wording in text
    assert (
        text.count("This block has no place of its own here: another block holds it too.") == 2
    )  # in the list, in the table


def test_a_corrected_block_loses_its_gap(desk: Client, drafted: Letter) -> None:
    BlockText.objects.filter(pk=stored(drafted).pk).update(gap="merged")
    status, _ = save(desk, drafted, text="At least **two thousand** wait.[^1]", bound="at-least", as_of="2026-10")
    assert status == 302
    row = stored(drafted)
    assert (row.text, row.gap) == ("At least **two thousand** wait.[^1]", "")
    assert row.facts == {"as-of": "2026-10", "bound": "at-least"}
    assert row.sources == [{"label": "1", "text": "Report of the ferrymen, 2026"}]


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("text", "<b>bold</b>[^1]", "HTML such as"),
        ("text", "[here](javascript:alert)[^1]", "cannot be taken"),
        ("text", "word\u202eword[^1]", "U+202E"),
        ("text", "No footnote.", "Nothing refers to the source"),
        ("text", "x" * 20_001, "too long"),
        ("text", "Two.[^1][^2]", "no source has this label"),
        ("sources", "a line without its label", "label: text"),
        ("sources", "1: one\n1: again", "Two sources have the label"),
        ("as_of", "next spring", "is not a date"),
    ],
)
def test_what_a_letter_cannot_hold_is_refused_beside_its_field_and_stays_typed(
    desk: Client, drafted: Letter, field: str, typed: str, told: str
) -> None:
    status, text = save(desk, drafted, **{field: typed})
    assert status == 422
    assert told in text
    assert 'aria-invalid="true"' in text
    assert stored(drafted).text == "About two thousand wait.[^1]"


def test_two_editors_of_one_block_see_what_the_other_saved(desk: Client, drafted: Letter) -> None:
    status, text = save(desk, drafted, was="An older wording.", text="My wording.[^1]")
    assert status == 409
    assert "Somebody else changed this block" in text
    assert "What somebody else saved meanwhile" in text
    assert "My wording.[^1]" in text
    assert '<input type="hidden" name="was" value="About two thousand wait.[^1]">' in text
    assert save(desk, drafted, text="My wording.[^1]")[0] == 302


def test_line_ends_of_a_browser_are_no_change(desk: Client, drafted: Letter) -> None:
    BlockText.objects.filter(pk=stored(drafted).pk).update(text="One line\\\nand another.[^1]")
    typed = "One line\\\r\nand another.[^1]"
    assert save(desk, drafted, was=typed, text=typed)[0] == 302
    assert stored(drafted).text == "One line\\\nand another.[^1]"


def test_a_block_is_removed_from_all_languages_after_it_was_asked(desk: Client, drafted: Letter) -> None:
    text = page(desk, drafted, "draft/open/remove/")
    assert "Open the bridge." in text
    assert "请开放大桥。" in text
    assert drafted.blocks.count() == 3
    desk.post(f"/desk/{drafted.slug}/draft/open/remove/")
    assert drafted.blocks.count() == 2


def test_a_text_that_changed_while_it_was_looked_at_is_not_frozen(desk: Client, drafted: Letter) -> None:
    answer = desk.post(f"/desk/{drafted.slug}/draft/freeze/", {"digest": "0" * 64})
    assert answer.status_code == 409
    assert "Somebody changed the text while you were looking at it" in answer.content.decode()
    assert drafted.frozen is None


def test_a_text_with_gaps_is_not_frozen(desk: Client, drafted: Letter) -> None:
    BlockText.objects.filter(pk=stored(drafted).pk).update(gap="moved")
    answer = desk.post(f"/desk/{drafted.slug}/draft/freeze/", {"digest": "0" * 64})
    assert answer.status_code == 409
    assert "1 blocks do not line up" in answer.content.decode()


def test_a_frozen_text_does_not_change(desk: Client, frozen: Letter) -> None:
    assert frozen.frozen
    assert frozen.frozen.hex_digest in page(desk, frozen, "draft/")
    assert save(desk, frozen, text="Another text.[^1]")[0] == 409
    desk.post(f"/desk/{frozen.slug}/draft/open/remove/")
    assert frozen.blocks.count() == 3
    assert stored(frozen).text == "About two thousand wait.[^1]"


def test_a_block_or_language_that_is_not_there_is_not_found(desk: Client, drafted: Letter) -> None:
    for path in ("draft/nothing/en/", "draft/waiting/fr/", "draft/nothing/remove/"):
        assert desk.get(f"/desk/{drafted.slug}/{path}").status_code == 404


def test_every_way_of_not_lining_up_has_its_words() -> None:
    assert set(GAPS) == {what.value for what in What}
