"""The inline Markdown of a block: emphasis, strong, links, footnote references and hard breaks; nothing else.

Emphasis opens and closes beside white space only, whatever the punctuation: CommonMark's own rule makes no strong
text of `**자유(freedom)**는` or `**“自由”**与`, since Korean and Chinese put no space between a word and what follows.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, emphasis
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from undersigned.letters.blocks import Place, WrongFile
from undersigned.lib.refusal import gettext_noop

SCHEMES = frozenset({"http", "https", "mailto"})
_LABEL = re.compile(r"\[\^([^\s\[\]\\]{1,40})\]")
_SPECIAL = re.compile(r"[\\`*\[\]]|(?<!\w)_|_(?!\w)|<(?=[A-Za-z/!?])|&(?=#?\w+;)")
_BARE_LINK = re.compile(r"https?://[!-;=?-~]+[\w/]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
_HAN = re.compile(
    "[\u2e80-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff]"
)
_KEPT_SPACES = "\u00a0\u2009\u202f\u3000"  # set on purpose, unlike a space or a tab too many
_SOFT_BREAK = "\r"  # a line's end in the source; `tidy` folds it away


class HtmlInText(WrongFile):
    code = "html-in-text"
    message = gettext_noop("HTML such as “%(html)s” cannot be part of a letter. Write it as plain text or Markdown.")


class PictureInText(WrongFile):
    code = "picture-in-text"
    message = gettext_noop("A picture cannot be part of a letter's text (near “%(words)s”).")


class UnsafeLink(WrongFile):
    code = "unsafe-link"
    message = gettext_noop("The link to “%(href)s” cannot be taken: links begin with https://, http:// or mailto:.")


class ForbiddenCharacter(WrongFile):
    code = "forbidden-character"
    message = gettext_noop("The invisible character %(code)s stands in this text. It can make text read otherwise.")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style, hard breaks as line feeds; or a reference to a footnote, which has no text."""

    text: str
    strong: bool = False
    em: bool = False
    href: str = ""
    footnote: str = ""


Runs = tuple[Run, ...]


def read(text: str, place: Place | None = None, env: dict[str, Any] | None = None) -> Runs:
    """The runs of inline Markdown; what a letter cannot hold is refused at its place."""
    place = place or Place()
    refuse_forbidden(text, place)
    tokens = _PARSER.parseInline(text, {} if env is None else env)
    return tidy(_Walk(place).runs(tokens[0].children or []))


def write(runs: Sequence[Run]) -> str:
    """Canonical inline Markdown that reads back as these runs; styles that Markdown cannot hold are let go."""
    text = ""
    for soften in (_as_they_are, _without_touching_em, _without_em, _without_style):
        wanted = tidy(soften(runs))
        for laid_out in (wanted, tuple(_with_plain_edges(wanted))):
            text = "".join(_link(href, group) for href, group in groupby(laid_out, lambda run: run.href))
            text = re.sub(r"!(?=\[)", r"\\!", text)  # no picture where a link follows an exclamation
            if read(text) == wanted:
                return text
    return text


def canonical(text: str, place: Place | None = None) -> str:
    """The one way to write this inline Markdown; refused where a letter cannot hold it."""
    return write(read(text, place))


def plain(runs: Iterable[Run]) -> str:
    """What is read aloud: no styles, no references, breaks as spaces."""
    return "".join(run.text for run in runs).replace("\n", " ")


def labels(runs: Iterable[Run]) -> tuple[str, ...]:
    """The labels of the footnotes referred to, each once, in order."""
    return tuple(dict.fromkeys(run.footnote for run in runs if run.footnote))


def inline_html(text: str, refer: Callable[[str], str] = lambda label: "") -> str:
    """Safe HTML of inline Markdown; `refer` gives the HTML of a footnote reference from its label.

    What `read` would refuse shows as it was typed: a page must not fail for one block.
    """
    try:
        runs = read(text)
    except WrongFile:
        runs = (Run(text),)
    return "".join(refer(run.footnote) if run.footnote else _element(run) for run in runs)


def refuse_forbidden(text: str, place: Place) -> None:
    """Refuse control characters, and those that turn the direction of text around."""
    found = _FORBIDDEN.search(text)
    if found:
        line = place.line + text.count("\n", 0, found.start()) if place.line else 0
        raise ForbiddenCharacter(place.at(line), code=f"U+{ord(found[0]):04X}")


def is_safe_link(href: str) -> bool:
    """Whether `href` is an absolute link of a scheme that a letter may hold."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    return parts.scheme in SCHEMES and bool(parts.path if parts.scheme == "mailto" else parts.netloc)


def normalized_link(href: str) -> str:
    """`href` as Markdown writes it, with what is not ASCII percent-encoded."""
    return _PARSER.normalizeLink(href)


def cut(runs: Sequence[Run], length: int) -> Runs:
    """`runs` without the last `length` characters of their text; references stay."""
    kept: list[Run] = []
    for run in reversed(runs):
        gone = min(length, len(run.text))
        length -= gone
        kept.append(replace(run, text=run.text[: len(run.text) - gone]))
    return tidy(reversed(kept))


def join(pieces: Iterable[Sequence[Run]], between: str) -> Runs:
    """All pieces as one, with `between` (a space or a line feed) between them."""
    return tidy([run for piece in pieces for run in (Run(between), *piece)])


def one_line(runs: Iterable[Run]) -> Runs:
    """`runs` with spaces where hard breaks were."""
    return tidy([replace(run, text=run.text.replace("\n", " ")) for run in runs])


def tidy(runs: Iterable[Run]) -> Runs:
    """White space folded, trimmed and in the style of both its neighbours; equal neighbours joined."""
    chunks = [list(chunk) for _, chunk in groupby(_atoms(runs), _is_white)]
    if chunks and _is_white(chunks[0][0]):
        del chunks[0]
    whole = chunks[0] if chunks else []
    for white, words in zip(chunks[1::2], chunks[2::2], strict=False):
        whole += [*_space(whole[-1], white, words[0]), *words]
    groups = groupby(whole, lambda atom: replace(atom, text=""))
    return tuple(replace(style, text="".join(atom.text for atom in group)) for style, group in groups)


def _atoms(runs: Iterable[Run]) -> Iterator[Run]:
    """The runs, one for each character; a footnote reference is one by itself and has no style."""
    for run in runs:
        if run.footnote:
            yield Run("", footnote=run.footnote)
        else:
            yield from (replace(run, text=char) for char in run.text)


def _is_white(atom: Run) -> bool:
    return atom.text.isspace()


def _space(before: Run, white: Sequence[Run], after: Run) -> list[Run]:
    """What stands between two words: a break, a space, or nothing where a line of Han ended in the source."""
    text = "".join(atom.text for atom in white)
    if text == _SOFT_BREAK and _HAN.match(before.text) and _HAN.match(after.text):
        return []
    kept = "".join(char for char in text if char in _KEPT_SPACES)
    folded = "\n" if "\n" in text else kept or " "
    if before.href != after.href:
        return [Run(folded)]
    return [Run(folded, before.strong and after.strong, before.em and after.em, before.href)]


def _as_they_are(runs: Sequence[Run]) -> Sequence[Run]:
    return runs


def _without_touching_em(runs: Sequence[Run]) -> Sequence[Run]:
    """Without emphasis that strong text touches: three asterisks in a row are read in more than one way."""
    near = [any(other.strong for other in runs[max(0, i - 1) : i + 2]) for i in range(len(runs))]
    return [replace(run, em=False) if touches else run for run, touches in zip(runs, near, strict=True)]


def _without_em(runs: Sequence[Run]) -> Sequence[Run]:
    return [replace(run, em=False) for run in runs]


def _without_style(runs: Sequence[Run]) -> Sequence[Run]:
    return [replace(run, em=False, strong=False) for run in runs]


def _with_plain_edges(runs: Iterable[Run]) -> Iterator[Run]:
    """The runs, white space at their edges without emphasis: there, styles that overlap can be told apart."""
    for run in runs:
        words = run.text.strip()
        before, after = run.text.partition(words)[::2] if words else ("", "")
        yield from (replace(run, text=edge, strong=False, em=False) for edge in (before,) if edge)
        yield replace(run, text=words or run.text)
        yield from (replace(run, text=edge, strong=False, em=False) for edge in (after,) if edge)


def _link(href: str, runs: Iterable[Run]) -> str:
    """Markdown of runs that share one link, or none."""
    members = list(runs)
    if href and members == [Run(href, href=href)] and href.startswith("http"):
        return f"<{href}>"
    text = _marked_up(members)
    if not href:
        return text
    text = f"\\{text}" if text.startswith("^") else text  # no footnote
    target = re.sub(r"&(?=#?\w+;)", r"\\&", href)
    return f"[{text}](<{target}>)" if re.search(r"[()]", target) else f"[{text}]({target})"


def _marked_up(runs: Iterable[Run]) -> str:
    """Runs with their asterisks: a style stays open as long as the next run has it too."""
    written, open_marks = "", list[str]()
    for run in (*runs, Run("")):
        wanted = [mark for mark, has in (("**", run.strong), ("*", run.em)) if has]
        while open_marks and not set(open_marks) <= set(wanted):
            written += open_marks.pop()
        opening = [mark for mark in wanted if mark not in open_marks]
        open_marks += opening
        written += "".join(opening) + (f"[^{run.footnote}]" if run.footnote else _escaped(run.text))
    return written


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text).replace("\n", "\\\n")


def _element(run: Run) -> str:
    inner = html.escape(run.text).replace("\n", "<br>")
    if run.href:
        inner = _anchor(run.href, inner)
    else:
        inner = _BARE_LINK.sub(lambda found: _anchor(html.unescape(found[0]), found[0]), inner)
    if run.em:
        inner = f"<em>{inner}</em>"
    return f"<strong>{inner}</strong>" if run.strong else inner


def _anchor(href: str, inner: str) -> str:
    if not is_safe_link(href):
        return inner
    return f'<a href="{html.escape(href)}" rel="nofollow noopener noreferrer">{inner}</a>'


class _Walk:
    """One pass over markdown-it's inline tokens, keeping the style and the line at which it stands."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.style = Run("")

    def runs(self, tokens: Iterable[Token]) -> list[Run]:
        return [run for token in tokens for run in self._run(token)]

    def _run(self, token: Token) -> Iterator[Run]:
        match token.type:
            case "strong_open" | "strong_close":
                self.style = replace(self.style, strong=token.nesting == 1)
            case "em_open" | "em_close":
                self.style = replace(self.style, em=token.nesting == 1)
            case "link_open" | "link_close":
                self.style = replace(self.style, href=self._href(token))
            case "softbreak" | "hardbreak":
                self.place = self.place.at(self.place.line + 1) if self.place.line else self.place
                yield replace(self.style, text="\n" if token.type == "hardbreak" else _SOFT_BREAK)
            case "footnote_ref":
                yield Run("", footnote=token.meta["label"])
            case _:
                yield replace(self.style, text=self._content(token))

    def _href(self, token: Token) -> str:
        href = str(token.attrGet("href") or "")
        if token.nesting == 1 and not is_safe_link(href):
            raise UnsafeLink(self.place, href=href)
        return href

    def _content(self, token: Token) -> str:
        if token.type == "html_inline":
            raise HtmlInText(self.place, html=token.content[:40])
        if token.type == "image":
            raise PictureInText(self.place, words=token.content[:60])
        return token.content


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802  (markdown-it's name)
        """Every link: an unsafe one is refused with its line instead of being shown as text."""
        return True


def _emphasis(state: StateInline, silent: bool) -> bool:
    """Asterisks open before and close after anything but white space; underscores as CommonMark has it."""
    if silent or state.src[state.pos] != "*":
        return emphasis.tokenize(state, silent)
    length = state.scanDelims(state.pos, True).length
    can_open = bool(state.src[state.pos + length : state.pos + length + 1].strip())
    can_close = bool(state.src[max(0, state.pos - 1) : state.pos].strip())
    for _ in range(length):
        state.push("text", "", 0).content = "*"
        state.delimiters.append(Delimiter(ord("*"), length, len(state.tokens) - 1, -1, can_open, can_close))
    state.pos += length
    return True


def _footnote_reference(state: StateInline, silent: bool) -> bool:
    """`[^label]`, whether or not it is defined: who reads a file refuses the undefined ones."""
    found = _LABEL.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.push("footnote_ref", "", 0).meta = {"label": found[1]}
    state.pos = found.end()
    return True


def _parser() -> MarkdownIt:
    parser = _Markdown("commonmark", {"html": True})
    parser.inline.ruler.at("emphasis", _emphasis)
    parser.inline.ruler.before("link", "footnote_ref", _footnote_reference)
    return parser


_PARSER = _parser()
