"""The newsletter at the desk: written, kept, sent once."""

from django.test import Client

from tests.people import SOMI
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.clock import now
from undersigned.lib.keys import KeyRing
from undersigned.newsletter.models import Issue, Subscription
from undersigned.newsletter.subscribe import ask
from undersigned.post.models import Note

ISSUE = {"language": "ko", "subject": "강의 소식", "body": "나룻배가 다시 다닙니다."}


def test_an_issue_is_written_kept_and_sent_once(desk: Client, keys: KeyRing) -> None:
    ask(EmailAddress.parse(SOMI.email), "ko", now())
    Subscription.objects.update(confirmed_at=now())
    assert desk.post("/desk/newsletter/", ISSUE).status_code == 302
    issue = Issue.objects.get()
    assert "강의 소식" in desk.get("/desk/newsletter/").content.decode()
    told = desk.post(f"/desk/newsletter/{issue.pk}/send/", follow=True).content.decode()
    assert "The issue leaves for 1 mailbox." in told
    assert Note.objects.filter(template="issue").count() == 1
    told = desk.post(f"/desk/newsletter/{issue.pk}/send/", follow=True).content.decode()
    assert "sent already" in told
    assert Note.objects.filter(template="issue").count() == 1


def test_what_an_issue_lacks_is_said_beside_it_and_what_was_typed_stays(desk: Client) -> None:
    answer = desk.post("/desk/newsletter/", {**ISSUE, "body": " "})
    assert answer.status_code == 422
    assert "강의 소식" in answer.content.decode()
    assert 'id="body-refused"' in answer.content.decode()


def test_a_draft_is_deleted_and_a_sent_issue_stays(desk: Client) -> None:
    desk.post("/desk/newsletter/", ISSUE)
    desk.post("/desk/newsletter/", ISSUE)
    first, second = Issue.objects.all()
    Issue.objects.filter(pk=second.pk).update(sent_at=now())
    for issue in (first, second):
        desk.post(f"/desk/newsletter/{issue.pk}/discard/")
    assert Issue.objects.get() == second


def test_strangers_do_not_reach_it(client: Client, db: None, keys: KeyRing) -> None:
    assert client.get("/desk/newsletter/").status_code == 302
    assert client.post("/desk/newsletter/", ISSUE).status_code == 302
    assert not Issue.objects.exists()
