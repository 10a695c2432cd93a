"""Where a story stands, and the one step that comes next, for the person who looks at it."""

from enum import StrEnum

from undersigned.desk.models import User
from undersigned.stories.models import Publication, Story, Work


class StoryStep(StrEnum):
    WRITE = "write"
    MEND = "mend"
    SUBMIT = "submit"
    REVIEW = "review"
    ASK = "ask"
    PUBLISH = "publish"
    WAIT = "wait"
    READ = "read"
    NOTHING = "nothing"


def next_step(story: Story, user: User) -> StoryStep:
    """The one step that the desk suggests to `user`."""
    if story.publication == Publication.WITHDRAWN:
        return StoryStep.NOTHING
    if story.work == Work.DRAFT:
        return _step_of_a_draft(story)
    if story.work == Work.REVIEW:
        return StoryStep.ASK if user.pk in story.contributors else StoryStep.REVIEW
    if story.work == Work.APPROVED:
        return StoryStep.WAIT if story.due_at else StoryStep.PUBLISH
    return StoryStep.READ


def _step_of_a_draft(story: Story) -> StoryStep:
    if not story.wording.blocks:
        return StoryStep.WRITE
    return StoryStep.MEND if story.must_be_mended else StoryStep.SUBMIT
