"""The newsletter at the desk: how many are on its lists, writing an issue, and sending it once."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from undersigned.desk.access import DeskRequest, actor_of
from undersigned.desk.refusals import by_field, explain, refusals_of, status_of
from undersigned.lib.clock import now
from undersigned.lib.languages import INTERFACE
from undersigned.lib.refusal import Refusal
from undersigned.newsletter import issue as issues
from undersigned.newsletter.models import Issue

FIELDS = ("language", "subject", "body")


def newsletter(request: DeskRequest) -> HttpResponseBase:
    """The lists and the issues; a POST keeps a new issue as a draft."""
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    if request.method != "POST":
        return _page(request, {**typed, "language": INTERFACE[0]}, [])
    refusals = refusals_of(lambda: issues.write(**typed, by=actor_of(request), at=now()))
    if refusals:
        return _page(request, typed, refusals)
    messages.success(request, _("The issue is kept as a draft. Nobody has got it yet."))
    return redirect("desk:newsletter")


@require_POST
def send(request: DeskRequest, issue: UUID) -> HttpResponseBase:
    """Send a draft to everybody on its list."""
    sent: list[int] = []
    refusals = refusals_of(lambda: sent.append(issues.send(issue, actor_of(request), now())))
    for refusal in refusals:
        messages.error(request, explain(refusal))
    for count in sent:
        told = ngettext("The issue leaves for %(count)d mailbox.", "The issue leaves for %(count)d mailboxes.", count)
        messages.success(request, told % {"count": count})
    return redirect("desk:newsletter")


@require_POST
def discard(request: DeskRequest, issue: UUID) -> HttpResponseBase:
    """Delete a draft."""
    issues.discard(issue)
    return redirect("desk:newsletter")


def _page(request: DeskRequest, typed: dict[str, str], refusals: list[Refusal]) -> HttpResponse:
    facts = {
        "lists": issues.counts(),
        "drafts": Issue.objects.filter(sent_at=None).order_by("-written_at"),
        "sent": Issue.objects.exclude(sent_at=None).order_by("-sent_at"),
        "typed": typed,
        "refusals": by_field(refusals),
    }
    return render(request, "desk/newsletter.html", facts, status=status_of(refusals))
