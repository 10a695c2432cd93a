"""Blank forms: which fields a sign-on of each kind, and the correction of one, asks for."""

from collections.abc import Mapping
from dataclasses import replace

from django.utils import translation
from django.utils.translation import gettext as _

from undersigned.letters.models import Letter
from undersigned.lib.collation import order
from undersigned.lib.countries import label_name
from undersigned.lib.languages import autonym, direction, interface_for
from undersigned.pages.form import Field, Option, Section, SignForm
from undersigned.pages.frame import interface_tag
from undersigned.signing.consent import statement
from undersigned.signing.models import Kind
from undersigned.signing.terms import country_keys


def blank_form(letter: Letter, kind: str, language: str, action: str = "") -> SignForm:
    """The form by which a signatory of `kind` signs `letter`; nothing in it is ticked or chosen beforehand.

    It is posted to `action`, or to the letter's public page for this kind.
    """
    with translation.override(interface_for(language)):
        told = statement(letter, kind, language)
        version = letter.frozen
        return SignForm(
            kind=kind,
            action=action or f"/{letter.slug}/{language}/sign/{kind}/",
            language=interface_tag(language),
            direction=direction(interface_tag(language)),
            title=_titles()[kind],
            button=_("Sign"),
            sections=(*_sections(letter, kind, language), *_choices(letter, kind)),
            version=version.hex_digest if version else "",
            boxes=tuple(_boxes(kind, told.consent, told.age, told.authority)),
            facts=told.facts,
        )


def correction_form(letter: Letter, kind: str, language: str, action: str) -> SignForm:
    """The form by which a signatory corrects how they appear: the card alone, without address and consent."""
    with translation.override(interface_for(language)):
        sections = _sections(letter, kind, language)
        return SignForm(
            kind=kind,
            action=action,
            language=interface_tag(language),
            direction=direction(interface_tag(language)),
            title=_("Correct my entry"),
            button=_("Save the correction"),
            sections=_without_address(sections),
        )


def answer_form(letter: Letter, kind: str, language: str, action: str) -> SignForm:
    """The form by which somebody signs who was asked by mail: their address is known, and their name not sealed."""
    form = blank_form(letter, kind, language, action)
    with translation.override(interface_for(language)):
        return replace(form, sections=_without_address(_sections(letter, kind, language)))


def _without_address(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    return tuple(
        replace(section, fields=tuple(field for field in section.fields if field.name != "email"))
        for section in sections
    )


def _titles() -> dict[str, str]:
    return {
        Kind.ORGANISATION: _("Sign for an organisation"),
        Kind.PERSON: _("Sign as a person of note"),
        Kind.SUPPORTER: _("Sign as a supporter"),
    }


def _sections(letter: Letter, kind: str, language: str) -> tuple[Section, ...]:
    country = _country(letter, kind, language)
    if kind == Kind.ORGANISATION:
        return _organisation(letter, country)
    if kind == Kind.PERSON:
        return _person(letter, country)
    return (Section(_("You"), (_name(kind, _("Your name"), "name"), country, _email(kind))),)


def _organisation(letter: Letter, country: Field) -> tuple[Section, ...]:
    kind = Kind.ORGANISATION
    named = tuple(
        Field(
            f"{kind}-name_{tag}",
            f"name_{tag}",
            autonym(tag),
            label_language=tag,
            language=tag,
            direction=direction(tag),
        )
        for tag in letter.languages
    )
    seat_hint = _("Only if it works in exile. Shown as “in exile, seat in …”.")
    return (
        Section(_("The organisation"), (_name(kind, _("Name, as it should appear"), "organization"),)),
        Section(
            _("Its name in other languages"),
            named,
            _("Where you leave one empty, the name above is shown."),
            is_optional=True,
        ),
        Section(
            _("Where it is"),
            (
                Field(f"{kind}-website", "website", _("Website"), "url", autocomplete="url", direction="ltr"),
                country,
                Field(f"{kind}-seat", "seat", _("In exile: its seat"), hint=seat_hint),
            ),
        ),
        Section(
            _("Who signs for it"),
            (
                _required(kind, "representative", _("Your name"), "name"),
                _required(kind, "office", _("Your office in the organisation"), "organization-title"),
                _email(kind, _("An address at the organisation's own domain proves best that you speak for it.")),
            ),
            _("Neither your name nor your address is shown."),
        ),
    )


def _person(letter: Letter, country: Field) -> tuple[Section, ...]:
    kind = Kind.PERSON
    affiliation_hint = _("Shown with the words “for identification only”.")
    former = Field(f"{kind}-former", "former", _("I held this role formerly"), "checkbox", "yes")
    return (
        Section(
            _("You"),
            (
                _name(kind, _("Full name, as it should appear"), "name"),
                _required(kind, "role", _("Role or title"), "organization-title"),
                former,
                Field(f"{kind}-affiliation", "affiliation", _("Affiliation"), hint=affiliation_hint),
                country,
                _email(kind),
            ),
        ),
        Section(
            _("Your name in Latin letters, and its place in lists"),
            (
                Field(f"{kind}-latin", "latin", _("In Latin letters"), direction="ltr"),
                Field(f"{kind}-sort_key", "sort_key", _("Sort under"), hint=_("For example the family name.")),
            ),
            is_optional=True,
        ),
        *(_person_in(tag) for tag in letter.languages),
    )


def _person_in(tag: str) -> Section:
    """How the person appears on the page in one language; folded, since few need it."""
    asked = (("name", _("Full name")), ("role", _("Role or title")), ("affiliation", _("Affiliation")))
    fields = tuple(
        Field(f"{Kind.PERSON}-{name}_{tag}", f"{name}_{tag}", label, language=tag, direction=direction(tag))
        for name, label in asked
    )
    return Section(_("On the page in %(language)s") % {"language": autonym(tag)}, fields, is_optional=True)


def _choices(letter: Letter, kind: str) -> tuple[Section, ...]:
    if kind != Kind.SUPPORTER or not letter.takes_counted_only:
        return ()
    options = (
        Option("public", _("Show my name"), _("Your name and country stand under the letter.")),
        Option(
            "counted-only",
            _("Count me only"),
            _("Your name is sealed before it is stored: this server cannot read it, only the coalition can."),
        ),
    )
    field = Field(
        f"{kind}-visibility", "visibility", _("May your name be shown?"), "radio", is_required=True, options=options
    )
    return (Section("", (field,)),)


def _boxes(kind: str, consent: str, age: str, authority: str) -> list[Field]:
    statements = (("authority", authority), ("age", age), ("consent", consent))
    return [
        Field(f"{kind}-{name}", name, statement, "checkbox", "yes", is_required=True)
        for name, statement in statements
        if statement
    ]


def _country(letter: Letter, kind: str, language: str) -> Field:
    label = _("Country of its seat, or of its origin") if kind == Kind.ORGANISATION else _("Country")
    options = (Option("", _("No country label")), *_countries(letter.country_labels, language, country_keys(letter)))
    return Field(f"{kind}-country", "country", label, "select", autocomplete="country", options=options)


def _countries(own: Mapping[str, Mapping[str, str]], language: str, keys: frozenset[str]) -> list[Option]:
    """All countries by the names that the letter gives them, in the order of the page's language."""
    tag = interface_tag(language)
    key_of = order(tag)
    options = [Option(key, label_name(key, tag, own)) for key in keys if key]
    return sorted(options, key=lambda option: key_of(option.label))


def _name(kind: str, label: str, autocomplete: str) -> Field:
    return _required(kind, "name", label, autocomplete)


def _required(kind: str, name: str, label: str, autocomplete: str) -> Field:
    return Field(f"{kind}-{name}", name, label, autocomplete=autocomplete, is_required=True)


def _email(kind: str, hint: str = "") -> Field:
    said = hint or _("Never shown. We send a link there; only it makes your signature count.")
    return Field(
        f"{kind}-email", "email", _("E-mail address"), "email", "", said, "", "email", direction="ltr", is_required=True
    )
