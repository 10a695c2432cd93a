"""Mails: what a letter has sent, and what waits; in the demonstration also the mails themselves."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from undersigned.desk.access import DeskRequest, on_letter
from undersigned.letters.models import Letter
from undersigned.post.models import Mail, MailState, Note

PAGE = 50
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Readable:
    """One mail of the demonstration's folder."""

    name: str
    to: str
    subject: str
    at: datetime
    body: str


@require_safe
@on_letter
def mails(request: DeskRequest, letter: Letter) -> HttpResponse:
    """The mails of a letter by their state. To whom they went is sealed; what they are about is a template's name."""
    topic = str(letter.pk)
    state = request.GET.get("state", "")
    rows = Mail.objects.filter(topic=topic).prefetch_related("notes").order_by("-created_at", "-pk")
    if state in MailState.values:
        rows = rows.filter(state=state)
    counted = dict(Mail.objects.filter(topic=topic).values_list("state").annotate(Count("pk")))
    notes = Note.objects.filter(topic=topic, mail=None).order_by("due_at", "pk")
    facts = {
        "letter": letter,
        "tab": "mails",
        "counts": [(value, counted.get(value, 0)) for value in MailState.values],
        "notes": notes[:PAGE],
        "waiting_notes": notes.count(),
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "state": state,
        "has_folder": bool(settings.MAIL_FOLDER),
    }
    return render(request, "desk/mails.html", facts)


@require_safe
def mailbox(request: DeskRequest) -> HttpResponse:
    """The demonstration's mails, which go into a folder instead of the world; the latest first."""
    files = sorted(_files().values(), key=lambda file: file.stat().st_mtime, reverse=True)[:SHOWN]
    return render(request, "desk/mailbox.html", {"mails": [_read(file) for file in files]})


@require_safe
def mail(request: DeskRequest, name: str) -> HttpResponse:
    """One mail of the demonstration's folder."""
    file = _files().get(name)
    if file is None:
        raise Http404
    return render(request, "desk/mail.html", {"mail": _read(file)})


def _files() -> dict[str, Path]:
    """The mails in the folder by name, so that no other name leads to a file; none where mail really goes out."""
    if not settings.MAIL_FOLDER:
        raise Http404
    return {file.name: file for file in Path(settings.MAIL_FOLDER).glob("*.eml") if file.is_file()}


def _read(file: Path) -> Readable:
    with file.open("rb") as raw:
        message = BytesParser(EmailMessage, policy=policy.default).parse(raw)
    body = message.get_body(("plain",))
    return Readable(
        name=file.name,
        to=str(message["to"] or ""),
        subject=str(message["subject"] or ""),
        at=datetime.fromtimestamp(file.stat().st_mtime, UTC),
        body=str(body.get_content()) if body else "",
    )
