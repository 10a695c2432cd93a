"""What mail servers report later is believed where it names a mail of ours, and says that it was not delivered."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import OperationalError
from hypothesis import given
from hypothesis import strategies as st

from tests.post.mail_server import Manners, mail_server
from tests.post.post_office import FROM, PostOffice, addresses, note
from tests.stage import DAY, HOUR, NOON
from undersigned.config.command_line import mail as command
from undersigned.lib.keys import KeyRing
from undersigned.post.bounces import note_bounce
from undersigned.post.identifiers import Identifiers
from undersigned.post.models import Mail, MailState
from undersigned.post.outbox import put
from undersigned.post.sender import Sender
from undersigned.post.smtp import Server, SmtpTransport
from undersigned.post.transport import Answer, Outcome

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys")]

REPORT = """\
From: MAILER-DAEMON@relay.example (Mail Delivery System)
To: post@undersigned.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="border"

--border
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--border
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
{envelope}Arrival-Date: Tue, 10 Nov 2026 12:00:00 +0000 (UTC)

Final-Recipient: rfc822; somi@mail.example
Action: {action}
Status: 5.1.1
Remote-MTA: dns; mail.example
Diagnostic-Code: {diagnosis}

--border
Content-Type: {returned}

{headers}

--border--
"""


def report(mail_id: str = "", envelope_id: str = "", **changes: str) -> bytes:
    """A report as a mail server writes it; the mail is named by its Message-ID, or in the envelope."""
    facts = {
        "envelope": f"Original-Envelope-Id: {envelope_id}\n" if envelope_id else "",
        "action": "failed",
        "diagnosis": "smtp; 550 5.1.1 <somi@mail.example>: Recipient address rejected",
        "returned": "text/rfc822-headers",
        "headers": f"From: post@undersigned.example\nMessage-ID: <{mail_id}@undersigned.example>\nSubject: About",
    }
    return REPORT.format(**facts | changes).encode()


@pytest.fixture
def sent() -> str:
    """The identifier of a mail that was taken."""
    put([note()], NOON)
    office = PostOffice()
    office.sender().send_due(NOON)
    [message] = office.messages
    return str(message["Message-ID"]).strip("<>").partition("@")[0]


def state() -> tuple[Any, ...]:
    mail = Mail.objects.get()
    return mail.state, mail.reply_code, bytes(mail.sealed)


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
def test_a_mail_that_was_not_delivered_is_known_by_its_message_id(sent: str, returned: str) -> None:
    assert note_bounce(report(sent, returned=returned), NOON + HOUR)
    assert state() == (MailState.BOUNCED, 550, b"")
    assert Mail.objects.get().ended_at == NOON + HOUR


def test_or_by_the_identifier_of_its_envelope(sent: str) -> None:
    assert note_bounce(report("", sent, headers=""), NOON)
    assert state() == (MailState.BOUNCED, 550, b"")


def test_a_report_is_counted_once(sent: str) -> None:
    assert note_bounce(report(sent), NOON)
    assert not note_bounce(report(sent), NOON)


@pytest.mark.parametrize(
    ("diagnosis", "code"), [("smtp; 451 4.4.1 timed out", 451), ("X-Unix; 67", None), ("smtp; no answer", None)]
)
def test_the_reply_is_told_where_a_mail_server_gave_it(sent: str, diagnosis: str, code: int | None) -> None:
    assert note_bounce(report(sent, diagnosis=diagnosis), NOON)
    assert state()[:2] == (MailState.BOUNCED, code)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_what_is_only_late_or_has_arrived_is_no_bounce(sent: str, action: str) -> None:
    assert not note_bounce(report(sent, action=action), NOON)
    assert state()[0] == MailState.SENT


def test_an_answer_that_somebody_is_on_holiday_is_no_bounce(sent: str) -> None:
    answer = f"Subject: On holiday\nAuto-Submitted: auto-replied\nIn-Reply-To: <{sent}@undersigned.example>\n\nfailed"
    assert not note_bounce(answer.encode(), NOON)
    assert state()[0] == MailState.SENT


def test_nobody_can_make_up_the_identifier_of_a_mail(sent: str) -> None:
    mail = Mail.objects.get().pk
    strangers = Identifiers(b"a stranger's key of 32 bytes....").of(mail)
    altered = ("0" if sent[0] != "0" else "1") + sent[1:]
    for made_up in (strangers, altered, f"{mail:048x}", sent + "0", "0" + sent, ""):
        assert not note_bounce(report(made_up), NOON)
    assert state()[0] == MailState.SENT


def test_a_mail_left_in_doubt_is_not_tried_again_once_it_is_known_to_have_bounced() -> None:
    put([note()], NOON)
    office = PostOffice([Answer(Outcome.UNKNOWN)])
    sender = office.sender()
    sender.send_due(NOON)
    assert note_bounce(report(str(office.messages[0]["Message-ID"])[1:49]), NOON + HOUR)
    assert sender.send_due(NOON + DAY) == 0
    assert state() == (MailState.BOUNCED, 550, b"")


def test_a_report_on_a_mail_that_is_forgotten_does_nothing(sent: str) -> None:
    Mail.objects.all().delete()
    assert not note_bounce(report(sent), NOON)


@given(st.binary(max_size=300), st.sampled_from([report("0" * 48), b"Content-Type: multipart/report\n\n", b""]))
def test_whatever_comes_is_read_without_a_fault(noise: bytes, before: bytes) -> None:
    assert not note_bounce(before + noise, NOON)
    assert not note_bounce(before[: len(noise)] + noise + before, NOON)


def test_identifiers_differ_and_lead_back_to_their_mails(keys: KeyRing) -> None:
    identifiers = Identifiers(keys.site_key("mail"))
    made = {identifiers.of(mail): mail for mail in (1, 2, 3, 2**63 - 1)}
    assert {identifiers.mail_in(f"<{one}@undersigned.example>".encode()): mail for one, mail in made.items()} == {
        mail: mail for mail in made.values()
    }
    assert len({one[:8] for one in made}) == 4


@pytest.mark.parametrize("extensions", [("PIPELINING", "DSN"), ("DSN",)])
def test_a_server_that_reports_is_asked_for_failures_only_and_never_for_the_text(extensions: tuple[str, ...]) -> None:
    manners = Manners(extensions)
    put([note(address) for address in addresses(2)], NOON)
    with mail_server(manners) as port:
        Sender(SmtpTransport(Server("127.0.0.1", port, "none")), FROM, DAY * 0).send_due(NOON)
    named = [words for words in manners.said if words.startswith("MAIL")]
    assert all(" RET=HDRS ENVID=" in words for words in named)
    assert note_bounce(report("", named[0].rpartition("=")[2], headers=""), NOON)
    assert all(words.endswith("> NOTIFY=FAILURE") for words in manners.said if words.startswith("RCPT"))
    assert len(manners.taken) == 2


# --- The command ------------------------------------------------------------------------------------------------------


def typed(source: str, given: bytes = b"") -> Any:
    return CliRunner().invoke(command.mail, ["bounces", source], input=given)


def test_a_report_is_read_from_a_pipe_or_a_file(sent: str, tmp_path: Path) -> None:
    assert typed("-", b"Subject: hello\n\nHello.").output == "1 read, 0 marked as bounced\n"
    assert typed("-", report(sent)).output == "1 read, 1 marked as bounced\n"
    (tmp_path / "report").write_bytes(report(sent))
    assert typed(str(tmp_path / "report")).output == "1 read, 0 marked as bounced\n"


def test_a_maildir_is_read_once(sent: str, tmp_path: Path) -> None:
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1.host").write_bytes(report(sent))
    (tmp_path / "new" / "2.host").write_bytes(b"Subject: hello\n\nHello.")
    assert typed(str(tmp_path)).output == "2 read, 1 marked as bounced\n"
    assert sorted(file.name for file in (tmp_path / "cur").iterdir()) == ["1.host:2,S", "2.host:2,S"]
    assert typed(str(tmp_path)).output == "0 read, 0 marked as bounced\n"


def test_while_the_record_is_away_the_mail_server_keeps_the_report(sent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> bool:
        raise OperationalError("somi@mail.example")

    monkeypatch.setattr(command, "note_bounce", away)
    answer = typed("-", report(sent))
    assert answer.exit_code == 75
    assert "somi" not in answer.output
