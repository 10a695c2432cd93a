"""Publishing: at a moment or now, all languages together; correcting by a new edition; withdrawing for good."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.db import transaction

from undersigned.letters.audit import Actor
from undersigned.letters.lines import judged
from undersigned.letters.models import Letter
from undersigned.letters.stages import touch
from undersigned.lib.clock import zone_of
from undersigned.lib.refusal import Refusal, Refused, gettext_noop
from undersigned.releases.release import CLOCK, Moment, MomentHasPassed
from undersigned.stories.audit import record
from undersigned.stories.models import Edition, Publication, Ranked, Story, Tie, Work, locked
from undersigned.stories.typed import CAPTION_LIMIT, LINE_LIMIT

NOTHING: Mapping[str, str] = MappingProxyType({})


class NotApproved(Refusal):
    code = "not-approved"
    status = 409
    message = gettext_noop("A second person approves a story before it is published. This wording is not approved.")


class NothingPlanned(Refusal):
    code = "nothing-planned"
    status = 409
    message = gettext_noop("No publication is planned for this story.")


class NotPublished(Refusal):
    code = "not-published"
    status = 409
    message = gettext_noop("This story is not published, so there is nothing to withdraw.")


class NotItsLanguage(Refusal):
    code = "not-its-language"
    message = gettext_noop("This story is not written in “%(language)s”.")


@transaction.atomic
def plan(story: Story, moment: Moment, by: Actor, at: datetime) -> None:
    """Publish the approved wording at `moment`, or move a planned publication to it.

    Refused: an hour that the clocks of that zone skip or repeat, a moment that has passed, a wording not approved.
    """
    row = _approved(story)
    instant = moment.instant
    if instant <= at:
        raise MomentHasPassed("wall", wall=f"{moment.wall:%Y-%m-%d %H:%M}", zone=moment.zone)
    row.wall_time, row.zone, row.due_at = f"{moment.wall:%Y-%m-%dT%H:%M}", moment.zone, instant
    row.save()
    record(row, by, "publication planned", at, wall=row.wall_time, zone=row.zone)
    story.refresh_from_db()


@transaction.atomic
def cancel(story: Story, by: Actor, at: datetime) -> None:
    """Cancel the planned publication; the wording stays approved."""
    row = locked(story)
    if row.due_at is None:
        raise NothingPlanned
    row.wall_time, row.zone, row.due_at = "", "", None
    row.save()
    record(row, by, "publication cancelled", at)
    story.refresh_from_db()


@transaction.atomic
def publish_now(story: Story, zone: str, by: Actor, at: datetime) -> Edition:
    """Publish the approved wording at once; `zone` is the one by whose clocks readers are told when."""
    row = _approved(story)
    row.wall_time, row.zone = f"{at.astimezone(zone_of(zone, 'zone')):%Y-%m-%dT%H:%M}", zone
    edition = _publish(row, by, at)
    story.refresh_from_db()
    return edition


def next_due(at: datetime) -> datetime | None:
    """The instant of the publication that comes next, or is overdue."""
    return Story.objects.filter(due_at__isnull=False).order_by("due_at").values_list("due_at", flat=True).first()


def publish_due(at: datetime) -> list[Story]:
    """Publish every story whose moment has come; two workers cannot publish the same one."""
    due = Story.objects.filter(due_at__lte=at).order_by("due_at", "pk")
    return [story for story in due if _publish_if_due(story, at)]


@transaction.atomic
def withdraw(story: Story, reason: str, by: Actor, at: datetime, told: Mapping[str, str] = NOTHING) -> None:
    """Take a published story away for good: its text and pictures, from lists, feeds and the top ten.

    The record keeps its wordings, and the `reason`. Whoever comes to its address reads that it was withdrawn, when, and
    what of the reason they are `told`, per language.
    """
    row = locked(story)
    if not row.is_public:
        raise NotPublished
    reason, told = _judged(row, reason, told)
    Ranked.objects.filter(story=row).delete()
    row.publication, row.work = Publication.WITHDRAWN, Work.SETTLED
    row.wall_time, row.zone, row.due_at = "", "", None
    row.withdrawn_at, row.told = at, told
    _bump(row)
    touch(row.ties.values_list("letter_id", flat=True))
    record(row, by, "story withdrawn", at, reason=reason)
    story.refresh_from_db()


def _judged(row: Story, reason: str, told: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """What the record keeps and what readers are told, as far as both can be taken; raises Refused with all faults."""
    refusals: list[Refusal] = []
    reason = judged(reason, "reason", LINE_LIMIT, refusals)
    refusals += [NotItsLanguage("told", language=tag) for tag in told if tag not in row.languages]
    lines = {tag: judged(text, f"told-{tag}", CAPTION_LIMIT, refusals) for tag, text in told.items()}
    if refusals:
        raise Refused(refusals)
    return reason, {tag: text for tag, text in lines.items() if text}


def _approved(story: Story) -> Story:
    row = locked(story)
    if row.work != Work.APPROVED:
        raise NotApproved
    return row


@transaction.atomic
def _publish_if_due(story: Story, at: datetime) -> bool:
    row = Story.objects.select_for_update().get(pk=story.pk)
    if row.due_at is None or row.due_at > at:  # another worker was faster, or somebody moved it
        return False
    _publish(row, CLOCK, at)
    return True


def _publish(row: Story, by: Actor, at: datetime) -> Edition:
    """Make the wording in work the newest edition. The caller holds the row, in a transaction."""
    article, newest = row.wording, row.edition
    number = newest.number + 1 if newest else 1
    edition = Edition.objects.create(
        story=row,
        number=number,
        canonical=row.article,
        digest=article.digest(),
        texts=row.texts,
        wall_time=row.wall_time,
        zone=row.zone,
        published_at=at,
        approved_by=row.approved_by,
    )
    record(row, by, "correction published" if newest else "story published", at, wall=row.wall_time, zone=row.zone)
    _settle(row, at)
    _tie(row, article.about)
    return edition


def _settle(row: Story, at: datetime) -> None:
    row.article = replace(row.wording, note={}).canonical()
    row.publication, row.published_at = Publication.PUBLISHED, row.published_at or at
    row.work, row.contributors, row.approved_by = Work.SETTLED, [], ""
    row.wall_time, row.zone, row.due_at = "", "", None
    _bump(row)


def _bump(row: Story) -> None:
    row.revision += 1
    row.save()


def _tie(row: Story, about: Iterable[str]) -> None:
    """Tie the story to what this edition is about; the pages of these letters, and of those before, change."""
    before = set(row.ties.values_list("letter_id", flat=True))
    wanted = set(Letter.objects.filter(pk__in=[UUID(text) for text in about]).values_list("pk", flat=True))
    row.ties.exclude(letter_id__in=wanted).delete()
    Tie.objects.bulk_create(Tie(story=row, letter_id=pk) for pk in wanted - before)
    touch(before | wanted)
