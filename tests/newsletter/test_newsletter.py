"""The newsletter: nobody is put on its list, nobody learns who is, and one leaves at once."""

import re
from datetime import datetime
from itertools import pairwise

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from tests.people import OYUN, SECRETARY, SOMI
from tests.post.post_office import FROM, PostOffice, read
from tests.stage import DAY, HOUR, MINUTE, NOON, notes, post, text_of
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.clock import now
from undersigned.lib.env import Rate
from undersigned.lib.keys import KeyRing
from undersigned.lib.refusal import Refused
from undersigned.newsletter import issue as issues
from undersigned.newsletter.models import Issue, Subscription
from undersigned.newsletter.subscribe import ask, confirm, forget_unconfirmed, leave, never_mail_again
from undersigned.post.gather import gather
from undersigned.post.message import Item, write
from undersigned.post.models import Mail, MailState, Note
from undersigned.post.wire import Envelope, pack

SOMIS = EmailAddress.parse(SOMI.email)
pytestmark = pytest.mark.django_db


def subscribed(mailbox: EmailAddress = SOMIS, language: str = "en", at: datetime = NOON) -> Subscription:
    ask(mailbox, language, at)
    row = Subscription.objects.get(language=language, confirmed_at=None)
    assert confirm(row.pk, at + MINUTE)
    Note.objects.all().delete()
    return row


def draft(language: str = "en") -> Issue:
    return issues.write(language, "News of the river", "The ferry goes again.", SECRETARY, NOON)


def asked(client: Client, email: str = SOMI.email, language: str = "en") -> HttpResponse:
    return post(client, f"/{language}/newsletter/", {"email": email})


def link(keys: KeyRing) -> str:
    facts: str = notes(keys, "newsletter")[-1]["facts"]["link"]
    return facts.removeprefix("https://letters.example")


# --- Asking and confirming --------------------------------------------------------------------------------------------


def test_whoever_asks_gets_the_same_answer(client: Client, keys: KeyRing) -> None:
    first = asked(client)
    again = asked(client)
    Subscription.objects.update(confirmed_at=now())
    on_the_list = asked(client)
    stranger = asked(client, OYUN.email)
    assert text_of(first) == text_of(again) == text_of(on_the_list) == text_of(stranger)
    assert "a message is on its way" in text_of(first)


def test_nobody_is_on_the_list_before_the_button_in_the_mail(client: Client, keys: KeyRing) -> None:
    asked(client)
    assert issues.counts()["en"] == 0
    assert "has confirmed nothing yet" in text_of(client.get(link(keys)))
    assert issues.counts()["en"] == 0
    assert "You are on the list" in text_of(post(client, link(keys), {"action": "confirm"}))
    assert issues.counts() == {"ko": 0, "en": 1, "zh-Hans": 0}


def test_a_stranger_is_written_to_once_a_day_however_often_an_address_is_typed(keys: KeyRing) -> None:
    for minute in range(5):
        for language in ("ko", "en"):
            ask(SOMIS, language, NOON + minute * MINUTE)
    gather(NOON + HOUR)
    ask(SOMIS, "en", NOON + HOUR)
    gather(NOON + 2 * HOUR)
    assert Mail.objects.filter(state=MailState.WAITING).count() == 1


def test_who_asks_for_many_from_one_place_has_their_mails_leave_at_a_slow_pace(
    client: Client, keys: KeyRing, settings: Settings
) -> None:
    """Else anybody could have us write to thousands of strangers."""
    settings.SLOW_WAIT, settings.SLOW_PACE = 10 * MINUTE, Rate(2, 60)
    quick = asked(client)
    slow = [
        post(client, "/en/newsletter/", {"email": f"stranger-{n}@mail.example"}, **{"X-Undersigned-Slow": "yes"})
        for n in range(3)
    ]
    assert {text_of(answer) for answer in slow} == {text_of(quick)}
    first, *due = Note.objects.order_by("pk").values_list("due_at", flat=True)
    assert due[0] >= first + 10 * MINUTE
    assert [after - before >= MINUTE / 2 for before, after in pairwise(due)] == [True, True]


def test_who_is_on_the_list_is_not_told_so_again_by_mail(keys: KeyRing) -> None:
    subscribed()
    ask(SOMIS, "en", NOON + HOUR)
    gather(NOON + 2 * HOUR)
    assert not Mail.objects.exists()


def test_a_silenced_mailbox_gets_nothing(keys: KeyRing) -> None:
    never_mail_again(subscribed().pk, NOON)
    assert not Subscription.objects.exists()
    ask(SOMIS, "en", NOON + DAY)
    office = PostOffice()
    office.sender().send_due(NOON + 2 * DAY)
    assert office.recipients() == []


def test_no_address_stands_in_the_records(keys: KeyRing) -> None:
    row = subscribed()
    assert SOMI.email.encode() not in bytes(row.sealed) + bytes(row.mailbox_digest)


def test_what_nobody_confirms_is_deleted_in_time(keys: KeyRing) -> None:
    ask(SOMIS, "en", NOON)
    forget_unconfirmed(NOON + 13 * DAY)
    assert Subscription.objects.exists()
    forget_unconfirmed(NOON + 14 * DAY)
    assert not Subscription.objects.exists()
    kept = subscribed(at=NOON)
    forget_unconfirmed(NOON + 100 * DAY)
    assert Subscription.objects.get() == kept


@pytest.mark.parametrize("email", ["", "somi", "somi@", "a b@mail.example"])
def test_what_is_no_address_is_refused_and_not_kept(client: Client, keys: KeyRing, email: str) -> None:
    answer = asked(client, email)
    assert answer.status_code == 422
    assert 'id="newsletter-email' in text_of(answer)
    assert not Subscription.objects.exists()
    assert not Note.objects.exists()


def test_there_is_no_list_in_a_language_that_the_interface_does_not_speak(client: Client, keys: KeyRing) -> None:
    assert asked(client, language="ar").status_code == 404
    assert client.get("/n/not-a-token/").status_code == 404


# --- Leaving ----------------------------------------------------------------------------------------------------------


def test_a_mail_program_leaves_by_one_click(client: Client, keys: KeyRing) -> None:
    subscribed(at=now())
    issues.send(draft().pk, SECRETARY, now())
    facts = notes(keys, "issue")[-1]["facts"]
    message = read(pack(write([Item("issue", facts, NOON)], "en"), Envelope(FROM, SOMIS, NOON), eight_bit=True).message)
    assert message["Subject"] == "News of the river"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.fullmatch(r"<https://letters\.example(/n/[\w-]+/)>", message["List-Unsubscribe"])
    assert address
    answer = post(client, address[1], "List-Unsubscribe=One-Click", **{"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200
    assert not Subscription.objects.exists()
    assert not Note.objects.exists()  # what waited to be mailed went with it


def test_opening_the_link_leaves_nothing_and_its_button_leaves(client: Client, keys: KeyRing) -> None:
    asked(client)
    path = link(keys)
    post(client, path, {"action": "confirm"})
    assert "Leave the newsletter?" in text_of(client.get(path))
    assert Subscription.objects.exists()
    assert "You are not on the list" in text_of(post(client, path, {"action": "leave"}))
    assert "You are not on the list" in text_of(client.get(path))
    assert not Subscription.objects.exists()


def test_no_other_site_makes_a_reader_confirm(client: Client, keys: KeyRing) -> None:
    asked(client)
    answer = post(client, link(keys), {"action": "confirm"}, **{"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert issues.counts()["en"] == 0


def test_who_has_left_gets_no_issue(keys: KeyRing) -> None:
    leave(subscribed().pk)
    with pytest.raises(issues.NobodySubscribed):
        issues.send(draft().pk, SECRETARY, NOON)


# --- Issues -----------------------------------------------------------------------------------------------------------


def test_an_issue_goes_once_to_everybody_on_the_list_of_its_language(keys: KeyRing) -> None:
    subscribed()
    subscribed(EmailAddress.parse(OYUN.email), at=NOON + MINUTE)
    subscribed(EmailAddress.parse("ko@mail.example"), "ko")
    ask(EmailAddress.parse("unconfirmed@mail.example"), "en", NOON)
    Note.objects.all().delete()
    issue = draft()
    assert issues.send(issue.pk, SECRETARY, NOON + DAY) == 2
    assert {note["mailbox"] for note in notes(keys)} == {SOMI.email, OYUN.email}
    with pytest.raises(issues.SentAlready):
        issues.send(issue.pk, SECRETARY, NOON + DAY)
    issue.refresh_from_db()
    assert (issue.recipients, issue.sent_by) == (2, SECRETARY.name)
    gather(NOON + DAY)
    assert Mail.objects.filter(state=MailState.WAITING).count() == 2


def test_two_issues_in_one_day_are_refused(keys: KeyRing) -> None:
    subscribed()
    issues.send(draft().pk, SECRETARY, NOON)
    with pytest.raises(issues.AnotherToday):
        issues.send(draft().pk, SECRETARY, NOON + HOUR)
    assert issues.send(draft().pk, SECRETARY, NOON + DAY) == 1


def test_an_issue_without_subject_text_or_language_is_refused_with_all_of_it() -> None:
    with pytest.raises(Refused) as refused:
        issues.write("ar", "  ", "", SECRETARY, NOON)
    assert [refusal.field for refusal in refused.value.refusals] == ["language", "subject", "body"]
    assert not Issue.objects.exists()


def test_a_subject_cannot_smuggle_a_header() -> None:
    assert "\n" not in issues.write("en", "News\r\nBcc: all@mail.example", "Text", SECRETARY, NOON).subject


def test_the_longest_subject_arrives_whole() -> None:
    subject = "강" * issues.SUBJECT_LIMIT
    facts = {"subject": subject, "body": "Text", "link": "https://letters.example/n/x/"}
    packed = pack(write([Item("issue", facts, NOON)], "ko"), Envelope(FROM, SOMIS, NOON), eight_bit=False)
    assert read(packed.message)["Subject"] == subject
