from undersigned.letters.blocks import Block, Kind, Note, Place, refuse_repeated_keys


def test_a_place_in_a_markdown_file_counts_lines_and_one_in_a_document_paragraphs() -> None:
    assert str(Place("letter.en.md", 12)) == "letter.en.md:12"
    assert str(Place("letter.en.docx", 12, "¶")) == "letter.en.docx:¶12"
    assert str(Place("letter.en.md")) == "letter.en.md"


def test_a_note_tells_its_place_first() -> None:
    assert str(Note(Place("letter.en.md", 3), "Left out: %(what)s.", {"what": "a rule"})) == (
        "letter.en.md:3: Left out: a rule."
    )


def test_a_repeated_key_is_told_with_both_lines() -> None:
    blocks = [Block("a", Kind.PARAGRAPH, "x", line=3), Block("", Kind.PARAGRAPH, "y", line=5)]
    again = [*blocks, Block("", Kind.PARAGRAPH, "z", line=7), Block("a", Kind.CLAIM, "w", line=9)]
    assert not list(refuse_repeated_keys(blocks, Place("letter.en.md")))
    assert [str(refusal) for refusal in refuse_repeated_keys(again, Place("letter.en.md"))] == [
        "letter.en.md:9: The mark “#a” stands here and in line 3. A mark names one block only."
    ]
