"""Writing an issue of the newsletter, and sending it once to everybody on the list of its language."""

import unicodedata
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from undersigned.letters.audit import Actor
from undersigned.lib.languages import INTERFACE
from undersigned.lib.refusal import Refusal, Refused, gettext_noop
from undersigned.newsletter.models import Issue, Subscription
from undersigned.newsletter.subscribe import FOREVER, TOPIC, address, mailbox_of
from undersigned.post import outbox

SUBJECT_LIMIT, BODY_LIMIT = 120, 20_000
BATCH = 500
DAY = timedelta(days=1)


class LanguageUnknown(Refusal):
    code = "newsletter-language-unknown"
    message = gettext_noop("Choose one of the languages of the newsletter.")


class SubjectMissing(Refusal):
    code = "newsletter-subject-missing"
    message = gettext_noop("Give the issue a subject of one line, with at most %(limit)s characters.")


class BodyMissing(Refusal):
    code = "newsletter-body-missing"
    message = gettext_noop("Write the text of the issue, with at most %(limit)s characters.")


class SentAlready(Refusal):
    code = "newsletter-sent-already"
    status = 409
    message = gettext_noop("This issue has been sent already, or is gone.")


class AnotherToday(Refusal):
    code = "newsletter-another-today"
    status = 409
    message = gettext_noop(
        "Another issue in this language was sent less than a day ago. Nobody is written to more than once a day."
    )


class NobodySubscribed(Refusal):
    code = "newsletter-nobody"
    status = 409
    message = gettext_noop("Nobody has confirmed a subscription in this language yet.")


def write(language: str, subject: str, body: str, by: Actor, at: datetime) -> Issue:
    """Keep an issue as a draft; Refused with everything that it lacks."""
    subject = " ".join(unicodedata.normalize("NFC", subject).split())
    body = unicodedata.normalize("NFC", body).replace("\r\n", "\n").strip()
    refusals: list[Refusal] = []
    if language not in INTERFACE:
        refusals.append(LanguageUnknown("language"))
    if not 0 < len(subject) <= SUBJECT_LIMIT or not subject.isprintable():
        refusals.append(SubjectMissing("subject", limit=SUBJECT_LIMIT))
    if not 0 < len(body) <= BODY_LIMIT:
        refusals.append(BodyMissing("body", limit=BODY_LIMIT))
    if refusals:
        raise Refused(refusals)
    return Issue.objects.create(language=language, subject=subject, body=body, written_at=at, written_by=by.name)


def discard(issue: UUID) -> None:
    """Delete a draft; an issue that was sent stays."""
    Issue.objects.filter(pk=issue, sent_at=None).delete()


@transaction.atomic
def send(issue: UUID, by: Actor, at: datetime) -> int:
    """Put the issue into the outbox for everybody on its list; how many. All of them, or none and a Refusal."""
    row = Issue.objects.select_for_update().filter(pk=issue, sent_at=None).first()
    if row is None:
        raise SentAlready
    if Issue.objects.filter(language=row.language, sent_at__gt=at - DAY).exists():
        raise AnotherToday
    ids = list(_on_the_list(row.language).values_list("pk", flat=True))
    if not ids:
        raise NobodySubscribed
    for start in range(0, len(ids), BATCH):
        batch = Subscription.objects.filter(pk__in=ids[start : start + BATCH])
        outbox.put([_note(row, subscription, at) for subscription in batch], at)
    sent = {"sent_at": at, "sent_by": by.name, "recipients": len(ids)}
    Issue.objects.filter(pk=row.pk).update(**sent)
    return len(ids)


def counts() -> dict[str, int]:
    """How many are on the list of each language."""
    return {language: _on_the_list(language).count() for language in INTERFACE}


def _on_the_list(language: str) -> QuerySet[Subscription]:
    return Subscription.objects.filter(language=language, confirmed_at__isnull=False)


def _note(issue: Issue, subscription: Subscription, at: datetime) -> outbox.NewNote:
    facts = {"subject": issue.subject, "body": issue.body, "link": address(subscription.pk, at + FOREVER)}
    return outbox.NewNote(
        mailbox_of(subscription), f"{TOPIC} {issue.language}", issue.language, "issue", facts, reference=subscription.pk
    )
