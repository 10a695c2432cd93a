"""The page at the address of a withdrawn story: that it was, when, and what the coalition tells of why.

Nothing of the story itself stands there, not even its headline: that, too, may be what was taken back.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from undersigned.lib.languages import interface_for
from undersigned.pages.figures import city, wall_time
from undersigned.pages.frame import Frame, interface_tag, language_links
from undersigned.pages.said import Said, said
from undersigned.pages.story_place import AboutView, about_views, newest_edition, read_in, story_place
from undersigned.stories.models import Story
from undersigned.stories.published import public_letters_of, published


@dataclass(frozen=True, slots=True)
class WithdrawnPage:
    """What is left of a story, in one language. `stories` is empty where there is no list of others."""

    frame: Frame
    title: str
    sentence: str
    instant: str
    why: Said
    about: tuple[AboutView, ...]
    stories: str


def withdrawn_page(story: Story, language: str) -> WithdrawnPage:
    """The page at the address of the withdrawn `story` in `language`."""
    letters = list(public_letters_of(story))
    campaign = letters[0].text_of("campaign", read_in(letters[0].languages, language)) if letters else ""
    tag = interface_tag(language)
    with translation.override(interface_for(language)):
        title = _("This story was withdrawn")
        return WithdrawnPage(
            frame=Frame(
                language=language,
                title=title,
                campaign=campaign or settings.SITE_NAME,
                home=f"/{tag}/",
                links=language_links(story.languages, language, story_place(story).path),
                is_demonstration=story.is_demonstration,
            ),
            title=title,
            sentence=_sentence(story, tag),
            instant=story.withdrawn_at.isoformat() if story.withdrawn_at else "",
            why=said(story.told, language, tuple(story.languages)),
            about=about_views(letters, language),
            stories=f"/{tag}/stories/" if published().exists() else "",
        )


def _sentence(story: Story, tag: str) -> str:
    """When it was withdrawn, by the clocks by which readers were told when it appeared."""
    if story.withdrawn_at is None:
        return _("The coalition has taken it back. Its text and its pictures are no longer on this site.")
    zone = newest_edition(story).zone
    wall = story.withdrawn_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    facts = {"moment": wall_time(wall, tag), "city": city(zone, tag)}
    return (
        _("The coalition took it back on %(moment)s (%(city)s). Its text and its pictures are no longer on this site.")
        % facts
    )
