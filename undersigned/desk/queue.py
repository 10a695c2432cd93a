"""The queue: sign-ons and corrections that wait for the desk's decision."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from undersigned.desk.access import DeskRequest, actor_of, on_letter
from undersigned.desk.refusals import by_field, refusals_of, status_of
from undersigned.letters.models import Letter
from undersigned.lib.clock import now
from undersigned.lib.refusal import Refusal
from undersigned.signing import correct, decide, register
from undersigned.signing.models import Correction, Kind, Organisation, OrganisationName, Signatory, Signature, State
from undersigned.signing.withdraw import mailbox_of

SHOWN = 25


@dataclass(frozen=True, slots=True)
class Likely:
    """An organisation of the register that may be the one that signed, and whether this letter lists it already."""

    organisation: Organisation
    names: Sequence[OrganisationName]
    is_listed: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One sign-on, with all that the decision needs, and what the desk typed if that was refused."""

    signature: Signature
    signatory: Signatory
    mailbox: str
    is_own_domain: bool
    likely: Sequence[Likely]
    typed: dict[str, str] = field(default_factory=dict)
    refusals: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_listed_already(self) -> bool:
        """Whether the letter lists an organisation that this one seems to be: then merging comes first."""
        return any(likely.is_listed for likely in self.likely)

    @property
    def needs_evidence(self) -> bool:
        return self.signature.kind == Kind.ORGANISATION and not self.is_own_domain


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a correction: as it stands, and as it is asked to read."""

    name: str
    now: object
    asked: object


@dataclass(frozen=True, slots=True)
class Asked:
    """A correction that a listed signatory asks for."""

    signature: Signature
    signatory: Signatory
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed about one sign-on, and why it was refused."""

    signature: UUID
    fields: dict[str, str]
    refusals: Sequence[Refusal]


@require_safe
@on_letter
def queue(request: DeskRequest, letter: Letter) -> HttpResponse:
    """Everything that waits, the oldest first."""
    return _page(request, letter)


@require_POST
@on_letter
def accept(request: DeskRequest, letter: Letter, signature: UUID) -> HttpResponseBase:
    row = _row(letter, signature)
    evidence = request.POST.get("evidence", "").strip()[:300]
    act = partial(decide.accept, row, actor_of(request), now(), evidence)
    return _decided(request, letter, row, act, _("Accepted. The name is on the letter."))


@require_POST
@on_letter
def refuse(request: DeskRequest, letter: Letter, signature: UUID) -> HttpResponseBase:
    row = _row(letter, signature)
    reason = request.POST.get("reason", "").strip()[:1000]
    act = partial(decide.refuse, row, reason, actor_of(request), now())
    return _decided(request, letter, row, act, _("Refused. The reason is on its way by mail, and the data are erased."))


@require_POST
@on_letter
def merge(request: DeskRequest, letter: Letter, signature: UUID) -> HttpResponseBase:
    row = _row(letter, signature)
    organisation = _organisation(request.POST.get("organisation", ""))
    evidence = request.POST.get("evidence", "").strip()[:300]
    act = partial(decide.merge, row, organisation, actor_of(request), now(), evidence)
    return _decided(request, letter, row, act, _("Merged. The register knows these names as one organisation."))


@require_POST
@on_letter
def decide_correction(request: DeskRequest, letter: Letter, signature: UUID, answer: str) -> HttpResponseBase:
    """Let a correction appear, or leave the name as it is."""
    row = _row(letter, signature)
    verb, done = {
        "accept": (correct.accept_correction, _("The correction is in force, and the log says so.")),
        "refuse": (correct.refuse_correction, _("The name stays as it is.")),
    }[answer]
    return _decided(request, letter, row, partial(verb, row, actor_of(request), now()), done)


def likely_same(signature: Signature) -> list[Likely]:
    """Entries of the register that may be the organisation of `signature`."""
    if signature.kind != Kind.ORGANISATION:
        return []
    alike = [found for found in register.alike(decide.identity_of(signature)) if found.pk != signature.organisation_id]
    listed = Signature.objects.filter(letter=signature.letter_id, organisation__in=alike, state=State.LISTED)
    on_letter_already = set(listed.values_list("organisation", flat=True))
    return [Likely(found, list(found.names.all()), found.pk in on_letter_already) for found in alike]


def _decided(
    request: DeskRequest, letter: Letter, row: Signature, act: Callable[[], object], done: str
) -> HttpResponseBase:
    refusals = refusals_of(act)
    if refusals:
        fields = {name: value for name, value in request.POST.items() if isinstance(value, str)}
        return _page(request, letter, Typed(row.pk, fields, refusals))
    messages.success(request, done)
    return redirect("desk:queue", letter.slug)


def _page(request: DeskRequest, letter: Letter, typed: Typed | None = None) -> HttpResponse:
    waiting = Signature.objects.filter(letter=letter, state=State.CONFIRMED).order_by("confirmed_at", "pk")
    rows = list(waiting.select_related("signatory", "invited_by")[:SHOWN])
    asked = Correction.objects.filter(signature__letter=letter, signature__state=State.LISTED).order_by("asked_at")
    facts = {
        "letter": letter,
        "tab": "queue",
        "cards": [_card(row, typed if typed and typed.signature == row.pk else None) for row in rows],
        "corrections": [_asked(one) for one in asked.select_related("signature__signatory")[:SHOWN]],
        "waiting": waiting.count() + asked.count(),
        "shown": SHOWN,
        # A refusal of something that no longer waits has no card to stand on.
        "stray": by_field(typed.refusals) if typed and typed.signature not in {row.pk for row in rows} else {},
    }
    return render(request, "desk/queue.html", facts, status=status_of(typed.refusals) if typed else 200)


def _card(row: Signature, typed: Typed | None) -> Card:
    mailbox = mailbox_of(row.pk)
    is_organisation = row.kind == Kind.ORGANISATION
    return Card(
        signature=row,
        signatory=row.signatory,
        mailbox=mailbox.value if mailbox else "",
        is_own_domain=is_organisation and decide.comes_from_own_domain(row),
        likely=likely_same(row),
        typed=typed.fields if typed else {},
        refusals=by_field(typed.refusals) if typed else {},
    )


def _asked(correction: Correction) -> Asked:
    signature, signatory = correction.signature, correction.signature.signatory
    standing = {name: getattr(signatory, name, "") for name in correction.fields} | {"country": signature.country}
    changes = [
        Change(name, standing[name], value) for name, value in correction.fields.items() if standing[name] != value
    ]
    return Asked(signature, signatory, changes)


def _row(letter: Letter, signature: UUID) -> Signature:
    row = Signature.objects.select_related("letter").filter(letter=letter, pk=signature).first()
    if row is None:
        raise Http404
    return row


def _organisation(key: str) -> Organisation:
    found = Organisation.objects.filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None
    if found is None:
        raise Http404
    return found
