"""Bringing today's sheet of signatories: imported names are asked, and count only on evidence of their consent."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from undersigned.letters.audit import Actor, record
from undersigned.letters.models import Letter, Version
from undersigned.letters.stages import NotFrozenYet, touch
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.refusal import Refusal, Refused, gettext_noop
from undersigned.lib.sealing import seal
from undersigned.signing.candidate import Asked, parse_row
from undersigned.signing.listing import list_
from undersigned.signing.models import (
    STANDING,
    Attestation,
    Kind,
    Mailbox,
    Organisation,
    Signature,
    State,
)
from undersigned.signing.register import Identity, enter, find, learn
from undersigned.signing.sheet import Row
from undersigned.signing.sign import mailbox_digest, person_digest, signatory_of
from undersigned.signing.sign_on import Card


class RowRepeats(Refusal):
    code = "row-repeats"
    message = gettext_noop("This is the same signatory as in row %(first)s. One of them is enough.")


class OnTheLetterAlready(Refusal):
    code = "on-the-letter-already"
    message = gettext_noop("This signatory is on the letter already, as “%(state)s”.")


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not taken, by the number that the spreadsheet shows, and everything that is wrong with it."""

    number: int
    name: str
    refusals: tuple[Refusal, ...]


@dataclass(slots=True)
class Outcome:
    """What an import does, or would do."""

    asked: int = 0
    listed: int = 0
    known_organisations: int = 0
    new_organisations: int = 0
    refused: list[RefusedRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Evidence:
    """On whose word and on what evidence imported names are listed at once."""

    by: Actor
    text: str


@dataclass(frozen=True, slots=True)
class Import:
    """The terms of one import: into which letter, by whom, with what evidence; `dry` shows without doing."""

    letter: Letter
    by: Actor
    kind: str = Kind.ORGANISATION
    evidence: Evidence | None = None
    dry: bool = False


class _Undone(Exception):
    """Rolls a dry run back."""


def import_rows(
    rows: Sequence[Row], terms: Import, at: datetime, progress: Callable[[], None] = lambda: None
) -> Outcome:
    """Ask the signatories of a sheet, all valid rows in one transaction; the refused ones are listed with why.

    With evidence they are listed at once, on record under the name of a desk user; that needs a frozen text.
    """
    outcome = Outcome()
    try:
        with transaction.atomic():
            _import(rows, terms, at, outcome, progress)
            if terms.dry:
                raise _Undone
    except _Undone:
        pass
    return outcome


def _import(rows: Sequence[Row], terms: Import, at: datetime, outcome: Outcome, progress: Callable[[], None]) -> None:
    letter = Letter.objects.select_for_update().get(pk=terms.letter.pk)
    version = letter.frozen
    if terms.evidence and version is None:
        raise NotFrozenYet
    asking = _Asking(letter, version, terms, at, outcome)
    signatures = [signature for signature in asking.ask(rows, progress) if signature]
    outcome.asked = len(signatures)
    if terms.evidence:
        _list(signatures, terms.evidence, at)
        outcome.listed = len(signatures)
    evidence = terms.evidence.text if terms.evidence else ""
    record(letter, terms.by, "signatories imported", at, rows=len(rows), asked=outcome.asked, evidence=evidence)
    touch({letter.pk})


@dataclass(slots=True)
class _Asking:
    """One import under way; remembers which signatories its rows have named."""

    letter: Letter
    version: Version | None
    terms: Import
    at: datetime
    outcome: Outcome
    seen: dict[object, int] = field(default_factory=dict)
    position: int = 0

    def ask(self, rows: Sequence[Row], progress: Callable[[], None]) -> Iterator[Signature | None]:
        self.position = Signature.objects.filter(letter=self.letter).count()
        for row in rows:
            try:
                asked = parse_row(row, self.terms.kind, self.letter.country_labels)
                yield self._ask_one(asked, row)
            except Refused as refused:
                self.outcome.refused.append(RefusedRow(row.number, row.values.get("name", ""), tuple(refused.refusals)))
                yield None
            progress()

    def _ask_one(self, asked: Asked, row: Row) -> Signature:
        card, mailbox = asked.card, asked.mailbox
        organisation = self._organisation(card, row) if asked.kind == Kind.ORGANISATION else None
        person = self._person(card, mailbox, row) if organisation is None else None
        self.position += 1
        signature = Signature.objects.create(
            letter=self.letter,
            version=self.version,
            kind=asked.kind,
            state=State.ASKED,
            language=asked.language or self.letter.languages[0],
            organisation=organisation,
            person_digest=person,
            mailbox_digest=mailbox_digest(self._key(), mailbox) if mailbox else None,
            country=card.country,
            position=asked.order or self.position,
            created_at=self.at,
        )
        signatory_of(signature, card).save(force_insert=True)
        if mailbox:
            Mailbox.objects.create(signature=signature, sealed=seal(self._key(), mailbox.value, "mailbox"))
        return signature

    def _key(self) -> bytes:
        return settings.KEYS.letter_key(self.letter.pk)

    def _organisation(self, card: Card, row: Row) -> Organisation:
        """The register's entry for a row, made where there is none; refused where the letter has it already."""
        identity = Identity({"": card.name, **card.names}, card.website, card.country)
        organisation = find(identity)
        if organisation:
            self._refuse_repeat(organisation.pk, row)
            self._refuse_on_letter(Signature.objects.filter(letter=self.letter, organisation=organisation))
            self.outcome.known_organisations += 1
        else:
            organisation = enter(identity, self.at)
            self.outcome.new_organisations += 1
        learn(organisation, identity)
        self.seen[organisation.pk] = row.number
        return organisation

    def _person(self, card: Card, mailbox: EmailAddress | None, row: Row) -> bytes | None:
        named = (card.name.casefold(), card.country)
        self._refuse_repeat(named, row)
        same = Signature.objects.filter(letter=self.letter, signatory__name=card.name, country=card.country)
        self._refuse_on_letter(same.exclude(kind=Kind.ORGANISATION))
        self.seen[named] = row.number
        if mailbox is None:
            return None
        digest = person_digest(self._key(), mailbox)
        self._refuse_repeat(digest, row)
        self._refuse_on_letter(Signature.objects.filter(letter=self.letter, person_digest=digest))
        self.seen[digest] = row.number
        return digest

    def _refuse_repeat(self, identity: object, row: Row) -> None:
        if identity in self.seen:
            raise Refused([RowRepeats("name", first=self.seen[identity])])

    def _refuse_on_letter(self, same: QuerySet[Signature]) -> None:
        state = same.filter(state__in=(State.ASKED, *STANDING)).values_list("state", flat=True).first()
        if state:
            raise Refused([OnTheLetterAlready("name", state=state)])


def _list(signatures: Sequence[Signature], evidence: Evidence, at: datetime) -> None:
    Attestation.objects.bulk_create(
        Attestation(signature=signature, actor=evidence.by.name, evidence=evidence.text, at=at)
        for signature in signatures
    )
    list_(signatures, at)
