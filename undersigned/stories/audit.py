"""The audit trail of a story: who did what, when."""

from datetime import datetime
from typing import Any

from undersigned.letters.audit import Actor
from undersigned.stories.models import Story, StoryRecord


def record(story: Story, actor: Actor, act: str, at: datetime, **facts: Any) -> None:
    """Write one line of the trail, in the transaction of the act itself."""
    StoryRecord.objects.create(story=story, at=at, actor=actor.name, user_id=actor.user_id, act=act, facts=facts)
