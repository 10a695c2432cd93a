"""Who does not read what they asked for is let go: of our memory at once, of the connection after a while."""

import asyncio
import os
from pathlib import Path
from socket import SO_RCVBUF, SOL_SOCKET, create_connection, create_server, socket

import pytest

from tests.flows.office import free_port, until
from undersigned.intake import wire
from undersigned.intake.unread import AGAIN_SECONDS, end_unread
from undersigned.intake.wire import PIECE_BYTES, HungUp, Message, Reply

LARGE = bytes(range(256)) * (PIECE_BYTES // 256) * 3 + b"end"


def send_to(taken: list[Message], body: bytes, method: str = "GET", at_most: int = 100) -> None:
    """Send a reply to somebody who takes so many messages."""

    async def send(message: Message) -> None:
        if len(taken) >= at_most:
            await asyncio.sleep(60)
        taken.append(message)

    asyncio.run(Reply(200, [], body).send(send, method))


@pytest.mark.parametrize("length", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES, len(LARGE)])
def test_a_large_answer_goes_out_in_pieces_and_is_whole(length: int) -> None:
    body, taken = LARGE[:length], list[Message]()
    send_to(taken, body)
    pieces = [message["body"] for message in taken[1:]]
    assert b"".join(pieces) == body
    assert max(map(len, pieces)) <= PIECE_BYTES
    assert [message.get("more_body", False) for message in taken[1:]] == [True] * (len(pieces) - 1) + [False]


def test_to_head_no_piece_is_sent() -> None:
    taken = list[Message]()
    send_to(taken, LARGE, "HEAD")
    assert [message.get("body") for message in taken] == [None, b""]


def test_who_takes_no_more_is_sent_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "SEND_SECONDS", 0.01)
    taken = list[Message]()
    with pytest.raises(HungUp):
        send_to(taken, LARGE, at_most=2)
    assert [len(message.get("body", b"")) for message in taken] == [0, PIECE_BYTES]


def is_over(connection: socket) -> bool:
    """Whether there is no connection any more; as much is sent as it takes."""
    try:
        while True:
            connection.send(LARGE)
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_the_system_ends_a_connection_on_which_nothing_is_read() -> None:
    """And not one on which everything is, though it is as old."""
    with create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        asyncio.run(end_unread(port, 1))
        with create_connection(("127.0.0.1", port)) as lazy, create_connection(("127.0.0.1", port)) as reading:
            lazy.setsockopt(SOL_SOCKET, SO_RCVBUF, 2048)
            ours = [server.accept()[0] for _ in range(2)]
            for connection in ours:
                connection.setblocking(False)
            until(lambda: is_over(ours[0]), "the connection to end")
            ours[1].send(b"whole")
            assert reading.recv(5) == b"whole"
            for connection in ours:
                connection.close()


def test_the_socket_is_waited_for_until_somebody_listens_there() -> None:
    async def wait() -> bool:
        with socket() as later:
            later.bind(("127.0.0.1", 0))
            waiting = asyncio.ensure_future(end_unread(later.getsockname()[1], 1))
            await asyncio.sleep(0.05)
            was_done = waiting.done()
            later.listen()
            await waiting
            return was_done

    assert not asyncio.run(wait())


def test_while_it_waits_it_opens_nothing() -> None:
    """Files, pipes and sockets of others are open beside it; looking again and again leaves them as they are."""
    before = open_ones()

    async def look_for_a_while() -> set[str]:
        waiting = asyncio.ensure_future(end_unread(free_port(), 1))
        await asyncio.sleep(0)
        first = open_ones()
        await asyncio.sleep(3 * AGAIN_SECONDS)
        waiting.cancel()
        return open_ones() - first

    assert not asyncio.run(look_for_a_while())
    assert open_ones() == before


def open_ones() -> set[str]:
    """The descriptors of this process; but for the one by which they are listed, which is closed by now."""
    return {name for name in os.listdir("/proc/self/fd") if Path(f"/proc/self/fd/{name}").exists()}
