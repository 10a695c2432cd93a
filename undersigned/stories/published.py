"""What the public may know of stories: the published ones, newest first."""

from django.db.models import QuerySet

from undersigned.letters.models import Letter
from undersigned.letters.models import Publication as LetterPublication
from undersigned.stories.models import Publication, Story


def published() -> QuerySet[Story]:
    """The stories that the public reads, the newest first."""
    found = Story.objects.filter(publication=Publication.PUBLISHED).order_by("-published_at", "slug")
    return found.defer("article", "texts").prefetch_related("editions")


def withdrawn() -> QuerySet[Story]:
    """The stories that the public cannot read any more."""
    return Story.objects.filter(publication=Publication.WITHDRAWN)


def about(letter: Letter) -> QuerySet[Story]:
    """The published stories about `letter`, the newest first: its updates."""
    return published().filter(ties__letter=letter)


def public_letters_of(story: Story) -> QuerySet[Letter]:
    """The letters that a story is about and that the public may see; of others not even the address is told."""
    public = [LetterPublication.RELEASED, LetterPublication.ARCHIVED]
    ids = story.ties.values("letter_id")
    return Letter.objects.filter(pk__in=ids, publication__in=public).order_by("released_at", "pk")
