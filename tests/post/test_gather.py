"""Nobody is written to more than once a day for one letter, whatever the cause."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from tests.post.post_office import LINK, PostOffice, addresses, note, words
from tests.stage import DAY, HOUR, MINUTE, NOON
from tests.trouble import cut_at_each_step, everything
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.keys import KeyMissing, KeyRing
from undersigned.lib.sealing import seal
from undersigned.post import gather as gathering
from undersigned.post.gather import gather
from undersigned.post.models import Mail, Mailed, MailState, Note
from undersigned.post.outbox import put, silence, take_back

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys")]


def test_several_notes_to_one_mailbox_leave_as_one_mail() -> None:
    put([note(reference=uuid4()), note(reference=uuid4())], NOON)
    office = PostOffice()
    assert office.sender().send_due(NOON) == 1
    [message] = office.messages
    assert words(message).count(LINK) == 2
    assert "2 things" in words(message)


def test_nobody_is_written_to_twice_within_a_day_for_one_letter() -> None:
    office = PostOffice()
    sender = office.sender()
    for hours in range(24):
        put([note(reference=uuid4())], NOON + hours * HOUR)
        sender.send_due(NOON + hours * HOUR)
    assert len(office.messages) == 1
    sender.send_due(NOON + DAY - MINUTE)
    assert len(office.messages) == 1
    sender.send_due(NOON + DAY)
    assert len(office.messages) == 2


def test_letter_case_does_not_make_another_mailbox() -> None:
    put([note("Somi@mail.example"), note("somi@MAIL.example")], NOON)
    assert gather(NOON) == 1


def test_two_letters_each_have_their_day() -> None:
    put([note(topic="one letter"), note(topic="another letter")], NOON)
    assert gather(NOON) == 2


def seen() -> gathering._Batch:
    """What a process has made of the outbox before it writes anything."""
    return gathering._sort_out(gathering._due(NOON))


def test_what_one_process_has_taken_up_another_leaves_alone() -> None:
    put([note()], NOON)
    batch = seen()
    assert gather(NOON) == 1
    before = everything()
    assert gathering._store(batch, NOON) == 0
    assert everything() == before


def test_a_note_written_meanwhile_waits_for_its_day() -> None:
    put([note(reference=uuid4())], NOON)
    batch = seen()
    put([note(reference=uuid4())], NOON)
    assert gathering._store(batch, NOON) == 1
    assert gather(NOON + MINUTE) == 0
    assert Note.objects.filter(mail=None).count() == 1
    Mail.objects.update(state=MailState.SENT)
    assert gather(NOON + DAY) == 1


def test_a_note_taken_back_while_its_mail_is_written_leaves_no_mail_and_holds_up_no_other() -> None:
    reference = uuid4()
    put([note(reference=reference), note("other@mail.example")], NOON)
    batch = seen()
    take_back([reference])
    assert gathering._store(batch, NOON) == 1
    assert Mail.objects.count() == Mailed.objects.count() == 1


def test_a_note_that_is_being_taken_back_is_not_waited_for() -> None:
    """Its mail is made in the next pass, of what is left."""
    first, second = uuid4(), uuid4()
    put([note(reference=first), note(reference=second)], NOON)
    batch = seen()
    take_back([second])
    assert gathering._store(batch, NOON) == 0
    assert gather(NOON) == 1
    assert Note.objects.get().reference == first


def test_whatever_fails_all_or_nothing_is_done() -> None:
    silence(EmailAddress.parse("silenced@mail.example"), NOON)
    put([note(address, reference=uuid4()) for address in addresses(3)], NOON)
    gather(NOON)
    put([note("links@mail.example", is_decoy=True), note("silenced@mail.example")], NOON)
    put([note(address, reference=uuid4()) for address in addresses(5) for _ in range(7)], NOON)
    before = everything()
    steps = 0
    for _ in cut_at_each_step(lambda: gather(NOON)):
        assert everything() == before
        steps += 1
    assert steps > 5
    assert Mail.objects.count() == 6


def test_many_mailboxes_cost_as_many_statements_as_one() -> None:
    statements = []
    for count in (1, 50):
        put([note(address, topic=f"for {count}") for address in addresses(count)], NOON)
        with CaptureQueriesContext(connection) as queries:
            assert gather(NOON) == count
        statements.append(len(queries))
    assert statements[0] == statements[1]


def test_however_many_notes_wait_only_those_whose_turn_it_is_are_looked_at() -> None:
    """SQLite goes by the indexes alone; PostgreSQL by what it has counted, which in a test is next to nothing."""
    if connection.vendor == "sqlite":
        with CaptureQueriesContext(connection) as queries:
            gathering._due(NOON)
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {queries[0]['sql']}")
            plan = [row[3] for row in cursor.fetchall()]
        assert [step for step in plan if "post_note" in step] == [
            "SEARCH post_note USING INDEX notes_waiting_by_audience (audience=?)"
        ]
        assert "SEARCH U0 USING INDEX notes_waiting (due_at<?)" in plan


def test_a_note_whose_mailbox_had_its_mail_is_due_again_a_day_after_that() -> None:
    put([note()], NOON)
    gather(NOON)
    put([note(reference=uuid4())], NOON + HOUR)
    gather(NOON + HOUR)
    assert Note.objects.get(mail=None).due_at == NOON + DAY


def test_a_note_whose_mailbox_has_long_had_a_mail_on_its_way_is_looked_at_every_hour() -> None:
    put([note()], NOON)
    gather(NOON)
    put([note(reference=uuid4())], NOON + 2 * DAY)
    assert gather(NOON + 2 * DAY) == 0
    assert Note.objects.get(mail=None).due_at == NOON + 2 * DAY + HOUR


def test_a_decoy_is_never_sent() -> None:
    put([note("links@mail.example", template="links", is_decoy=True)], NOON)
    assert gather(NOON) == 0
    assert not Note.objects.exists()
    assert not Mailed.objects.exists()


def test_a_decoy_beside_a_real_note_adds_nothing() -> None:
    put([note(reference=uuid4()), note(template="links", facts={"link": ""}, is_decoy=True)], NOON)
    office = PostOffice()
    office.sender().send_due(NOON)
    [message] = office.messages
    assert "things" not in words(message)


def test_the_newest_word_on_a_sign_on_is_the_only_one() -> None:
    reference = uuid4()
    put([note(reference=reference, facts={"link": LINK, "code": "111111"})], NOON)
    put([note(reference=reference, template="reminder", facts={"link": LINK, "code": "222222"})], NOON + MINUTE)
    office = PostOffice()
    office.sender().send_due(NOON + MINUTE)
    assert "222222" in words(office.messages[0])
    assert "111111" not in words(office.messages[0])


@pytest.mark.parametrize("notes", [1000, 20])
def test_entering_a_strangers_address_again_and_again_fills_one_mail_and_no_more(
    monkeypatch: pytest.MonkeyPatch, notes: int
) -> None:
    monkeypatch.setattr(gathering, "NOTES", notes)  # read at a time
    put([note(reference=uuid4()) for _ in range(40)], NOON)
    put([note("other@mail.example")], NOON)
    office = PostOffice()
    sender = office.sender()
    for _ in range(6):
        sender.send_due(NOON)
    assert office.recipients() == ["somi@mail.example", "other@mail.example"]
    assert words(office.messages[0]).count(LINK) == 5
    assert Note.objects.filter(mail=None).count() <= 40 // notes * 5
    for days in range(1, 5):
        sender.send_due(NOON + days * DAY)
    assert len(office.messages) <= 3
    assert not Note.objects.filter(mail=None).exists()


def test_the_mail_speaks_the_language_of_the_newest_note() -> None:
    put([note(reference=uuid4(), language="en")], NOON)
    put([note(reference=uuid4(), language="ko")], NOON + MINUTE)
    office = PostOffice()
    office.sender().send_due(NOON + MINUTE)
    assert str(office.messages[0]["Subject"]) == "요청하신 내용 안내"


def test_a_mailbox_that_asked_for_silence_gets_nothing_from_any_letter() -> None:
    silence(EmailAddress.parse("somi@mail.example"), NOON)
    put([note(), note(topic="another letter")], NOON)
    office = PostOffice()
    office.sender().send_due(NOON)
    assert not office.messages
    assert set(Mail.objects.values_list("state", "sealed", "attempts")) == {(MailState.SILENCED, b"", 0)}


def test_notes_that_are_not_due_wait() -> None:
    put([note()], NOON)
    assert gather(NOON - timedelta(seconds=1)) == 0


def test_notes_are_emptied_as_soon_as_their_mail_is_made() -> None:
    put([note()], NOON)
    gather(NOON)
    assert bytes(Note.objects.get().sealed) == b""


def test_a_note_that_no_key_opens_is_dropped_and_does_not_block_the_others(caplog: pytest.LogCaptureFixture) -> None:
    put([note(reference=uuid4())], NOON)
    Note.objects.update(sealed=b"not sealed by us, but long enough")
    put([note(reference=uuid4())], NOON)
    assert gather(NOON) == 1
    assert "cannot be opened" in caplog.text


def test_a_note_that_cannot_be_read_waits_and_holds_nobody_up(keys: KeyRing, caplog: pytest.LogCaptureFixture) -> None:
    put([note(), note("other@mail.example")], NOON)
    plain = json.dumps({"mailbox": "somi@mail.example", "words": "of a later version"})
    first = Note.objects.order_by("pk")[:1].get()
    Note.objects.filter(pk=first.pk).update(sealed=seal(keys.site_key("mail"), plain, "note"))
    assert gather(NOON) == 1
    assert Note.objects.get(mail=None).due_at == NOON + HOUR
    assert f"note {first.pk} cannot be read" in caplog.text
    assert "mail.example" not in caplog.text


def test_without_the_mail_key_nothing_is_lost(settings: Settings) -> None:
    put([note()], NOON)
    ring = settings.KEYS
    settings.KEYS = KeyRing(ring.folder / "elsewhere")
    with pytest.raises(KeyMissing):
        gather(NOON)
    settings.KEYS = ring
    assert gather(NOON) == 1


def test_a_mail_that_had_to_wait_for_its_day_has_the_link_and_no_stale_code() -> None:
    put([note(reference=uuid4())], NOON)
    office = PostOffice()
    office.sender().send_due(NOON + 2 * HOUR)
    assert LINK in words(office.messages[0])
    assert "code" not in words(office.messages[0])
