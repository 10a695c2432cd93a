import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from undersigned.pages.generation import PublicFolder
from undersigned.pages.serve import Serve, StartResponse

LONG = b"<p>A long letter.</p>" * 100
FILES = {
    "index.html": b"<p>All letters</p>",
    "ferry/en/index.html": LONG,
    "ferry/letter.json": b"{}",
    "assets/pages.0123456789ab.css": b"p { margin: 0 }",
    "moved.json": json.dumps({"boat": "ferry"}).encode(),
    "404.html": b"missing",
    "ferry/secret.key": b"not a page",
}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Django:
    """Stands behind the folder: knows one form, and says in many ways that it knows nothing else."""

    asked: list[str] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        self.asked.append(path)
        if path == "/ferry/en/sign/supporter/" and environ["REQUEST_METHOD"] == "POST":
            start_response("200 OK", [("Content-Type", "text/html")])
            return [b"signed"]
        start_response("404 Not Found", [("X-Why", path), ("Set-Cookie", "a=b")])
        return [path.encode()]


@pytest.fixture
def server(folder: PublicFolder) -> Serve:
    with folder.lock():
        folder.publish(FILES)
    return Serve(Django(), folder.root, b"<h1>Nothing here</h1>")


def ask(server: Serve, path: str, method: str = "GET", **headers: str) -> Answer:
    begun: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, told: list[tuple[str, str]], exc_info: object = None) -> Any:
        begun.append((status, told))

    raw = path if path == NOT_UTF8 else path.encode().decode("latin-1")  # as WSGI hands bytes over
    environ = {"REQUEST_METHOD": method, "PATH_INFO": raw}
    body = b"".join(server(environ | {f"HTTP_{name.upper()}": text for name, text in headers.items()}, start))
    status, told = begun[-1]
    return Answer(int(status[:3]), dict(told), body)


def test_a_folder_is_served_by_its_index(server: Serve) -> None:
    answer = ask(server, "/ferry/en/")
    assert (answer.status, answer.body) == (200, LONG)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Length"] == str(len(LONG))


def test_a_page_carries_a_strict_policy_and_names_live_a_minute(server: Serve) -> None:
    headers = ask(server, "/ferry/en/").headers
    assert headers["Cache-Control"] == "public, max-age=60"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Set-Cookie" not in headers
    assert "Last-Modified" not in headers


def test_an_asset_never_changes_and_may_be_kept(server: Serve) -> None:
    assert "immutable" in ask(server, "/assets/pages.0123456789ab.css").headers["Cache-Control"]


def test_a_path_without_its_last_slash_leads_to_the_folder(server: Serve) -> None:
    answer = ask(server, "/ferry/en")
    assert (answer.status, answer.headers["Location"]) == (308, "/ferry/en/")


@pytest.mark.parametrize("rest", ["", "en/", "en/sign/organisation/", "letter.json"])
def test_a_former_address_leads_on_for_good(server: Serve, rest: str) -> None:
    answer = ask(server, f"/boat/{rest}")
    assert (answer.status, answer.headers["Location"]) == (301, f"/ferry/{rest}")


def test_a_browser_with_a_fresh_copy_is_sent_nothing(server: Serve) -> None:
    tag = ask(server, "/ferry/en/").headers["ETag"]
    answer = ask(server, "/ferry/en/", if_none_match=tag)
    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers["ETag"] == tag


def test_a_changed_file_has_another_tag_at_once(server: Serve, folder: PublicFolder) -> None:
    tag = ask(server, "/ferry/en/").headers["ETag"]
    with folder.lock():
        folder.publish({"ferry/en/index.html": LONG[:-1] + b"\n"})
    answer = ask(server, "/ferry/en/", if_none_match=tag)
    assert answer.status == 200
    assert answer.headers["ETag"] != tag


def test_a_vanished_file_is_not_served_from_memory(server: Serve, folder: PublicFolder) -> None:
    ask(server, "/ferry/en/")
    with folder.lock():
        folder.publish({}, frozenset({"ferry/en/index.html"}))
    assert ask(server, "/ferry/en/").status == 404


def test_head_says_what_get_would(server: Serve) -> None:
    answer, got = ask(server, "/ferry/en/", "HEAD"), ask(server, "/ferry/en/")
    assert answer.body == b""
    assert answer.headers == got.headers


def test_a_long_page_is_compressed_for_browsers_that_take_it(server: Serve) -> None:
    answer = ask(server, "/ferry/en/", accept_encoding="br, gzip;q=0.5")
    assert gzip.decompress(answer.body) == LONG
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["ETag"] != ask(server, "/ferry/en/").headers["ETag"]
    assert ask(server, "/ferry/en/", if_none_match=answer.headers["ETag"]).status == 304


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "gzip; q=0.0, br", "xgzip"])
def test_a_browser_that_does_not_take_gzip_gets_none(server: Serve, accepted: str) -> None:
    assert "Content-Encoding" not in ask(server, "/ferry/en/", accept_encoding=accepted).headers


NOT_UTF8 = "/\xff/"


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere/", "/../generations/1/index.html", "/ferry/../index.html", "/.scratch/", "/ferry/./en/",
        "//evil.example/", "/ferry//en/", "/ferry\\en/", "/ferry/en/\0", "/ferry/secret.key", "/moved.json",
        "/404.html", "/ferry/en/index.html/", "/" + "a" * 300, "/" + "a/" * 3000, NOT_UTF8,
    ],
)  # fmt: skip
def test_whatever_leads_nowhere_gets_one_answer(server: Serve, path: str) -> None:
    expected = ask(server, "/no-such-letter/en/")
    assert expected.status == 404
    assert expected.headers["Cache-Control"] == "no-store"
    assert not {"X-Why", "Set-Cookie", "ETag"} & expected.headers.keys()
    assert ask(server, path) == expected
    assert ask(server, path, "POST") == expected
    assert ask(server, path, if_none_match='"anything"') == expected


def test_what_is_posted_goes_to_the_program(server: Serve) -> None:
    answer = ask(server, "/ferry/en/sign/supporter/", "POST")
    assert (answer.status, answer.body) == (200, b"signed")


def test_a_file_is_served_without_asking_the_program(server: Serve) -> None:
    ask(server, "/ferry/en/")
    assert isinstance(server.inner, Django)
    assert not server.inner.asked


def test_before_the_first_bake_everything_leads_nowhere(folder: PublicFolder) -> None:
    server = Serve(Django(), folder.root, b"<h1>Nothing here</h1>")
    assert ask(server, "/").status == 404
