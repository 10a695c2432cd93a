"""Gathering what there is to tell a mailbox about one letter into one mail, at most once a day."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Min, OuterRef

from undersigned.lib.addresses import EmailAddress
from undersigned.lib.sealing import seal, unseal
from undersigned.post.message import Item, write
from undersigned.post.models import Mail, Mailed, MailState, Note
from undersigned.post.outbox import is_silenced

DAY = timedelta(days=1)
CODE_IS_FRESH = timedelta(hours=1)
BATCH = 50
MOST_ITEMS = 5

log = logging.getLogger(__name__)


class _TakenBack(Exception):
    """A note was taken back, or another process was faster, while the mail was being written; undoes the mail."""


@dataclass(frozen=True, slots=True)
class _Opened:
    note: Note
    mailbox: EmailAddress
    language: str
    item: Item


def gather(at: datetime) -> int:
    """Make one mail per audience that has waiting notes and may be written to today; how many mails it made."""
    return sum(_gather(audience, at) for audience in _audiences(at))


def _audiences(at: datetime) -> list[bytes]:
    """Those with due notes, who were not written to within a day, and for whom no mail is on its way."""
    same = OuterRef("audience")
    today = Mailed.objects.filter(audience=same, at__gt=at - DAY)
    on_its_way = Mail.objects.filter(audience=same, state=MailState.WAITING)
    due = Note.objects.filter(mail=None, due_at__lte=at).exclude(Exists(today)).exclude(Exists(on_its_way))
    rows = due.values("audience").annotate(first=Min("pk")).order_by("first")[:BATCH]
    return [bytes(row["audience"]) for row in rows]


def _gather(audience: bytes, at: datetime) -> bool:
    """One mail out of all that waits for an audience. Reading, opening and writing happen before the transaction."""
    notes = list(Note.objects.filter(audience=audience, mail=None, due_at__lte=at).order_by("-pk"))
    opened = [found for note in notes if (found := _open(note, at))]
    told = _worth_telling(opened)
    if not told:
        Note.objects.filter(pk__in=[note.pk for note in notes], mail=None).delete()
        return False
    try:
        return _make(notes, told, at)
    except _TakenBack:
        return False


@transaction.atomic
def _make(notes: Sequence[Note], told: Sequence[_Opened], at: datetime) -> bool:
    """Write the mail and claim its notes and its day, all or nothing; two processes never both do."""
    latest = told[0]
    silenced = is_silenced(latest.mailbox)
    if not silenced and not _claim_day(bytes(latest.note.audience), at):
        raise _TakenBack
    mail = Mail.objects.create(
        audience=latest.note.audience,
        topic=latest.note.topic,
        state=MailState.SILENCED if silenced else MailState.WAITING,
        sealed=b"" if silenced else _payload(told),
        created_at=at,
        next_attempt_at=at,
        ended_at=at if silenced else None,
    )
    claimed = Note.objects.filter(pk__in=[note.pk for note in notes], mail=None).update(mail=mail, sealed=b"")
    if claimed != len(notes):
        raise _TakenBack
    return not silenced


def _claim_day(audience: bytes, at: datetime) -> bool:
    _, is_first = Mailed.objects.get_or_create(audience=audience, defaults={"at": at})
    return is_first or bool(Mailed.objects.filter(audience=audience, at__lte=at - DAY).update(at=at))


def _worth_telling(opened: Sequence[_Opened]) -> list[_Opened]:
    """The newest word on each sign-on, newest first, at most MOST_ITEMS: whoever enters a stranger's address again
    and again fills no more than one mail. What is left out is not sent later; reminders and the desk come back to it.
    """
    by_subject: dict[object, _Opened] = {}
    for found in opened:
        by_subject.setdefault(found.note.reference or found.note.template, found)
    return list(by_subject.values())[:MOST_ITEMS]


def _open(note: Note, at: datetime) -> _Opened | None:
    """The note as it was put; None for a decoy, and for one that no key of ours opens any more."""
    try:
        plain = json.loads(unseal(settings.KEYS.site_key("mail"), bytes(note.sealed), "note"))
    except (InvalidTag, ValueError):  # another key, or no sealed text at all
        log.error("note %d cannot be opened with the mail key; it is dropped", note.pk)
        return None
    if plain["decoy"]:
        return None
    return _Opened(note, EmailAddress(plain["mailbox"]), plain["language"], _item(note, plain["facts"], at))


def _item(note: Note, facts: Mapping[str, str], at: datetime) -> Item:
    """What the note tells `at` this time; a code that has lost much of its day is left out, the link does the same."""
    old = at - note.created_at > CODE_IS_FRESH
    return Item(
        note.template, {name: text for name, text in facts.items() if not (old and name == "code")}, note.created_at
    )


def _payload(told: Sequence[_Opened]) -> bytes:
    latest = told[0]
    text = write([found.item for found in told], latest.language)
    plain = json.dumps({"mailbox": latest.mailbox.value, **asdict(text)}, ensure_ascii=False)
    return seal(settings.KEYS.site_key("mail"), plain, "mail")
