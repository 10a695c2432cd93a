"""Handing a message over: to a mail server, or into a folder. Knows nothing of letters and keeps nothing."""

import os
import re
import secrets
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from undersigned.lib.addresses import EmailAddress
from undersigned.post.message import wire_form

SECURITY = ("starttls", "tls", "none")
TIMEOUT_SECONDS = 20
NO_SMTPUTF8 = 553  # RFC 6531 §3.5: mailbox name not allowed
FOLDER_ATTEMPTS = 100


class Outcome(StrEnum):
    """What became of one attempt, as far as we can know."""

    TAKEN = "taken"
    LATER = "later"  # nobody got it; the server asks to be tried again
    REFUSED = "refused"  # nobody got it, and nobody ever will
    UNREACHABLE = "unreachable"  # no server listened to us: this says nothing about the mailbox
    UNKNOWN = "unknown"  # the connection broke after the text had gone; it may have arrived


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of an attempt, with the server's reply code where it gave one."""

    outcome: Outcome
    code: int | None = None


class Transport(Protocol):
    """Takes messages one by one; `close` after a batch. `eight_bit`: takes a text that is not ASCII as it is."""

    eight_bit: bool

    def hand_over(self, message: bytes, sender: EmailAddress, recipient: EmailAddress) -> Answer: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server (smarthost), and how to speak to it: `starttls`, `tls` from the first byte, or `none`."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = ""


class SmtpTransport:
    """Hands messages to one mail server over one connection, which it opens when there is something to say."""

    eight_bit = False

    def __init__(self, server: Server, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._server = server
        self._timeout_seconds = timeout_seconds
        self._connection: smtplib.SMTP | None = None

    def hand_over(self, message: bytes, sender: EmailAddress, recipient: EmailAddress) -> Answer:
        """One message to one mailbox; never raises for anything that the network does."""
        try:
            connection = self._connected(sender)
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            return Answer(Outcome.UNREACHABLE, getattr(fault, "smtp_code", None))
        if not wire_form(recipient).isascii() and not connection.has_extn("smtputf8"):
            return Answer(Outcome.REFUSED, NO_SMTPUTF8)
        return self._tell(connection, message, wire_form(sender), wire_form(recipient))

    def greet(self, sender: EmailAddress) -> None:
        """Open the connection, sign in and take leave; raises what stands in the way."""
        self._connected(sender)
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

    def _connected(self, sender: EmailAddress) -> smtplib.SMTP:
        if self._connection is None or not self._still_listens(self._connection):
            self.close()
            self._connection = self._connect(wire_form(sender).rpartition("@")[2])
        return self._connection

    def _still_listens(self, connection: smtplib.SMTP) -> bool:
        try:
            return connection.rset()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def _connect(self, own_name: str) -> smtplib.SMTP:
        server, timeout = self._server, self._timeout_seconds
        if server.security == "tls":
            context = ssl.create_default_context()
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, own_name, timeout=timeout, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, own_name, timeout=timeout)
        self._connection = connection
        if server.security == "starttls":
            connection.starttls(context=ssl.create_default_context())
        connection.ehlo_or_helo_if_needed()
        if server.user:
            connection.login(server.user, server.password)
        return connection

    def _tell(self, connection: smtplib.SMTP, message: bytes, sender: str, recipient: str) -> Answer:
        options = () if recipient.isascii() else ("SMTPUTF8", "BODY=8BITMIME")
        connection.command_encoding = "ascii" if recipient.isascii() else "utf-8"
        if (answer := self._said(lambda: connection.mail(sender, options), Outcome.LATER)).outcome != Outcome.TAKEN:
            # It is us whom the server does not take; the mailbox has not been named yet.
            return Answer(Outcome.UNREACHABLE, answer.code)
        if (answer := self._said(lambda: connection.rcpt(recipient), Outcome.LATER)).outcome != Outcome.TAKEN:
            return answer
        return self._said(lambda: connection.data(message), Outcome.UNKNOWN)

    def _said(self, say: Callable[[], tuple[int, bytes]], when_broken: Outcome) -> Answer:
        """What the server answers to one command; `when_broken` if the connection breaks instead."""
        try:
            code = say()[0]
        except smtplib.SMTPDataError as refused:  # before the text went: the server did not want it
            code = refused.smtp_code
        except (OSError, smtplib.SMTPException):
            self.close()
            return Answer(when_broken)
        if 200 <= code < 300:
            return Answer(Outcome.TAKEN, code)
        return Answer(Outcome.REFUSED if 500 <= code < 600 else Outcome.LATER, code)


class FolderTransport:
    """Writes each message as a file of its own; the names tell the order, nothing of whom it is for."""

    eight_bit = True  # so that people, and searches for what must not be there, can read it

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def hand_over(self, message: bytes, sender: EmailAddress, recipient: EmailAddress) -> Answer:
        """On the disk when this returns TAKEN."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._folder / f".{secrets.token_hex(8)}"
        _write(draft, message)
        try:
            self._give_number(draft)
        finally:
            draft.unlink()
        return Answer(Outcome.TAKEN)

    def close(self) -> None:
        """Nothing to close."""

    def _give_number(self, draft: Path) -> None:
        for _ in range(FOLDER_ATTEMPTS):
            try:
                os.link(draft, self._folder / f"{self._last_number() + 1:06d}.eml")
            except FileExistsError:  # another sender took this number meanwhile
                continue
            descriptor = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            return
        raise FileExistsError(self._folder)

    def _last_number(self) -> int:
        names = (re.match(r"(\d+)\.eml$", name) for name in os.listdir(self._folder))
        return max((int(name[1]) for name in names if name), default=0)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
