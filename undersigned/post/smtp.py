"""Handing messages to a mail server (a smarthost), over one connection or several at once."""

import smtplib
import ssl
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from undersigned.lib.addresses import EmailAddress
from undersigned.post.transport import Answer, Outcome, always
from undersigned.post.wire import Parcel, wire_form

SECURITY = ("starttls", "tls", "none")
TIMEOUT_SECONDS = 20
NO_SMTPUTF8 = 553  # RFC 6531 §3.5: mailbox name not allowed
CLOSING = 421  # RFC 5321 §3.8: the server takes leave, whatever was asked
TEXT_AWAITED = 354
WORTH_ANOTHER_LINE = 4  # mails


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server (smarthost), and how to speak to it: `starttls`, `tls` from the first byte, or `none`."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = ""


UNTRIED = Answer(Outcome.UNTRIED)


@dataclass(slots=True)
class _Turn:
    """A parcel that waits to be handed over, and what became of it."""

    parcel: Parcel
    answer: Answer = UNTRIED


T = TypeVar("T")
Talk = Generator[None, None, T]
"""A line at work. It stops each time it has said something, so that others can speak before it waits for the answer."""


class SmtpTransport:
    """Hands messages to one mail server, over as many of its lines as are worth opening."""

    eight_bit = False

    def __init__(self, server: Server, lines: int = 1, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._all_lines = [_Line(server, timeout_seconds) for _ in range(lines)]
        self._lines = self._all_lines

    def hand_over(self, parcels: Sequence[Parcel], goes_on: Callable[[], bool] = always) -> list[Answer]:
        """Hand the messages over, each line taking the next that waits; never raises for what the network does."""
        turns = [_Turn(parcel) for parcel in parcels]
        waiting = deque(turns)
        lines = self._lines[: max(1, len(turns) // WORTH_ANOTHER_LINE)]
        try:
            refusals = _in_turns({line: line.carry(waiting, goes_on) for line in lines})
        except BaseException:  # an answer that nobody has listened to must not be taken for that to the next mail
            for line in self._all_lines:
                line.hang_up()
            raise
        if len(refusals) < len(lines):  # it listens on some lines only: it has its limits, and we keep to them
            self._lines = [line for line in self._lines if line not in refusals]
        elif waiting:
            waiting[0].answer = refusals[lines[0]]
        return [turn.answer for turn in turns]

    def greet(self, sender: EmailAddress) -> None:
        """Open a connection, sign in and take leave; raises what stands in the way."""
        self._all_lines[0].greet(wire_form(sender).rpartition("@")[2])

    def close(self) -> None:
        """Take leave of the server, as well as it lets us."""
        for line in self._all_lines:
            line.close()
        self._lines = self._all_lines


def _in_turns(work: Mapping["_Line", Talk[Answer | None]]) -> dict["_Line", Answer]:
    """Let all lines work until none has anything left to do; those that the server refused, with its answers."""
    working, refusals = dict(work), {}
    while working:
        for line, at_work in list(working.items()):
            try:
                next(at_work)
            except StopIteration as end:
                del working[line]
                if end.value:
                    refusals[line] = end.value
    return refusals


class _NotListening(Exception):
    """The server does not let us name a mailbox, for which none can be blamed."""

    def __init__(self, code: int | None, *, had_listened: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.had_listened = had_listened


class _Line:
    """One connection, opened when there is something to say."""

    def __init__(self, server: Server, timeout_seconds: float) -> None:
        self._server = server
        self._timeout_seconds = timeout_seconds
        self._connection: smtplib.SMTP | None = None
        self._has_listened = False

    def carry(self, waiting: deque[_Turn], goes_on: Callable[[], bool]) -> Talk[Answer | None]:
        """Hand over what waits; the answer of a server that does not listen, if it does not: then the rest still waits.

        The text of one mail and the beginning of the next go together: where the server takes that (RFC 2920), a mail
        costs one round trip. So each exchange ends one turn and begins another.
        """
        awaited: _Turn | None = None
        while True:
            turn = waiting.popleft() if waiting and goes_on() else None
            if turn is None and awaited is None:
                return None
            try:
                awaited = yield from self._exchange(awaited, turn)
            except _NotListening as silence:
                if turn:
                    waiting.appendleft(turn)
                awaited = None
                if not silence.had_listened:  # else it may have had enough of this one connection
                    return Answer(Outcome.UNREACHABLE, silence.code)

    def greet(self, own_name: str) -> None:
        """Open the connection, sign in and take leave; raises what stands in the way."""
        try:
            self._open(own_name)
        finally:
            self.close()

    def close(self) -> None:
        """Take leave of the server, as well as it lets us."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except (OSError, smtplib.SMTPException):
            connection.close()

    def hang_up(self) -> None:
        """Close the connection at once."""
        connection, self._connection = self._connection, None
        if connection:
            connection.close()

    def _exchange(self, awaited: _Turn | None, turn: _Turn | None) -> Talk[_Turn | None]:
        """Say the text that the server awaits, and whose turn is next; that turn where its text is now awaited."""
        texts = [_text(awaited.parcel)] if awaited else []
        beginning = self._beginning(turn.parcel) if turn else []
        codes = yield from self._ask([*texts, *beginning])
        if awaited:
            awaited.answer = _verdict(codes.pop(0))
        if turn and not beginning:
            turn.answer = Answer(Outcome.REFUSED, NO_SMTPUTF8)
        if not turn or not beginning:
            return None
        return turn if (yield from self._is_awaited(turn, *codes)) else None

    def _beginning(self, parcel: Parcel) -> list[bytes]:
        """The commands that come before the text; none for a mailbox that this server has no way to name."""
        connection = self._connected(parcel.sender)
        of_mail, of_mailbox = "", ""
        if not parcel.recipient.isascii():
            if not connection.has_extn("smtputf8"):
                return []
            of_mail = " SMTPUTF8 BODY=8BITMIME"
        if connection.has_extn("dsn"):  # RFC 3461: tell us if it fails, by its identifier; do not give back the text
            of_mail, of_mailbox = f"{of_mail} RET=HDRS ENVID={parcel.envelope.identifier}", " NOTIFY=FAILURE"
        return [
            f"MAIL FROM:<{parcel.sender}>{of_mail}\r\n".encode(),
            f"RCPT TO:<{parcel.recipient}>{of_mailbox}\r\n".encode(),
            b"DATA\r\n",
        ]

    def _is_awaited(self, turn: _Turn, mail: int | None, rcpt: int | None, data: int | None) -> Talk[bool]:
        """Whether these answers to MAIL, RCPT and DATA ask for the text."""
        if not _is_yes(mail) and turn.parcel.recipient.isascii():
            self.hang_up()
            raise _NotListening(mail, had_listened=self._has_listened)
        self._has_listened = True
        if _is_yes(mail) and _is_yes(rcpt) and data == TEXT_AWAITED:
            return True
        if not _is_yes(mail):  # SMTPUTF8 may be what it minds, and that is one mailbox's affair
            turn.answer = Answer(Outcome.LATER, mail)
        else:
            turn.answer = _refusal(data if _is_yes(rcpt) else rcpt)
        # RFC 2920 §3.1: where nobody is to get it, the text is empty.
        yield from self._ask([b".\r\n" if data == TEXT_AWAITED else b"RSET\r\n"])
        return False

    def _ask(self, said: Sequence[bytes]) -> Talk[list[int | None]]:
        """The code of the answer to each, and None from where on the connection is broken."""
        codes: list[int | None] = []
        if said and (connection := self._connection):
            at_once = connection.has_extn("pipelining")
            try:
                for words in [b"".join(said)] if at_once else said:
                    connection.send(words)
                    yield
                    for _answer in said if at_once else [words]:
                        codes.append(connection.getreply()[0])
                        if codes[-1] == CLOSING:
                            raise smtplib.SMTPServerDisconnected
            except (OSError, smtplib.SMTPException):
                self.hang_up()
        return codes + [None] * (len(said) - len(codes))

    def _connected(self, sender: str) -> smtplib.SMTP:
        if self._connection is None:
            self._has_listened = False
            try:
                self._open(sender.rpartition("@")[2])
            except (OSError, smtplib.SMTPException, UnicodeError) as fault:  # UnicodeError: no such name can be
                self.hang_up()
                raise _NotListening(getattr(fault, "smtp_code", None)) from fault
        assert self._connection  # noqa: S101  else it would have raised
        return self._connection

    def _open(self, own_name: str) -> None:
        server, timeout = self._server, self._timeout_seconds
        if server.security == "tls":
            context = ssl.create_default_context()
            self._connection = smtplib.SMTP_SSL(server.host, server.port, own_name, timeout=timeout, context=context)
        else:
            self._connection = smtplib.SMTP(server.host, server.port, own_name, timeout=timeout)
        if server.security == "starttls":
            self._connection.starttls(context=ssl.create_default_context())
        self._connection.ehlo_or_helo_if_needed()
        if server.user:
            self._connection.login(server.user, server.password)


def _text(parcel: Parcel) -> bytes:
    """The message as DATA takes it (RFC 5321 §4.5.2)."""
    return parcel.message.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def _is_yes(code: int | None) -> bool:
    return code is not None and 200 <= code < 300


def _refusal(code: int | None) -> Answer:
    """What it means when a mailbox, or its text, is not taken: nobody got the mail."""
    return Answer(Outcome.REFUSED if code and 500 <= code < 600 else Outcome.LATER, code)


def _verdict(code: int | None) -> Answer:
    """What the answer to the text means; without an understandable one, the mail may have arrived."""
    if _is_yes(code):
        return Answer(Outcome.TAKEN, code)
    return _refusal(code) if code and 400 <= code < 600 else Answer(Outcome.UNKNOWN)
