"""A story gets another address; what led to the old one leads on."""

from collections.abc import Callable

import pytest

from tests.newsroom import write_story
from tests.people import SECRETARY
from tests.stage import NOON
from undersigned.desk.models import User
from undersigned.letters.models import Letter
from undersigned.stories import draft
from undersigned.stories.draft import NewStory
from undersigned.stories.manifest import WrongStorySlug
from undersigned.stories.models import FormerStorySlug, Story, StoryIsWithdrawn, Work
from undersigned.stories.publish import withdraw
from undersigned.stories.rename import StorySlugTaken, find_by_slug, rename


def move_to(story: Story, slug: str) -> None:
    rename(story, slug, SECRETARY, NOON)


def test_a_published_story_is_found_at_each_of_its_addresses(published: Story) -> None:
    for slug in ("lanterns", "lights-at-the-ferry"):
        move_to(published, slug)
    assert find_by_slug("lights-at-the-ferry") == (published, False)
    for former in ("lamps-at-the-ferry", "lanterns"):
        assert find_by_slug(former) == (published, True)
    move_to(published, "lanterns")
    assert find_by_slug("lanterns") == (published, False)


def test_an_address_that_was_never_public_is_kept_nowhere(story: Story) -> None:
    """It may have named somebody."""
    move_to(story, "lanterns")
    assert find_by_slug("lamps-at-the-ferry") == (None, False)
    assert not FormerStorySlug.objects.exists()


def test_another_address_leaves_wording_and_approval_as_they_are(approved: Story) -> None:
    was = approved.wording.digest()
    move_to(approved, "lanterns")
    assert (approved.work, approved.wording.digest()) == (Work.APPROVED, was)


def test_letters_know_that_a_story_about_them_has_moved(published: Story, letter: Letter) -> None:
    letter.refresh_from_db()
    before = letter.revision
    move_to(published, "lanterns")
    letter.refresh_from_db()
    assert letter.revision > before


def test_no_story_takes_an_address_that_another_one_has_or_had(
    published: Story, another: Callable[[str, int], Story], reporter: User
) -> None:
    move_to(published, "lanterns")
    other = another("two-banks", 1)
    for taken in ("lanterns", "lamps-at-the-ferry"):
        with pytest.raises(StorySlugTaken):
            move_to(other, taken)
        with pytest.raises(StorySlugTaken):
            draft.create(NewStory(taken, ("en",)), SECRETARY, NOON)
    assert find_by_slug("two-banks") == (other, False)


@pytest.mark.parametrize("slug", ["feed", "new", "No Such", "ab", "-lamps"])
def test_what_is_no_address_is_refused(story: Story, slug: str) -> None:
    with pytest.raises(WrongStorySlug):
        move_to(story, slug)


def test_a_withdrawn_story_stays_where_it_was(published: Story) -> None:
    withdraw(published, "wrong bank", SECRETARY, NOON)
    with pytest.raises(StoryIsWithdrawn):
        move_to(published, "lanterns")


def test_the_act_is_in_the_trail(reporter: User) -> None:
    story = write_story("lamps-at-the-ferry", reporter)
    move_to(story, "lanterns")
    newest = story.audit.order_by("-pk")[0]
    assert (newest.act, newest.facts) == ("story address changed", {"old": "lamps-at-the-ferry", "new": "lanterns"})
