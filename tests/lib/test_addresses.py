import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undersigned.lib.addresses import EmailAddress, NotAnAddress, NotAWebsite, Website, registrable_domain

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
