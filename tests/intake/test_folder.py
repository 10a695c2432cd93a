import asyncio
import gzip
import json

import brotli
import pytest

from tests.intake.asking import Answer, DeskBehind, Reader, converse, http, scope_of
from tests.intake.conftest import Clock
from undersigned.intake.folder import COPIES, LOOK_SECONDS, Folder
from undersigned.ledger.folder import LogFolder
from undersigned.pages.generation import PublicFolder
from undersigned.pages.packed import SUFFIXES
from undersigned.stories.models import Referral

LONG = b"<p>A long letter.</p>" * 500
FILES = {
    "index.html": b"<p>All letters</p>",
    "ferry/en/index.html": LONG,
    "ferry/letter.json": b"{}",
    "assets/pages.0123456789ab.css": b"p { margin: 0 }",
    "moved.json": json.dumps({"boat": "ferry", "stories/lamps": "stories/lanterns"}).encode(),
    "boat/worker.js": b"registration.unregister()",
    "boat/en/index.html": b"for servers that cannot redirect",
    "withdrawn.json": json.dumps(["stories/lights"]).encode(),
    "stories/lights/en/index.html": LONG,
    "stories/lanterns/en/index.html": LONG,
    "404.html": b"missing",
    "ferry/secret.key": b"not a page",
}


@pytest.fixture
def server(reader: Reader, folder: PublicFolder) -> Reader:
    """The door before a folder with files in it."""
    publish(folder, FILES)
    return reader


def publish(folder: PublicFolder, files: dict[str, bytes], gone: frozenset[str] = frozenset()) -> None:
    with folder.lock():
        folder.publish(files, gone)


def test_a_folder_is_served_by_its_index(server: Reader) -> None:
    answer = server.ask("/ferry/en/")
    assert (answer.status, answer.body) == (200, LONG)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-length"] == str(len(LONG))


def test_a_page_carries_a_strict_policy_and_names_live_a_minute(server: Reader) -> None:
    headers = server.ask("/ferry/en/").headers
    assert headers["cache-control"] == "public, max-age=60, must-revalidate"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "set-cookie" not in headers
    assert "last-modified" not in headers


def test_only_the_pieces_for_other_sites_may_be_framed(server: Reader, folder: PublicFolder) -> None:
    publish(folder, {"ferry/en/embed/letter/index.html": LONG})
    assert "frame-ancestors *" in server.ask("/ferry/en/embed/letter/").headers["content-security-policy"]
    assert "frame-ancestors *" not in server.ask("/ferry/en/").headers["content-security-policy"]


def test_what_is_left_of_a_withdrawn_story_is_answered_as_gone(server: Reader) -> None:
    answer = server.ask("/stories/lights/en/")
    assert (answer.status, answer.body) == (410, LONG)
    assert answer.headers["cache-control"] == "public, max-age=60, must-revalidate"
    again = server.ask("/stories/lights/en/", if_none_match=answer.headers["etag"], accept_encoding="gzip")
    assert (again.status, gzip.decompress(again.body)) == (410, LONG)
    assert server.ask("/stories/lanterns/en/").status == 200
    assert server.ask("/withdrawn.json").status == 404


def test_an_asset_never_changes_and_may_be_kept(server: Reader) -> None:
    assert "immutable" in server.ask("/assets/pages.0123456789ab.css").headers["cache-control"]


def test_a_path_without_its_last_slash_leads_to_the_folder(server: Reader) -> None:
    answer = server.ask("/ferry/en")
    assert (answer.status, answer.headers["location"]) == (308, "/ferry/en/")


@pytest.mark.parametrize("rest", ["", "en/", "en/sign/organisation/", "letter.json"])
def test_a_former_address_leads_on_for_good(server: Reader, rest: str) -> None:
    answer = server.ask(f"/boat/{rest}")
    assert (answer.status, answer.headers["location"]) == (301, f"/ferry/{rest}")


@pytest.mark.parametrize("old", ["/boat/en/", "/ferry/en"])
def test_a_shared_link_to_a_former_address_is_still_known_as_shared(server: Reader, old: str) -> None:
    assert server.ask(f"{old}?via=line").headers["location"] == "/ferry/en/?via=line"


def test_a_worker_at_a_former_address_is_there_itself_to_end(server: Reader) -> None:
    answer = server.ask("/boat/worker.js")
    assert (answer.status, answer.body) == (200, FILES["boat/worker.js"])


def test_a_former_address_of_a_story_leads_on_too(server: Reader) -> None:
    answer = server.ask("/stories/lamps/en/")
    assert (answer.status, answer.headers["location"]) == (301, "/stories/lanterns/en/")


def test_a_browser_with_a_fresh_copy_is_sent_nothing(server: Reader) -> None:
    tag = server.ask("/ferry/en/").headers["etag"]
    answer = server.ask("/ferry/en/", if_none_match=tag)
    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers["etag"] == tag


def test_a_changed_file_has_another_tag_as_soon_as_it_is_looked_at(
    server: Reader, folder: PublicFolder, clock: Clock
) -> None:
    tag = server.ask("/ferry/en/").headers["etag"]
    publish(folder, {"ferry/en/index.html": LONG[:-1] + b"\n"})
    clock.time += LOOK_SECONDS
    answer = server.ask("/ferry/en/", if_none_match=tag)
    assert answer.status == 200
    assert answer.headers["etag"] != tag


def test_a_vanished_file_is_not_served_from_memory(server: Reader, folder: PublicFolder, clock: Clock) -> None:
    server.ask("/ferry/en/")
    publish(folder, {}, frozenset({"ferry/en/index.html"}))
    clock.time += LOOK_SECONDS
    assert server.ask("/ferry/en/").status == 404


def test_all_pages_of_a_generation_are_there_together(server: Reader, folder: PublicFolder, clock: Clock) -> None:
    """A switch is seen for all files at once, whichever of them had been asked for."""
    assert server.ask("/ferry/en/").status == 200
    publish(folder, {"ferry/en/index.html": b"new", "ferry/ko/index.html": b"new"})
    seen = [server.ask(path) for path in ("/ferry/en/", "/ferry/ko/")]
    assert [answer.status for answer in seen] == [200, 404]
    clock.time += LOOK_SECONDS
    assert [server.ask(path).body for path in ("/ferry/en/", "/ferry/ko/")] == [b"new", b"new"]


def test_a_file_that_is_asked_for_again_and_again_is_read_once(server: Reader, folder: PublicFolder) -> None:
    server.ask("/ferry/en/")
    (folder.root / "ferry/en/index.html").unlink()
    assert server.ask("/ferry/en/").body == LONG


def test_memory_holds_so_many_copies_and_no_more(server: Reader, folder: PublicFolder) -> None:
    publish(folder, {f"ferry/{number}.txt": b"x" for number in range(COPIES + 10)})
    for number in range(COPIES + 10):
        assert server.ask(f"/ferry/{number}.txt").status == 200
    assert len(server.door.folder.copies) <= COPIES
    assert server.door.folder.size == sum(copy.size for copy in server.door.folder.copies.values())


LARGE = b"x" * 30_000
LARGE_ONES = [
    *(f"ferry/{number}.txt" for number in range(20)),
    *(f"stories/lights/{number}.txt" for number in range(20)),
]


@pytest.fixture
def small_memory(server: Reader, folder: PublicFolder, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many bytes a door may keep before which lies more: files, and what is left of a withdrawn story."""
    limit = 100_000
    monkeypatch.setattr("undersigned.intake.folder.COPIES_BYTES", limit)
    publish(folder, dict.fromkeys(LARGE_ONES, LARGE))
    return limit


def held(folder: Folder) -> int:
    """How many bytes of files this keeps alive, whichever way leads to them."""
    copies = [*folder.copies.values(), *folder.ready.values()]
    bodies = [variant.whole.body for copy in copies for variant in copy.variants.values()]
    return sum({id(body): len(body) for body in bodies}.values())


def test_memory_holds_so_many_bytes_and_no_more(server: Reader, small_memory: int) -> None:
    for path in LARGE_ONES:
        assert server.ask(f"/{path}").body == LARGE
    assert 0 < held(server.door.folder) <= small_memory


def test_memory_holds_no_more_for_those_who_ask_at_once(server: Reader, small_memory: int) -> None:
    async def all_at_once() -> list[Answer]:
        return await asyncio.gather(
            *(converse(server.door, scope_of(f"/{path}", "GET", {}), ()) for path in LARGE_ONES)
        )

    assert all(answer.body == LARGE for answer in server.run(all_at_once()))
    assert held(server.door.folder) <= small_memory


def test_a_file_that_is_larger_than_all_memory_is_given_out_and_not_kept(
    server: Reader, folder: PublicFolder, small_memory: int
) -> None:
    larger = b"x" * (small_memory + 1)
    publish(folder, {"ferry/larger.txt": larger})
    assert server.ask("/ferry/larger.txt").body == larger
    assert held(server.door.folder) <= small_memory


def test_head_says_what_get_would(server: Reader) -> None:
    answer, got = server.ask("/ferry/en/", "HEAD"), server.ask("/ferry/en/")
    assert answer.body == b""
    assert answer.headers == got.headers


# --- Codings ----------------------------------------------------------------------------------------------------------

UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.4, gzip;q=0.5", "gzip"),
        ("GZIP", "gzip"),
        ("gzip;q=0.001", "gzip"),
        ("*", "br"),
        ("br;q=0, *;q=0.1", "gzip"),
        ("identity;q=0, gzip;q=0.1", "gzip"),
        ("identity, gzip;q=0.5", ""),
        ("identity;q=0", ""),  # a file that was not wanted so is better than none
        ("*;q=0", ""),
        ("", ""),
        ("deflate", ""),
        ("br;q=0, gzip; q=0.0", ""),
        ("xgzip, brrr", ""),
        ("gzip;q=much, br;level=3, ;;, =", ""),
    ],
)
def test_a_browser_gets_the_coding_that_it_likes_best(server: Reader, accepted: str, coding: str) -> None:
    answer = server.ask("/ferry/en/", accept_encoding=accepted)
    assert answer.headers.get("content-encoding", "") == coding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-length"] == str(len(answer.body))
    assert UNPACK[coding](answer.body) == LONG
    head = server.ask("/ferry/en/", "HEAD", accept_encoding=accepted)
    assert (head.headers, head.body) == (answer.headers, b"")


def test_each_coding_has_its_own_tag_and_a_browser_that_has_it_is_sent_nothing(server: Reader) -> None:
    tags = {coding: server.ask("/ferry/en/", accept_encoding=coding).headers["etag"] for coding in UNPACK}
    assert len(set(tags.values())) == 3
    for has in UNPACK:
        for takes in UNPACK:
            answer = server.ask("/ferry/en/", accept_encoding=takes, if_none_match=f'W/"other", {tags[has]}')
            assert (answer.status == 304) == (has == takes)
            assert answer.headers["etag"] == tags[takes]
    assert server.ask("/ferry/en/", if_none_match="*").status == 304


def test_what_lies_packed_in_the_folder_is_sent_as_it_lies_there(server: Reader, folder: PublicFolder) -> None:
    for coding, suffix in SUFFIXES.items():
        lies = (folder.root / f"ferry/en/index.html{suffix}").read_bytes()
        assert server.ask("/ferry/en/", accept_encoding=coding).body == lies
        assert server.ask(f"/ferry/en/index.html{suffix}").status == 404


def test_memory_counts_every_variant(server: Reader) -> None:
    server.ask("/")
    before = server.door.folder.size
    sizes = [len(server.ask("/ferry/en/", accept_encoding=coding).body) for coding in UNPACK]
    assert server.door.folder.size == before + sum(sizes)


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere/", "/../generations/1/index.html", "/ferry/../index.html", "/.scratch/", "/ferry/./en/",
        "//evil.example/", "/ferry//en/", "/ferry\\en/", "/ferry/en/%00", "/ferry/secret.key", "/moved.json",
        "/404.html", "/ferry/en/index.html/", "/" + "a" * 300, "/" + "a/" * 3000, "/%ff/", "/ferry/%2e%2e/",
        "/ferry", "/ferry/en/../../moved.json",
    ],
)  # fmt: skip
def test_whatever_leads_nowhere_gets_one_answer(server: Reader, path: str) -> None:
    expected = server.ask("/no-such-letter/en/")
    assert expected.status == 404
    assert expected.headers["cache-control"] == "no-store"
    assert not {"x-why", "set-cookie", "etag"} & expected.headers.keys()
    assert server.ask(path) == expected
    assert server.ask(path, "POST") == expected
    assert server.ask(path, if_none_match='"anything"') == expected
    assert server.ask(path, "HEAD").headers == expected.headers


def test_what_is_posted_goes_to_the_program(server: Reader, desk: DeskBehind) -> None:
    desk.says = lambda method, target, body: http("200 OK", b"signed " + body, "Content-Type: text/html")
    answer = server.ask("/ferry/en/sign/supporter/", "POST", b"name=Ferne")
    assert (answer.status, answer.body) == (200, b"signed name=Ferne")


def test_a_file_is_served_without_asking_the_program(server: Reader, desk: DeskBehind) -> None:
    server.ask("/ferry/en/")
    assert not desk.asked


def test_before_the_first_bake_everything_leads_nowhere(reader: Reader) -> None:
    assert reader.ask("/").status == 404


def test_shared_links_that_led_to_a_page_are_counted_and_nothing_else_of_them(db: None, server: Reader) -> None:
    for _ in range(2):
        assert server.ask("/ferry/en/?via=line").body == LONG
    for other in ("/ferry/en/", "/nowhere/en/?via=line", "/ferry/en?via=line", "/ferry/en/?via=somebody"):
        server.ask(other)
    server.door.referrals.flush()
    assert list(Referral.objects.values_list("channel", "language", "count")) == [("line", "en", 2)]


# --- The log of a letter ----------------------------------------------------------------------------------------------

LOGGED = ("checkpoint", "tile/0/000.p/3", "tile/0/000", "tile/entries/x001/000", "tile/entries/x001/000.p/255")


@pytest.fixture
def log(server: Reader, folder: PublicFolder) -> LogFolder:
    """The published log of the letter at /ferry/."""
    found = LogFolder.of(folder.root.parent / "logs", "letters.example/ferry")
    with found.lock():
        found.put({**{path: path.encode() for path in LOGGED}, "keys.txt": b"a key\n", "private": b"", "tile/a": b""})
    with folder.lock():
        folder.publish({}, links={"ferry/log": found.root})
    return found


def test_the_files_of_a_log_are_given_out_as_its_formats_want_it(server: Reader, log: LogFolder) -> None:
    for path in LOGGED:
        answer = server.ask(f"/ferry/log/{path}")
        assert (answer.status, answer.text) == (200, path)
        is_head = path == "checkpoint"
        assert answer.headers["content-type"] == (
            "text/plain; charset=utf-8" if is_head else "application/octet-stream"
        )
        assert ("immutable" in answer.headers["cache-control"]) != is_head
    assert server.ask("/ferry/log/checkpoint").headers["cache-control"] == "no-store"
    assert server.ask("/ferry/log/keys.txt").text == "a key\n"


def test_a_head_of_the_same_length_and_time_is_seen_at_once(server: Reader, log: LogFolder, clock: Clock) -> None:
    for number in range(20):
        with log.lock():
            log.put({"checkpoint": b"head %05d" % number})
        clock.time += LOOK_SECONDS
        assert server.ask("/ferry/log/checkpoint").text == f"head {number:05}"


@pytest.mark.parametrize(
    "path",
    ["", "tile/", "tile/0/", "private", "tile/a", "tile/0/0", "tile/0/000.p/", "../log/checkpoint"],
)
def test_whatever_else_is_asked_of_a_log_leads_nowhere(server: Reader, log: LogFolder, path: str) -> None:
    assert server.ask(f"/ferry/log/{path}") == server.ask("/no-such-letter/en/")
