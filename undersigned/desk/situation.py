"""Where a letter stands, and the one step that comes next."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.db.models import Count, Q

from undersigned.ledger import tally
from undersigned.ledger.models import Log
from undersigned.letters.draft import gaps
from undersigned.letters.models import Letter, Publication, SignOns, Version, Way
from undersigned.releases.models import Release
from undersigned.signing.models import Correction, Kind, Signature, State


class Step(StrEnum):
    IMPORT = "import"
    MEND = "mend"
    FREEZE = "freeze"
    INVITE = "invite"
    DECIDE = "decide"
    PLAN = "plan"
    WAIT = "wait"
    OPEN = "open"
    SPREAD = "spread"
    CLOSE = "close"
    ARCHIVE = "archive"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Figures:
    """How many sign-ons stand where. `logged` is what the public log counts: nothing before the release."""

    logged: tally.Counts = field(default_factory=tally.Counts)
    listed: tally.Counts = field(default_factory=tally.Counts)
    asked: int = 0
    pending: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that decides what comes next for a letter."""

    letter: Letter
    version: Version | None
    has_text: bool
    gaps: int
    release: Release | None
    figures: Figures

    @property
    def has_public_way(self) -> bool:
        return Way.PUBLIC in (self.letter.organisation_way, self.letter.person_way, self.letter.supporter_way)

    @property
    def has_any_way(self) -> bool:
        ways = (self.letter.organisation_way, self.letter.person_way, self.letter.supporter_way)
        return any(way != Way.NO for way in ways)

    @property
    def next_step(self) -> Step:
        """The one step that the desk suggests; it is never the only one allowed."""
        if self.version is None:
            return self._step_to_a_frozen_text()
        if self.letter.publication == Publication.ARCHIVED:
            return Step.READ
        if self.figures.waiting:
            return Step.DECIDE
        return self._step_of_a_released_letter() if self.letter.is_public else self._step_to_the_release()

    @property
    def other_steps(self) -> tuple[Step, ...]:
        """What else is allowed now, in the order of a letter's life."""
        return tuple(step for step in self._allowed() if step != self.next_step)

    def is_overdue(self, at: datetime) -> bool:
        return self.release is not None and self.release.instant <= at

    def _step_to_a_frozen_text(self) -> Step:
        if not self.has_text:
            return Step.IMPORT
        return Step.MEND if self.gaps else Step.FREEZE

    def _step_to_the_release(self) -> Step:
        if self.release:
            return Step.WAIT
        invites = self.letter.sign_ons == SignOns.INVITATION or not self.has_any_way
        return Step.PLAN if invites else Step.INVITE

    def _step_of_a_released_letter(self) -> Step:
        if self.letter.sign_ons == SignOns.CLOSED:
            return Step.ARCHIVE
        if self.letter.sign_ons == SignOns.INVITATION and self.has_public_way:
            return Step.OPEN
        return Step.SPREAD

    def _allowed(self) -> Iterator[Step]:
        letter = self.letter
        if self.version is None or letter.publication == Publication.ARCHIVED:
            return
        if letter.sign_ons != SignOns.INVITATION:
            yield Step.INVITE
        if letter.is_public and letter.sign_ons != SignOns.PUBLIC:
            yield Step.OPEN
        if letter.sign_ons != SignOns.CLOSED:
            yield Step.CLOSE
        yield Step.ARCHIVE if letter.is_public else Step.PLAN


def situation_of(letter: Letter) -> Situation:
    """Where `letter` stands now."""
    version = letter.frozen
    return Situation(
        letter=letter,
        version=version,
        has_text=version is not None or letter.blocks.exists(),
        gaps=0 if version else len(gaps(letter)),
        release=Release.objects.filter(letter=letter, state=Release.State.SCHEDULED).first(),
        figures=figures_of(letter),
    )


def figures_of(letter: Letter) -> Figures:
    """The figures of `letter`, from its log and from its sign-ons."""
    signatures = Signature.objects.filter(letter=letter)
    listed = Q(state=State.LISTED)
    named = listed & Q(visibility="public")
    counted = signatures.aggregate(
        organisations=Count("pk", filter=named & Q(kind=Kind.ORGANISATION)),
        persons=Count("pk", filter=named & Q(kind=Kind.PERSON)),
        supporters=Count("pk", filter=named & Q(kind=Kind.SUPPORTER)),
        hidden=Count("pk", filter=listed & Q(visibility="counted-only")),
        asked=Count("pk", filter=Q(state=State.ASKED)),
        pending=Count("pk", filter=Q(state=State.PENDING)),
    )
    log = Log.objects.filter(origin=letter.origin).first()
    return Figures(
        logged=tally.counts(log) if log else tally.Counts(),
        listed=tally.Counts(*(counted[kind] for kind in ("organisations", "persons", "supporters", "hidden"))),
        asked=counted["asked"],
        pending=counted["pending"],
        waiting=waiting_of(letter),
    )


def waiting_of(letter: Letter) -> int:
    """How many sign-ons and corrections wait for the desk."""
    corrections = Correction.objects.filter(signature__letter=letter, signature__state=State.LISTED)
    return Signature.objects.filter(letter=letter, state=State.CONFIRMED).count() + corrections.count()
