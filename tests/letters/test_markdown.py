from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undersigned.letters import markdown
from undersigned.letters.blocks import Block, Kind, Source
from undersigned.lib.refusal import Refused


def blocks(text: str, subject: str = "") -> list[Block]:
    return list(markdown.read_text(text, "letter.en.md", subject).blocks)


def faults(text: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        markdown.read_text(text, "letter.en.md")
    return [str(refusal) for refusal in refused.value.refusals]


def kinds(text: str) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in blocks(text)]


def test_every_kind_of_block_is_read_with_its_line() -> None:
    text = """---
title: front matter is not text
---

# The subject

## Concerns

A *figure* of 2,000.[^1]

> “Said so.”

- one
- two

We ask:

1. First
2. Second

[^1]: Report, <https://un.example/r>.
"""
    found = blocks(text, "the  SUBJECT")
    assert [(block.kind, block.text, block.line) for block in found] == [
        (Kind.HEADING, "Concerns", 7),
        (Kind.CLAIM, "A *figure* of 2,000.[^1]", 9),
        (Kind.QUOTATION, "“Said so.”", 11),
        (Kind.LIST, "one\ntwo", 13),
        (Kind.PARAGRAPH, "We ask:", 16),
        (Kind.DEMAND, "First", 18),
        (Kind.DEMAND, "Second", 19),
    ]
    assert found[1].sources == (Source("1", "Report, <https://un.example/r>."),)


def test_marks_name_blocks_and_say_their_kind_and_facts() -> None:
    text = """Some say so. {#some .claim as-of=2026-08 bound=about hedge="reportedly, by two"}

> Said.
{#said speaker=“A. Voice” office="An office"}

A paragraph.

{#after-a-blank-line}

A line,
{#on-the-next-line}
"""
    some, said, after, line = blocks(text)
    assert (some.key, some.kind) == ("some", Kind.CLAIM)
    assert some.facts == {"as-of": "2026-08", "bound": "about", "hedge": "reportedly, by two"}
    assert (said.key, said.kind, said.text) == ("said", Kind.QUOTATION, "Said.")
    assert said.facts == {"speaker": "A. Voice", "office": "An office"}
    assert (after.key, after.text) == ("after-a-blank-line", "A paragraph.")
    assert (line.key, line.text) == ("on-the-next-line", "A line,")


def test_braces_that_are_no_mark_are_text() -> None:
    assert [block.text for block in blocks("A set {1, 2}\n\nEmpty {}")] == ["A set {1, 2}", "Empty {}"]


def test_the_last_ordered_list_is_the_demands_unless_something_is_marked_so() -> None:
    ordered = "1. a\n2. b\n\nand\n\n1. c\n2. d"
    assert kinds(ordered) == [("list", "a\nb"), ("paragraph", "and"), ("demand", "c"), ("demand", "d")]
    marked = "1. a\n2. b\n\n{.demand}\n\nand\n\n1. c\n2. d"
    assert kinds(marked) == [("demand", "a"), ("demand", "b"), ("paragraph", "and"), ("list", "c\nd")]
    assert kinds("1. a\n2. b\n{.list}") == [("list", "a\nb")]
    assert kinds("- a {.demand}\n- b") == [("demand", "a"), ("demand", "b")]


def test_demands_take_keys_of_their_own_or_from_their_list() -> None:
    found = blocks("1. a {#stop}\n2. b\n3. c\n\n{#ask .demand}")
    assert [block.key for block in found] == ["stop", "ask-2", "ask-3"]


def test_a_mark_at_the_margin_under_a_list_is_the_lists() -> None:
    assert [(block.key, block.text) for block in blocks("- a\n- b\n{#both}")] == [("both", "a\nb")]


def test_a_demand_keeps_all_its_paragraphs_and_a_nested_list_becomes_flat() -> None:
    assert blocks("1. a\n\n   more\n   - x")[0].text == "a\\\nmore\\\nx"
    text = markdown.read_text("- a\n  - b\n- c", "letter.en.md")
    assert text.blocks[0].text == "a\nb\nc"
    assert [str(note) for note in text.notes] == ["letter.en.md:1: A list inside a list is taken as one list."]


def test_headings_count_from_the_highest_one() -> None:
    text = "# Subject\n\n### One\n\nx\n\n#### Two\n\n###### Three\n\ny"
    assert [block.level for block in blocks(text, "Subject") if block.kind == Kind.HEADING] == [2, 3, 4]


def test_a_bold_line_is_a_heading_and_says_so() -> None:
    text = markdown.read_text("## A\n\n**1\\. A bold line**\n\nx\n\n**We shout.**\n\n**kept** {.paragraph}", "l.md")
    assert [(block.kind.value, block.level, block.text) for block in text.blocks] == [
        ("heading", 2, "A"),
        ("heading", 3, "1. A bold line"),
        ("paragraph", 0, "x"),
        ("paragraph", 0, "**We shout.**"),
        ("paragraph", 0, "**kept**"),
    ]
    assert [note.place.line for note in text.notes] == [3]


def test_an_indented_paragraph_is_text_not_code() -> None:
    assert kinds("    우리는 촉구한다.\n\n　　我们呼吁。") == [
        ("paragraph", "우리는 촉구한다."),
        ("paragraph", "我们呼吁。"),
    ]


def test_code_and_rules_are_left_out_with_a_note() -> None:
    text = markdown.read_text("```\nTo: someone\n```\n\n* * *\n\nText.", "letter.en.md")
    assert [block.text for block in text.blocks] == ["Text."]
    assert [note.place.line for note in text.notes] == [1, 5]


def test_a_mark_in_the_midst_of_a_block_tells_what_was_merged_into_it() -> None:
    (block,) = blocks("One. {#one}\nTwo. {#two .claim}")
    assert (block.key, block.swallowed, block.text) == ("two", ("one",), "One. Two.")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a\n\nb <b>c</b>", 3, "HTML such as “<b>”"),
        ("a\n\n<div>b</div>", 3, "HTML such as “<div>b</div>”"),
        ("a\n\nb\n![c](https://d.example/e.png)", 4, "A picture"),
        ("a\n\nb [c](javascript:x)", 3, "The link to “javascript:x”"),
        ("a\n\nb\u202e", 3, "U+202E"),
        ("a\n\nb[^x]", 3, "The footnote [^x] is referred to here"),
        ("a\n\n[^x]: b", 3, "nothing in this file refers to it"),
        ("a[^x]\n\n[^x]: b\n\n[^x]: c", 5, "more than once"),
        ("a[^x]\n\n[^x]: b[^y]\n\n[^y]: c", 3, "refers to another footnote"),
        ("a {#k}\n\nb {#k}", 3, "stands here and in line 1"),
        ("a\n\nb {#K}", 3, "“#K” cannot name a block"),
        ("a\n\nb {.clam}", 3, "They know: claim."),
        ("a\n\nb {.claim as_of=2026}", 3, "is not a mark of a block"),
        ("a\n\nb {as-of=August}", 3, "“as-of=August” is not a date"),
        ("a\n\nb {.claim speaker=X}", 3, "Blocks know no “speaker”"),
        ("a\n\n- b {#k}\n- c", 3, "Items of a list"),
        ("a\n\n- b\n\n{.claim}", 3, "A list cannot be marked “.claim”"),
        ("{#k}\n\na", 1, "no block before it"),
    ],
)
def test_what_is_wrong_is_refused_with_its_file_and_line(text: str, line: int, words: str) -> None:
    (first, *_) = faults(text)
    assert first.startswith(f"letter.en.md:{line}: ")
    assert words in first


def test_everything_wrong_is_told_at_once_in_order() -> None:
    found = faults("a <i>\n\nb {.x}\n\n![c](d)")
    assert [fault.split(": ")[0] for fault in found] == ["letter.en.md:1", "letter.en.md:3", "letter.en.md:5"]


def test_a_file_that_is_not_utf_8_is_refused_with_line_and_byte(tmp_path: Path) -> None:
    file = tmp_path / "letter.ko.md"
    file.write_bytes("가\n나".encode() + "다".encode("cp949"))
    with pytest.raises(Refused, match=r"letter.ko\.md:2: Byte 4 of this line is not UTF-8"):
        markdown.read(file)


def test_empty_missing_and_huge_files_are_refused(tmp_path: Path) -> None:
    empty, huge = tmp_path / "letter.en.md", tmp_path / "letter.ko.md"
    empty.write_text(" \n\n")
    huge.write_bytes(b"a " * 1_100_000)
    with pytest.raises(Refused, match=r"letter.en\.md: There is no text in this file"):
        markdown.read(empty)
    with pytest.raises(Refused, match=r"letter.ko\.md: This file is too large"):
        markdown.read(huge)
    with pytest.raises(Refused, match=r"letter.fr\.md: This file is missing"):
        markdown.read(tmp_path / "letter.fr.md")
    with pytest.raises(Refused, match="There is no text"):
        markdown.read_text("---\na: b\n---\n", "letter.en.md")


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    file = tmp_path / "letter.en.md"
    file.write_bytes(b"\xef\xbb\xbf## A\r\n\r\nb\r\nc\r\n")
    assert [(block.text, block.line) for block in markdown.read(file).blocks] == [("A", 1), ("b c", 3)]


SCRAPS = r"a|가|中|**|*|_|[|]|(|)|[^1]|{#k}|{.demand}|{|}|<b>|\|> |- |1. |# |  |&amp;|!|https://a.example|`|:"
scraps = st.sampled_from([*SCRAPS.split("|"), "\n", "\n\n", "\n[^1]: x\n", "\n```\n", "\n---\n", "\t", "\u202e"])


@given(st.lists(scraps, max_size=25).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = blocks(text)
    except Refused:
        return
    assert all(block.text.strip() and block.line for block in found)
