"""A mail server that takes everything, on the loopback: `python -m benchmark.sink PORT`, or within a test.

As fast as asyncio allows: it answers what it must of RFC 5321, and pipelines (RFC 2920). It keeps who was written to
and how often, never what was said. `XCOUNT` tells how many mails it took so far.
"""

import asyncio
import re
import smtplib
import sys
from collections import Counter

RECIPIENT = re.compile(rb"RCPT TO:\s*<([^>]*)>", re.IGNORECASE)


class Taken:
    """What arrived, of all connections together."""

    def __init__(self) -> None:
        self.mails = 0
        self.recipients: Counter[str] = Counter()


class Sink(asyncio.Protocol):
    """One connection."""

    def __init__(self, taken: Taken) -> None:
        self._taken = taken
        self._rest = b""
        self._in_text = False
        self._recipients: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._rest += data
        answers: list[bytes] = []
        while (answer := self._next()) is not None:
            answers.append(answer)
        self._transport.write(b"".join(answers))

    def _next(self) -> bytes | None:
        """The answer to the next command, or to a text that has ended; None where more has to come."""
        end = b"\r\n.\r\n" if self._in_text else b"\r\n"
        head, found, rest = self._rest.partition(end)
        if not found:
            return None
        self._rest = rest
        return self._took() if self._in_text else self._answer(head)

    def _took(self) -> bytes:
        self._taken.mails += 1
        self._taken.recipients.update(self._recipients)
        self._recipients = []
        self._in_text = False
        return b"250 2.0.0 taken\r\n"

    def _answer(self, line: bytes) -> bytes:
        match line[:4].upper():
            case b"RCPT":
                self._recipients += [found.decode() for found in RECIPIENT.findall(line)]
            case b"DATA":
                self._in_text = True
                return b"354 go on\r\n"
            case b"EHLO":
                return b"250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
            case b"XCOU":
                return b"250 %d\r\n" % self._taken.mails
            case b"RSET":
                self._recipients = []
            case b"QUIT":
                return b"221 2.0.0 bye\r\n"
        return b"250 2.0.0 ok\r\n"


def count(port: int) -> int:
    """How many mails the sink at `port` has taken."""
    with smtplib.SMTP("127.0.0.1", port, "bench.example", timeout=20) as connection:
        return int(connection.docmd("XCOUNT")[1])


async def serve(port: int, taken: Taken) -> None:
    """Take mail at `port` until cancelled."""
    server = await asyncio.get_running_loop().create_server(lambda: Sink(taken), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Taken()))
