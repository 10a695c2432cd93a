"""Blocks of one language are dropped, swapped and merged at every place, with marks and without."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undersigned.letters import folder
from undersigned.letters.blocks import Block, Kind, Source
from undersigned.letters.likeness import figures
from undersigned.letters.markdown import read_text
from undersigned.letters.parity import Alignment, What, align

VALLEY = folder.read(Path(__file__).parent / "valley").texts
PLACES = range(len(VALLEY["en"]))
PAIRS = PLACES[:-1]
KEYS = {
    "marked": [block.key for block in VALLEY["ko"]],
    "unmarked": [
        *("p1", "p2", "h1", "claim-1", "claim-2", "quotation-1", "h2", "p3", "list-1", "p4", "p5", "h3", "p6"),
        *("demand-1", "demand-2", "demand-3", "demand-4", "p7", "p8", "p9"),
    ],
}
# Short blocks: whether one is lost or written into its neighbour cannot be told from length and figures alone.
MERGED_OR_MISSING = {"marked": {1, 5}, "unmarked": {0, 1, 2, 5, 6, 11}}

marked_or_not = pytest.mark.parametrize("marking", ["marked", "unmarked"])


def texts(marking: str) -> dict[str, list[Block]]:
    blank = {"marked": {}, "unmarked": {"key": ""}}[marking]
    return {language: [replace(block, **blank) for block in blocks] for language, blocks in VALLEY.items()}


def merged(first: Block, second: Block) -> Block:
    """Two blocks as they look when the empty line between them is lost."""
    kinds = {first.kind, second.kind}
    kind = Kind.CLAIM if kinds == {Kind.PARAGRAPH, Kind.CLAIM} else first.kind
    kind = second.kind if kind == Kind.HEADING else kind
    text = first.text + ("\n" if kind == Kind.LIST else " ") + second.text.replace("\n", " ")
    return replace(first, kind=kind, text=text, sources=first.sources + second.sources, level=0)


def named(alignment: Alignment) -> list[tuple[str, str, What, str]]:
    return [(gap.language, gap.key, gap.what, gap.other) for gap in alignment.gaps]


@marked_or_not
def test_texts_that_line_up_have_no_gaps(marking: str) -> None:
    alignment = align(texts(marking), "ko")
    assert not alignment.gaps
    assert [row.key for row in alignment.rows] == KEYS[marking]
    assert all(len(row.blocks) == 3 for row in alignment.rows)


@marked_or_not
@pytest.mark.parametrize("at", PLACES)
def test_a_dropped_block_of_the_middle_language_is_named(at: int, marking: str) -> None:
    letter = texts(marking)
    gone = letter["en"].pop(at)
    alignment = align(letter, "ko")
    assert [(gap.language, gap.key, gap.what) for gap in alignment.gaps] == [("en", KEYS[marking][at], What.MISSING)]
    assert alignment.gaps[0].kind == gone.kind
    assert [row.key for row in alignment.rows] == KEYS[marking]
    assert [set(row.blocks) for row in alignment.rows if len(row.blocks) < 3] == [{"ko", "zh-Hans"}]


@marked_or_not
@pytest.mark.parametrize("at", PAIRS)
def test_two_swapped_blocks_of_the_middle_language_are_named(at: int, marking: str) -> None:
    letter = texts(marking)
    letter["en"][at : at + 2] = reversed(letter["en"][at : at + 2])
    alignment = align(letter, "ko")
    assert named(alignment) == [("en", KEYS[marking][at + 1], What.MOVED, KEYS[marking][at])]
    assert alignment.rows[at].blocks["en"] == letter["en"][at + 1]


@marked_or_not
@pytest.mark.parametrize("at", PAIRS)
def test_two_merged_blocks_of_the_middle_language_are_named(at: int, marking: str) -> None:
    letter = texts(marking)
    letter["en"][at : at + 2] = [merged(*letter["en"][at : at + 2])]
    (gap,) = align(letter, "ko").gaps
    assert gap.language == "en"
    if at in MERGED_OR_MISSING[marking]:
        assert gap.what == What.MISSING
        assert gap.key in KEYS[marking][at : at + 2]
        assert set(KEYS[marking][at : at + 2]) <= {gap.key, *gap.holders}
    else:
        assert gap.what == What.MERGED
        assert {gap.key, gap.other} == set(KEYS[marking][at : at + 2])


@pytest.mark.parametrize("at", PAIRS)
def test_a_merge_that_left_both_marks_is_always_certain(at: int) -> None:
    letter = texts("marked")
    first, second = letter["en"][at : at + 2]
    whole = replace(merged(first, second), key=second.key, swallowed=(first.key,))
    letter["en"][at : at + 2] = [whole]
    assert named(align(letter, "ko")) == [("en", first.key, What.MERGED, second.key)]


@marked_or_not
@pytest.mark.parametrize("at", PLACES)
def test_a_block_that_only_the_reference_lacks_is_missing_there_not_extra_elsewhere(at: int, marking: str) -> None:
    letter = texts(marking)
    del letter["ko"][at]
    alignment = align(letter, "ko")
    assert [(gap.language, gap.key, gap.what) for gap in alignment.gaps] == [("ko", KEYS[marking][at], What.MISSING)]
    assert [row.key for row in alignment.rows] == KEYS[marking]


@marked_or_not
@pytest.mark.parametrize("at", PAIRS)
def test_two_swapped_blocks_of_the_reference_are_named_and_keep_its_order(at: int, marking: str) -> None:
    letter = texts(marking)
    letter["ko"][at : at + 2] = reversed(letter["ko"][at : at + 2])
    alignment = align(letter, "ko")
    assert [(gap.language, gap.what) for gap in alignment.gaps] == [("ko", What.MOVED)]
    assert [row.blocks["ko"] for row in alignment.rows] == letter["ko"]
    assert {gap.key for gap in alignment.gaps} | {gap.other for gap in alignment.gaps} == {
        row.key for row in alignment.rows[at : at + 2]
    }


@marked_or_not
@pytest.mark.parametrize("at", [3, 7, 17])
def test_a_block_in_two_parts_is_named(at: int, marking: str) -> None:
    letter = texts(marking)
    whole = letter["en"][at]
    first, second = whole.text.split(". ", 1)
    letter["en"][at : at + 1] = [
        replace(whole, text=first + ".", sources=()),
        replace(whole, text=second, key="", line=whole.line + 1),
    ]
    (gap,) = align(letter, "ko").gaps
    assert (gap.language, gap.what, gap.other) == ("en", What.SPLIT, KEYS[marking][at])
    assert gap.line == whole.line + 1


@pytest.mark.parametrize(("at", "to"), [(17, 2), (3, 15), (4, 19)])
@marked_or_not
def test_a_block_that_has_moved_far_is_named(at: int, to: int, marking: str) -> None:
    letter = texts(marking)
    letter["en"].insert(to, letter["en"].pop(at))
    (gap,) = align(letter, "ko").gaps
    assert (gap.language, gap.what) == ("en", What.MOVED)
    assert gap.words.startswith(("Two of our members", "Since October", "According to"))


def test_an_extra_block_stands_behind_its_neighbour() -> None:
    letter = texts("unmarked")
    letter["en"].insert(10, Block("", Kind.QUOTATION, "A word that nobody else has.", line=99))
    alignment = align(letter, "ko")
    assert named(alignment) == [("en", "quotation-2", What.EXTRA, "")]
    assert set(alignment.rows[10].blocks) == {"en"}
    assert str(alignment.gaps[0]) == (
        "en: the quotation “quotation-2” in line 99 (“A word that nobody else has.”) is in no other language."
    )


def test_a_block_that_two_of_three_languages_have_becomes_one_row() -> None:
    letter = texts("unmarked")
    letter["ko"].insert(6, Block("", Kind.PARAGRAPH, "밤에는 40개의 초를 켭니다."))
    letter["zh-Hans"].insert(6, Block("", Kind.PARAGRAPH, "夜里我们点燃40支蜡烛。"))
    alignment = align(letter, "ko")
    assert named(alignment) == [("en", alignment.rows[6].key, What.MISSING, "")]
    assert set(alignment.rows[6].blocks) == {"ko", "zh-Hans"}


def test_another_kind_under_one_key_is_named() -> None:
    letter = texts("marked")
    letter["en"][3] = replace(letter["en"][3], kind=Kind.PARAGRAPH, sources=())
    alignment = align(letter, "ko")
    assert named(alignment) == [("en", "families", What.KIND, "paragraph")]
    assert str(alignment.gaps[0]).endswith("is a paragraph here, and a claim in the other languages.")


def test_a_list_that_lacks_an_item_is_named() -> None:
    letter = texts("unmarked")
    letter["zh-Hans"][8] = replace(letter["zh-Hans"][8], text="村庄失去田地和水井。\n孩子们在学年当中失去学校。")
    assert named(align(letter, "ko")) == [("zh-Hans", "list-1", What.ITEMS, "")]


def test_a_missing_block_is_told_with_the_line_before_it_and_its_words_elsewhere() -> None:
    letter = texts("marked")
    gone = letter["en"].pop(4)
    (gap,) = align(letter, "ko").gaps
    assert gap.line == letter["en"][3].line < gone.line
    assert str(gap) == (
        f"en: the claim “unpaid” is missing near line {gap.line}; "
        "in ko it begins “수자원부 스스로의 등록부에 따르면 이 가운데 412가구는 보상을 전혀…”."
    )


def test_with_two_languages_the_reference_is_the_measure() -> None:
    letter = {language: blocks for language, blocks in texts("unmarked").items() if language != "zh-Hans"}
    del letter["en"][9]
    assert named(align(letter, "ko")) == [("en", "p4", What.MISSING, "")]
    assert [gap.what for gap in align(letter, "en").gaps] == [What.EXTRA]


def test_among_blocks_that_look_alike_all_that_may_be_missing_are_named() -> None:
    asks = ["평화를 지켜 주십시오.", "자유를 돌려 주십시오.", "진실을 말해 주십시오."]
    ko = [Block("", Kind.PARAGRAPH, "우리는 1987년에 시작했습니다."), *(Block("", Kind.DEMAND, ask) for ask in asks)]
    en = [
        Block("", Kind.PARAGRAPH, "We began in 1987."),
        Block("", Kind.DEMAND, "Keep the peace."),
        Block("", Kind.DEMAND, "Tell the truth."),
    ]
    (gap,) = align({"ko": ko, "en": en}, "ko").gaps
    assert gap.what == What.MISSING
    assert {gap.key, *gap.instead} == {"demand-1", "demand-2", "demand-3"}
    assert "may as well be" in str(gap)


def test_one_language_alone_lines_up_with_itself() -> None:
    alignment = align({"en": texts("unmarked")["en"]}, "en")
    assert not alignment.gaps
    assert [row.key for row in alignment.rows] == KEYS["unmarked"]


def test_keys_that_are_made_up_never_meet_given_ones() -> None:
    first, second = Block("p2", Kind.PARAGRAPH, "One."), Block("", Kind.PARAGRAPH, "Two.")
    alignment = align({"en": [second, first, second]}, "en")
    assert [row.key for row in alignment.rows] == ["p1", "p2", "p3"]


def test_marks_in_some_languages_serve_all() -> None:
    letter = texts("marked") | {"zh-Hans": texts("unmarked")["zh-Hans"]}
    alignment = align(letter, "ko")
    assert not alignment.gaps
    assert [row.key for row in alignment.rows] == KEYS["marked"]


def test_a_lost_empty_line_in_a_file_is_named_with_the_marks_that_it_left() -> None:
    ko = read_text("하나입니다. {#one}\n\n둘입니다. {#two}", "letter.ko.md").blocks
    en = read_text("This is one. {#one}\nThis is two. {#two}", "letter.en.md").blocks
    assert named(align({"ko": ko, "en": en}, "ko")) == [("en", "one", What.MERGED, "two")]


def test_a_row_becomes_a_block_of_the_letter() -> None:
    block = align(texts("marked"), "ko").rows[4].parallel()
    assert (block.key, block.kind) == ("unpaid", Kind.CLAIM)
    assert block.wordings["en"].facts == {"as-of": "2026-11", "hedge": "reportedly"}
    assert block.wordings["zh-Hans"].sources == (
        Source("register", "水资源部登记册第44页，<https://water.example/register>。"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "about 2,000 people since September 2023",
        "2023년 9월부터 약 2000명",
        "2023년 9월부터 약 2천 명",
        "自二〇二三年9月以来约有两千人",
        "自2023年九月以来约有2千人",
    ],
)
def test_figures_are_the_same_however_they_are_written(text: str) -> None:
    assert {"2000", "2023"} <= figures(text)


keys = st.sampled_from(["", "", "", "a", "b", "c", "d", "e"])
some_blocks = st.lists(
    st.builds(
        Block,
        keys,
        st.sampled_from(Kind),
        st.sampled_from(["One.", "Two, 2.", "A much longer text, of 54 organisations.\\\nWhy?", "한강 54", "x\ny"]),
        swallowed=st.sampled_from([(), (), ("a",), ("b", "c")]),
    ),
    max_size=6,
    unique_by=lambda block: block.key or object(),
)


@given(st.fixed_dictionaries({"ko": some_blocks, "en": some_blocks, "zh-Hans": some_blocks}))
def test_whatever_the_texts_no_block_is_lost_or_stands_twice(letter: dict[str, list[Block]]) -> None:
    rows = align(letter, "ko").rows
    assert [row.blocks["ko"] for row in rows if "ko" in row.blocks] == letter["ko"]
    for language, blocks in letter.items():
        standing = [row.blocks[language] for row in rows if language in row.blocks]
        assert sorted(map(id, standing)) == sorted(map(id, blocks))
    assert len({row.key for row in rows}) == len(rows)
