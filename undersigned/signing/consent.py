"""What a signatory agrees to, said in full and in their language before they sign; the signature keeps its digest."""

import hashlib
from dataclasses import dataclass

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from undersigned.letters.models import Letter
from undersigned.lib.languages import interface_for
from undersigned.signing.models import Kind


@dataclass(frozen=True, slots=True)
class Statement:
    """The sentences beside the boxes (never ticked beforehand) and the facts that must stand near them."""

    consent: str
    age: str
    authority: str
    facts: tuple[str, ...]

    def digest(self) -> bytes:
        """SHA-256 over all sentences: which wording a signatory agreed to."""
        return hashlib.sha256("\n".join((self.consent, self.age, self.authority, *self.facts)).encode()).digest()


def statement(letter: Letter, kind: str, language: str) -> Statement:
    """What a signatory of `kind` is told and asked, in the interface language nearest to `language`."""
    with translation.override(interface_for(language)):
        return Statement(
            consent=_consent(letter, kind),
            age=_("I am at least %(age)s years old.") % {"age": letter.minimum_age},
            authority=_authority() if kind == Kind.ORGANISATION else "",
            facts=tuple(_facts(letter, kind)),
        )


def _consent(letter: Letter, kind: str) -> str:
    names = {"controller": letter.controller}
    if kind == Kind.ORGANISATION:
        return (
            _(
                "I agree that %(controller)s stores what I entered here and publishes the name of the organisation "
                "under this letter. I know that this can reveal my own political opinion as its representative."
            )
            % names
        )
    return (
        _(
            "I explicitly agree that %(controller)s stores my signature and shows it as I chose above. "
            "I know that this reveals my political opinion."
        )
        % names
    )


def _authority() -> str:
    return _("I am authorised to sign this letter in the name of this organisation.")


def _facts(letter: Letter, kind: str) -> list[str]:
    facts = {
        "controller": letter.controller,
        "contact": letter.contact,
        "date": date_format(letter.keep_until, "DATE_FORMAT"),
    }
    return [
        _("%(controller)s is responsible for your data. You reach it at %(contact)s.") % facts,
        stored(kind),
        shown(letter, kind),
        _("We keep this until %(date)s at the latest and delete it then.") % facts,
        _("You can withdraw at any time, by the link in our mail. Your name then leaves our pages within a minute."),
        _(
            "What cannot be undone: copies that others made of the page, a letter that was already handed over, "
            "and the mail in your own inbox."
        ),
    ]


def stored(kind: str) -> str:
    """What is stored of a signatory of `kind`, in the active language."""
    if kind == Kind.ORGANISATION:
        return _(
            "We store the names, website and country of the organisation, your name and office, your e-mail address "
            "in sealed form, and the time."
        )
    return _("We store what you enter here, your e-mail address in sealed form, and the time.")


def shown(letter: Letter, kind: str) -> str:
    """What is shown of a signatory of `kind`, in the active language."""
    if kind == Kind.ORGANISATION:
        return _(
            "We show the names, website, country and seat of the organisation. We do not show your name or address."
        )
    if kind == Kind.PERSON:
        return _("We show your name, role, affiliation and country. We never show your e-mail address.")
    if letter.takes_counted_only:
        return _(
            "If you choose to be named, we show your name and country. If you choose to be counted only, we seal your "
            "name before we store it: not even this server can read it, and your country is not stored. "
            "We never show your e-mail address."
        )
    return _("We show your name and country. We never show your e-mail address.")
