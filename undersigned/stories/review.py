"""Review: a second person reads a wording before the public does."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from undersigned.letters.audit import Actor
from undersigned.letters.lines import checked
from undersigned.lib.refusal import Refusal, gettext_noop
from undersigned.stories.audit import record
from undersigned.stories.models import Story, Work, locked
from undersigned.stories.typed import LINE_LIMIT


class NotADraft(Refusal):
    code = "not-a-draft"
    status = 409
    message = gettext_noop("There is no draft to hand in. Somebody may have handed it in meanwhile.")


class StoryUnwritten(Refusal):
    code = "story-unwritten"
    status = 409
    message = gettext_noop("This story has no text yet. Write it first.")


class LanguagesDiffer(Refusal):
    code = "languages-differ"
    status = 409
    message = gettext_noop(
        "The languages do not line up in %(count)s places. Mend them; or say that they differ on purpose, where a "
        "passage is only missing."
    )


class NoteNeeded(Refusal):
    code = "note-needed"
    status = 409
    message = gettext_noop("Readers are told what a correction changes: write the note in each language.")


class NothingCorrected(Refusal):
    code = "nothing-corrected"
    status = 409
    message = gettext_noop("Nothing differs from what is published.")


class NotInReview(Refusal):
    code = "not-in-review"
    status = 409
    message = gettext_noop("This story does not wait for a review. Somebody may have decided meanwhile.")


class OwnWording(Refusal):
    code = "own-wording"
    status = 403
    message = gettext_noop("You had a hand in this wording, so somebody else has to review it.")


class NobodyReviews(Refusal):
    code = "nobody-reviews"
    status = 403
    message = gettext_noop("A review is somebody's: it needs a desk user who answers for it.")


class WordingChanged(Refusal):
    code = "wording-changed"
    status = 409
    message = gettext_noop("The wording changed while you were reading it. Read it again before you approve it.")


class ReasonNeeded(Refusal):
    code = "reason-needed"
    message = gettext_noop("Say what has to be changed.")


@transaction.atomic
def submit(story: Story, by: Actor, at: datetime, *, may_differ: bool = False) -> None:
    """Hand the draft in for review. `may_differ`: passages that a language lacks are left out there on purpose."""
    row = locked(story)
    _refuse_unready(row, may_differ)
    row.work, row.may_differ = Work.REVIEW, bool(row.gaps)
    if by.user_id is not None and by.user_id not in row.contributors:
        row.contributors = [*row.contributors, by.user_id]
    row.save()
    record(row, by, "story handed in", at, gaps=len(row.gaps))
    story.refresh_from_db()


@transaction.atomic
def approve(story: Story, by: Actor, at: datetime, seen: str) -> None:
    """Approve the wording with the hex digest `seen`; refused to everybody who had a hand in it."""
    row = locked(story)
    if row.work != Work.REVIEW:
        raise NotInReview
    if by.user_id is None:
        raise NobodyReviews
    if by.user_id in row.contributors:
        raise OwnWording
    if row.wording.digest().hex() != seen:
        raise WordingChanged
    row.work, row.approved_by = Work.APPROVED, by.name
    row.save()
    record(row, by, "story approved", at, digest=seen)
    story.refresh_from_db()


@transaction.atomic
def send_back(story: Story, reason: str, by: Actor, at: datetime) -> None:
    """Give the wording back to be worked on, with the reason."""
    row = locked(story)
    if row.work not in (Work.REVIEW, Work.APPROVED):
        raise NotInReview
    reason = checked(reason, "reason", LINE_LIMIT)
    if not reason:
        raise ReasonNeeded("reason")
    row.work, row.approved_by = Work.DRAFT, ""
    row.due_at, row.wall_time, row.zone = None, "", ""
    row.save()
    record(row, by, "story sent back", at, reason=reason)
    story.refresh_from_db()


def _refuse_unready(row: Story, may_differ: bool) -> None:
    article, edition = row.wording, row.edition
    if row.work != Work.DRAFT:
        raise NotADraft
    if not article.blocks:
        raise StoryUnwritten
    if row.gaps and (row.must_be_mended or not may_differ):
        raise LanguagesDiffer(count=len(row.gaps))
    if edition is None:
        return
    if replace(article, note={}) == replace(edition.article, note={}):
        raise NothingCorrected
    if any(not article.note.get(tag) for tag in row.languages):
        raise NoteNeeded
