"""The privacy notice of a letter: what is stored of those who sign, why, how long, and what they can do about it."""

from dataclasses import dataclass, replace

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from undersigned.letters.models import Letter, Way
from undersigned.lib.languages import interface_for, run_on
from undersigned.pages.figures import long_date
from undersigned.pages.frame import Frame, Place, interface_tag, letter_frame
from undersigned.signing.consent import shown, stored
from undersigned.signing.models import Kind


@dataclass(frozen=True, slots=True)
class Chapter:
    """One question, and its answer in paragraphs."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrivacyNotice:
    """The notice of one letter in one language."""

    frame: Frame
    chapters: tuple[Chapter, ...]


def privacy_notice(letter: Letter, language: str) -> PrivacyNotice:
    """The notice of `letter`, in the interface language nearest to `language`."""
    with translation.override(interface_for(language)):
        frame = letter_frame(letter, language, Place.public(letter, "privacy/"), _("Privacy"))
        chapters = (
            _who(letter),
            _what(letter),
            *_sealed(letter),
            _why(),
            _how_long(letter, language),
            _log(),
            _rights(letter),
            _lasting(),
            _reading(),
        )
        return PrivacyNotice(replace(frame, privacy=""), chapters)


def _who(letter: Letter) -> Chapter:
    facts = {"controller": letter.controller, "contact": letter.contact}
    said = _("%(controller)s is responsible for your data. You reach it at %(contact)s.") % facts
    return Chapter(_("Who is responsible"), (said,))


def _what(letter: Letter) -> Chapter:
    """What is stored and shown, for each kind that this letter takes in some way."""
    introductions = {
        Kind.ORGANISATION: _("If you sign for an organisation:"),
        Kind.PERSON: _("If you sign as a person of note:"),
        Kind.SUPPORTER: _("If you sign as a supporter:"),
    }
    paragraphs = tuple(
        run_on((introductions[kind], stored(kind), shown(letter, kind)))
        for kind in Kind
        if letter.way_of(kind) != Way.NO
    )
    mail = _("We mail you so that you can confirm, correct or withdraw, and never more than once a day.")
    return Chapter(_("What we store and show"), (*paragraphs, mail))


def _sealed(letter: Letter) -> tuple[Chapter, ...]:
    if not letter.takes_counted_only:
        return ()
    said = _(
        "The name of who is counted only is sealed to a key that the coalition keeps away from this server. It is "
        "sealed before it is first stored, and your address is sealed in the same way once you have confirmed. Only "
        "somebody with that key can read them. In the public counts you appear together with others, never alone."
    )
    return (Chapter(_("If you are counted only"), (said,)),)


def _why() -> Chapter:
    said = _(
        "Because you explicitly agree (Article 9(2)(a) of the General Data Protection Regulation): a signature under "
        "this letter reveals a political opinion. You agree by ticking a box, and your signature counts only once you "
        "have confirmed it from your mailbox."
    )
    return Chapter(_("Why we may"), (said,))


def _how_long(letter: Letter, language: str) -> Chapter:
    date = long_date(letter.keep_until, interface_tag(language))
    days = settings.LAPSE.days
    return Chapter(
        _("For how long"),
        (
            _("We keep this until %(date)s at the latest and delete it then.") % {"date": date},
            ngettext(
                "What nobody confirmed is deleted after %(days)d day.",
                "What nobody confirmed is deleted after %(days)d days.",
                days,
            )
            % {"days": days},
        ),
    )


def _log() -> Chapter:
    return Chapter(
        _("What the public log holds"),
        (
            _(
                "Every signature that counts has one line in a public log: its kind, the version of the text, the "
                "hour, and a commitment, which is a number that proves what was signed without telling it. "
                "The log holds no name, no address and no country."
            ),
            _(
                "When you withdraw, that line stays and another one says that it no longer counts. What could open the "
                "commitment is destroyed, so that the line cannot be traced to you any more."
            ),
        ),
    )


def _rights(letter: Letter) -> Chapter:
    return Chapter(
        _("What you can do"),
        (
            _(
                "You can withdraw at any time, by the link in our mail. "
                "Your name then leaves our pages within a minute."
            ),
            _(
                "You can also see, correct and take with you what we store of you, have it deleted, or have its use "
                "restricted. If you have lost the link, have it sent to you again, or write to %(contact)s."
            )
            % {"contact": letter.contact},
            _("If you think that we do wrong, you can complain to a data protection authority."),
        ),
    )


def _lasting() -> Chapter:
    said = _(
        "What cannot be undone: copies that others made of the page, a letter that was already handed over, "
        "and the mail in your own inbox."
    )
    return Chapter(_("What cannot be undone"), (said,))


def _reading() -> Chapter:
    said = _(
        "These pages set no cookies and load nothing from anybody else; their scripts are our own and tell nobody "
        "anything. Nobody is told that you read them."
    )
    kept = _(
        "Your browser keeps the text of this letter, without names, so that it can be read without a connection. "
        "It goes when you clear what your browser stores of this site."
    )
    return Chapter(_("If you only read"), (said, kept) if settings.OFFLINE else (said,))
