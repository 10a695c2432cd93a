import asyncio
from pathlib import Path

import pytest

from tests.intake.asking import Answer, DeskBehind, Reader, converse, http, scope_of
from tests.intake.conftest import Clock
from tests.people import SOMI
from undersigned.config.logs import WithoutData
from undersigned.intake import relay
from undersigned.intake.door import BODY_LIMIT_BYTES, BODY_SECONDS, LARGE_BYTES
from undersigned.intake.relay import DeskAddress
from undersigned.intake.visitors import address_of
from undersigned.intake.wire import Message
from undersigned.lib.env import Misconfigured
from undersigned.signing.sign_on import FORM_LIMIT_BYTES


def head_of(desk: DeskBehind) -> dict[str, str]:
    """What the desk was told last."""
    lines = desk.heads[-1].splitlines()[1:]
    return dict(line.split(": ", 1) for line in lines if line)


def test_what_the_desk_answers_is_handed_on_as_it_is(reader: Reader, desk: DeskBehind) -> None:
    desk.says = lambda *_: http("418 Odd", "다리".encode(), "Content-Type: text/plain", "Set-Cookie: a=b", "X-Own: yes")
    answer = reader.ask("/desk/?page=2&q=%EB%8B%A4")
    assert (answer.status, answer.body) == (418, "다리".encode())
    assert answer.headers["set-cookie"] == "a=b"
    assert answer.headers["x-own"] == "yes"
    assert desk.asked == ["GET /desk/?page=2&q=%EB%8B%A4"]


def test_an_answer_without_a_length_passes_too(reader: Reader, desk: DeskBehind) -> None:
    chunks = b"5\r\nferry\r\n4\r\nman!\r\n0\r\n\r\n"
    desk.says = lambda *_: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
    answer = reader.ask("/desk/export.csv")
    assert answer.body == b"ferryman!"
    assert "transfer-encoding" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        [(b"host", b"letters.example"), (b"host", b"evil.example")],
        [],
        [(b"host", b"letters.example"), (b"x-odd", b"a\x00b")],
    ],
    ids=["two hosts", "no host", "a header that is none"],
)
@pytest.mark.parametrize(("language", "said"), [("ko", "브라우저"), ("en", "browsers"), ("zh-CN", "浏览器")])
def test_what_no_browser_sends_is_refused_and_the_desk_not_asked(
    reader: Reader, desk: DeskBehind, headers: list[tuple[bytes, bytes]], language: str, said: str
) -> None:
    scope = scope_of("/desk/", "GET", {})
    scope["headers"] = [*headers, (b"accept-language", language.encode())]
    answer = reader.run(converse(reader.door, scope, []))
    assert answer.status == 400
    assert said in answer.text
    assert not desk.asked


def test_an_address_that_was_sent_as_it_was_typed_is_understood(reader: Reader, desk: DeskBehind) -> None:
    scope = scope_of("/desk/", "GET", {})
    scope["raw_path"], scope["query_string"] = "/desk/다/".encode(), "q=리 x".encode()
    reader.run(converse(reader.door, scope, []))
    assert desk.asked == ["GET /desk/%EB%8B%A4/?q=%EB%A6%AC%20x"]


def test_whatever_a_reader_says_of_it_the_host_is_no_matter_of_one_hop(reader: Reader, desk: DeskBehind) -> None:
    reader.ask("/desk/", connection="close, Host")
    assert head_of(desk)["host"] == "letters.example"


def test_the_server_and_the_hop_are_the_doors_own_matter(reader: Reader, desk: DeskBehind) -> None:
    desk.says = lambda *_: http("200 OK", b"", "Server: other", "Date: long ago", "Connection: close", "Keep-Alive: 5")
    headers = reader.ask("/desk/").headers
    assert not {"server", "date", "connection", "keep-alive"} & headers.keys()


def test_the_desk_is_told_what_the_reader_said_but_not_what_only_we_may_say(reader: Reader, desk: DeskBehind) -> None:
    lies = {"X-Forwarded-For": "198.51.100.1", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    hop = {"Connection": "close, X-Hop", "X-Hop": "1", "Upgrade": "h2c", "Expect": "100-continue"}
    reader.ask("/desk/", cookie="a=b", accept_language="ko", **lies, **hop, **{"Forwarded": "for=198.51.100.1"})
    told = head_of(desk)
    assert (told["host"], told["cookie"], told["accept-language"]) == ("letters.example", "a=b", "ko")
    assert (told["x-forwarded-for"], told["x-forwarded-proto"]) == ("192.0.2.7", "http")
    assert not {"x-forwarded-host", "x-hop", "upgrade", "expect", "forwarded"} & told.keys()


def test_a_header_with_an_underscore_cannot_pass_for_another(reader: Reader, desk: DeskBehind) -> None:
    scope = scope_of("/desk/", "GET", {})
    scope["headers"].append((b"x_forwarded_for", b"198.51.100.1"))
    reader.run(converse(reader.door, scope, []))
    assert "198.51.100.1" not in desk.heads[-1]


@pytest.mark.parametrize(
    ("proxies", "told", "address"),
    [
        (0, "198.51.100.1", "192.0.2.7"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.9, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (2, "198.51.100.1", "192.0.2.7"),
        (1, "", "192.0.2.7"),
    ],
)
def test_an_address_is_believed_from_proxies_of_ours_only(proxies: int, told: str, address: str) -> None:
    headers = {"X-Forwarded-For": told} if told else {}
    assert address_of(scope_of("/", "GET", headers), proxies) == address


def test_behind_a_proxy_the_desk_learns_that_tls_was_spoken(reader: Reader, desk: DeskBehind) -> None:
    reader.door.relay.proxies = 1
    reader.ask("/desk/", X_Forwarded_For="203.0.113.9", X_Forwarded_Proto="https")
    assert (head_of(desk)["x-forwarded-for"], head_of(desk)["x-forwarded-proto"]) == ("203.0.113.9", "https")


@pytest.mark.parametrize(("language", "said"), [("ko", "다시 시작"), ("en", "restarted"), ("zh-CN", "重新启动")])
def test_while_the_desk_is_away_readers_are_told_in_their_language(reader: Reader, language: str, said: str) -> None:
    reader.door.relay.desk = DeskAddress(socket="/nowhere/desk")
    answer = reader.ask("/desk/", accept_language=language)
    assert answer.status == 503
    assert said in answer.text
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("gibberish", [b"", b"no HTTP at all\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Le"])
def test_a_desk_that_speaks_no_sense_is_away(reader: Reader, desk: DeskBehind, gibberish: bytes) -> None:
    desk.says = lambda *_: gibberish
    assert reader.ask("/desk/").status == 503


def test_an_answer_that_breaks_off_does_not_look_whole(reader: Reader, desk: DeskBehind) -> None:
    desk.says = lambda *_: b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"
    with pytest.raises(relay.BrokenOff):
        reader.ask("/desk/")


def test_of_a_fault_the_door_itself_writes_down_where_it_arose(
    reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> float:
        raise ValueError(SOMI.email)

    reader.door.clock = broken
    with pytest.raises(ValueError, match=SOMI.email):
        reader.ask("/")
    [record] = caplog.records
    written = WithoutData().format(record)
    assert written.startswith("a request failed\nbuiltins.ValueError\n")
    assert written.endswith(" in broken")


def test_too_large_a_body_is_refused_before_it_is_read(reader: Reader, desk: DeskBehind) -> None:
    answer = reader.ask("/desk/", "POST", b"x" * (BODY_LIMIT_BYTES + 1), accept_language="en")
    assert answer.status == 413
    assert "too large" in answer.text
    assert not desk.asked


def test_too_large_a_body_of_unknown_length_is_refused_when_it_is(reader: Reader, desk: DeskBehind) -> None:
    scope = scope_of("/desk/", "POST", {"Transfer-Encoding": "chunked"})
    assert reader.run(converse(reader.door, scope, [b"x" * BODY_LIMIT_BYTES, b"x"])).status == 413
    assert not desk.asked


def test_nobody_but_the_desk_takes_more_than_a_form_has(reader: Reader, desk: DeskBehind) -> None:
    body = b"x" * (FORM_LIMIT_BYTES + 1)
    desk.says = lambda *_: http("200 OK")
    assert reader.ask("/desk/", "POST", body).status == 200
    assert reader.ask("/en/", "POST", body).status == 413
    assert desk.asked == ["POST /desk/"]


@pytest.mark.parametrize("length", [{}, {"transfer_encoding": "chunked"}])
def test_only_so_much_that_is_large_is_read_at_the_same_time(
    reader: Reader, desk: DeskBehind, length: dict[str, str]
) -> None:
    """Also where its length is not said. What is as small as a sign-on is read all the while."""
    desk.says = lambda *_: http("200 OK")
    reader.door.large.most = 1
    pieces = [b"x" * LARGE_BYTES, b"x"]
    said = length or {"content_length": str(LARGE_BYTES + 1)}
    with reader.door.large:
        assert reader.run(converse(reader.door, scope_of("/en/", "POST", said), pieces)).status == 503
        assert reader.ask("/en/", "POST", pieces[0]).status == 200
    assert reader.run(converse(reader.door, scope_of("/en/", "POST", said), pieces)).status == 200
    assert not reader.door.large.inside


def test_a_body_that_comes_in_pieces_is_whole_when_the_desk_sees_it(reader: Reader, desk: DeskBehind) -> None:
    desk.says = lambda method, target, body: http("200 OK", body)
    scope = scope_of("/desk/", "POST", {"Transfer-Encoding": "chunked"})
    assert reader.run(converse(reader.door, scope, [b"a=", b"1&b", b"=2"])).body == b"a=1&b=2"


def test_who_is_too_slow_is_told_so_and_the_desk_is_not_bothered(
    reader: Reader, desk: DeskBehind, clock: Clock
) -> None:
    async def wait_and_look() -> tuple[Answer, Answer]:
        scope = scope_of("/en/", "POST", {"Content-Length": "10"})
        slow = asyncio.ensure_future(converse(reader.door, scope, []))
        await asyncio.sleep(0)
        clock.time += BODY_SECONDS
        quick = asyncio.ensure_future(converse(reader.door, scope, []))
        await asyncio.sleep(0)
        reader.door.patience.look()
        first = await slow
        assert not quick.done()
        clock.time += BODY_SECONDS
        reader.door.patience.look()
        return first, await quick

    answers = reader.run(wait_and_look())
    assert [answer.status for answer in answers] == [408, 408]
    assert not desk.asked
    assert not reader.door.patience.begun


def test_who_hangs_up_while_sending_is_not_taken_for_slow(reader: Reader, desk: DeskBehind) -> None:
    async def hang_up() -> None:
        asking = asyncio.ensure_future(converse(reader.door, scope_of("/en/", "POST", {"Content-Length": "10"}), []))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    reader.run(hang_up())
    assert not reader.door.patience.begun


def test_more_than_can_be_relayed_at_once_waits_and_more_than_can_wait_is_refused(
    reader: Reader, desk: DeskBehind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "WAITING", 3)
    desk.says = lambda *_: http("200 OK", b"yes")
    reader.door.relay.turns = asyncio.Semaphore(2)

    async def crowd() -> list[Answer]:
        return await asyncio.gather(*(converse(reader.door, scope_of("/desk/", "GET", {}), []) for _ in range(7)))

    answers = reader.run(crowd())
    assert sorted(answer.status for answer in answers) == [200] * 5 + [503] * 2


def test_who_announces_more_than_they_say_is_told_so(reader: Reader, desk: DeskBehind) -> None:
    async def break_off() -> int:
        incoming: asyncio.Queue[Message] = asyncio.Queue()
        incoming.put_nowait({"type": "http.request", "body": b"a=", "more_body": True})
        incoming.put_nowait({"type": "http.disconnect"})
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        await reader.door(scope_of("/en/", "POST", {"Content-Length": "10"}), incoming.get, send)
        return int(sent[0]["status"])

    assert reader.run(break_off()) == 400
    assert not desk.asked


def test_when_a_reader_leaves_the_desk_need_not_go_on(reader: Reader, tmp_path: Path) -> None:
    """The connection to the desk is closed, though it had more to say."""

    async def leave() -> bool:
        closed: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        async def endless(asking: asyncio.StreamReader, saying: asyncio.StreamWriter) -> None:
            await asking.readuntil(b"\r\n\r\n")
            saying.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbeginning")
            closed.set_result(await asking.read() == b"")
            saying.close()

        reader.door.relay.desk = DeskAddress(socket=str(tmp_path / "endless"))
        async with await asyncio.start_unix_server(endless, tmp_path / "endless"):
            sent: list[Message] = []
            gone: asyncio.Queue[Message] = asyncio.Queue()

            async def send(message: Message) -> None:
                sent.append(message)
                if len(sent) == 2:  # the head and a first piece
                    gone.put_nowait({"type": "http.disconnect"})

            await reader.door(scope_of("/desk/export.csv", "GET", {}), gone.get, send)
            return await closed

    assert reader.run(leave())


@pytest.mark.parametrize("text", ["", "desk", "unix:desk", "http://127.0.0.1", "https://127.0.0.1:1", "http://a:1/b"])
def test_where_the_desk_listens_is_said_in_one_of_two_ways(text: str) -> None:
    with pytest.raises(Misconfigured):
        DeskAddress.parse(text)


def test_a_port_will_do_as_well_as_a_socket() -> None:
    assert DeskAddress.parse("http://127.0.0.1:8001") == DeskAddress(host="127.0.0.1", port=8001)
    assert DeskAddress.parse("unix:/run/desk") == DeskAddress(socket="/run/desk")
