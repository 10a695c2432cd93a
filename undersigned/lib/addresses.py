"""Mailboxes and websites: parsed once, so that what is inside is known to be one."""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

import tldextract
from email_validator import EmailNotValidError, validate_email

from undersigned.lib.refusal import Refusal, gettext_noop

ADDRESS_LIMIT = 254
WEBSITE_LIMIT = 200

# The public suffix list that is bundled with the library: no network, no cache on disk.
_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


class NotAnAddress(Refusal):
    code = "not-an-address"
    message = gettext_noop("This is not an e-mail address. It should look like name@example.org.")


class NotAWebsite(Refusal):
    code = "not-a-website"
    message = gettext_noop("This is not the address of a website. It should look like example.org or https://example.org.")


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """One mailbox, domain lower-cased and in Unicode, at most 254 characters (RFC 5321 §4.5.3.1.3)."""

    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """The mailbox that `text` is; NotAnAddress. Domains and local parts may be of any script (RFC 6531)."""
        text = text.strip()
        if not text or len(text) > ADDRESS_LIMIT:
            raise NotAnAddress("email")
        try:
            found = validate_email(text, check_deliverability=False, test_environment=False)
        except EmailNotValidError:
            if _is_reserved_for_examples(text):
                return cls(_example(text))
            raise NotAnAddress("email") from None
        return cls(f"{found.local_part}@{found.domain}")

    @property
    def canonical(self) -> str:
        """Equal for equal mailboxes: case does not tell two of them apart."""
        return self.value.casefold()

    @property
    def domain(self) -> str:
        return self.value.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Website:
    """The address of a website, with its scheme; http and https only, no password in it."""

    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """The website that `text` names, https where no scheme is given; NotAWebsite."""
        text = text.strip()
        if "://" not in text:
            text = f"https://{text}"
        try:
            parts = urlsplit(text)
            host = (parts.hostname or "").encode("idna").decode()
        except (ValueError, UnicodeError):
            raise NotAWebsite("website") from None
        if parts.scheme not in ("http", "https") or parts.username or len(text) > WEBSITE_LIMIT:
            raise NotAWebsite("website")
        if not re.fullmatch(r"([a-z0-9_-]+\.)+[a-z0-9-]{2,}", host, re.IGNORECASE) or re.search(r"\s|[<>\"'`]", text):
            raise NotAWebsite("website")
        return cls(text)


def registrable_domain(url_or_host: str) -> str:
    """The domain that an organisation registered: example.or.kr for https://www.example.or.kr/about."""
    host = urlsplit(url_or_host).hostname if "://" in url_or_host else url_or_host.split("/")[0]
    found = _suffixes((host or "").lower().rstrip("."))
    if found.suffix and found.domain:
        return f"{found.domain}.{found.suffix}"
    return ".".join((host or "").lower().split(".")[-2:])


def _is_reserved_for_examples(text: str) -> bool:
    """Whether the domain is one that RFC 2606 keeps for examples, in which the demonstration lives."""
    return text.lower().rpartition(".")[2] in ("example", "test")


def _example(text: str) -> str:
    """An address under .example or .test, checked as if it were under .org; NotAnAddress."""
    head, _, suffix = text.rpartition(".")
    try:
        found = validate_email(f"{head}.org", check_deliverability=False)
    except EmailNotValidError:
        raise NotAnAddress("email") from None
    return f"{found.local_part}@{found.domain.removesuffix('.org')}.{suffix.lower()}"
