"""Nobody is written to more than once a day for one letter, whatever the cause."""

from datetime import timedelta
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings

from tests.post.post_office import LINK, PostOffice, note, words
from tests.stage import DAY, HOUR, MINUTE, NOON
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.keys import KeyMissing, KeyRing
from undersigned.post import gather as gathering
from undersigned.post.gather import gather
from undersigned.post.message import write
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


def seen() -> tuple[list[Note], list[gathering._Opened]]:
    """What a process sees of the outbox before it writes a mail."""
    notes = list(Note.objects.all())
    return notes, [found for note in notes if (found := gathering._open(note, NOON))]


def test_what_one_process_has_taken_up_another_leaves_alone() -> None:
    put([note()], NOON)
    notes, opened = seen()
    assert gather(NOON) == 1
    with pytest.raises(gathering._TakenBack):
        gathering._make(notes, opened, NOON)
    assert Mail.objects.count() == 1


def test_a_note_written_meanwhile_waits_for_its_day() -> None:
    put([note(reference=uuid4())], NOON)
    notes, opened = seen()
    put([note(reference=uuid4())], NOON)
    assert gathering._make(notes, opened, NOON)
    assert gather(NOON + MINUTE) == 0
    assert Note.objects.filter(mail=None).count() == 1


def test_a_note_taken_back_while_its_mail_is_written_leaves_no_mail() -> None:
    reference = uuid4()
    put([note(reference=reference)], NOON)
    notes, opened = seen()
    take_back([reference])
    with pytest.raises(gathering._TakenBack):
        gathering._make(notes, opened, NOON)
    assert not Mail.objects.exists()
    assert not Mailed.objects.exists()


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


def test_entering_a_strangers_address_again_and_again_fills_one_mail_and_no_more() -> None:
    put([note(reference=uuid4()) for _ in range(40)], NOON)
    office = PostOffice()
    sender = office.sender()
    sender.send_due(NOON)
    sender.send_due(NOON + 2 * DAY)
    [message] = office.messages
    assert words(message).count(LINK) == 5


def test_the_mail_speaks_the_language_of_the_newest_note() -> None:
    put([note(reference=uuid4(), language="en")], NOON)
    put([note(reference=uuid4(), language="ko")], NOON + MINUTE)
    office = PostOffice()
    office.sender().send_due(NOON + MINUTE)
    assert str(office.messages[0]["Subject"]) == write([], "ko").subject


def test_a_mailbox_that_asked_for_silence_gets_nothing_from_any_letter() -> None:
    silence(EmailAddress.parse("somi@mail.example"), NOON)
    put([note(), note(topic="another letter")], NOON)
    office = PostOffice()
    assert office.sender().send_due(NOON) == 0
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.SILENCED}
    assert not Mailed.objects.exists()


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
