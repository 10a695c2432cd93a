"""Mailboxes and websites: parsed once, so that what is inside is known to be one."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Self
from urllib.parse import SplitResult, urlsplit, urlunsplit

from email_validator import EmailNotValidError, validate_email
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES
from publicsuffixlist import PublicSuffixList

from undersigned.lib.refusal import Refusal, gettext_noop

ADDRESS_LIMIT = 254
WEBSITE_LIMIT = 200

# Plain addresses, as nearly all are, which need none of the long rules: an atom with dots (RFC 5322 §3.2.3, without its
# odder signs), labels of letters, digits and single hyphens, and a top-level domain of letters. A test holds this to
# what email-validator says of the same text. Not plain: names that are written in small letters whatever was typed
# (RFC 2142), and domains that are nobody's (RFC 6761).
_PLAIN = re.compile(
    r"(?P<local>[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)"
    r"@(?P<domain>(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+(?!(?:arpa|invalid|local|localhost|onion|test)$)[A-Za-z]{2,63})",
    re.IGNORECASE | re.ASCII,
)
_PLAIN_LIMIT = 63  # each part is shorter than a part may be, and so are its labels
_SMALL = frozenset(CASE_INSENSITIVE_MAILBOX_NAMES)

# Where strangers share one domain, for mail or for pages: it tells nothing about who somebody is.
SHARED_DOMAINS = frozenset({
    "126.com", "163.com", "aol.com", "change.org", "codeberg.org", "daum.net", "disroot.org", "facebook.com",
    "fastmail.com", "foxmail.com", "free.fr", "github.com", "gitlab.com", "gmail.com", "gmx.de", "gmx.net",
    "google.com", "googlemail.com", "hanmail.net", "hotmail.com", "icloud.com", "instagram.com", "kakao.com",
    "laposte.net", "linkedin.com", "linktr.ee", "live.com", "mail.com", "mail.ru", "mailbox.org", "mastodon.social",
    "me.com", "medium.com", "modoo.at", "msn.com", "nate.com", "naver.com", "naver.me", "orange.fr", "outlook.com",
    "pm.me", "posteo.de", "proton.me", "protonmail.com", "qq.com", "riseup.net", "sina.com", "sohu.com",
    "substack.com", "t-online.de", "t.me", "tistory.com", "tumblr.com", "tuta.com", "tuta.io", "tutanota.com",
    "tutao.de", "twitter.com", "vk.com", "web.de", "weebly.com", "weibo.com", "wordpress.com", "x.com",
    "yahoo.co.jp", "yahoo.com", "yandex.ru", "youtube.com", "zoho.com",
})  # fmt: skip


class NotAnAddress(Refusal):
    """A text that is no e-mail address."""

    code = "not-an-address"
    message = gettext_noop("This is not an e-mail address. It should look like name@example.org.")


class NotAWebsite(Refusal):
    """A text that is no website's address."""

    code = "not-a-website"
    message = gettext_noop(
        "This is not the address of a website. It should look like example.org or https://example.org."
    )


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """One mailbox, domain lower-cased and in Unicode, at most 254 characters (RFC 5321 §4.5.3.1.3)."""

    value: str

    @classmethod
    def parse(cls, text: str, field: str = "email") -> Self:
        """The mailbox that `text` is; else NotAnAddress. Any script will do (RFC 6531); nothing is looked up."""
        text = text.strip()
        plain = _plain(text)
        if plain:
            return cls(plain)
        if len(text) > ADDRESS_LIMIT:
            raise NotAnAddress(field)
        try:
            return cls(validate_email(text, check_deliverability=False, strict=True).normalized)
        except EmailNotValidError:
            raise NotAnAddress(field) from None

    def __str__(self) -> str:
        return self.value

    @property
    def canonical(self) -> str:
        """Equal for equal mailboxes: case does not tell two of them apart."""
        return self.value.casefold()

    @property
    def domain(self) -> str:
        return self.value.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Website:
    """The address of a website: http or https, a host with a domain, no password in it."""

    value: str

    @classmethod
    def parse(cls, text: str, field: str = "website") -> Self:
        """The website that `text` names, https where it gives no scheme; else NotAWebsite."""
        text = text.strip()
        parts = _split(text if "://" in text else f"https://{text}")
        if parts is None or not _is_public_website(parts):
            raise NotAWebsite(field)
        value = urlunsplit(parts._replace(netloc=parts.netloc.lower()))
        if len(value) > WEBSITE_LIMIT:
            raise NotAWebsite(field)
        return cls(value)

    def __str__(self) -> str:
        return self.value


def registrable_domain(url_or_host: str) -> str:
    """The domain that somebody registered, in ASCII: example.or.kr for https://www.example.or.kr/about.

    Empty where it tells nothing about who that is: for hosts that strangers share, and for no domain at all.
    """
    parts = _split(url_or_host if "://" in url_or_host else f"https://{url_or_host}")
    host = _ascii(parts.hostname or "") if parts else ""
    if host.count(".") == 0:
        return ""
    domain = _suffixes().privatesuffix(host) or ".".join(host.split(".")[-2:])
    return "" if domain in SHARED_DOMAINS else domain


@cache
def _suffixes() -> PublicSuffixList:
    """The list that the library brings along, read when it is first wanted. Its private part too: whoever registered
    foo.github.io is not whoever registered bar.github.io."""
    return PublicSuffixList()


def _plain(text: str) -> str:
    """The mailbox, where it is plain; else "", and the long rules have to say."""
    match = _PLAIN.fullmatch(text)
    if match is None:
        return ""
    local, domain = match.groups()
    if len(local) > _PLAIN_LIMIT or len(domain) > _PLAIN_LIMIT or local.lower() in _SMALL:
        return ""
    return f"{local}@{domain.lower()}"


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    return parts


def _is_public_website(parts: SplitResult) -> bool:
    url = urlunsplit(parts)
    # urlsplit drops tabs and line breaks by itself; what else is unprintable, blank or a delimiter of HTML stays out.
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not url.isprintable():
        return False
    return not re.search(r"[\s<>\"'`\\]", url) and bool(_ascii(parts.hostname or ""))


def _ascii(host: str) -> str:
    """The host as DNS has it, lower-cased; empty where it is no host name with a dot."""
    try:
        return validate_email(f"host@{host.removesuffix('.')}", check_deliverability=False).ascii_domain
    except EmailNotValidError:
        return host if re.fullmatch(r"(?:[a-z0-9-]+\.)+onion", host) else ""
