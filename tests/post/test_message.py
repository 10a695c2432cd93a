"""A mail tells a stranger who sees it nothing of what it is about, and cannot be made to say something else."""

import pytest

from tests.post.post_office import FROM, LINK, read, words
from tests.stage import NOON
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.languages import INTERFACE
from undersigned.post.message import TEMPLATES, Item, Text, write
from undersigned.post.wire import Envelope, pack

FACTS = {
    "link": LINK,
    "code": "1234 5678",
    "body": "The gate stands open.",
    "reason": "We could not reach you.\nPlease write to us.",
}


def text(template: str = "confirm", language: str = "en", **facts: str) -> Text:
    return write([Item(template, FACTS | facts, NOON)], language)


def sent(words: Text, to: str = "somi@mail.example", *, eight_bit: bool = False) -> bytes:
    return pack(words, Envelope(FROM, EmailAddress.parse(to), NOON), eight_bit=eight_bit).message


@pytest.mark.parametrize("language", INTERFACE)
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_mail_survives_the_wire_in_every_language(template: str, language: str) -> None:
    said = text(template, language)
    for eight_bit in (True, False):
        message = read(sent(said, eight_bit=eight_bit))
        assert words(message).strip() == said.body
        assert message["Subject"] == said.subject
        assert message.get_content_type() == "text/plain"


@pytest.mark.parametrize("language", INTERFACE)
def test_all_mails_have_one_subject_that_names_no_cause_and_whoever_asked_for_nothing_another(language: str) -> None:
    subjects = {template: text(template, language).subject for template in TEMPLATES}
    assert len({subject for template, subject in subjects.items() if template != "asked"}) == 1
    assert subjects["asked"] != subjects["confirm"]
    for word in ("letter", "sign", "petition", "coalition", "서한", "서명", "연대", "联署", "签名", "公开信"):
        assert not any(word in subject.lower() for subject in subjects.values())


@pytest.mark.parametrize("language", INTERFACE)
@pytest.mark.parametrize("template", TEMPLATES)
def test_no_mail_speaks_of_letters_or_signatures(template: str, language: str) -> None:
    body = text(template, language).body.replace(LINK, "").lower()
    assert not [
        word for word in ("letter", "signature", "signator", "서한", "서명", "联署", "签名", "签署") if word in body
    ]


def test_the_headers_say_that_a_program_wrote_it_and_where_to_stop_it() -> None:
    message = read(sent(text()))
    assert message["From"] == "post@undersigned.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] == f"<{LINK}>"
    assert message["Message-ID"].endswith("@undersigned.example>")
    assert message["Date"].datetime == NOON


def test_a_reason_cannot_add_headers_parts_or_directions() -> None:
    reason = "No.\r\n\r\nBcc: a@b.example\x00\x1b[2J\u202eevil\u2066"
    message = read(sent(text("refused", reason=reason)))
    assert message["Bcc"] is None
    assert "\u202e" not in words(message)
    assert "\x1b" not in words(message)
    assert "evil" in words(message)


def test_two_things_to_tell_are_told_with_the_time_at_which_they_arose() -> None:
    body = write([Item("confirm", FACTS, NOON), Item("refused", FACTS, NOON)], "en").body
    assert body.count("2026-11-10 12:00 (UTC)") == 2
