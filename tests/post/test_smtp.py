"""Handing over to mail servers that behave, and to some that do not."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.post.certificate import make_certificate
from tests.post.post_office import FROM, addresses, note, read, words
from tests.stage import DAY, MINUTE, NOON
from undersigned.lib.addresses import EmailAddress
from undersigned.post import wire
from undersigned.post.message import trial
from undersigned.post.models import Mail, MailState
from undersigned.post.outbox import put
from undersigned.post.sender import Sender
from undersigned.post.smtp import Server, SmtpTransport
from undersigned.post.transport import Answer, Outcome
from undersigned.post.wire import Parcel

SOMI = EmailAddress.parse("somi@mail.example")


class Sink:
    """Takes what it is given; answers RCPT or the text with `answers`, and hangs up instead of “hang up”."""

    def __init__(self, *, rcpt: str = "250 OK", data: str = "250 OK", mail: str = "250 OK") -> None:
        self.rcpt, self.data, self.mail = rcpt, data, mail
        self.taken: list[Envelope] = []

    async def handle_MAIL(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.mail

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt == "hang up":
            hang_up(server)
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(envelope)
        if self.data == "hang up":
            hang_up(server)
        return self.data


def hang_up(server: SMTP) -> None:

    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


@contextmanager
def serving(sink: Sink, **options: Any) -> Iterator[int]:
    """The port of a mail server on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port, ready_timeout=60, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def to(port: int, security: str = "none", user: str = "", password: str = "", lines: int = 1) -> SmtpTransport:
    host = "localhost" if security != "none" else "127.0.0.1"
    return SmtpTransport(Server(host, port, security, user, password), lines, timeout_seconds=60)


def parcel(to: EmailAddress = SOMI) -> Parcel:
    return wire.pack(trial(), wire.Envelope(FROM, to, NOON), eight_bit=False)


def parcels(count: int) -> list[Parcel]:
    return [parcel(EmailAddress.parse(address)) for address in addresses(count)]


def one(transport: SmtpTransport, to: EmailAddress = SOMI) -> Answer:
    [answer] = transport.hand_over([parcel(to)])
    return answer


def test_a_mail_server_takes_several_mails_over_one_connection() -> None:
    sink = Sink()
    with serving(sink) as port:
        transport = to(port)
        answers = [*transport.hand_over(parcels(2)), one(transport)]
        transport.close()
    assert {(answer.outcome, answer.code) for answer in answers} == {(Outcome.TAKEN, 250)}
    assert [envelope.rcpt_tos for envelope in sink.taken] == [
        ["person0@mail.example"],
        ["person1@mail.example"],
        ["somi@mail.example"],
    ]
    assert len({envelope.mail_from for envelope in sink.taken}) == 1


@pytest.mark.parametrize(
    ("sink", "outcome", "code"),
    [
        (Sink(rcpt="450 try later"), Outcome.LATER, 450),
        (Sink(rcpt="550 no such mailbox"), Outcome.REFUSED, 550),
        (Sink(rcpt="hang up"), Outcome.LATER, None),
        (Sink(data="451 try later"), Outcome.LATER, 451),
        (Sink(data="554 no"), Outcome.REFUSED, 554),
        (Sink(data="hang up"), Outcome.UNKNOWN, None),
        (Sink(mail="550 we do not know you"), Outcome.UNREACHABLE, 550),
    ],
    ids=lambda value: "" if isinstance(value, Sink) else str(value),
)
def test_what_a_mail_server_answers_is_understood(sink: Sink, outcome: Outcome, code: int | None) -> None:
    with serving(sink) as port:
        transport = to(port)
        answer = one(transport)
        transport.close()
    assert (answer.outcome, answer.code) == (outcome, code)


def test_after_a_broken_connection_the_next_mail_opens_another() -> None:
    sink = Sink(rcpt="hang up")
    with serving(sink) as port:
        transport = to(port)
        one(transport)
        sink.rcpt = "250 OK"
        assert one(transport).outcome == Outcome.TAKEN
        transport.close()


def test_where_nobody_listens_no_mailbox_is_blamed() -> None:
    with serving(Sink()) as port:
        pass
    assert one(to(port)).outcome == Outcome.UNREACHABLE


def test_a_local_part_beyond_ascii_goes_to_a_server_that_takes_it() -> None:
    mailbox, sink = EmailAddress.parse("소미@mail.example"), Sink()
    with serving(sink, enable_SMTPUTF8=True) as port:
        transport = to(port)
        assert one(transport, mailbox).outcome == Outcome.TAKEN
        assert one(transport).outcome == Outcome.TAKEN
        transport.close()
    assert [envelope.rcpt_tos for envelope in sink.taken] == [["소미@mail.example"], ["somi@mail.example"]]


def test_a_local_part_beyond_ascii_is_refused_where_the_server_cannot_take_it() -> None:
    mailbox, sink = EmailAddress.parse("소미@mail.example"), Sink()
    with serving(sink, enable_SMTPUTF8=False) as port:
        transport = to(port)
        answer = one(transport, mailbox)
        transport.close()
    assert (answer.outcome, answer.code, sink.taken) == (Outcome.REFUSED, 553, [])


# --- Encryption and passwords -----------------------------------------------------------------------------------------


@pytest.fixture
def certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate for localhost, which this machine trusts for the length of the test."""
    certificate, key = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"post", b"secret"), handled=False)


def test_starttls_and_a_password_open_the_server(certified: ssl.SSLContext) -> None:
    options = {"tls_context": certified, "require_starttls": True, "authenticator": authenticate, "auth_required": True}
    with serving(Sink(), **options) as port:
        transport = to(port, "starttls", "post", "secret")
        assert one(transport).outcome == Outcome.TAKEN
        transport.close()
        wrong = one(to(port, "starttls", "post", "wrong"))
    assert (wrong.outcome, wrong.code) == (Outcome.UNREACHABLE, 535)


def test_a_server_without_starttls_is_told_nothing_when_starttls_is_wanted() -> None:
    sink = Sink()
    with serving(sink) as port:
        assert one(to(port, "starttls")).outcome == Outcome.UNREACHABLE
    assert not sink.taken


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(
    certified: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    sink = Sink()
    with serving(sink, tls_context=certified, require_starttls=True) as port:
        assert one(to(port, "starttls")).outcome == Outcome.UNREACHABLE
    assert not sink.taken


# --- The sender over the wire -----------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.usefixtures("keys")
def test_a_mail_that_meets_every_trouble_arrives_once_a_day_at_most() -> None:
    put([note()], NOON)
    sink = Sink(rcpt="451 greylisted")
    with serving(sink) as port:
        sender = Sender(to(port), FROM, timedelta(0))
        sender.send_due(NOON)
        sink.rcpt, sink.data = "250 OK", "hang up"
        sender.send_due(NOON + MINUTE)
        sink.data = "250 OK"
        sender.send_due(NOON + MINUTE + DAY - timedelta(seconds=1))
        assert len(sink.taken) == 1
        sender.send_due(NOON + MINUTE + DAY)
    assert len(sink.taken) == 2
    assert Mail.objects.get().state == MailState.SENT
    content = sink.taken[1].original_content
    assert content
    assert "123456" in words(read(content))
