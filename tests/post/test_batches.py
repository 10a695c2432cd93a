"""Mails leave many at a time, and each still has its own fate, whatever becomes of the others or of the record."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from tests.post.post_office import FROM, PostOffice, addresses, note, words
from tests.stage import DAY, HOUR, MINUTE, NOON
from tests.trouble import cut_at_each_step, everything
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.keys import KeyMissing, KeyRing
from undersigned.lib.sealing import Sealer
from undersigned.post.gather import gather
from undersigned.post.models import Mail, MailState, Note
from undersigned.post.outbox import put, silence
from undersigned.post.sender import FEWEST, MOST, OLDEST, Sender, _Due, _Fates, _Ready, fitting
from undersigned.post.tidings import Tidings
from undersigned.post.transport import Answer, Outcome

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys")]

LATER = Answer(Outcome.LATER, 451)
SECOND = timedelta(seconds=1)


def test_a_batch_is_as_large_as_asked_for_and_the_longest_waiting_come_first() -> None:
    for minutes in range(3):
        put([note(f"person{minutes}@mail.example")], NOON + minutes * MINUTE)
        gather(NOON + minutes * MINUTE)
    office = PostOffice()
    sender = office.sender()
    assert sender.send_batch(NOON + HOUR, 2) == 2
    assert office.recipients() == ["person0@mail.example", "person1@mail.example"]
    assert sender.send_batch(NOON + HOUR, 2) == 1
    assert sender.send_batch(NOON + HOUR, 2) == 0


def test_many_mails_cost_as_many_statements_as_one() -> None:
    statements = []
    for many in (1, 50):
        put([note(address, topic=f"for {many}") for address in addresses(many)], NOON)
        gather(NOON)
        with CaptureQueriesContext(connection) as queries:
            assert PostOffice().sender().send_batch(NOON) == many
        statements.append(len(queries))
    assert statements[0] == statements[1]


def test_each_mail_of_a_batch_has_its_own_fate() -> None:
    put([note(address) for address in addresses(5)], NOON)
    answers = [Answer(Outcome.TAKEN, 250), LATER, Answer(Outcome.UNKNOWN), Answer(Outcome.REFUSED, 550)]
    PostOffice(answers).sender().send_due(NOON)
    rows = Mail.objects.order_by("pk").values_list("state", "reply_code", "attempts", "next_attempt_at")
    assert list(rows) == [
        (MailState.SENT, 250, 1, NOON + DAY),
        (MailState.WAITING, 451, 1, NOON + MINUTE),
        (MailState.WAITING, None, 1, NOON + DAY),
        (MailState.BOUNCED, 550, 1, NOON + DAY),
        (MailState.SENT, 250, 1, NOON + DAY),
    ]


def test_when_the_server_stops_listening_within_a_batch_the_rest_is_given_back() -> None:
    put([note(address) for address in addresses(4)], NOON)
    office = PostOffice([Answer(Outcome.TAKEN, 250), Answer(Outcome.UNREACHABLE, 421)])
    sender = office.sender()
    sender.send_due(NOON)
    waiting = Mail.objects.filter(state=MailState.WAITING)
    assert set(waiting.values_list("attempts", flat=True)) == {0}
    assert sender.send_due(NOON + MINUTE) == 3
    assert sorted(office.recipients()) == sorted(addresses(4))


def test_what_is_wrong_with_one_mail_holds_up_no_other(keys: KeyRing, caplog: pytest.LogCaptureFixture) -> None:
    put([note(address) for address in addresses(3)], NOON)
    gather(NOON)
    bad = Tidings(EmailAddress("somi@mail.example\r\nBcc: other@mail.example"), "en", [])
    first = Mail.objects.order_by("pk")[:1].get()
    Mail.objects.filter(pk=first.pk).update(sealed=bad.sealed(Sealer(keys.site_key("mail"))))
    office = PostOffice()
    sender = office.sender()
    sender.send_due(NOON)
    assert office.recipients() == ["person1@mail.example", "person2@mail.example"]
    first.refresh_from_db()
    assert (first.state, first.attempts, first.next_attempt_at) == (MailState.WAITING, 0, NOON + HOUR)
    assert f"mail {first.pk} cannot be made ready" in caplog.text
    assert "somi@" not in caplog.text
    sender.send_due(NOON + OLDEST + SECOND)
    assert not Mail.objects.filter(state=MailState.WAITING).exists()


def test_a_mail_that_no_key_opens_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    put([note(address) for address in addresses(2)], NOON)
    gather(NOON)
    Mail.objects.filter(pk=Mail.objects.order_by("pk")[0].pk).update(sealed=b"not sealed by us, but long enough")
    office = PostOffice()
    office.sender().send_due(NOON)
    assert office.recipients() == ["person1@mail.example"]
    assert list(Mail.objects.order_by("pk").values_list("state", flat=True)) == [MailState.BOUNCED, MailState.SENT]
    assert "cannot be opened" in caplog.text


def test_without_the_mail_key_no_mail_is_lost(settings: Settings) -> None:
    put([note()], NOON)
    gather(NOON)
    before, ring = everything(), settings.KEYS
    settings.KEYS = KeyRing(ring.folder / "elsewhere")
    sender = PostOffice().sender()
    with pytest.raises(KeyMissing):
        sender.send_batch(NOON)
    assert everything() == before
    settings.KEYS = ring
    assert sender.send_batch(NOON) == 1


def test_a_mail_that_is_tried_again_has_no_stale_code() -> None:
    put([note()], NOON)
    office = PostOffice([Answer(Outcome.UNKNOWN)])
    sender = office.sender()
    sender.send_due(NOON)
    sender.send_due(NOON + DAY)
    assert ["code" in words(message) for message in office.messages] == [True, False]


def test_a_mail_that_another_process_took_meanwhile_is_left_to_it() -> None:
    put([note(address) for address in addresses(3)], NOON)
    gather(NOON)
    silence(EmailAddress.parse("person2@mail.example"), NOON)
    office = PostOffice([LATER])
    other = office.sender()

    class Slow(Sender):
        def _sort_out(self, mails: Sequence[_Due], at: datetime) -> tuple[list[_Ready], _Fates]:
            found = super()._sort_out(mails, at)
            other.send_batch(at)
            return found

    assert Slow(office, FROM, timedelta(0)).send_batch(NOON) == 0
    assert office.recipients() == ["person1@mail.example"]
    states = list(Mail.objects.order_by("pk").values_list("state", "next_attempt_at"))
    assert states == [
        (MailState.WAITING, NOON + MINUTE),
        (MailState.SENT, NOON + DAY),
        (MailState.SILENCED, NOON),
    ]


def test_a_batch_grows_while_it_leaves_in_a_moment_and_shrinks_when_it_does_not() -> None:
    assert fitting(FEWEST, SECOND / 100) == 2 * FEWEST
    assert fitting(MOST, SECOND / 100) == MOST
    assert fitting(MOST, SECOND) == MOST // 2
    assert fitting(FEWEST, HOUR) == FEWEST
    assert fitting(64, SECOND / 5) == 64


# --- Faults at every step ---------------------------------------------------------------------------------------------


def written_to(office: PostOffice) -> Counter[str]:
    return Counter(office.recipients())


def test_while_the_record_comes_and_goes_everybody_gets_exactly_one_mail() -> None:
    """What became of mails is kept in memory until the record can be told."""
    office, mailboxes = PostOffice(), count()
    sender = office.sender()

    def act() -> None:
        with transaction.atomic():
            put([note(f"person{next(mailboxes)}@mail.example")], NOON)
        sender.send_due(NOON)

    steps = sum(1 for _ in cut_at_each_step(act))
    assert steps > 10
    sender.send_due(NOON)
    assert set(written_to(office).values()) == {1}
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.SENT}
    assert Mail.objects.count() == len(office.messages)
    assert Note.objects.filter(mail=None).count() == 0


def test_whenever_a_sender_dies_nobody_gets_two_mails_within_a_day_and_all_get_one_within_two() -> None:
    office, mailboxes = PostOffice(), count()

    def act() -> None:
        with transaction.atomic():
            put([note(f"person{next(mailboxes)}@mail.example")], NOON)
        office.sender().send_due(NOON)  # each time another process, which knows nothing of the one before it

    for _ in cut_at_each_step(act):
        assert set(written_to(office).values()) <= {1}
    for hours in range(24):
        office.sender().send_due(NOON + hours * HOUR)
    assert set(written_to(office).values()) == {1}
    office.sender().send_due(NOON + DAY)
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.SENT}
    assert Mail.objects.count() == len(written_to(office))
    assert set(written_to(office).values()) == {1, 2}  # twice where the text had gone, and nobody had written that down
