"""The wording in work: made, saved anew, given a picture, let go."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import models, transaction

from undersigned.letters.audit import Actor
from undersigned.letters.models import Letter
from undersigned.letters.parity import Gap
from undersigned.lib.refusal import Refusal, gettext_noop
from undersigned.stories.article import Article
from undersigned.stories.audit import record
from undersigned.stories.manifest import parse_slug
from undersigned.stories.models import StoredPicture, Story, Work, locked
from undersigned.stories.pictures import Prepared
from undersigned.stories.rename import refuse_taken
from undersigned.stories.typed import Typed, Written, write


class StoryChangedMeanwhile(Refusal):
    code = "story-changed-meanwhile"
    status = 409
    message = gettext_noop(
        "Somebody else changed this story while you were editing it. What you typed is below; compare and save again."
    )


class PictureUnknown(Refusal):
    code = "picture-unknown"
    message = gettext_noop("This picture is not among those of the story. Send it again.")


class NoCorrection(Refusal):
    code = "no-correction"
    status = 409
    message = gettext_noop("The story stands as it was published; there is no correction to discard.")


@dataclass(frozen=True, slots=True)
class NewStory:
    """What a story is from its first day on."""

    slug: str
    languages: tuple[str, ...]
    demonstration: bool = False


@transaction.atomic
def create(new: NewStory, by: Actor, at: datetime) -> Story:
    """An empty story at a free address."""
    slug = parse_slug(new.slug)
    refuse_taken(slug)
    article = Article(new.languages, {}, {}, (), None, ())
    story = Story.objects.create(
        slug=slug,
        languages=list(new.languages),
        article=article.canonical(),
        texts={},
        is_demonstration=new.demonstration,
        created_at=at,
    )
    record(story, by, "story begun", at)
    return story


@transaction.atomic
def save(story: Story, typed: Typed, by: Actor, at: datetime, was: str = "") -> Written:
    """Put what was `typed` in the place of the wording in work; an approval or an appointment of the old one ends.

    What is typed as it stands already changes nothing. `was` is the hex digest of the wording that the editor started
    from. Raises Refused with all that is wrong.
    """
    row = locked(story)
    if was and row.wording.digest().hex() != was:
        raise StoryChangedMeanwhile
    if typed.picture and not row.pictures.filter(digest=typed.picture).exists():
        raise PictureUnknown("picture")
    known = [str(pk) for pk in _letters(typed.about).values_list("pk", flat=True)]
    note = typed.note if row.was_public else {}
    written = write(replace(typed, about=tuple(sorted(known)), note=note))
    if written.article.canonical() == row.article and dict(typed.texts) == row.texts:
        return written  # nothing changed, so nothing ends
    _begin_anew(row, written.article, dict(typed.texts), written.gaps)
    if by.user_id is not None and by.user_id not in row.contributors:
        row.contributors = [*row.contributors, by.user_id]
    row.save()
    record(row, by, "story saved", at)
    story.refresh_from_db()
    return written


@transaction.atomic
def store_picture(story: Story, prepared: Prepared, by: Actor, at: datetime) -> StoredPicture:
    """Keep `prepared` among the pictures of the story; it is shown once a wording names it."""
    row = locked(story)
    facts = {
        "suffix": prepared.suffix,
        "wide": prepared.wide.content,
        "wide_width": prepared.wide.width,
        "wide_height": prepared.wide.height,
        "narrow": prepared.narrow.content,
        "narrow_width": prepared.narrow.width,
        "narrow_height": prepared.narrow.height,
        "stored_at": at,
    }
    stored, is_new = StoredPicture.objects.get_or_create(story=row, digest=prepared.digest, defaults=facts)
    if is_new:
        record(row, by, "picture stored", at)
    return stored


@transaction.atomic
def discard(story: Story, by: Actor, at: datetime) -> None:
    """Let a correction go: the wording in work is again the one that the public reads."""
    row = locked(story)
    edition = row.edition
    if edition is None or row.work == Work.SETTLED:
        raise NoCorrection
    _begin_anew(row, replace(edition.article, note={}), edition.texts, ())
    row.work, row.contributors = Work.SETTLED, []
    row.save()
    record(row, by, "correction discarded", at)
    story.refresh_from_db()


def _begin_anew(row: Story, article: Article, texts: dict[str, str], gaps: Collection[Gap]) -> None:
    row.article, row.texts = article.canonical(), texts
    row.gaps = [{"key": gap.key, "language": gap.language, "what": gap.what.value} for gap in gaps]
    row.work, row.may_differ, row.approved_by = Work.DRAFT, False, ""
    row.due_at, row.wall_time, row.zone = None, "", ""


def _letters(ids: Iterable[str]) -> models.QuerySet[Letter]:
    return Letter.objects.filter(pk__in=[UUID(text) for text in ids])
