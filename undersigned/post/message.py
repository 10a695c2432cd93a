"""What a mail says: plain text, and nothing in it that tells a stranger what it is about.

A phone shows sender, subject and the first line to whoever looks at it, and a mailbox may be read by others. So a mail
names neither letter nor coalition, cause or signatory; the page behind its link does.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from django.utils import translation
from django.utils.translation import gettext, ngettext

from undersigned.lib.languages import interface_for

JOINERS = "\u200c\u200d"  # Persian and several Indian languages cannot be written without them


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tell: a template of ours, its facts, and when it arose."""

    template: str
    facts: Mapping[str, str]
    arose_at: datetime


@dataclass(frozen=True, slots=True)
class Text:
    """A mail's words, before it has an address and a date.

    Where `is_one_click`, a mail program may leave by posting to the address `unsubscribe` (RFC 8058).
    """

    subject: str
    body: str
    unsubscribe: str = ""
    is_one_click: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Our sentences in one language of the interface, each looked up once: to look one up takes Django as long as to
    seal it takes the processor, and each mail of thousands says the same."""

    language: str
    _known: dict[str, str] = field(default_factory=dict)

    def __call__(self, sentence: str) -> str:
        known = self._known.get(sentence)
        if known is None:
            with translation.override(self.language):
                known = self._known[sentence] = gettext(sentence)
        return known

    def ngettext(self, one: str, several: str, number: int) -> str:
        with translation.override(self.language):
            return ngettext(one, several, number)


@cache
def words_in(language: str) -> Words:
    """The sentences in that language, of which there are a handful."""
    return Words(language)


def write(items: Sequence[Item], language: str) -> Text:
    """One text out of everything there is to tell one mailbox, in the interface language nearest to `language`."""
    _ = words_in(interface_for(language))
    parts = [_part(_, item, numbered=len(items) > 1) for item in items]
    if len(items) > 1:
        parts.insert(0, _several(_, len(items)))
    parts.append(_("This message was sent automatically. Nobody reads replies to it."))
    link = next((item.facts["link"].split("\n")[0] for item in items if item.facts.get("link")), "")
    body = _without_controls("\n\n".join(parts))
    if len(items) == 1 and items[0].template == "issue":
        return Text(items[0].facts.get("subject", _("About your request")), body, link, is_one_click=True)
    is_invitation = {item.template for item in items} == {"asked"}
    subject = _("A private page for you") if is_invitation else _("About your request")
    return Text(subject, body, link)


def trial() -> Text:
    """What the command `mail test` sends."""
    return Text("A test", "This is a test of outgoing mail. It arrived, so it works.")


def _several(_: Words, count: int) -> str:
    return _.ngettext(
        "There is %(count)d thing to tell you.", "There are %(count)d things to tell you, the latest first.", count
    ) % {"count": count}


def _part(_: Words, item: Item, *, numbered: bool) -> str:
    text = "\n\n".join(TEMPLATES[item.template](_, item.facts))
    if not numbered:
        return text
    moment = f"{item.arose_at.astimezone(UTC):%Y-%m-%d %H:%M}"
    return _("— %(moment)s (UTC)") % {"moment": moment} + "\n\n" + text


def _without_controls(text: str) -> str:
    """The text without control and direction characters, which could make a line look like another one."""
    if text.replace("\n", "").isprintable():  # as almost all are, and this is much faster than looking at each
        return text
    return "".join(
        character
        for character in text.replace("\r\n", "\n")
        if character == "\n" or unicodedata.category(character) not in ("Cc", "Cf", "Zl", "Zp") or character in JOINERS
    )


def _confirm(_: Words, facts: Mapping[str, str]) -> list[str]:
    return [
        _("This e-mail address was entered in a form. If it was you, open this page and press the button there:"),
        facts["link"],
        *_code_and_way_out(_, facts),
    ]


def _reminder(_: Words, facts: Mapping[str, str]) -> list[str]:
    return [
        _(
            "This e-mail address was entered in a form some days ago, and that has not been confirmed yet. "
            "If it was you, open this page and press the button there:"
        ),
        facts["link"],
        *_code_and_way_out(_, facts),
    ]


def _code_and_way_out(_: Words, facts: Mapping[str, str]) -> list[str]:
    code = []
    if "code" in facts:
        code = [
            _("Or type this code on the page where you entered the address. It works for one day:"),
            facts["code"],
        ]
    return [
        *code,
        _(
            "If it was not you, you need not do anything: what is not confirmed never appears anywhere and is deleted. "
            "You can also open the page and choose “This was not me”."
        ),
        _("On the same page you can choose never to be written to again."),
    ]


def _asked(_: Words, facts: Mapping[str, str]) -> list[str]:
    return [
        _(
            "Somebody who knows you gave us this e-mail address, to show you something in private. "
            "You find it on this page:"
        ),
        facts["link"],
        _(
            "Nothing happens unless you press a button there, and you need not do anything. "
            "The link is for you alone; do not pass it on."
        ),
        _("On the same page you can choose never to be written to again."),
    ]


def _links(_: Words, facts: Mapping[str, str]) -> list[str]:
    return [
        _.ngettext(
            "You asked for your link. It leads to your private page; do not pass it on:",
            "You asked for your links. They lead to your private pages; do not pass them on:",
            len(facts["link"].split("\n")),
        ),
        facts["link"],
        _("If you did not ask for this, you need not do anything: nothing has changed."),
        _("On the same page you can choose never to be written to again."),
    ]


def _listed(_: Words, facts: Mapping[str, str]) -> list[str]:
    return [
        _("What you entered and confirmed has been accepted, and can be seen publicly once its time has come."),
        _("Here you can look at it, correct it or withdraw it. The link is private; do not pass it on:"),
        facts["link"],
        _("On the same page you can choose never to be written to again."),
    ]


def _receipt(_: Words, facts: Mapping[str, str]) -> list[str]:
    kept = []
    if facts.get("checkpoint"):
        kept = [
            _("Keep this line: with it anybody can show later that nothing was taken out or changed:"),
            facts["checkpoint"],
        ]
    return [
        _("What you confirmed has been counted. Your receipt is ready. Read what it is before you download it here:"),
        facts["link"],
        _("The link is private; do not pass it on."),
        *kept,
        _("On the same page you can choose never to be written to again."),
    ]


def _refused(_: Words, facts: Mapping[str, str]) -> list[str]:
    return [
        _("What you entered and confirmed was not accepted. This is the reason that was given:"),
        facts["reason"],
        _("What you entered has been deleted."),
    ]


def _merged(_: Words, facts: Mapping[str, str]) -> list[str]:
    return [
        _("What you entered was there already, so the two were made one. You need not do anything."),
        _("What you entered a second time has been deleted."),
    ]


def _newsletter(_: Words, facts: Mapping[str, str]) -> list[str]:
    return [
        _("This e-mail address was entered in a form. If it was you, open this page and press the button there:"),
        facts["link"],
        _("If it was not you, you need not do anything: nothing comes to this address, and it is deleted here."),
        _("On the same page you can choose never to be written to again."),
    ]


def _issue(_: Words, facts: Mapping[str, str]) -> list[str]:
    return [
        facts["body"],
        _("You asked for this, and confirmed it. By this link you leave, at once and for good:"),
        facts["link"],
    ]


TEMPLATES: dict[str, Callable[[Words, Mapping[str, str]], list[str]]] = {
    "confirm": _confirm,
    "reminder": _reminder,
    "asked": _asked,
    "links": _links,
    "listed": _listed,
    "receipt": _receipt,
    "refused": _refused,
    "merged": _merged,
    "newsletter": _newsletter,
    "issue": _issue,
}
