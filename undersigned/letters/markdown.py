"""One language of a letter as a Markdown file, read into blocks."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.footnote import footnote_plugin

from undersigned.letters import inline, marks
from undersigned.letters.blocks import (
    FileEmpty,
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
from undersigned.letters.marks import Mark
from undersigned.lib.refusal import gettext_noop

LIMIT_BYTES = 2_000_000
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*\n)*?---[ \t]*(\n|\Z)")


class NotUtf8(WrongFile):
    code = "not-utf-8"
    message = gettext_noop("Byte %(byte)s of this line is not UTF-8 text. Save the file again in the encoding UTF-8.")


class FootnoteTwice(WrongFile):
    code = "footnote-twice"
    message = gettext_noop("The text of the footnote [^%(label)s] stands in this file more than once.")


def read(path: Path, subject: str = "") -> Text:
    """The blocks of a Markdown file; a first heading that repeats the subject is left out. Raises Refused."""
    with refusing_at_once():
        text = decoded(path)
    return read_text(text, path.name, subject)


def read_text(text: str, name: str, subject: str = "", *, asks: bool = True) -> Text:
    """The blocks of the Markdown `text` of the file `name`; one that `asks` has demands even where none is marked."""
    place = Place(name, 1)
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    with refusing_at_once():
        inline.refuse_forbidden(text, place)
    reader = _Reader(_FRONT_MATTER.sub(lambda found: "\n" * found[0].count("\n"), text), place)
    passages = reader.found.passages(reader.root.children, reader.read)
    composed = compose(passages, reader.found.footnotes, place, subject, asks=asks)
    notes = (*reader.found.notes, *composed.notes)
    return Text(composed.blocks, tuple(sorted(notes, key=lambda note: note.place.line)))


def decoded(path: Path) -> str:
    """The text of a UTF-8 file that is neither missing, too large nor empty."""
    place = Place(path.name)
    try:
        refuse_large(path.stat().st_size, LIMIT_BYTES, place)
        raw = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
        text = raw.decode("utf-8")
    except OSError:
        raise FileMissing(place) from None
    except UnicodeDecodeError as fault:
        before = raw[: fault.start]
        line, byte = before.count(b"\n") + 1, fault.start - (before.rfind(b"\n") + 1) + 1
        raise NotUtf8(place.at(line), byte=byte) from None
    if not text.strip():
        raise FileEmpty(place)
    return text


def _parser() -> MarkdownIt:
    """Blocks only. Indented text stays text: in many countries a paragraph begins with an indent."""
    parser = MarkdownIt("commonmark", {"html": True}).disable("code")
    parser.use(footnote_plugin, inline=False, move_to_end=False)
    parser.core.ruler.disable(["inline", "text_join"])
    return parser


_PARSER = _parser()


class _Reader:
    """Reads the nodes of one file."""

    def __init__(self, text: str, place: Place) -> None:
        self.found = Reading(place)
        self.lines = text.split("\n")
        self.env: dict[str, object] = {}
        self.root = SyntaxTreeNode(_PARSER.parse(text, self.env))

    def read(self, node: SyntaxTreeNode) -> Iterable[Passage]:
        match node.type:
            case "heading":
                return [self._plain(node, Kind.HEADING, level=int(node.tag[1]))]
            case "paragraph":
                return [self._plain(node, Kind.PARAGRAPH)]
            case "bullet_list" | "ordered_list":
                return [self._list(node)]
            case "blockquote":
                return [self._quotation(node)]
            case "footnote_reference":
                self._footnote(node)
            case "html_block":
                raise inline.HtmlInText(self._at(node), html=node.content.strip()[:40])
            case "hr":
                self._note(node, gettext_noop("The ruled line here is left out."))
            case _:
                self._note(node, gettext_noop("The block of code here is left out; addressees stand in letter.toml."))
        return []

    def _plain(self, node: SyntaxTreeNode, shape: Kind, level: int = 0) -> Passage:
        content = node.children[0].content if node.children else ""
        place = self._at(node)
        text, mark = marks.split(content, place.at(place.line + content.count("\n")))
        return Passage(shape, inline.read(text, place, self.env), mark, place.line, level)

    def _list(self, node: SyntaxTreeNode) -> Passage:
        items = [self._item(item) for item in node.children]
        mark = Mark()
        if self._ends_in_mark_of_its_own(node):
            mark, items[-1] = items[-1].mark, _unmarked(items[-1])
        return Passage(
            Kind.LIST, mark=mark, line=self._at(node).line, ordered=node.type == "ordered_list", items=tuple(items)
        )

    def _item(self, node: SyntaxTreeNode) -> Passage:
        parts = [part for child in node.children for part in self.read(child)]
        runs = inline.join([part.runs for part in parts], "\n")
        nested = tuple(item for part in parts for item in part.items)
        mark = Mark()
        for part in parts:
            mark |= part.mark
        return Passage(Kind.PARAGRAPH, runs, mark, self._at(node).line, items=nested)

    def _quotation(self, node: SyntaxTreeNode) -> Passage:
        item = self._item(node)
        runs = inline.join([item.runs, *(nested.runs for nested in item.items)], "\n")
        return Passage(Kind.QUOTATION, runs, item.mark, item.line)

    def _footnote(self, node: SyntaxTreeNode) -> None:
        label = node.meta["label"]
        if label in self.found.footnotes:
            raise FootnoteTwice(self._at(node), label=label)
        parts = [part.runs for child in node.children for part in self.read(child)]
        self.found.footnotes[label] = Footnote(inline.one_line(inline.join(parts, " ")), self._at(node).line)

    def _ends_in_mark_of_its_own(self, node: SyntaxTreeNode) -> bool:
        """Whether the list's last line is a mark that begins at the margin: then it marks the list, not the item."""
        lines = [line for line in self.lines[slice(*(node.map or (0, 0)))] if line.strip()]
        return lines[-1].startswith("{")

    def _at(self, node: SyntaxTreeNode) -> Place:
        return self.found.place.at(node.map[0] + 1 if node.map else 0)

    def _note(self, node: SyntaxTreeNode, message: str) -> None:
        self.found.notes.append(Note(self._at(node), message))


def _unmarked(item: Passage) -> Passage:
    return Passage(item.shape, item.runs, Mark(), item.line, items=item.items)
