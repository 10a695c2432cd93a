"""Giving a story another slug; the old links lead on."""

from datetime import datetime

from django.db import IntegrityError, transaction

from undersigned.letters.audit import Actor
from undersigned.letters.stages import touch
from undersigned.lib.refusal import Refusal, gettext_noop
from undersigned.stories.audit import record
from undersigned.stories.manifest import parse_slug
from undersigned.stories.models import FormerStorySlug, Story, locked


class StorySlugTaken(Refusal):
    code = "story-slug-taken"
    status = 409
    message = gettext_noop("Another story has or had the address “%(slug)s”. Choose another one.")


def rename(story: Story, slug: str, by: Actor, at: datetime) -> None:
    """Give `story` the address `slug`; refuse reserved and taken ones. The old one is kept once it was public.

    The wording stays what it is, and so do an approval and an appointment: no article names its own address.
    """
    slug = parse_slug(slug)
    try:
        _rename(story, slug, by, at)
    except IntegrityError:  # another story took it after we had looked
        raise StorySlugTaken("slug", slug=slug) from None


@transaction.atomic
def _rename(story: Story, slug: str, by: Actor, at: datetime) -> None:
    row = locked(story)
    refuse_taken(slug, row)
    old = row.slug
    if old == slug:
        return
    FormerStorySlug.objects.filter(slug=slug, story=row).delete()
    if row.was_public:
        FormerStorySlug.objects.create(slug=old, story=row)
    row.slug, row.revision = slug, row.revision + 1
    row.save()
    touch(row.ties.values_list("letter_id", flat=True))
    record(row, by, "story address changed", at, old=old, new=slug)
    story.refresh_from_db()


def refuse_taken(slug: str, story: Story | None = None) -> None:
    """Refuse a slug that another story has or had."""
    has_it = Story.objects.filter(slug=slug).values_list("pk", flat=True)
    had_it = FormerStorySlug.objects.filter(slug=slug).values_list("story", flat=True)
    if {*has_it, *had_it} - {story.pk if story else None}:
        raise StorySlugTaken("slug", slug=slug)


def find_by_slug(slug: str) -> tuple[Story | None, bool]:
    """The story at `slug`, and whether it has moved to another one since."""
    story = Story.objects.filter(slug=slug).first()
    if story:
        return story, False
    former = FormerStorySlug.objects.select_related("story").filter(slug=slug).first()
    return (former.story, True) if former else (None, False)
