"""The signatories of a letter: found by name, filtered, looked at one by one."""

from dataclasses import dataclass
from functools import partial
from unicodedata import normalize
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from undersigned.desk.access import DeskRequest, actor_of, on_letter
from undersigned.desk.queue import Likely, likely_same
from undersigned.desk.refusals import by_field, explain, refusals_of, status_of
from undersigned.letters.models import AuditRecord, Letter
from undersigned.lib.clock import now
from undersigned.lib.refusal import Refusal
from undersigned.signing import decide
from undersigned.signing import invite as inviting
from undersigned.signing.models import STANDING, Kind, Organisation, OrganisationName, Signature, State
from undersigned.signing.withdraw import mailbox_of

PAGE = 50
NO_COUNTRY = "-"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty is everything that has not ended."""

    name: str = ""
    kind: str = ""
    state: str = ""
    country: str = ""
    language: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> "Filters":
        name = normalize("NFC", query.get("name", "")).replace("\0", "").strip()[:100]
        return cls(name, *(query.get(field, "")[:40] for field in ("kind", "state", "country", "language")))

    @property
    def query(self) -> str:
        """As the query of an address, to be carried from page to page and to the exports."""
        fields = ((field, getattr(self, field)) for field in self.__dataclass_fields__)
        return urlencode({field: value for field, value in fields if value})

    def narrow(self, letter: Letter) -> QuerySet[Signature]:
        """The sign-ons that these filters leave, the newest first. A name that is sealed or erased is never found."""
        rows = Signature.objects.filter(letter=letter).select_related("signatory", "organisation")
        ended = (State.REFUSED, State.LAPSED, State.WITHDRAWN)
        rows = rows.filter(state=self.state) if self.state in State.values else rows.exclude(state__in=ended)
        if self.kind in Kind.values:
            rows = rows.filter(kind=self.kind)
        if self.country:
            rows = rows.filter(country="" if self.country == NO_COUNTRY else self.country)
        if self.language:
            rows = rows.filter(language=self.language)
        if self.name:
            rows = rows.filter(_named(self.name))
        return rows.order_by("-created_at", "pk")


@require_safe
@on_letter
def signatories(request: DeskRequest, letter: Letter) -> HttpResponse:
    """The list, fifty at a time."""
    filters = Filters.of(request.GET)
    page = Paginator(filters.narrow(letter), PAGE).get_page(request.GET.get("page"))
    all_rows = Signature.objects.filter(letter=letter)
    facts = {
        "letter": letter,
        "tab": "signatories",
        "filters": filters,
        "page": page,
        "kinds": Kind.values,
        "states": State.values,
        "no_country": NO_COUNTRY,
        "asked": all_rows.filter(state=State.ASKED).count(),
        "uninvited": inviting.uninvited(letter).count(),
        "countries": sorted(set(all_rows.exclude(country="").values_list("country", flat=True).distinct())),
        "languages": sorted(set(all_rows.values_list("language", flat=True).distinct())),
    }
    return render(request, "desk/signatories.html", facts)


@require_safe
@on_letter
def signatory(request: DeskRequest, letter: Letter, signature: UUID) -> HttpResponse:
    """One sign-on: what it says, what became of it, what can be done."""
    return _page(request, letter, _row(letter, signature))


@require_POST
@on_letter
def withdraw(request: DeskRequest, letter: Letter, signature: UUID) -> HttpResponseBase:
    """Withdraw for a signatory who asked for it."""
    row = _row(letter, signature)
    asked = request.POST.get("request", "").strip()[:300]
    refusals = refusals_of(partial(decide.withdraw_on_request, row, asked, actor_of(request), now()))
    if refusals:
        return _page(request, letter, row, refusals)
    messages.success(request, _("Withdrawn. The name leaves the public pages within a minute; the data are erased."))
    return redirect("desk:signatories", letter.slug)


@require_POST
@on_letter
def invite(request: DeskRequest, letter: Letter, signature: UUID) -> HttpResponseBase:
    """Mail an invitation to one whom a sheet brought."""
    row = _row(letter, signature)
    refusals = refusals_of(partial(inviting.invite, row, actor_of(request), now()))
    if refusals:
        return _page(request, letter, row, refusals)
    messages.success(request, _("The invitation is on its way, unless this address got a mail today already."))
    return redirect("desk:signatory", letter.slug, row.pk)


@require_POST
@on_letter
def invite_all(request: DeskRequest, letter: Letter) -> HttpResponseBase:
    """Mail an invitation to all whom a sheet brought and who were not written to yet."""
    try:
        sent = inviting.invite_all(letter, actor_of(request), now())
    except Refusal as refusal:
        messages.error(request, explain(refusal))
    else:
        said = ngettext("%(n)d invitation is on its way.", "%(n)d invitations are on their way.", sent)
        messages.success(request, said % {"n": sent})
    return redirect("desk:signatories", letter.slug)


@require_POST
@on_letter
def merge(request: DeskRequest, letter: Letter, signature: UUID) -> HttpResponseBase:
    """Say that a listed organisation is another one of the register."""
    row = _row(letter, signature)
    key = request.POST.get("organisation", "")
    other = Organisation.objects.filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None
    if other is None:
        raise Http404
    refusals = refusals_of(partial(decide.merge, row, other, actor_of(request), now()))
    if refusals:
        return _page(request, letter, row, refusals)
    messages.success(request, _("Merged. The register knows these names as one organisation."))
    return redirect("desk:signatories", letter.slug)


def _named(name: str) -> Q:
    """Whoever shows this name, or whose organisation the register knows by it."""
    known = OrganisationName.objects.filter(name__icontains=name).values("organisation")
    shown = Q(signatory__name__icontains=name) | Q(signatory__latin__icontains=name)
    return shown | Q(organisation__in=known, signatory__isnull=False)


def _row(letter: Letter, signature: UUID) -> Signature:
    rows = Signature.objects.select_related("letter", "signatory", "organisation", "entry", "invited_by", "attestation")
    row = rows.filter(letter=letter, pk=signature).first()
    if row is None:
        raise Http404
    return row


def _page(request: DeskRequest, letter: Letter, row: Signature, refusals: list[Refusal] | None = None) -> HttpResponse:
    mailbox = mailbox_of(row.pk)
    search = normalize("NFC", request.GET.get("other", "")).replace("\0", "").strip()[:100]
    facts = {
        "letter": letter,
        "tab": "signatories",
        "row": row,
        "card": getattr(row, "signatory", None),
        "attestation": getattr(row, "attestation", None),
        "mailbox": mailbox.value if mailbox else "",
        "history": AuditRecord.objects.filter(letter=letter, facts__signature=str(row.pk)).order_by("at", "pk"),
        "others": _others(row, search),
        "search": search,
        "can_withdraw": row.state in (State.ASKED, State.PENDING, *STANDING),
        "can_invite": row.state == State.ASKED and bool(mailbox) and row.reminders < inviting.MOST,
        "can_merge": row.kind == Kind.ORGANISATION and row.state == State.LISTED,
        "refusals": by_field(refusals or []),
    }
    return render(request, "desk/signatory.html", facts, status=status_of(refusals or []))


def _others(row: Signature, search: str) -> list[Likely]:
    """The organisations that a listed one may be the same as: those alike, or those that a search by name finds."""
    if row.kind != Kind.ORGANISATION or row.state != State.LISTED:
        return []
    if not search:
        return likely_same(row)
    found = Organisation.objects.filter(names__name__icontains=search).distinct()[:20]
    listed = Signature.objects.filter(letter=row.letter_id, organisation__in=list(found), state=State.LISTED)
    on_letter_already = set(listed.values_list("organisation", flat=True))
    others = [one for one in found if one.pk != row.organisation_id]
    return [Likely(one, list(one.names.all()), one.pk in on_letter_already) for one in others]
