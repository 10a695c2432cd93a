"""A file of the public folder as it works from anywhere: from a stick, below any path, on any server.

Links lead from file to file, each to its `index.html`. What only the running program can do leads to the site, and the
page says so. Nothing else of a page is touched: what stands between its tags is the same bytes.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from undersigned.lib.languages import interface_for
from undersigned.pages.frame import voice

ADDRESSES = frozenset({"href", "src", "action", "formaction", "poster", "data"})
"""Attributes that hold one address."""
LEFT_OUT = frozenset({"data-worker"})
"""Attributes by which a page would keep something of the site on its reader's device."""
LOCAL = "'self' file:"
"""Not every browser takes “'self'” to mean the files beside a page that was opened from a disk."""
REFERRER = '\n<meta name="referrer" content="same-origin">'
"""What a header of ours says, and no header of anybody else's server."""

_URL = re.compile(r"""url\(\s*(["']?)([^"')]+)\1\s*\)""")
_IMPORT = re.compile(r"""@import\s+(["'])([^"']+)\1""")
_REFRESH = re.compile(r"(\s*\d+\s*;\s*url=)(.*)", re.IGNORECASE)

Attributes = dict[str, str | None]


def copied(path: str, content: bytes, site: str) -> bytes:
    """The file at `path` of the public folder of `site`, for a copy of that folder."""
    if path.endswith(".html"):
        return _Page(path, site).rewrite(content.decode()).encode()
    if path.endswith(".css"):
        return _style(path, content.decode()).encode()
    return content


def local(path: str, address: str) -> str:
    """`address`, found in the file at `path`, as a relative path to a file; other sites' addresses stay as they are."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path:
        return address
    found = urlsplit(urljoin(f"/{path}", address))
    target = f"{found.path}index.html" if found.path.endswith("/") else found.path
    relative = posixpath.relpath(target, posixpath.dirname(f"/{path}"))
    return found._replace(path=relative).geturl()


def _style(path: str, text: str) -> str:
    text = _IMPORT.sub(lambda found: f"@import {found[1]}{local(path, found[2])}{found[1]}", text)
    return _URL.sub(lambda found: f"url({found[1]}{local(path, found[2])}{found[1]})", text)


class _Page(HTMLParser):
    """Writes one page anew: it notes what is to stand in the place of which part of the source."""

    def __init__(self, path: str, site: str) -> None:
        super().__init__(convert_charrefs=False)
        self.path, self.site = path, site
        self.language = "en"
        self.has_notice = False
        self.pieces: list[str] = []
        self.done = 0

    def rewrite(self, text: str) -> str:
        """The page as it stands in a copy."""
        self.text = text
        self.lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self.feed(text)
        self.close()
        return "".join([*self.pieces, text[self.done :]])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        source = self.get_starttag_text() or ""
        before = dict(attrs)
        after = dict(self._attributes(tag, before))
        written = _written(tag, after, source) if after != before else source
        written += self._added(tag, after)
        if written != source:
            self._put(written, len(source))

    def handle_endtag(self, tag: str) -> None:
        if tag == "header" and not self.has_notice:
            self.has_notice = True
            self._put(_notice(self.language, self._live), 0)

    @property
    def _live(self) -> str:
        """Where the site has this page."""
        return f"{self.site}/{self.path.removesuffix('index.html')}"

    def _put(self, piece: str, length: int) -> None:
        """Put `piece` in the place of the next `length` characters of the source."""
        line, column = self.getpos()
        at = self.lines[line - 1] + column
        self.pieces += [self.text[self.done : at], piece]
        self.done = at + length

    def _attributes(self, tag: str, found: Attributes) -> Iterator[tuple[str, str | None]]:
        for name, value in found.items():
            if name not in LEFT_OUT:
                yield name, value if value is None else self._value(tag, name, value, found)

    def _value(self, tag: str, name: str, value: str, beside: Attributes) -> str:
        if tag == "form" and name == "action":
            return urljoin(self._live, value)
        if name in ADDRESSES:
            return local(self.path, value)
        if name == "srcset":
            return ", ".join(self._candidate(candidate) for candidate in value.split(","))
        if name == "content" and (said := MEANS.get((beside.get("http-equiv") or "").lower())):
            return said(self, value)
        return value

    def _candidate(self, candidate: str) -> str:
        address, _space, size = candidate.strip().partition(" ")
        return f"{local(self.path, address)} {size}".rstrip()

    def _policy(self, value: str) -> str:
        directives = (directive.strip() for directive in value.split(";"))
        return "; ".join(self._directive(directive) for directive in directives)

    def _directive(self, directive: str) -> str:
        what, _space, _where = directive.partition(" ")
        if what in ("connect-src", "worker-src"):  # no script of a copy asks anybody for anything
            return f"{what} 'none'"
        host = urlsplit(self.site)
        where = f"{host.scheme}://{host.netloc}" if what == "form-action" else LOCAL
        return directive.replace("'self'", where)

    def _refresh(self, value: str) -> str:
        return _REFRESH.sub(lambda found: found[1] + local(self.path, found[2]), value)

    def _added(self, tag: str, attributes: Attributes) -> str:
        """What follows a tag in a copy."""
        if tag == "html":
            self.language = attributes.get("lang") or self.language
        if (attributes.get("http-equiv") or "").lower() == "content-security-policy":
            return REFERRER
        return _warning(self.language, self.site) if tag == "form" else ""


MEANS: dict[str, Callable[[_Page, str], str]] = {
    "content-security-policy": _Page._policy,
    "refresh": _Page._refresh,
}
"""What the content of a `meta` that stands for a header becomes."""


def _written(tag: str, attributes: Attributes, source: str) -> str:
    told = (name if value is None else f'{name}="{_quoted(value)}"' for name, value in attributes.items())
    return f"<{' '.join((tag, *told))}{'/>' if source.endswith('/>') else '>'}"


def _quoted(value: str) -> str:
    return escape(value, quote=False).replace('"', "&quot;")


def _notice(language: str, live: str) -> SafeString:
    """The line at the head of every page of a copy."""
    with translation.override(interface_for(language)):
        said = _("This is a copy. Names and numbers are as they were when it was made.")
        return format_html(
            '<p class="copy"{}>{} <a href="{}">{}</a></p>\n', voice(language), said, live, _("This page as it is now")
        )


def _warning(language: str, site: str) -> SafeString:
    """What one has to know before one fills in a form of a copy."""
    with translation.override(interface_for(language)):
        said = _(
            "You are reading a copy of %(site)s. The button below takes you there, and nothing is sent before that. "
            "If %(site)s cannot be reached, nothing is sent or stored: try again later, or over another network."
        )
        return format_html('\n<p class="copy-form" role="note"{}>{}</p>', voice(language), said % {"site": site})
