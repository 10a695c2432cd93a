"""A sign-on as it comes in: parsed once, at the door; inside, the types carry the proof."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from undersigned.lib.addresses import EmailAddress, Website
from undersigned.lib.names import clean_name
from undersigned.lib.refusal import Refusal, Refused, gettext_noop
from undersigned.lib.sealing import seal_to_coalition

NAME_LIMIT = 120
LINE_LIMIT = 160
FORM_LIMIT_BYTES = 64 * 1024
KINDS = ("organisation", "person", "supporter")

T = TypeVar("T")


class NotTaken(Refusal):
    code = "not-taken"
    status = 403
    message = gettext_noop("This letter does not take sign-ons of this kind at the moment. Nothing was stored.")


class TextChanged(Refusal):
    code = "text-changed"
    status = 409
    message = gettext_noop(
        "The text of the letter changed while you were reading it. Please read it again; what you typed is still here."
    )


class ConsentMissing(Refusal):
    code = "consent-missing"
    message = gettext_noop("Without your explicit consent we may not store your signature. Tick the box if you agree.")


class AgeMissing(Refusal):
    code = "age-missing"
    message = gettext_noop("Please confirm that you are old enough to sign.")


class AuthorityMissing(Refusal):
    code = "authority-missing"
    message = gettext_noop("Please declare that you are authorised to sign for this organisation.")


class UnknownCountry(Refusal):
    code = "unknown-country"
    message = gettext_noop("Please choose a country from the list, or none.")


class ChooseVisibility(Refusal):
    code = "choose-visibility"
    message = gettext_noop("Please choose whether your name may be shown.")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a sign-on to one letter has to meet, and to whom hidden names are sealed (an age recipient)."""

    letter: UUID
    digest: str
    languages: tuple[str, ...]
    kinds: frozenset[str]
    countries: frozenset[str]
    takes_counted_only: bool
    recipient: str


@dataclass(frozen=True, slots=True)
class Card:
    """How a signatory wishes to appear; for an organisation also who answers for it."""

    name: str
    names: Mapping[str, str] = field(default_factory=dict)
    latin: str = ""
    sort_key: str = ""
    website: str = ""
    country: str = ""
    seat: str = ""
    representative: str = ""
    office: str = ""
    role: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    is_former: bool = False
    affiliation: str = ""
    affiliations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignOn:
    """One valid sign-on, with exactly one of `card` and `sealed_name`: a hidden name is sealed before anything else.

    `invited_by` is the private link by which it came, if any.
    """

    letter: UUID
    digest: str
    kind: str
    language: str
    mailbox: EmailAddress
    card: Card | None
    sealed_name: bytes | None
    invited_by: int | None = None


def parse(fields: Mapping[str, str], kind: str, language: str, terms: Terms, invited_by: int | None = None) -> SignOn:
    """The sign-on that a form's `fields` describe; Refused with everything that is wrong, field by field."""
    if kind not in terms.kinds:
        raise Refused([NotTaken()])
    form = Reading(fields)
    hidden = kind == "supporter" and _is_hidden(form, terms)
    mailbox = form.take("email", EmailAddress.parse)
    card = _card(form, kind, terms)
    _check_consent(form, kind, terms)
    if form.refusals or mailbox is None or card is None:
        raise Refused(form.refusals)
    sealed = seal_to_coalition(terms.recipient, card.name) if hidden else None
    return SignOn(terms.letter, terms.digest, kind, language, mailbox, None if hidden else card, sealed, invited_by)


def parse_answer(fields: Mapping[str, str], kind: str, terms: Terms) -> Card:
    """The card of somebody who was asked and signs, with their consent; their mailbox is known. Refused as above."""
    if kind not in terms.kinds:
        raise Refused([NotTaken()])
    form = Reading(fields)
    card = _card(form, kind, terms)
    _check_consent(form, kind, terms)
    if form.refusals or card is None:
        raise Refused(form.refusals)
    return card


def parse_card(fields: Mapping[str, str], kind: str, terms: Terms) -> Card:
    """The card of a correction; Refused with everything that is wrong, field by field."""
    form = Reading(fields)
    card = _card(form, kind, terms)
    if form.refusals or card is None:
        raise Refused(form.refusals)
    return card


class Reading:
    """Reads fields one by one and keeps every refusal, so that a form can show all of them at once."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = fields
        self.refusals: list[Refusal] = []

    def text(self, name: str) -> str:
        return self.fields.get(name, "").strip()

    def take(self, name: str, parse: Callable[[str], T]) -> T | None:
        """What `parse` makes of a field, or None after keeping its refusal under the field's name."""
        try:
            return parse(self.text(name))
        except Refusal as refusal:
            refusal.field = name
            self.refusals.append(refusal)
            return None

    def name(self, field: str, *, required: bool, limit: int = LINE_LIMIT) -> str:
        """A cleaned name or line of text; empty when it is not required and nothing was typed."""
        if not required and not self.text(field):
            return ""
        return self.take(field, lambda text: clean_name(text, field, limit)) or ""

    def per_language(self, field: str, languages: tuple[str, ...]) -> dict[str, str]:
        """What was typed into the fields `FIELD_TAG`, keyed by language tag."""
        texts = {tag: self.name(f"{field}_{tag}", required=False, limit=NAME_LIMIT) for tag in languages}
        return {tag: text for tag, text in texts.items() if text}

    def require(self, condition: bool, refused: type[Refusal], field: str) -> None:
        if not condition:
            self.refusals.append(refused(field))


def _is_hidden(form: Reading, terms: Terms) -> bool:
    choices = {"public": False, "counted-only": True} if terms.takes_counted_only else {"public": False, "": False}
    visibility = form.text("visibility")
    form.require(visibility in choices, ChooseVisibility, "visibility")
    return choices.get(visibility, True)


def _check_consent(form: Reading, kind: str, terms: Terms) -> None:
    form.require(form.text("version") == terms.digest, TextChanged, "version")
    form.require(form.text("consent") == "yes", ConsentMissing, "consent")
    form.require(form.text("age") == "yes", AgeMissing, "age")
    if kind == "organisation":
        form.require(form.text("authority") == "yes", AuthorityMissing, "authority")


def _card(form: Reading, kind: str, terms: Terms) -> Card | None:
    name = form.name("name", required=True, limit=NAME_LIMIT)
    country = form.text("country")
    form.require(country == "" or country in terms.countries, UnknownCountry, "country")
    rest: dict[str, Any] = {}
    if kind == "organisation":
        rest = _organisation(form, terms)
    if kind == "person":
        rest = _person(form, terms)
    return Card(name=name, country=country, **rest) if name else None


def _organisation(form: Reading, terms: Terms) -> dict[str, Any]:
    website = form.take("website", lambda text: Website.parse(text).value) if form.text("website") else ""
    return {
        "names": form.per_language("name", terms.languages),
        "website": website or "",
        "seat": form.name("seat", required=False),
        "representative": form.name("representative", required=True),
        "office": form.name("office", required=True),
    }


def _person(form: Reading, terms: Terms) -> dict[str, Any]:
    return {
        "names": form.per_language("name", terms.languages),
        "latin": form.name("latin", required=False, limit=NAME_LIMIT),
        "sort_key": form.name("sort_key", required=False, limit=NAME_LIMIT),
        "role": form.name("role", required=True),
        "roles": form.per_language("role", terms.languages),
        "is_former": form.text("former") == "yes",
        "affiliation": form.name("affiliation", required=False),
        "affiliations": form.per_language("affiliation", terms.languages),
    }
