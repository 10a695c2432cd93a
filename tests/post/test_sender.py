"""Mails leave, are tried again, bounce; and what they said is gone once they have left."""

from datetime import timedelta

import pytest

from tests.post.post_office import PostOffice, addresses, note
from tests.stage import DAY, HOUR, MINUTE, NOON
from undersigned.lib.addresses import EmailAddress
from undersigned.post import purge as purging
from undersigned.post.gather import gather
from undersigned.post.models import Mail, Mailed, MailState, Note
from undersigned.post.outbox import put, silence
from undersigned.post.purge import KEPT, purge
from undersigned.post.sender import ATTEMPTS, OLDEST, pause
from undersigned.post.transport import Answer, Outcome
from undersigned.post.wire import Parcel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys")]

LATER = Answer(Outcome.LATER, 451)
SECOND = timedelta(seconds=1)


def test_a_mail_that_has_left_is_empty() -> None:
    put([note()], NOON)
    assert PostOffice().sender().send_due(NOON) == 1
    mail = Mail.objects.get()
    assert (mail.state, bytes(mail.sealed), mail.reply_code, mail.ended_at) == (MailState.SENT, b"", 250, NOON)


def test_a_temporary_refusal_is_tried_again_after_a_minute_and_then_more_and_more_rarely() -> None:
    put([note()], NOON)
    office = PostOffice([LATER, LATER])
    sender = office.sender()
    sender.send_due(NOON)
    assert sender.send_due(NOON + MINUTE - SECOND) == 0
    assert sender.send_due(NOON + MINUTE) == 1
    assert sender.send_due(NOON + 5 * MINUTE - SECOND) == 0
    assert sender.send_due(NOON + 5 * MINUTE) == 1
    assert office.recipients() == ["somi@mail.example"]


def test_the_pauses_grow_from_a_minute_to_half_a_day() -> None:
    assert [pause(attempts) for attempts in (1, 2, 3)] == [MINUTE, 4 * MINUTE, 16 * MINUTE]
    assert pause(7) == pause(8) == 12 * HOUR


def test_after_the_last_attempt_a_mail_bounces() -> None:
    put([note()], NOON)
    gather(NOON)
    office = PostOffice([LATER] * 20)
    sender = office.sender()
    at = NOON
    for _ in range(ATTEMPTS):
        assert Mail.objects.get().state == MailState.WAITING
        assert sender.send_due(at) == 1
        at = Mail.objects.get().next_attempt_at
    mail = Mail.objects.get()
    assert (mail.state, mail.reply_code, mail.attempts, bytes(mail.sealed)) == (MailState.BOUNCED, 451, ATTEMPTS, b"")


def test_a_permanent_refusal_bounces_at_once() -> None:
    put([note()], NOON)
    PostOffice([Answer(Outcome.REFUSED, 550)]).sender().send_due(NOON)
    mail = Mail.objects.get()
    assert (mail.state, mail.reply_code) == (MailState.BOUNCED, 550)


def test_when_nobody_knows_whether_a_mail_arrived_it_is_tried_again_a_day_later() -> None:
    put([note()], NOON)
    office = PostOffice([Answer(Outcome.UNKNOWN)])
    sender = office.sender()
    sender.send_due(NOON)
    assert sender.send_due(NOON + DAY - SECOND) == 0
    assert sender.send_due(NOON + DAY) == 1
    first, second = office.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert Mail.objects.get().state == MailState.SENT


def test_a_crash_while_a_mail_is_handed_over_leads_to_no_second_one_within_the_day() -> None:
    class Crashing(PostOffice):
        def take(self, parcel: Parcel) -> Answer:
            super().take(parcel)
            raise SystemExit

    put([note()], NOON)
    with pytest.raises(SystemExit):
        Crashing().sender().send_due(NOON)
    put([note(template="links", facts={"link": "https://letters.example/s/x/"})], NOON + HOUR)
    office = PostOffice()
    sender = office.sender()
    assert sender.send_due(NOON + DAY - SECOND) == 0
    assert sender.send_due(NOON + DAY) == 1
    assert sender.send_due(NOON + 2 * DAY - SECOND) == 0
    assert sender.send_due(NOON + 2 * DAY) == 1  # the other note has its own day


def test_while_a_mail_is_tried_again_no_second_one_is_made() -> None:
    put([note()], NOON)
    office = PostOffice([LATER] * 7)
    sender = office.sender()
    at = NOON
    for _ in range(7):
        sender.send_due(at)
        put([note(template="links", facts={"link": "https://letters.example/s/x/"})], at)
        gather(at + DAY)
        assert Mail.objects.count() == 1
        at = Mail.objects.get().next_attempt_at
    sender.send_due(at)
    assert len(office.messages) == 1
    assert gather(at + DAY - SECOND) == 0
    assert gather(at + DAY) == 1


def test_a_mail_server_that_does_not_listen_costs_no_attempt_and_all_mails_wait(
    caplog: pytest.LogCaptureFixture,
) -> None:
    put([note(address) for address in addresses(3)], NOON)
    office = PostOffice([Answer(Outcome.UNREACHABLE, 535)])
    sender = office.sender()
    sender.send_due(NOON)
    assert sender.send_due(NOON + MINUTE - SECOND) == 0
    assert set(Mail.objects.values_list("attempts", flat=True)) == {0}
    assert sender.send_due(NOON + MINUTE) == 3
    assert "mail.example" not in caplog.text


def test_mails_that_could_not_leave_for_days_are_given_up() -> None:
    put([note()], NOON)
    gather(NOON)
    office = PostOffice()
    office.sender().send_due(NOON + OLDEST + SECOND)
    assert not office.messages
    assert Mail.objects.get().state == MailState.BOUNCED


def test_two_processes_cannot_send_one_mail_twice() -> None:
    put([note()], NOON)
    gather(NOON)
    office = PostOffice()
    other = PostOffice().sender()

    class Racing(PostOffice):
        def take(self, parcel: Parcel) -> Answer:
            assert other.send_due(NOON) == 0
            return office.take(parcel)

    Racing().sender().send_due(NOON)
    assert len(office.messages) == 1


def test_a_mailbox_silenced_while_its_mail_waits_gets_nothing() -> None:
    put([note()], NOON)
    office = PostOffice([LATER])
    sender = office.sender()
    sender.send_due(NOON)
    silence(EmailAddress.parse("somi@mail.example"), NOON)
    sender.send_due(NOON + MINUTE)
    assert not office.messages
    assert Mail.objects.get().state == MailState.SILENCED


def test_one_domain_gets_its_mails_one_after_the_other_and_holds_nobody_else_up() -> None:
    put([note(address) for address in addresses(10, "slow.example")], NOON)
    put([note("somi@other.example")], NOON)
    office = PostOffice()
    sender = office.sender(pace=5 * SECOND)
    sender.send_due(NOON)
    assert office.recipients() == ["person0@slow.example", "somi@other.example"]
    for seconds in range(1, 46):
        sender.send_due(NOON + seconds * SECOND)
        assert len(office.messages) == 2 + seconds // 5
    assert set(Mail.objects.values_list("attempts", flat=True)) == {1}


def test_the_pace_towards_great_providers_is_the_mail_servers_affair() -> None:
    put([note(address) for address in addresses(10, "gmail.com")], NOON)
    office = PostOffice()
    office.sender(pace=5 * SECOND).send_due(NOON)
    assert len(office.messages) == 10


def test_after_a_rest_one_domains_mails_do_not_leave_all_at_once() -> None:
    put([note(address) for address in addresses(4, "slow.example")], NOON)
    office = PostOffice([Answer(Outcome.UNREACHABLE)])
    sender = office.sender(pace=5 * SECOND)
    sender.send_due(NOON)
    for seconds in (60, 61, 65, 66):
        sender.send_due(NOON + seconds * SECOND)
    assert len(office.messages) == 2


# --- Forgetting -------------------------------------------------------------------------------------------------------


def test_mails_are_forgotten_a_month_after_they_ended_and_the_day_of_a_mailbox_after_that_day() -> None:
    put([note()], NOON)
    PostOffice().sender().send_due(NOON)
    assert purge(NOON + DAY - SECOND) == 0
    assert Mailed.objects.exists()
    purge(NOON + DAY)
    assert not Mailed.objects.exists()
    assert Mail.objects.exists()
    assert purge(NOON + KEPT) == 1
    assert not Mail.objects.exists()


def test_the_day_of_a_mailbox_is_remembered_while_its_mail_waits() -> None:
    put([note()], NOON)
    PostOffice([Answer(Outcome.UNKNOWN)]).sender().send_due(NOON)
    purge(NOON + DAY)
    assert Mailed.objects.exists()


def test_a_great_many_mails_are_forgotten_a_few_hundred_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "BATCH", 2)
    put([note(address) for address in addresses(5)], NOON)
    PostOffice().sender().send_due(NOON)
    assert purge(NOON + KEPT) == 5
    assert not Mail.objects.exists()
    assert not Mailed.objects.exists()
    assert not Note.objects.exists()
