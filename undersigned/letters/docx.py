"""One language of a letter as a Word document (DOCX), read into blocks.

mammoth turns the document into HTML: insertions taken, deletions and comments left out. Of that HTML we keep words,
bold, italics, web links and footnotes only, so none of it can reach a page.
"""

import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import mammoth

from undersigned.letters import inline, marks
from undersigned.letters.blocks import (
    FileMissing,
    Kind,
    Note,
    Place,
    Text,
    WrongFile,
    refuse_large,
    refusing_at_once,
)
from undersigned.letters.compose import Footnote, Passage, Reading, compose
from undersigned.letters.inline import Run, Runs
from undersigned.letters.marks import Mark
from undersigned.lib.refusal import gettext_noop

LIMIT_BYTES = 20_000_000
XML_LIMIT_BYTES = 10_000_000  # unpacked; a book of 300 pages has about 3 MB
PARTS_LIMIT = 2_000
_NOTE_LINK = re.compile(r"#undersigned-((?:foot|end)note-\d+)")
_NOTE_ID = re.compile(r"undersigned-((?:foot|end)note-\d+)")
_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Quotations'] => blockquote > p:fresh
p[style-name='Block Text'] => blockquote > p:fresh
"""


class NotDocx(WrongFile):
    code = "not-docx"
    message = gettext_noop(
        "This file is not a DOCX document that can be opened: it is damaged, of another format, or protected by a "
        "password. Open it in your word processor and save it again as DOCX."
    )


class SuspiciousDocx(WrongFile):
    code = "suspicious-docx"
    message = gettext_noop("The part %(part)s of this document holds declarations that no word processor writes.")


class TableInText(WrongFile):
    code = "table-in-text"
    message = gettext_noop("A table cannot be part of a letter's text (it begins with “%(words)s”). Use a list.")


def read(path: Path, subject: str = "") -> Text:
    """The blocks of a DOCX file; lines count its paragraphs that are not empty. Raises Refused."""
    place = Place(path.name, unit="¶")
    with refusing_at_once():
        html, said = _converted(_checked(path, place), place)
    reader = _Reader(place)
    passages = reader.found.passages(_Tree(html).root.elements, reader.read)
    composed = compose(passages, reader.found.footnotes, place, subject)
    told = [Note(place, gettext_noop("The converter says: %(words)s"), {"words": words}) for words in said]
    return Text(composed.blocks, (*told, *reader.found.notes, *composed.notes))


def _checked(path: Path, place: Place) -> bytes:
    """The file's bytes, once nothing in them can burst when it is unpacked."""
    try:
        refuse_large(path.stat().st_size, LIMIT_BYTES, place)
        raw = path.read_bytes()
        with zipfile.ZipFile(BytesIO(raw)) as parts:
            _check_parts(parts, place)
    except OSError:
        raise FileMissing(place) from None
    # What zipfile raises at files that are broken, packed in a way that it does not know, or locked with a password.
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, ValueError, EOFError):
        raise NotDocx(place) from None
    return raw


def _check_parts(parts: zipfile.ZipFile, place: Place) -> None:
    """Refuse what unpacks to too much, is no document, or declares entities (XML bombs do, Word never does)."""
    infos = parts.infolist()
    names = {info.filename for info in infos}
    if len(infos) > PARTS_LIMIT or not {"[Content_Types].xml", "_rels/.rels"} <= names:
        raise NotDocx(place)
    texts = [info for info in infos if info.filename.endswith((".xml", ".rels"))]
    refuse_large(sum(info.file_size for info in texts), XML_LIMIT_BYTES, place)
    for info in texts:
        if b"<!DOCTYPE" in parts.read(info).replace(b"\0", b""):
            raise SuspiciousDocx(place, part=info.filename)


def _converted(raw: bytes, place: Place) -> tuple[str, list[str]]:
    """HTML of the document, and what mammoth left out of it."""
    try:
        result = mammoth.convert_to_html(
            BytesIO(raw),
            style_map=_STYLES,
            include_embedded_style_map=False,
            id_prefix="undersigned-",
            convert_image=mammoth.images.img_element(lambda image: {"src": ""}),
        )
    except Exception:  # mammoth raises whatever its parsers meet in a damaged document; someone waits for an answer
        raise NotDocx(place) from None
    said = [message.message for message in result.messages if "style" not in message.message]
    return unicodedata.normalize("NFC", result.value), said


@dataclass(slots=True)
class _Node:
    """An element of mammoth's HTML. `line` counts the paragraphs."""

    tag: str
    attributes: dict[str, str]
    line: int
    children: list["_Node | str"] = field(default_factory=list)

    @property
    def elements(self) -> Iterator["_Node"]:
        return (child for child in self.children if isinstance(child, _Node))

    def words(self) -> str:
        return "".join(child if isinstance(child, str) else child.words() for child in self.children)


class _Tree(HTMLParser):
    """The elements of mammoth's HTML, which is always well-formed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.line = 0
        self.root = _Node("body", {}, 0)
        self.open = [self.root]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6"):
            self.line += 1
        node = _Node(tag, {name: value or "" for name, value in attrs}, self.line)
        self.open[-1].children.append(node)
        if tag not in ("br", "img", "input"):
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


class _Reader:
    """Reads the elements of one document."""

    def __init__(self, place: Place) -> None:
        self.found = Reading(place)
        self.labels: dict[str, str] = {}

    def read(self, node: _Node) -> Iterable[Passage]:
        match node.tag:
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                return [self._marked(node, Kind.HEADING, level=int(node.tag[1]))]
            case "p":
                return [self._marked(node, Kind.PARAGRAPH)]
            case "ol" if any(_NOTE_ID.fullmatch(item.attributes.get("id", "")) for item in node.elements):
                for item in node.elements:
                    self._footnote(item)
            case "ul" | "ol":
                items = tuple(self._item(item) for item in node.elements)
                return [Passage(Kind.LIST, line=_first_line(node), ordered=node.tag == "ol", items=items)]
            case "blockquote":
                return [self._quotation(node)]
            case "table":
                raise TableInText(self._at(node), words=node.words().strip()[:40])
            case _:
                return [self._marked(node, Kind.PARAGRAPH)]
        return []

    def _marked(self, node: _Node, shape: Kind, level: int = 0) -> Passage:
        runs, mark = self._split(node)
        return Passage(shape, runs, mark, node.line, level)

    def _item(self, node: _Node) -> Passage:
        nested = [item for child in node.elements if child.tag in ("ul", "ol") for item in child.elements]
        own = [child for child in node.children if isinstance(child, str) or child.tag not in ("ul", "ol")]
        runs, mark = self._split(_Node("li", {}, node.line, own))
        return Passage(Kind.PARAGRAPH, runs, mark, node.line, items=tuple(self._item(item) for item in nested))

    def _quotation(self, node: _Node) -> Passage:
        parts = [self._marked(child, Kind.PARAGRAPH) for child in node.elements]
        mark = Mark()
        for part in parts:
            mark |= part.mark
        return Passage(Kind.QUOTATION, inline.join([part.runs for part in parts], "\n"), mark, _first_line(node))

    def _footnote(self, node: _Node) -> None:
        """The text of a footnote, without the arrow with which mammoth leads back."""
        found = _NOTE_ID.fullmatch(node.attributes.get("id", ""))
        label = self.labels.get(found[1] if found else "", "")
        runs = [run for run in self._runs(node, Run("")) if not run.href.startswith("#")]
        if label:
            self.found.footnotes[label] = Footnote(inline.one_line(runs), node.line)

    def _split(self, node: _Node) -> tuple[Runs, Mark]:
        runs = inline.tidy(replace(run, href=_web(run.href)) for run in self._runs(node, Run("")))
        text = "".join(run.text for run in runs)
        inline.refuse_forbidden(inline.plain(runs), self._at(node))
        rest, mark = marks.split(text, self._at(node))
        return inline.cut(runs, len(text) - len(rest.rstrip())), mark

    def _runs(self, node: _Node, style: Run) -> Iterator[Run]:
        for child in node.children:
            if isinstance(child, str):
                yield replace(style, text=child)
            elif child.tag == "br":
                yield replace(style, text="\n")
            elif child.tag == "img":
                raise inline.PictureInText(self._at(child), words=node.words().strip()[:40])
            else:
                yield from self._element(child, style)

    def _element(self, node: _Node, style: Run) -> Iterator[Run]:
        href = node.attributes.get("href", "")
        noted = _NOTE_LINK.fullmatch(href)
        if noted:
            yield Run("", footnote=self.labels.setdefault(noted[1], str(len(self.labels) + 1)))
            return
        match node.tag:
            case "strong":
                style = replace(style, strong=True)
            case "em":
                style = replace(style, em=True)
            case "a" if href:
                style = replace(style, href=self._safe(href, node))
            case "s":
                self.found.notes.append(Note(self._at(node), gettext_noop("Struck-out words are taken as they stand.")))
            case "p":  # in a footnote or a list: several paragraphs become one
                yield Run(" ")
        yield from self._runs(node, style)

    def _safe(self, href: str, node: _Node) -> str:
        if not href.startswith("#") and not inline.is_safe_link(href):
            raise inline.UnsafeLink(self._at(node), href=href)
        return href

    def _at(self, node: _Node) -> Place:
        return self.found.place.at(node.line)


def _web(href: str) -> str:
    """`href`, unless it leads to a place within the document, which a letter does not have."""
    return "" if href.startswith("#") else inline.normalized_link(href)


def _first_line(node: _Node) -> int:
    return next((child.line for child in node.elements), node.line)
