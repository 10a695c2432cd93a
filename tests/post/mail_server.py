"""A mail server on this machine that answers as it is told to, hangs up where it is told to, and takes pipelining."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

HANG_UP = ""


@dataclass(frozen=True)
class Reply:
    """What the server says when a mailbox is named, when its text is announced, and when it has come."""

    rcpt: str = "250 yes"
    data: str = "354 go on"
    text: str = "250 taken"


@dataclass
class Manners:
    """How the server behaves, and what it has seen."""

    extensions: tuple[str, ...] = ("PIPELINING",)
    mail: str = "250 yes"
    mail_beyond_ascii: str = "250 yes"
    replies: Mapping[str, Reply] = field(default_factory=dict)
    mails_per_connection: int = 1000
    connections: int = 1000

    taken: list[tuple[str, bytes]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    open: int = 0
    opened: int = 0

    def mail_said(self, words: str) -> str:
        return self.mail_beyond_ascii if "SMTPUTF8" in words else self.mail

    def reply(self, mailbox: str) -> Reply:
        return self.replies.get(mailbox, Reply())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    manners: Manners
    lock: threading.Lock


class _HungUp(Exception):
    pass


class _Talk(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        manners = self.server.manners
        with self.server.lock:
            manners.open += 1
            manners.opened += 1
            too_many = manners.open > manners.connections
        try:
            if too_many:
                self.say("421 too many connections")
            else:
                self.say("220 here")
                self.talk()
        except (_HungUp, OSError):
            pass
        finally:
            with self.server.lock:
                manners.open -= 1

    def talk(self) -> None:
        mails, has_mail, mailbox = 0, False, ""
        while line := self.rfile.readline():
            words = line.decode().strip()
            manners = self.server.manners
            with self.server.lock:
                manners.said.append(words)
            verb = words[:4].upper()
            if verb == "EHLO":
                lines = ["here", *manners.extensions]
                self.say("\r\n".join(f"250{' ' if one is lines[-1] else '-'}{one}" for one in lines))
            elif verb == "MAIL":
                mails, mailbox = mails + 1, ""
                said = manners.mail_said(words) if mails <= manners.mails_per_connection else "421 enough for today"
                has_mail = said.startswith("2")
                self.say(said)
            elif verb == "RCPT":
                named = words[len("RCPT TO:<") : words.rindex(">")]
                reply = manners.reply(named).rcpt if has_mail else "503 from whom?"
                mailbox = named if reply.startswith("2") else ""
                self.say(reply)
            elif verb == "DATA":
                self.data(mailbox)
            else:
                self.say("221 bye" if verb == "QUIT" else "250 yes")

    def data(self, mailbox: str) -> None:
        manners = self.server.manners
        reply = manners.reply(mailbox)
        answer = reply.data if mailbox else manners.reply("nobody").data
        self.say(answer)
        if not answer.startswith("354"):
            return
        text = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            text += line.removeprefix(b".")
        if not line:
            raise _HungUp
        if mailbox and (reply.text.startswith("2") or reply.text == HANG_UP):
            with self.server.lock:
                manners.taken.append((mailbox, text))
        self.say(reply.text if mailbox else "554 nobody to give it to")

    def say(self, words: str) -> None:
        if words == HANG_UP:
            raise _HungUp
        self.wfile.write(words.encode() + b"\r\n")
        if words.startswith("421"):
            raise _HungUp


@contextmanager
def mail_server(manners: Manners) -> Iterator[int]:
    """The port where it listens."""
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.manners, server.lock = manners, threading.Lock()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
