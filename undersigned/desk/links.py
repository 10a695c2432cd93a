"""Private links: made, told once, revoked."""

from functools import partial

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from undersigned.desk.access import DeskRequest, actor_of, on_letter
from undersigned.desk.refusals import by_field, refusals_of
from undersigned.letters import links as letter_links
from undersigned.letters.models import Letter, PrivateLink
from undersigned.lib.clock import now
from undersigned.lib.names import clean_name
from undersigned.lib.refusal import Refusal

LABEL_LIMIT = 100
DOORS = {PrivateLink.Purpose.INVITATION: "i", PrivateLink.Purpose.PREVIEW: "p"}


@on_letter
def links(request: DeskRequest, letter: Letter) -> HttpResponseBase:
    """All links of a letter; a POST makes one and shows its addresses, this once."""
    if request.method != "POST":
        return _page(request, letter)
    label = request.POST.get("label", "").strip()
    purpose = request.POST.get("purpose", "")
    if purpose not in PrivateLink.Purpose.values:
        raise Http404
    refusals = refusals_of(partial(clean_name, label, "label", LABEL_LIMIT))
    if refusals:
        return _page(request, letter, refusals=refusals)
    token = letter_links.make(letter, PrivateLink.Purpose(purpose), label, actor_of(request), now())
    door = DOORS[PrivateLink.Purpose(purpose)]
    addresses = [(tag, f"{settings.SITE_URL}/{door}/{token}/{tag}/") for tag in letter.languages]
    return _page(request, letter, addresses=addresses)


@require_POST
@on_letter
def revoke(request: DeskRequest, letter: Letter, link: int) -> HttpResponseBase:
    """Close a link for good."""
    row = PrivateLink.objects.select_related("letter").filter(letter=letter, pk=link, revoked_at=None).first()
    if row is None:
        raise Http404
    letter_links.revoke(row, actor_of(request), now())
    messages.success(request, _("Revoked. Who follows this link finds what a stranger finds."))
    return redirect("desk:links", letter.slug)


def _page(
    request: DeskRequest,
    letter: Letter,
    refusals: list[Refusal] | None = None,
    addresses: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    rows = PrivateLink.objects.filter(letter=letter).exclude(label=letter_links.DESK_PREVIEW).order_by("-made_at")
    facts = {
        "letter": letter,
        "tab": "links",
        "links": rows,
        "addresses": addresses or [],
        "label": request.POST.get("label", "") if refusals else "",
        "purpose": request.POST.get("purpose", "invitation"),
        "refusals": by_field(refusals or []),
    }
    return render(request, "desk/links.html", facts, status=422 if refusals else 200)
