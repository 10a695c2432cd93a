"""A row of a sheet as a signatory to be asked: validated by the same rules as a form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from undersigned.lib.addresses import EmailAddress, Website
from undersigned.lib.countries import key_for
from undersigned.lib.languages import LanguageTag
from undersigned.lib.refusal import Refusal, Refused, gettext_noop
from undersigned.signing.headers import PER_LANGUAGE
from undersigned.signing.sheet import Row, texts_per_language
from undersigned.signing.sign_on import KINDS, NAME_LIMIT, Card, Reading, UnknownCountry

TOLD = 80
"""So much of a refused cell is repeated in the refusal."""

KIND_WORDS = {
    "organisation": "organisation", "organization": "organisation", "org": "organisation", "단체": "organisation",
    "组织": "organisation", "团体": "organisation", "person": "person", "individual": "person", "개인": "person",
    "个人": "person", "인사": "person", "supporter": "supporter", "시민": "supporter", "支持者": "supporter",
}  # fmt: skip
FORMER_WORDS = {
    "former": True, "전직": True, "전": True, "前任": True, "前": True, "yes": True, "true": True, "1": True,
    "current": False, "현직": False, "현": False, "现任": False, "no": False, "false": False, "0": False, "": False,
}  # fmt: skip


class UnknownKind(Refusal):
    code = "unknown-kind"
    message = gettext_noop("“%(text)s” is not a kind of signatory. Write organisation, person or supporter.")


class UnknownLabel(UnknownCountry):
    code = "unknown-label"
    message = gettext_noop("“%(text)s” is neither a country that we know nor a label of this letter.")


class UnknownFormer(Refusal):
    code = "unknown-former"
    message = gettext_noop("“%(text)s” is neither “former” nor “current”.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A valid row: of which kind, how the signatory appears, and what else the sheet tells."""

    kind: str
    card: Card
    mailbox: EmailAddress | None
    language: str
    order: int | None


def parse_row(row: Row, kind: str, labels: Mapping[str, Mapping[str, str]]) -> Asked:
    """The signatory that `row` names; `kind` where the row says none; Refused with everything that is wrong."""
    form = Reading(row.values)
    if row.fault:
        form.refusals.append(row.fault)
    kind = form.take("kind", _kind) or kind if form.text("kind") else kind
    mailbox = form.take("email", EmailAddress.parse) if form.text("email") else None
    language = form.take("language", lambda text: LanguageTag.parse(text).value) if form.text("language") else ""
    card = _card(form, kind, labels)
    if form.refusals or card is None:
        raise Refused(form.refusals)
    return Asked(kind, card, mailbox, language or "", _order(form.text("order")))


def _card(form: Reading, kind: str, labels: Mapping[str, Mapping[str, str]]) -> Card | None:
    name = form.name("name", required=True, limit=NAME_LIMIT) if form.text("name") else _first_name(form)
    translations = {f"{field}s": _per_language(form, field) for field in PER_LANGUAGE}
    country = form.take("country", lambda text: _country(text, labels)) or ""
    rest: dict[str, Any] = {"names": translations["names"]}
    if kind == "organisation":
        website = form.take("website", lambda text: Website.parse(text).value) if form.text("website") else ""
        rest |= {"website": website or "", **_lines(form, "seat", "representative", "office")}
    if kind == "person":
        former = form.take("former", _former)
        role = "role" if form.text("role") else "office"  # what an organisation's sheet calls office or position
        rest |= {**translations, **_lines(form, "latin", "sort_key", "affiliation"), "is_former": bool(former)}
        rest["role"] = form.name(role, required=False)
    return Card(name=name, country=country, **rest) if name else None


def _first_name(form: Reading) -> str:
    """A sheet may have names per language only: then the first of them is the name."""
    field = next((field for field, text in form.fields.items() if field.startswith("name_") and text), "name")
    return form.name(field, required=True, limit=NAME_LIMIT)


def _lines(form: Reading, *fields: str) -> dict[str, str]:
    return {field: form.name(field, required=False) for field in fields}


def _per_language(form: Reading, field: str) -> dict[str, str]:
    tags = [tag for tag, _ in texts_per_language(form.fields, field)]
    texts = {tag: form.name(f"{field}_{tag}", required=False, limit=NAME_LIMIT) for tag in tags}
    return {tag: text for tag, text in texts.items() if text}


def _order(text: str) -> int | None:
    """A place in the coalition's own order; a column of numbers may also hold something else, which is left out."""
    return int(text.rstrip(".")) if re.fullmatch(r"[0-9]{1,6}\.?", text) else None


def _kind(text: str) -> str:
    kind = KIND_WORDS.get(text.casefold())
    if kind not in KINDS:
        raise UnknownKind("kind", text=text[:TOLD])
    return kind


def _former(text: str) -> bool:
    if text.casefold() not in FORMER_WORDS:
        raise UnknownFormer("former", text=text[:TOLD])
    return FORMER_WORDS[text.casefold()]


def _country(text: str, labels: Mapping[str, Mapping[str, str]]) -> str:
    key = key_for(text, labels)
    if key is None:
        raise UnknownLabel("country", text=text[:TOLD])
    return key
