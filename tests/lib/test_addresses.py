import string

import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from undersigned.lib.addresses import EmailAddress, NotAnAddress, NotAWebsite, Website, _plain, registrable_domain

# --- Mailboxes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("office@openrivers.example", "office@openrivers.example"),
        ("  Office@OpenRivers.EXAMPLE ", "Office@openrivers.example"),
        ("사무국@강.한국", "사무국@강.한국"),
        ("사무국@xn--939a.xn--3e0b707e", "사무국@강.한국"),
        ("o'neil+letters@example.org", "o'neil+letters@example.org"),
        ("联系@河流.中国", "联系@河流.中国"),
    ],
)
def test_a_mailbox_of_any_script_is_taken(typed, value):
    assert EmailAddress.parse(typed).value == value


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "office",
        "office@",
        "@example.org",
        "office@localhost",
        "office@example..org",
        "office@exa mple.org",
        "Office <office@example.org>",
        "office@example.org, second@example.org",
        "office@example.org\nBcc: everybody@example.org",
        "office@[192.0.2.1]",
        '"a b"@example.org',
        "office\u202e@example.org",
        "off\u200bice@example.org",
        f"{'x' * 65}@example.org",
        f"office@{'x.' * 200}org",
    ],
)
def test_what_is_no_mailbox_is_refused_beside_its_field(typed):
    with pytest.raises(NotAnAddress) as refused:
        EmailAddress.parse(typed)
    assert refused.value.field == "email"


def test_case_does_not_tell_two_mailboxes_apart():
    assert EmailAddress.parse("Ö.Kim@Example.org").canonical == EmailAddress.parse("ö.kim@example.ORG").canonical


def test_a_mailbox_knows_its_domain():
    assert EmailAddress.parse("office@Sub.Example.org").domain == "sub.example.org"


# --- Websites ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("openrivers.example", "https://openrivers.example"),
        ("http://www.OpenRivers.example/About", "http://www.openrivers.example/About"),
        ("HTTPS://강.한국/소개?쪽=1", "https://강.한국/소개?쪽=1"),
        ("openrivers.example:8443/x", "https://openrivers.example:8443/x"),
        (f"{'a' * 56}.onion", f"https://{'a' * 56}.onion"),
    ],
)
def test_a_website_is_taken_with_or_without_its_scheme(typed, value):
    assert Website.parse(typed).value == value


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "none",
        "localhost",
        "http://",
        "javascript:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,x",
        "ftp://example.org",
        "mailto:office@example.org",
        "https://user:password@example.org",
        "https://example.org@evil.example",
        "https://example.org\\@evil.example",
        "https://example.org/a b",
        'https://example.org/"onclick="x',
        "https://example.org/\u202egpj.exe",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::1",
        "https://example.org:99999/",
        "https://exa mple.org",
        f"https://example.org/{'x' * 200}",
    ],
)
def test_what_is_no_website_is_refused_beside_its_field(typed):
    with pytest.raises(NotAWebsite) as refused:
        Website.parse(typed)
    assert refused.value.field == "website"


@given(st.text())
def test_any_text_is_a_website_or_refused(text):
    try:
        website = Website.parse(text)
    except NotAWebsite:
        return
    assert website.value.startswith(("https://", "http://"))
    assert website.value.isprintable()
    assert Website.parse(website.value) == website


# --- Domains ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "domain"),
    [
        ("https://www.river.or.kr/about", "river.or.kr"),
        ("river.org.cn", "river.org.cn"),
        ("Mail.River.ORG", "river.org"),
        ("river.org:8080/x", "river.org"),
        ("river.org.", "river.org"),
        ("https://www.mulgil.example/", "mulgil.example"),
        ("rivers.github.io", "rivers.github.io"),
        ("https://강.한국", "xn--939a.xn--3e0b707e"),
        ("faß.de", "xn--fa-hia.de"),
    ],
)
def test_a_host_belongs_to_the_domain_that_was_registered(place, domain):
    assert registrable_domain(place) == domain


def test_one_domain_is_the_same_in_unicode_and_in_ascii():
    assert registrable_domain("봄.한국") == registrable_domain("xn--4n3b.xn--3e0b707e") == "xn--4n3b.xn--3e0b707e"


@pytest.mark.parametrize(
    "place",
    [
        "gmail.com",
        "https://www.facebook.com/openrivers",
        "https://blog.naver.com/openrivers",
        "https://github.com/openrivers",
        "localhost",
        "",
        "https://[::1",
    ],
)
def test_a_host_that_strangers_share_says_nothing_about_who_somebody_is(place):
    assert registrable_domain(place) == ""


@given(st.text(alphabet=string.printable))
def test_any_text_has_a_domain_or_none(text):
    assert " " not in registrable_domain(text)


# What a person types, and what comes close to it: capitals, digits, dots, hyphens and names of special domains.
_CLOSE = st.lists(
    st.sampled_from(
        [*"aZ09_+-.@", "info", "WWW", "ab", "--", "xn--", ".test", ".TEST", ".local", ".example", ".com", "x" * 40, "é"]
    ),
    max_size=14,
).map("".join)
_LIKELY = st.from_regex(r"\A[A-Za-z0-9_+.-]{1,20}@[A-Za-z0-9.-]{1,20}\.[A-Za-z0-9]{1,6}\Z")


@given(_CLOSE | _LIKELY | st.emails() | st.text(max_size=30))
def test_a_plain_mailbox_is_what_the_long_rules_make_of_it(text: str) -> None:
    """The short way of reading agrees with email-validator wherever it is taken at all."""
    plain = _plain(text.strip())
    if plain:
        assert plain == validate_email(text.strip(), check_deliverability=False, strict=True).normalized


@pytest.mark.parametrize("typed", ["office@openrivers.example", "A.b-c_d+e@Sub-1.Example.org", "1@2.org"])
def test_what_nearly_everybody_types_is_plain(typed: str) -> None:
    assert _plain(typed)


@pytest.mark.parametrize(
    "typed",
    ["INFO@a.example", "a@b.test", "a@b.TEST", f"{'x' * 64}@a.org", "a@b--c.org", "a@b.c1", "ſ@a.org", "a@b.\u212ar"],
)
def test_what_needs_the_long_rules_gets_them(typed: str) -> None:
    assert not _plain(typed)
