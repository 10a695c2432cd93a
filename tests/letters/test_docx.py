import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx as word
import pytest
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from undersigned.letters import docx
from undersigned.letters.blocks import Block, Kind, Source
from undersigned.lib.refusal import Refused

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


def saved(document: Document, path: Path) -> Path:
    document.save(str(path))
    return path


def blocks(document: Document, tmp_path: Path, subject: str = "") -> list[Block]:
    return list(docx.read(saved(document, tmp_path / "letter.en.docx"), subject).blocks)


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The document at `path`, its parts changed."""
    with zipfile.ZipFile(path) as parts:
        contents = {name: parts.read(name) for name in parts.namelist()}
    change(contents)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, content in contents.items():
            parts.writestr(name, content)
    return path


def with_footnotes(path: Path, *texts: str) -> Path:
    """The document at `path` with footnotes of its own: python-docx cannot write them."""

    def add(parts: dict[str, bytes]) -> None:
        notes = "".join(
            f'<w:footnote w:id="{n}"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t xml:space="preserve"> {text}</w:t></w:r>'
            "</w:p></w:footnote>"
            for n, text in enumerate(texts, 1)
        )
        parts["word/footnotes.xml"] = f"<w:footnotes {W}>{notes}</w:footnotes>".encode()
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
            b"</Types>",
            b'<Override PartName="/word/footnotes.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            b'wordprocessingml.footnotes+xml"/></Types>',
        )
        parts["word/_rels/document.xml.rels"] = parts["word/_rels/document.xml.rels"].replace(
            b"</Relationships>",
            b'<Relationship Id="rIdNotes" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
            b'footnotes" Target="footnotes.xml"/></Relationships>',
        )

    return rewritten(path, add)


def refer(paragraph: Any, number: int) -> None:
    reference = OxmlElement("w:footnoteReference")
    reference.set(qn("w:id"), str(number))
    paragraph.add_run()._r.append(reference)


def change_tracked(paragraph: Any, tag: str, text: str) -> None:
    """A tracked insertion or deletion at the end of a paragraph."""
    change, run = OxmlElement(f"w:{tag}"), OxmlElement("w:r")
    words = OxmlElement("w:delText" if tag == "del" else "w:t")
    words.text = text
    run.append(words)
    change.append(run)
    paragraph._p.append(change)


def test_every_kind_of_block_is_read(tmp_path: Path) -> None:
    document = word.Document()
    document.add_heading("The subject", 0)
    document.add_heading("Concerns", 1)
    styled = document.add_paragraph("Plain, ")
    styled.add_run("bold").bold = True
    styled.add_run(" and ")
    styled.add_run("slanted").italic = True
    document.add_paragraph("")
    document.add_paragraph("Said so.", "Quote")
    for text in ("one", "two"):
        document.add_paragraph(text, "List Bullet")
    document.add_paragraph("inner", "List Bullet 2")
    document.add_paragraph("We ask:")
    for text in ("First", "Second"):
        document.add_paragraph(text, "List Number")
    found = blocks(document, tmp_path, "The Subject")
    assert [(block.kind, block.text, block.line) for block in found] == [
        (Kind.HEADING, "Concerns", 2),
        (Kind.PARAGRAPH, "Plain, **bold** and *slanted*", 3),
        (Kind.QUOTATION, "Said so.", 4),
        (Kind.LIST, "one\ntwo\ninner", 5),
        (Kind.PARAGRAPH, "We ask:", 8),
        (Kind.DEMAND, "First", 9),
        (Kind.DEMAND, "Second", 10),
    ]


def test_footnotes_are_sources_and_make_a_claim(tmp_path: Path) -> None:
    document = word.Document()
    paragraph = document.add_paragraph("Two thousand are held.")
    refer(paragraph, 1)
    paragraph.add_run(" Others left.")
    refer(paragraph, 2)
    path = with_footnotes(saved(document, tmp_path / "letter.en.docx"), "A report, p. 4", "Another *report*")
    (claim,) = docx.read(path).blocks
    assert claim.kind == Kind.CLAIM
    assert claim.text == "Two thousand are held.[^1] Others left.[^2]"
    assert claim.sources == (Source("1", "A report, p. 4"), Source("2", "Another \\*report\\*"))


def test_marks_work_in_a_document_too_with_the_quotes_that_word_makes(tmp_path: Path) -> None:
    document = word.Document()
    marked = document.add_paragraph("About 2,000. {#held .claim hedge=“so we hear”}")
    refer(marked, 1)
    document.add_paragraph("On a line of its own.")
    document.add_paragraph("{#own}")
    document.add_paragraph("Free them. {#free}", "List Number")
    path = with_footnotes(saved(document, tmp_path / "letter.en.docx"), "A report")
    held, own, free = docx.read(path).blocks
    assert (held.key, held.kind, held.text, held.facts) == (
        *("held", Kind.CLAIM, "About 2,000.[^1]"),
        {"hedge": "so we hear"},
    )
    assert (own.key, own.text) == ("own", "On a line of its own.")
    assert (free.key, free.kind) == ("free", Kind.DEMAND)


def test_insertions_are_taken_deletions_and_comments_left_out(tmp_path: Path) -> None:
    document = word.Document()
    paragraph = document.add_paragraph("We ask")
    change_tracked(paragraph, "del", " humbly")
    change_tracked(paragraph, "ins", " firmly")
    document.add_comment(runs=paragraph.runs, text="Too strong?", author="A. Reader", initials="AR")
    assert [block.text for block in blocks(document, tmp_path)] == ["We ask firmly"]


def test_links_of_the_web_are_kept_and_those_within_the_document_lose_only_their_target(tmp_path: Path) -> None:
    document = word.Document()
    paragraph = document.add_paragraph("See ")
    part = document.part
    for target in ("https://un.example/report(1)", "mailto:a@b.example"):
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), part.relate_to(target, f"{_OFFICE}/hyperlink", is_external=True))
        link.append(paragraph.add_run("here ")._r)
        paragraph._p.append(link)
    inner = OxmlElement("w:hyperlink")
    inner.set(qn("w:anchor"), "elsewhere")
    inner.append(paragraph.add_run("and there")._r)
    paragraph._p.append(inner)
    (found,) = blocks(document, tmp_path)
    assert found.text == "See [here](<https://un.example/report(1)>) [here](mailto:a@b.example) and there"


_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def test_an_unsafe_link_is_refused_with_its_paragraph(tmp_path: Path) -> None:
    document = word.Document()
    document.add_paragraph("First.")
    paragraph = document.add_paragraph("Second ")
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), document.part.relate_to("file:///etc/passwd", f"{_OFFICE}/hyperlink", is_external=True))
    link.append(paragraph.add_run("here")._r)
    paragraph._p.append(link)
    with pytest.raises(Refused, match=r"letter\.en\.docx:¶2: The link to “file:///etc/passwd”"):
        blocks(document, tmp_path)


def test_pictures_and_tables_are_refused_with_the_words_beside_them(tmp_path: Path) -> None:
    document = word.Document()
    document.add_paragraph("First.")
    document.add_paragraph("Look: ").add_run().add_picture(io.BytesIO(PIXEL))
    document.add_table(1, 1).cell(0, 0).text = "Cell"
    with pytest.raises(Refused) as refused:
        blocks(document, tmp_path)
    assert [str(refusal) for refusal in refused.value.refusals] == [
        "letter.en.docx:¶2: A picture cannot be part of a letter's text (near “Look:”).",
        "letter.en.docx:¶2: A table cannot be part of a letter's text (it begins with “Cell”). Use a list.",
    ]


def test_struck_out_words_stay_with_a_note(tmp_path: Path) -> None:
    document = word.Document()
    document.add_paragraph().add_run("old").font.strike = True
    text = docx.read(saved(document, tmp_path / "letter.en.docx"))
    assert [block.text for block in text.blocks] == ["old"]
    assert [note.place.line for note in text.notes] == [1]


def test_a_document_without_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="There is no text in this file"):
        blocks(word.Document(), tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"\xd0\xcf\x11\xe0 an old .doc", b"<html></html>"])
def test_what_is_no_document_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "letter.en.docx"
    path.write_bytes(content)
    with pytest.raises(Refused, match=r"letter\.en\.docx: This file is not a DOCX document"):
        docx.read(path)


def test_a_document_whose_xml_is_broken_is_refused(tmp_path: Path) -> None:
    path = saved(word.Document(), tmp_path / "letter.en.docx")
    rewritten(path, lambda parts: parts.update({"word/document.xml": b"<w:document"}))
    with pytest.raises(Refused, match="not a DOCX document"):
        docx.read(path)
    rewritten(path, lambda parts: parts.pop("word/document.xml") and None)
    with pytest.raises(Refused, match="not a DOCX document"):
        docx.read(path)


def test_a_document_that_bursts_when_unpacked_is_refused_unread(tmp_path: Path) -> None:
    path = saved(word.Document(), tmp_path / "letter.en.docx")
    rewritten(path, lambda parts: parts.update({"word/document.xml": b" " * 30_000_000}))
    assert path.stat().st_size < 100_000
    with pytest.raises(Refused, match="too large: it holds 30"):
        docx.read(path)


def test_a_document_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = saved(word.Document(), tmp_path / "letter.en.docx")
    rewritten(path, lambda parts: parts.update({"word/document.xml": b" " * 30_000_000}))
    size = (30_000_000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (1000).to_bytes(4, "little")))
    with pytest.raises(Refused, match="not a DOCX document"):
        docx.read(path)


def test_a_document_that_declares_entities_is_refused(tmp_path: Path) -> None:
    path = saved(word.Document(), tmp_path / "letter.en.docx")
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    rewritten(path, lambda parts: parts.update({"word/document.xml": bomb}))
    with pytest.raises(Refused, match=r"The part word/document\.xml of this document holds declarations"):
        docx.read(path)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "letter.en.docx"
    with path.open("wb") as file:
        file.truncate(21_000_000)
    with pytest.raises(Refused, match="too large: it holds 21"):
        docx.read(path)
