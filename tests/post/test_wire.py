"""Messages written by hand say what the standard library would have said, and nothing else."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.post.post_office import FROM, LINK, read, words
from tests.stage import NOON
from undersigned.lib.addresses import EmailAddress, NotAnAddress
from undersigned.post.message import TEMPLATES, Item, Text, write
from undersigned.post.wire import LINE_BYTES, Envelope, pack, wire_form

FACTS = {
    "link": LINK,
    "code": "1234 5678",
    "body": "The gate stands open.",
    "reason": "We could not reach you.\nPlease write to us.",
}
SOMI = EmailAddress.parse("somi@mail.example")
TEXTS = [write([Item(template, FACTS, NOON)], language) for template in TEMPLATES for language in ("en", "ko", "zh")]


def packed(text: Text, to: EmailAddress = SOMI, *, eight_bit: bool = False) -> bytes:
    return pack(text, Envelope(FROM, to, NOON, "5eed"), eight_bit=eight_bit).message


def as_the_library_has_it(text: Text, to: EmailAddress, *, eight_bit: bool) -> bytes:
    """The same message, made slowly."""
    local, _at, domain = wire_form(to).rpartition("@")
    policy = SMTP if local.isascii() else SMTPUTF8
    message = EmailMessage(policy.clone(cte_type="8bit" if eight_bit else "7bit", max_line_length=LINE_BYTES))
    message["From"] = str(FROM)
    message["To"] = Address(username=local, domain=domain)
    message["Subject"] = text.subject
    message["Date"] = NOON
    message["Message-ID"] = "<5eed@undersigned.example>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if text.unsubscribe:
        message["List-Unsubscribe"] = f"<{text.unsubscribe}>"
    if text.is_one_click:
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text.body)
    return message.as_bytes()


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.subject)
@pytest.mark.parametrize("to", ["somi@mail.example", "somi@한강.example", "o'neil+a_b/c@mail.example"])
@pytest.mark.parametrize("eight_bit", [True, False])
def test_our_mails_are_what_the_library_would_make_of_them(text: Text, to: str, eight_bit: bool) -> None:
    mailbox = EmailAddress.parse(to)
    ours, theirs = packed(text, mailbox, eight_bit=eight_bit), as_the_library_has_it(text, mailbox, eight_bit=eight_bit)
    if b"base64" in theirs:  # where its lines are longer than RFC 2045 allows
        assert ours.partition(b"\r\n\r\n")[0] == theirs.partition(b"\r\n\r\n")[0]
        assert words(read(ours)) == words(read(theirs))
    else:
        assert ours == theirs


readable = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")) | st.just("\n"), max_size=3000)


@given(readable, st.booleans(), st.sampled_from(["somi@mail.example", "소미@mail.example"]))
@example("A line with a blank at its end \n.\n..\n=20\n", False, "somi@mail.example")
@example("가" * 2000, True, "somi@mail.example")
@example("x" * 2000 + " “quoted” ", False, "somi@mail.example")
@example("é" * 10 + "a" * 900, False, "somi@mail.example")
@example("", False, "somi@mail.example")
def test_any_text_is_read_as_it_was_written(body: str, eight_bit: bool, to: str) -> None:
    raw = packed(Text("A test", body), EmailAddress.parse(to), eight_bit=eight_bit)
    assert words(read(raw)).rstrip("\n") == body.rstrip("\n")
    assert raw.endswith(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998  # RFC 5321 §4.5.3.1.6
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert eight_bit or not to.isascii() or raw.isascii()


@given(st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")), max_size=200))
def test_any_subject_is_read_as_it_was_written(subject: str) -> None:
    assert str(read(packed(Text(subject, "")))["Subject"]).strip() == subject.strip()


locals_ = st.text("abcXYZ019!#$%&'*+-/=?^_`{|}~.소미é", min_size=1, max_size=30)


@given(locals_, st.sampled_from(["mail.example", "한강.example", "sub.mail.example"]))
def test_every_mailbox_that_is_one_can_be_written_to(local: str, domain: str) -> None:
    try:
        mailbox = EmailAddress.parse(f"{local}@{domain}")
    except NotAnAddress:
        return
    assert str(read(packed(Text("A test", "A test."), mailbox))["To"]) == wire_form(mailbox)


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_what_is_no_mailbox_adds_no_header_and_no_command(text: str) -> None:
    try:
        form = wire_form(EmailAddress(text))
    except (ValueError, UnicodeError):
        return
    assert form.isprintable()
    assert not set(form) & set(' <>()[]\\,;:"')


@pytest.mark.parametrize(
    "hostile", ["somi@mail.example\r\nBcc: other@mail.example", "a@b.example>\r\nDATA", "a@b.example, c@d.example", "@"]
)
def test_an_address_cannot_add_headers_or_commands(hostile: str) -> None:
    with pytest.raises(ValueError, match="no mailbox"):
        packed(Text("A test", "A test."), EmailAddress(hostile))


@pytest.mark.parametrize("hostile", ["a\r\nBcc: x@y.example", "a\nb", "a\x00b"])
def test_a_subject_or_link_cannot_add_headers(hostile: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  one is the library's
        packed(Text(hostile, "A test."))
    with pytest.raises(ValueError, match="control character"):
        packed(Text("A test", "A test.", hostile))


def test_a_link_is_never_broken_in_two() -> None:
    for eight_bit in (True, False):
        assert LINK in words(read(packed(TEXTS[1], eight_bit=eight_bit)))
    assert LINK.encode() in packed(TEXTS[1], eight_bit=True)
    assert LINK.encode() in packed(TEXTS[0])


def test_a_domain_in_any_script_goes_out_as_dns_has_it() -> None:
    raw = packed(TEXTS[0], EmailAddress.parse("somi@한강.example"))
    assert b"To: somi@xn--" in raw
    assert raw.isascii()


def test_a_local_part_in_any_script_stays_as_it_is() -> None:
    assert "To: 소미@mail.example".encode() in packed(TEXTS[0], EmailAddress.parse("소미@mail.example"))
