"""What the desk's templates need to say things in the right words, language and direction."""

from datetime import datetime

from django import template
from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from undersigned.desk import audit
from undersigned.desk.situation import waiting_of
from undersigned.desk.words import ACTORS, VOCABULARY
from undersigned.kit.models import PressPicture
from undersigned.letters.inline import inline_html
from undersigned.letters.models import AuditRecord, Letter
from undersigned.lib import languages
from undersigned.lib.countries import label_name
from undersigned.stories.models import Story, StoryRecord

register = template.Library()


@register.filter
def word(value: str, of: str) -> str:
    """The word for `value` in the vocabulary `of`; the value itself where it has none."""
    return str(VOCABULARY[of].get(value, value))


@register.filter
def autonym(tag: str) -> str:
    return languages.autonym(tag)


@register.filter
def direction(tag: str) -> str:
    return languages.direction(tag)


@register.filter
def html_tag(code: str) -> str:
    """The BCP 47 tag of one of Django's language codes."""
    return translation.to_locale(code).replace("_", "-")


@register.filter
def inline(text: str) -> SafeString:
    """Inline Markdown as safe HTML; footnotes by their labels."""
    html = inline_html(text, lambda label: format_html("<sup>[{}]</sup>", label))
    return mark_safe(html)  # noqa: S308  (inline_html escapes what it does not make itself)


@register.filter
def subject(letter: Letter) -> str:
    """The letter's subject in the language of the page, if it has it."""
    return letter.text_of("subject", html_tag(translation.get_language() or "en"))


@register.filter
def subject_tag(letter: Letter) -> str:
    """The tag of the language in which `subject` says it."""
    shown = subject(letter)
    return next((tag for tag, text in letter.subject.items() if text == shown), "")


@register.filter
def of(mapping: dict[str, object], key: str) -> object:
    """What `mapping` has for `key`; empty where it has nothing."""
    return mapping.get(key, "")


@register.filter
def told(refusals: dict[str, list[str]], field: str) -> list[str]:
    """The refusals of one field."""
    return refusals.get(field, [])


@register.filter
def shows(picture: PressPicture) -> str:
    """What a picture for the press shows, in the language of the page if that is one of the letter's."""
    said = picture.captions
    return str(said.get(html_tag(translation.get_language() or "en")) or next(iter(said.values()), ""))


@register.filter
def headline(story: Story) -> str:
    """The story's headline in the language of the page, if it has it; its address where it has none yet."""
    return story.headline_in(html_tag(translation.get_language() or "en"))


@register.filter
def waiting(letter: Letter) -> int:
    """How many sign-ons and corrections wait for the desk."""
    return waiting_of(letter)


@register.filter
def sentence(record: AuditRecord | StoryRecord) -> str:
    """What a record of the audit trail says."""
    return audit.sentence(record)


@register.filter
def who(record: AuditRecord | StoryRecord) -> str:
    """Who acted: a desk user by name, the clock, the command line or a signatory in the words of the page."""
    return str(ACTORS.get(record.actor, record.actor)) if record.user_id is None else record.actor


@register.filter
def lines(text: str) -> list[str]:
    return text.split("\n")


@register.filter
def card_value(value: object) -> str:
    """One field of a signatory's card as text: yes or no, or its languages one after the other."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dict):
        return " · ".join(f"{languages.autonym(tag)}: {text}" for tag, text in value.items()) or "–"
    return str(value) or "–"


@register.simple_tag
def mail_folder() -> bool:
    """Whether mails go into a folder, where the desk can read them."""
    return bool(settings.MAIL_FOLDER)


@register.simple_tag
def country(key: str, letter: Letter) -> str:
    """What the letter calls a country, in the language of the page."""
    return label_name(key, html_tag(translation.get_language() or "en"), letter.country_labels)


@register.simple_tag
def moment(at: datetime | None) -> str:
    """A moment in the form of the page's language, in UTC, which it says."""
    if at is None:
        return "–"
    shown = date_format(at, "DATETIME_FORMAT")
    return format_html('<time datetime="{}">{} UTC</time>', f"{at:%Y-%m-%dT%H:%M:%SZ}", shown)
