"""The manifest, letter.toml: everything about a letter but its text."""

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from undersigned.ledger.note import is_origin
from undersigned.letters.blocks import WrongFile, refusing_at_once
from undersigned.letters.content import Party
from undersigned.letters.lines import SHARE_LIMIT
from undersigned.letters.toml import Document, KeyMissing, Table, WrongValue
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.languages import INTERFACE, LanguageTag, NotALanguage
from undersigned.lib.refusal import Refusal, Refused, gettext_noop

LIST_ORDERS = ("collation", "country", "coalition")
WAYS = ("public", "invitation", "no")
KINDS = ("organisation", "person", "supporter")
DEFAULT_WAYS = {"organisation": "public", "person": "invitation", "supporter": "public"}

RESERVED_SLUGS = frozenset({
    "desk", "accounts", "assets", "static", "s", "i", "p", "code", "sign", "privacy", "log", "feed", "api", "health",
    "newsletter", "readers", "sitemap", "robots", "favicon", "letters", "mails", "stories", "media",
    *(tag.lower() for tag in INTERFACE),
})  # fmt: skip
"""First parts of addresses that belong to the site, so that no letter can take them."""

_SLUG = re.compile(r"[a-z0-9-]{3,60}")
_LABEL_KEY = re.compile(r"[A-Z]{2}|x-[a-z][a-z-]{1,30}")


class WrongSlug(Refusal):
    code = "wrong-slug"
    message = gettext_noop(
        "“%(slug)s” cannot be a letter's address. An address has 3 to 60 small letters, digits and hyphens, "
        "and no hyphen at either end."
    )


class ReservedSlug(Refusal):
    code = "reserved-slug"
    message = gettext_noop("The address “%(slug)s” belongs to the site itself. Choose another one.")


class LanguageMissing(WrongFile):
    code = "language-missing"
    message = gettext_noop("“%(key)s” is missing, although “languages” lists %(language)s.")


class LanguageUnlisted(WrongFile):
    code = "language-unlisted"
    message = gettext_noop("“%(key)s” is given, but “languages” does not list %(language)s.")


class LanguageTwice(WrongFile):
    code = "language-twice"
    message = gettext_noop("“%(key)s” lists %(language)s twice.")


class PrevailingUnlisted(WrongFile):
    code = "prevailing-unlisted"
    message = gettext_noop(
        "“%(key)s” must be one of the languages that “languages” lists, or left out if all are equal."
    )


class KeptTooShort(WrongFile):
    code = "kept-too-short"
    message = gettext_noop("“%(key)s” must be later than the date of the letter.")


class NobodyAddressed(WrongFile):
    code = "nobody-addressed"
    message = gettext_noop("“%(key)s” needs a name or a title.")


class LabelTwice(WrongFile):
    code = "label-twice"
    message = gettext_noop("“%(key)s” labels %(label)s a second time.")


class WrongLabelKey(WrongFile):
    code = "wrong-label-key"
    message = gettext_noop(
        "“%(key)s” must be a country code of two capital letters, or a name of your own such as “x-tibet”."
    )


class WrongOrigin(WrongFile):
    code = "wrong-origin"
    message = gettext_noop(
        "“%(key)s” must look like “example.org/name-of-the-letter”, without a port and without https://."
    )


@dataclass(frozen=True, slots=True)
class Manifest:
    """A letter's terms. Mappings per language are keyed by tag, in the order of `languages`."""

    slug: str
    languages: tuple[str, ...]
    prevailing: str
    date: dt.date
    list_order: str
    controller: str
    contact: str
    keep_until: dt.date
    origin: str
    follows: str
    demonstration: bool
    subject: Mapping[str, str]
    summary: Mapping[str, str]
    campaign: Mapping[str, str]
    share: Mapping[str, str]
    ways: Mapping[str, str]
    counted_only: bool
    minimum_age: int
    addressees: tuple[Party, ...]
    cc: tuple[Party, ...]
    country_labels: Mapping[str, Mapping[str, str]]

    @property
    def reference(self) -> str:
        """The language with which the others are compared: the prevailing one, else the first."""
        return self.prevailing or self.languages[0]


def read(path: Path) -> Manifest:
    """The manifest in the file `path`; raises Refused with everything that is wrong with it."""
    with refusing_at_once():
        document = Document(path)
    manifest = _manifest(document.root)
    if document.faults:
        document.faults.sort(key=lambda fault: fault.place.line)
        raise Refused(document.faults)
    return manifest


def parse_slug(text: str, field: str = "slug") -> str:
    """`text` as the address of a letter; raises WrongSlug or ReservedSlug."""
    if not _SLUG.fullmatch(text) or text.startswith("-") or text.endswith("-"):
        raise WrongSlug(field, slug=text[:80])
    if text in RESERVED_SLUGS:
        raise ReservedSlug(field, slug=text)
    return text


def _manifest(root: Table) -> Manifest:
    languages = languages_of(root)
    signing = root.table("signing")
    manifest = Manifest(
        slug=parsed(root, "slug", parse_slug),
        languages=languages,
        prevailing=_prevailing(root, languages),
        date=root.date("date"),
        list_order=root.choice("list_order", LIST_ORDERS, "collation"),
        controller=root.text("controller"),
        contact=parsed(root, "contact", EmailAddress.parse, limit=254),
        keep_until=_keep_until(root),
        origin=_origin(root),
        follows=root.text("follows", default="", limit=60),
        demonstration=root.boolean("demonstration"),
        subject=per_language(root, needed(root, "subject"), languages),
        summary=per_language(root, "summary", languages, limit=600),
        campaign=per_language(root, "campaign", languages),
        share=per_language(root, "share", languages, limit=SHARE_LIMIT, lines=True),
        ways={kind: signing.choice(kind, WAYS, DEFAULT_WAYS[kind]) for kind in KINDS},
        counted_only=signing.boolean("counted_only"),
        minimum_age=signing.number("minimum_age", 16, 0, 99),
        addressees=_parties(root, needed(root, "addressees"), languages),
        cc=_parties(root, "cc", languages),
        country_labels=_country_labels(root, languages),
    )
    signing.close()
    root.close()
    return manifest


def parsed(root: Table, key: str, parse: Callable[[str], object], limit: int = 200) -> str:
    """The text of `key`, if `parse` takes it too."""
    text = root.text(key, limit=limit)
    try:
        if text:
            parse(text)
    except Refusal as refusal:
        root.tell(WrongValue, key, why=refusal)
    return text


def languages_of(root: Table) -> tuple[str, ...]:
    found: list[str] = []
    for text in root.texts("languages"):
        try:
            tag = LanguageTag.parse(text).value
        except NotALanguage as refusal:
            root.tell(WrongValue, "languages", why=refusal)
            continue
        if tag in found:
            root.tell(LanguageTwice, "languages", language=tag)
        found.append(tag)
    return tuple(found)


def _canonical(tag: str) -> str:
    try:
        return LanguageTag.parse(tag).value
    except NotALanguage:
        return tag


def _prevailing(root: Table, languages: Collection[str]) -> str:
    prevailing = _canonical(root.text("prevailing")) if root.raw.get("prevailing") else ""
    root.asked.append("prevailing")
    if prevailing and prevailing not in languages:
        root.tell(PrevailingUnlisted, "prevailing")
    return prevailing


def _keep_until(root: Table) -> dt.date:
    date, until = root.raw.get("date"), root.date("keep_until")
    if type(date) is dt.date and dt.date.min < until <= date:
        root.tell(KeptTooShort, "keep_until")
    return until


def _origin(root: Table) -> str:
    origin = root.text("origin", default="")
    if origin and not is_origin(origin):
        root.tell(WrongOrigin, "origin")
    return origin


def per_language(
    table: Table, key: str, languages: Collection[str], limit: int = 200, *, lines: bool = False
) -> dict[str, str]:
    """The texts of `key` per language: none at all, or one in each; with `lines`, one in any will do."""
    texts = table.table(key)
    by_tag = {_canonical(written): written for written in texts.raw}
    for tag, written in by_tag.items():
        if tag not in languages:
            texts.tell(LanguageUnlisted, written, language=tag)
    for tag in languages:
        if key in table and not lines and tag not in by_tag:
            texts.tell(LanguageMissing, tag, language=tag)
    return {tag: texts.text(by_tag[tag], limit=limit, lines=lines) for tag in languages if tag in by_tag}


def needed(table: Table, key: str) -> str:
    if not table.raw.get(key):
        table.tell(KeyMissing, key)
    return key


def _parties(root: Table, key: str, languages: Collection[str]) -> tuple[Party, ...]:
    return tuple(_party(table, languages) for table in root.tables(key))


def _party(table: Table, languages: Collection[str]) -> Party:
    name = per_language(table, "name", languages)
    title = per_language(table, "title", languages)
    postal = per_language(table, "postal", languages, limit=600, lines=True)
    if "name" not in table and "title" not in table:
        table.tell(NobodyAddressed, "name")
    table.close()
    return Party(name=name, title=title, postal=postal)


def _country_labels(root: Table, languages: Collection[str]) -> dict[str, dict[str, str]]:
    labels: dict[str, dict[str, str]] = {}
    for table in root.tables("country_labels"):
        key = table.text("key", limit=40)
        if key and not _LABEL_KEY.fullmatch(key):
            table.tell(WrongLabelKey, "key")
        if key in labels:
            table.tell(LabelTwice, "key", label=key)
        labels[key] = per_language(table, needed(table, "names"), languages)
        table.close()
    return labels
