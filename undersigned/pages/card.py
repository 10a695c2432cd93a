"""The card that is shown where somebody shares a letter: its headline, whose it is, and about how many have signed."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import ngettext

from undersigned.kit.typeset import picture
from undersigned.letters.models import Letter, Version
from undersigned.lib.languages import direction, interface_for
from undersigned.pages.figures import number
from undersigned.pages.frame import interface_tag
from undersigned.pages.said import said

WIDTH, HEIGHT = 1200, 630


def card(letter: Letter, version: Version, language: str, figure: int) -> bytes:
    """A PNG of 1200 × 630 pixels. It bears no name of a signatory, so that no card has to be called back."""
    content = version.content
    others = tuple(tag for tag in (content.prevailing, *content.languages) if tag)
    facts = {
        "headline": said(content.subject, language, others).text,
        "campaign": letter.text_of("campaign", language) or letter.controller,
        "site": settings.SITE_URL.partition("://")[2],
        "figure": figure_line(figure, language),
        "direction": direction(language),
    }
    return picture("card.typ", language, facts)


def figure_line(figure: int, language: str) -> str:
    """“More than 200 signatures”, as readers of `language` write it; nothing while there are few."""
    if not figure:
        return ""
    with translation.override(interface_for(language)):
        told = ngettext("More than %(count)s signature", "More than %(count)s signatures", figure)
        return told % {"count": number(figure, interface_tag(language))}
