"""Private links to a wording in work: for a desk user's own eyes, good for a day, in no cache and no list."""

from datetime import datetime, timedelta

from undersigned.signing.links import Link, LinkExpired, LinkForged
from undersigned.stories.models import Publication, Story

PURPOSE = "story preview"
LIFETIME = timedelta(days=1)


def lend(story: Story, key: bytes, at: datetime) -> str:
    """The token of a link to look at `story` until tomorrow; nothing is stored for it."""
    return Link(story.pk, at + LIFETIME, PURPOSE).token(key)


def find(token: str, key: bytes, at: datetime) -> Story | None:
    """The story that `token` leads to; None when it is forged or expired, or the story is withdrawn."""
    try:
        link = Link.read(token, key, at, PURPOSE)
    except (LinkForged, LinkExpired):
        return None
    return Story.objects.filter(pk=link.signature).exclude(publication=Publication.WITHDRAWN).first()
