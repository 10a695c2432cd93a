"""What a signatory sees on their own page: what is stored and shown, where it stands, and what they can do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _

from undersigned.letters.models import Publication
from undersigned.lib.countries import label_name
from undersigned.lib.languages import autonym
from undersigned.pages.answers import Way
from undersigned.pages.frame import interface_tag
from undersigned.pages.outcome import letter_ways, path_in, what_it_means
from undersigned.pages.receipt import evidence
from undersigned.pages.sign_page import Signed
from undersigned.signing.confirm import Outcome
from undersigned.signing.models import STANDING, Correction, Kind, Signatory, Signature, State, Visibility
from undersigned.signing.receipts import has_receipt
from undersigned.signing.withdraw import mailbox_of


@dataclass(frozen=True, slots=True)
class Visit:
    """A signatory at their page, which speaks `language`; `root` is its address without one."""

    signature: Signature
    root: str
    language: str

    @property
    def path(self) -> str:
        return path_in(self.signature, self.root, self.language)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is stored of a signatory. `language` is the value's, where it is known."""

    label: str
    value: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """One thing that a signatory can do here; `fields` are sent with it."""

    label: str
    hint: str
    fields: Mapping[str, str]
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class OwnPage:
    """Everything on the page. `shown` is what the public sees or will see, `kept` what nobody is shown.

    `main` leads to what is asked of whoever reads this, where no button does it.
    """

    action: str
    title: str
    sentences: tuple[str, ...]
    letter: Signed
    shown_title: str = ""
    shown: tuple[Row, ...] = ()
    kept: tuple[Row, ...] = ()
    main: Way | None = None
    buttons: tuple[Button, ...] = ()
    ways: tuple[Way, ...] = ()


def own_page(visit: Visit) -> OwnPage:
    """The private page."""
    signature = visit.signature
    title, *sentences = _state(signature)
    return OwnPage(
        action=visit.path,
        title=title,
        sentences=(*sentences, *_waiting(signature)),
        letter=_letter(visit),
        shown_title=_("How it appears") if signature.state in STANDING else _("How it will appear"),
        shown=tuple(_shown(visit)),
        kept=tuple(_kept(signature)),
        main=_main(visit),
        buttons=tuple(_buttons(signature)),
        ways=tuple(_ways(visit)),
    )


def withdrawal_page(visit: Visit) -> OwnPage:
    """The step before a withdrawal: what it does, what it cannot undo, and the button."""
    return OwnPage(
        action=visit.path,
        title=_("Withdraw my signature?"),
        sentences=(
            _("Your name leaves our pages within a minute, and what you entered is deleted here."),
            _(
                "What cannot be undone: copies that others made of the page, a letter that was already handed over, "
                "and the mail in your own inbox."
            ),
        ),
        letter=_letter(visit),
        buttons=(Button(_("Withdraw my signature"), "", {"action": "withdraw", "sure": "yes"}, is_main=True),),
        ways=(Way(_("Keep it as it is"), visit.path),),
    )


def expired_page(visit: Visit) -> OwnPage:
    """What somebody sees whose link has expired: a new one is a button away, or the letter's page sends it."""
    again = Button(
        _("Send me a new link"), _("It comes by mail, at most once a day."), {"action": "again"}, is_main=True
    )
    is_readable = mailbox_of(visit.signature.pk) is not None
    letter = visit.signature.letter
    find = Way(_("Find my sign-on"), f"/{letter.slug}/{visit.language}/find/")
    return OwnPage(
        action=visit.path,
        title=_("This link has expired"),
        sentences=(_("Nothing of your sign-on has changed by that."),),
        letter=_letter(visit),
        buttons=(again,) if is_readable else (),
        ways=(find,) if letter.is_public else (),
    )


def can_correct(signature: Signature) -> bool:
    """Whether there is anything that its signatory could correct: a sealed name cannot be."""
    return signature.state in (State.PENDING, *STANDING) and signature.visibility == Visibility.PUBLIC


def can_answer(signature: Signature) -> bool:
    """Whether somebody who is asked could sign now."""
    letter = signature.letter
    return signature.state == State.ASKED and letter.frozen is not None and letter.takes(signature.kind, invited=True)


def card_as_typed(signature: Signature) -> dict[str, str]:
    """What stands on a signatory's card, or is asked to, as the fields of a form."""
    waiting = Correction.objects.filter(pk=signature.pk).first()
    fields = waiting.fields if waiting else _card(signature)
    typed = {name: value for name, value in fields.items() if isinstance(value, str)}
    for plural, name in (("names", "name"), ("roles", "role"), ("affiliations", "affiliation")):
        typed |= {f"{name}_{tag}": text for tag, text in fields.get(plural, {}).items()}
    return typed | ({"former": "yes"} if fields.get("is_former") else {})


def _card(signature: Signature) -> dict[str, Any]:
    rows = Signatory.objects.filter(pk=signature.pk).values()
    return {**(dict(rows[0]) if rows else {}), "country": signature.country}


def _state(signature: Signature) -> tuple[str, ...]:
    """Where it stands: a title, and sentences below it."""
    match signature.state:
        case State.ASKED:
            said = _("A coalition asks whether this name may stand under its letter. Nothing is signed yet.")
            told = (_("You are asked to sign"), said, *_not_now(signature))
        case State.PENDING:
            said = _("Opening this page has confirmed nothing yet. Press the button to confirm.")
            told = (_("Confirm your signature"), said, _as(signature))
        case State.CONFIRMED:
            told = (_("Your signature is confirmed"), _("The coalition looks at it before it is listed."))
        case State.LISTED:
            told = (_("Your signature stands"), what_it_means(signature, Outcome.LISTED))
        case State.REFUSED:
            said = _(
                "The coalition did not accept this sign-on. We mailed you its reason. What you entered is deleted."
            )
            told = (_("This sign-on was not accepted"), said)
        case State.LAPSED:
            said = _("Nobody confirmed this sign-on in time, so it was deleted. You can sign again.")
            if signature.letter.publication == Publication.ARCHIVED:
                said = _(
                    "Nobody confirmed this sign-on in time, so it was deleted. The letter takes no others any more."
                )
            told = (_("This sign-on has lapsed"), said)
        case _:
            told = (_("Your signature is withdrawn."), _("What you entered is deleted here."))
    return told


def _not_now(signature: Signature) -> tuple[str, ...]:
    if can_answer(signature):
        return ()
    return (_("The letter takes no signatures at the moment. Please come back by the same link."),)


def _as(signature: Signature) -> str:
    """What a signatory is about to confirm."""
    if signature.visibility == Visibility.COUNTED_ONLY:
        return _("You sign as a supporter who is counted only: your name is sealed, and shown nowhere.")
    if signature.kind == Kind.ORGANISATION:
        return _("You sign in the name of an organisation. The coalition looks at it before it is listed.")
    if signature.kind == Kind.PERSON:
        return _("You sign as a person of note. The coalition looks at it before it is listed.")
    return _("You sign as a supporter, under your name.")


def _waiting(signature: Signature) -> tuple[str, ...]:
    if not Correction.objects.filter(pk=signature.pk).exists():
        return ()
    return (_("Your correction waits for the coalition. Until then the page shows what stood there before."),)


def _shown(visit: Visit) -> list[Row]:
    signature = visit.signature
    if signature.visibility == Visibility.COUNTED_ONLY:
        return []
    card = _card(signature)
    if "name" not in card:
        return []
    own = signature.letter.country_labels
    rows = [
        Row(_("Name"), card["name"]),
        *(Row(autonym(tag), name, tag) for tag, name in card["names"].items()),
        Row(_("In Latin letters"), card["latin"]),
        Row(_("Formerly") if card["is_former"] else _("Role or title"), card["role"]),
        *(Row(autonym(tag), role, tag) for tag, role in card["roles"].items()),
        Row(_("Affiliation"), card["affiliation"]),
        *(Row(autonym(tag), text, tag) for tag, text in card["affiliations"].items()),
        Row(_("Website"), card["website"]),
        Row(_("Country"), label_name(signature.country, interface_tag(visit.language), own)),
        Row(_("In exile: its seat"), card["seat"]),
    ]
    return [row for row in rows if row.value]


def _kept(signature: Signature) -> list[Row]:
    if signature.state not in (State.ASKED, State.PENDING, *STANDING):
        return []
    card = _card(signature)
    rows = [
        Row(_("Signed for it"), card.get("representative", "")),
        Row(_("Office"), card.get("office", "")),
        Row(_("Sort under"), card.get("sort_key", "")),
        Row(_("Your name"), _("sealed") if signature.visibility == Visibility.COUNTED_ONLY else ""),
        Row(_("E-mail address"), _("sealed") if _has_mailbox(signature) else ""),
    ]
    return [row for row in rows if row.value]


def _has_mailbox(signature: Signature) -> bool:
    try:
        return bool(signature.mailbox)
    except ObjectDoesNotExist:
        return False


def _buttons(signature: Signature) -> list[Button]:
    never = Button(
        _("Never mail me again"),
        _(
            "We delete what was entered, and keep only an unreadable mark of this address, so that we never "
            "write to it again."
        ),
        {"action": "never"},
    )
    if signature.state == State.ASKED:
        return [Button(_("I do not wish to sign"), _("We delete what is stored of you."), {"action": "decline"}), never]
    if signature.state == State.PENDING:
        return [
            Button(_("Confirm my signature"), "", {"action": "confirm"}, is_main=True),
            Button(_("This was not me"), _("We delete what was entered."), {"action": "not-me"}),
            never,
        ]
    if signature.state not in STANDING:
        return []
    receipt = [Button(_("Download my receipt"), evidence(), {"action": "receipt"})] if has_receipt(signature) else []
    withdrawal = Button(_("Withdraw my signature"), _("We ask once more before it happens."), {"action": "withdraw"})
    return [*receipt, withdrawal]


def _main(visit: Visit) -> Way | None:
    if not can_answer(visit.signature):
        return None
    return Way(_("Read the letter, and sign it"), f"{visit.root}{visit.language}/letter/")


def _ways(visit: Visit) -> list[Way]:
    correct = [Way(_("Correct my entry"), f"{visit.path}correct/")] if can_correct(visit.signature) else []
    return correct + letter_ways(visit.signature.letter, visit.language)


def _letter(visit: Visit) -> Signed:
    letter, language = visit.signature.letter, visit.language
    return Signed(
        letter.text_of("subject", language), language, f"/{letter.slug}/{language}/" if letter.is_public else ""
    )
