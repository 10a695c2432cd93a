"""Looking at a copy of the site as a stranger would: which files it has, and where its links lead."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

ADDRESSES = ("href", "src", "action", "poster", "data")


class Links(HTMLParser):
    """All addresses in a page, each with the tag that has it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.found += [(tag, told[name]) for name in ADDRESSES if name in told]
        self.found += [(tag, one.split()[0]) for one in told.get("srcset", "").split(",") if one]
        if told.get("http-equiv") == "refresh":
            self.found.append((tag, told["content"].partition("url=")[2]))


def files_in(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def links_in(path: str, content: bytes) -> list[tuple[str, str]]:
    """The addresses in a page or style sheet."""
    if path.endswith(".html"):
        return Links(content.decode()).found
    return [("style", address) for address in re.findall(r"url\([\"']?([^\"')]+)", content.decode())]


def local_links(files: dict[str, bytes]) -> Iterator[tuple[str, str, str]]:
    """Where each link that leads to no other site stands, what it says, and the file at which it leads."""
    for path, content in files.items():
        for _tag, address in links_in(path, content) if path.endswith((".html", ".css")) else ():
            parts = urlsplit(address)
            if not parts.scheme and not parts.netloc and parts.path:
                yield path, address, unquote(urlsplit(urljoin(f"http://here/{path}", address)).path)[1:]
