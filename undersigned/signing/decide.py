"""The desk's decisions on confirmed sign-ons: accept, refuse, merge."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from undersigned.ledger.entries import undo
from undersigned.ledger.events import Event
from undersigned.letters.audit import Actor, record
from undersigned.letters.models import Publication
from undersigned.letters.stages import LetterIsArchived, touch
from undersigned.lib.addresses import registrable_domain
from undersigned.lib.refusal import Refusal, gettext_noop
from undersigned.post import outbox
from undersigned.signing.listing import list_
from undersigned.signing.models import Attestation, Kind, Organisation, Signatory, Signature, State
from undersigned.signing.register import Identity, enter, find, learn
from undersigned.signing.sign import private_link
from undersigned.signing.withdraw import erase, mailbox_of, withdraw


class DecidedMeanwhile(Refusal):
    code = "decided-meanwhile"
    status = 409
    message = gettext_noop("This sign-on has been decided or withdrawn meanwhile. Nothing was changed.")


class EvidenceMissing(Refusal):
    code = "evidence-missing"
    message = gettext_noop(
        "The mailbox is not of the organisation's own domain. Note how you made sure that it may sign for it."
    )


class ListedAlready(Refusal):
    code = "listed-already"
    status = 409
    message = gettext_noop("This organisation is listed under this letter already. Merge the sign-on instead.")


class RequestMissing(Refusal):
    code = "request-missing"
    message = gettext_noop("Note how you were asked, such as “by letter of 3 May”. Write no name: this note is kept.")


class ReasonMissing(Refusal):
    code = "reason-missing"
    message = gettext_noop("Give a reason. It is sent to the person who signed.")


def identity_of(signature: Signature) -> Identity:
    """What tells the organisation that this sign-on names."""
    card = Signatory.objects.get(pk=signature.pk)
    return Identity({"": card.name, **card.names}, card.website, signature.country)


def comes_from_own_domain(signature: Signature, organisation: Organisation | None = None) -> bool:
    """Whether the confirmed mailbox is of the domain of the organisation's website.

    Where the register has that organisation (or `organisation`, if it is said to be another), the domain must be one
    that the register knows: what a form claims proves nothing about a name that others had before.
    """
    identity, mailbox = identity_of(signature), mailbox_of(signature.pk)
    domain = registrable_domain(mailbox.domain) if mailbox else ""
    if not domain or domain != identity.domain:
        return False
    known = organisation or find(identity)
    return known is None or known.domains.filter(domain=domain).exists()


@transaction.atomic
def accept(signature: Signature, by: Actor, at: datetime, evidence: str = "") -> None:
    """List a confirmed organisation or person of note.

    An organisation enters the register, or is found there by domain or name; when the mailbox is not of its own
    domain, the desk says in `evidence` how it made sure of the authority, and that stays on record.
    """
    row = _undecided(signature)
    _refuse_when_over(row)
    if row.kind == Kind.ORGANISATION:
        _refuse_without_authority(row, None, evidence)
        identity = identity_of(row)
        row.organisation = find(identity) or row.organisation or enter(identity, at)
        learn(row.organisation, identity)
        _refuse_listed_already(row, row.organisation)
        row.save(update_fields=["organisation"])
    if evidence.strip():
        Attestation.objects.create(signature=row, actor=by.name, evidence=evidence.strip(), at=at)
    list_([row], at)
    _end_asking(row)
    _tell(row, "listed", {"link": private_link(row.pk, at)}, at)
    record(row.letter, by, "sign-on accepted", at, signature=str(row.pk), evidence=evidence)
    touch({row.letter_id})


@transaction.atomic
def refuse(signature: Signature, reason: str, by: Actor, at: datetime) -> None:
    """Refuse a confirmed sign-on; its mailbox is told the reason, and what was stored of it is erased."""
    if not reason.strip():
        raise ReasonMissing("reason")
    row = _undecided(signature)
    _tell(row, "refused", {"reason": reason.strip()}, at)
    Signature.objects.filter(pk=row.pk).update(state=State.REFUSED, ended_at=at)
    erase([row.pk])
    record(row.letter, by, "sign-on refused", at, signature=str(row.pk))


@transaction.atomic
def merge(signature: Signature, organisation: Organisation, by: Actor, at: datetime, evidence: str = "") -> None:
    """Say that a sign-on is of an `organisation` of the register: its names become names of that entry.

    Its domain becomes one of that entry's only on `evidence`: from then on it proves who may sign.
    Where that organisation is listed under the letter already, this sign-on ends, and what it counted is undone
    in the log as merged; otherwise it is accepted as that organisation's.
    """
    row = Signature.objects.select_for_update(of=("self",)).select_related("letter", "entry").get(pk=signature.pk)
    if row.kind != Kind.ORGANISATION or row.state not in (State.CONFIRMED, State.LISTED):
        raise DecidedMeanwhile
    if row.state == State.CONFIRMED and not _is_listed(row, organisation):
        _refuse_when_over(row)
        _refuse_without_authority(row, organisation, evidence)
    learn(organisation, identity_of(row) if evidence.strip() else replace(identity_of(row), website=""))
    record(row.letter, by, "sign-on merged", at, signature=str(row.pk), organisation=organisation.pk)
    if _is_listed(row, organisation):
        _end_as_merged(row, at)
    elif row.state == State.CONFIRMED:
        _accept_as(row, organisation, by, at, evidence)
    else:
        Signature.objects.filter(pk=row.pk).update(organisation=organisation)
    touch({row.letter_id})


@transaction.atomic
def withdraw_on_request(signature: Signature, request: str, by: Actor, at: datetime) -> None:
    """Withdraw for a signatory who asked the desk to; `request` says how, and stays in the trail."""
    if not request.strip():
        raise RequestMissing("request")
    row = Signature.objects.select_for_update(of=("self",)).select_related("letter").get(pk=signature.pk)
    if not withdraw([row.pk], at):
        raise DecidedMeanwhile
    record(row.letter, by, "withdrawn on request", at, signature=str(row.pk), request=request.strip())


def _accept_as(row: Signature, organisation: Organisation, by: Actor, at: datetime, evidence: str) -> None:
    Signature.objects.filter(pk=row.pk).update(organisation=organisation)
    row.organisation = organisation
    if evidence.strip():
        Attestation.objects.create(signature=row, actor=by.name, evidence=evidence.strip(), at=at)
    list_([row], at)
    _end_asking(row)
    _tell(row, "listed", {"link": private_link(row.pk, at)}, at)


def _end_asking(row: Signature) -> None:
    """Whoever is listed by another sign-on than the one that a sheet brought is not asked any more."""
    same = Q(organisation=row.organisation) if row.organisation else Q(person_digest=row.person_digest)
    asked = Signature.objects.filter(same, letter=row.letter_id, state=State.ASKED)
    ids = list(asked.values_list("pk", flat=True))
    outbox.take_back(ids)
    Signature.objects.filter(pk__in=ids).delete()


def _end_as_merged(row: Signature, at: datetime) -> None:
    entry = row.entry
    Signature.objects.filter(pk=row.pk).update(state=State.WITHDRAWN, ended_at=at, entry=None, organisation=None)
    if entry:
        undo([entry], Event.MERGED, at)
    _tell(row, "merged", {}, at)
    erase([row.pk])


def _undecided(signature: Signature) -> Signature:
    row = Signature.objects.select_for_update(of=("self",)).select_related("letter", "version").get(pk=signature.pk)
    if row.state != State.CONFIRMED:
        raise DecidedMeanwhile
    return row


def _refuse_when_over(row: Signature) -> None:
    """An archived letter lists nobody any more; refusing a sign-on, and merging it away, still ends it."""
    if row.letter.publication == Publication.ARCHIVED:
        raise LetterIsArchived


def _refuse_without_authority(row: Signature, organisation: Organisation | None, evidence: str) -> None:
    if not evidence.strip() and not comes_from_own_domain(row, organisation):
        raise EvidenceMissing("evidence")


def _is_listed(row: Signature, organisation: Organisation) -> bool:
    listed = Signature.objects.filter(letter=row.letter_id, organisation=organisation, state=State.LISTED)
    return listed.exclude(pk=row.pk).exists()


def _refuse_listed_already(row: Signature, organisation: Organisation) -> None:
    if _is_listed(row, organisation):
        raise ListedAlready


def _tell(row: Signature, template: str, facts: dict[str, str], at: datetime) -> None:
    mailbox = mailbox_of(row.pk)
    if mailbox:
        outbox.put([outbox.NewNote(mailbox, str(row.letter_id), row.language, template, facts, row.pk)], at)
