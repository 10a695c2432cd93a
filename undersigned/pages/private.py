"""The private page of a sign-on: GET shows, only POST acts, so that whatever opens links in mails does no harm."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from undersigned.lib.clock import now
from undersigned.lib.languages import interface_for
from undersigned.lib.refusal import Refusal, Refused
from undersigned.pages.answers import (
    Message,
    Way,
    answer,
    hand_over,
    language_of,
    not_found,
    plain_frame,
    say,
    say_refused,
)
from undersigned.pages.blank import correction_form
from undersigned.pages.form import SignForm
from undersigned.pages.frame import render
from undersigned.pages.incoming import read_fields, refuse_from_elsewhere
from undersigned.pages.outcome import frame_of, letter_ways, say_confirmed, say_withdrawn
from undersigned.pages.own import OwnPage, can_correct, card_as_typed, expired_page, own_page, withdrawal_page
from undersigned.pages.receipt import packed
from undersigned.signing.confirm import confirm
from undersigned.signing.correct import correct
from undersigned.signing.decide import DecidedMeanwhile
from undersigned.signing.find import send_link_again
from undersigned.signing.links import Link, LinkExpired, LinkForged
from undersigned.signing.models import Signature, State
from undersigned.signing.receipts import receipt_of
from undersigned.signing.sign_on import parse_card
from undersigned.signing.terms import terms_of
from undersigned.signing.withdraw import never_mail_again, not_me, withdraw

Act = Callable[[Signature, datetime], HttpResponse]
METHODS = ("GET", "HEAD", "POST")


@csrf_exempt  # the token in the address is the authority, and no other site knows it
def own(request: HttpRequest, token: str) -> HttpResponse:
    """GET and POST /s/{token}/"""
    return _opened(request, token, lambda signature: _own(request, signature))


@csrf_exempt
def correction(request: HttpRequest, token: str) -> HttpResponse:
    """GET and POST /s/{token}/correct/"""
    return _opened(request, token, lambda signature: _correction(request, signature))


def _opened(request: HttpRequest, token: str, then: Callable[[Signature], HttpResponse]) -> HttpResponse:
    """What `then` answers for the sign-on that `token` leads to; else why it leads nowhere."""
    try:
        link = Link.read(token, settings.KEYS.site_key("links"), now())
    except LinkForged:
        return not_found(request)
    except LinkExpired as expired:
        return _expired(request, expired)
    signature = _find(link.signature)
    if signature is None:
        return _gone(request)
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    with translation.override(interface_for(signature.language)):
        return then(signature)


def _own(request: HttpRequest, signature: Signature) -> HttpResponse:
    if request.method != "POST":
        return _page(signature, own_page(signature, request.path))
    try:
        refuse_from_elsewhere(request)
        typed = read_fields(request)
    except Refusal as refusal:
        return say_refused(refusal, signature.language)
    if typed.get("action") == "withdraw" and typed.get("sure") != "yes":
        return _page(signature, withdrawal_page(signature, request.path))
    act = ACTS.get(typed.get("action", ""))
    return act(signature, now()) if act else _page(signature, own_page(signature, request.path))


def _confirm(signature: Signature, at: datetime) -> HttpResponse:
    [confirmed] = confirm([signature.pk], at)
    if isinstance(confirmed, Refusal):
        return say_refused(confirmed, signature.language)
    return say_confirmed(confirmed, signature.language)


def _withdraw(signature: Signature, at: datetime) -> HttpResponse:
    withdraw([signature.pk], at)
    return say_withdrawn(signature.letter, signature.language)


def _not_me(signature: Signature, at: datetime) -> HttpResponse:
    if not not_me(signature.pk, at):  # confirmed meanwhile: whoever can read the mailbox can still withdraw
        return say_refused(DecidedMeanwhile(), signature.language)
    return _say(signature, _("What was entered is deleted"), _("Nothing was published, and nothing was counted."))


def _never(signature: Signature, at: datetime) -> HttpResponse:
    """Silence first: once the sign-on is deleted, nobody can tell the mailbox any more."""
    done = never_mail_again(signature.pk, at)
    not_me(signature.pk, at)
    said = (
        _("We keep only an unreadable mark of this address, so that we never write to it again.")
        if done
        else _("This server cannot read your address any more, so it writes to it only when somebody types it anew.")
    )
    return _say(signature, _("We will not write again"), said)


def _receipt(signature: Signature, _at: datetime) -> HttpResponse:
    """The receipt, as a file; the page above the button has said what it is."""
    receipt = receipt_of(signature)
    if receipt is None:
        said = _("Your entry is not in the public log yet. Try again in a moment.")
        return _say(signature, _("Your receipt is not ready yet"), said)
    return hand_over(packed(receipt), "receipt.zip", "application/zip")


ACTS: dict[str, Act] = {
    "confirm": _confirm,
    "withdraw": _withdraw,
    "not-me": _not_me,
    "never": _never,
    "receipt": _receipt,
}


def _correction(request: HttpRequest, signature: Signature) -> HttpResponse:
    if not can_correct(signature):
        return _page(signature, own_page(signature, request.path.removesuffix("correct/")))
    form = correction_form(signature.letter, signature.kind, signature.language, request.path)
    if request.method != "POST":
        return _correction_page(signature, form.filled(card_as_typed(signature)))
    try:
        refuse_from_elsewhere(request)
        typed = read_fields(request)
    except Refusal as refusal:
        return say_refused(refusal, signature.language)
    try:
        card = parse_card(typed, signature.kind, terms_of(signature.letter, invited=True))
        return _corrected(signature, correct(signature, card, now()), request.path)
    except Refused as refused:
        return _correction_page(signature, form.filled(typed, refused.refusals), 422)
    except Refusal as refusal:
        return say_refused(refusal, signature.language)


def _correction_page(signature: Signature, form: SignForm, status: int = 200) -> HttpResponse:
    frame = frame_of(signature.letter, signature.language, form.title)
    views = {"form": form, "is_reviewed": signature.state == State.LISTED, "back": form.action.removesuffix("correct/")}
    return answer(render("pages/signing/correct.html", frame, **views), frame.machine, status)


def _corrected(signature: Signature, in_force: bool, path: str) -> HttpResponse:
    way = Way(_("Back to my page"), path.removesuffix("correct/"))
    if in_force:
        return _say(signature, _("Your correction is in force"), _("You need not sign again."), way)
    said = _("The coalition looks at it before the page shows it. You need not sign again.")
    return _say(signature, _("Your correction is on its way"), said, way)


def _expired(request: HttpRequest, expired: LinkExpired) -> HttpResponse:
    """The link told the truth once: it leads to where one asks for another one."""
    signature = _find(expired.signature)
    if signature is None:
        return not_found(request)
    with translation.override(interface_for(signature.language)):
        if request.method != "POST":
            return _page(signature, expired_page(signature, request.path), expired.status)
        send_link_again(signature, now())
        said = _("If we can still read your address, a new link is on its way to it.")
        return _say(signature, _("Look into your mailbox"), said)


def _gone(request: HttpRequest) -> HttpResponse:
    """A link of ours to a sign-on that has left nothing behind."""
    language = language_of(request)
    with translation.override(interface_for(language)):
        said = _(
            "The sign-on that this link led to was deleted: it was a repeat, or somebody said that it was not theirs."
        )
        message = Message(language, _("There is nothing here any more"), (said,))
        return say(message, plain_frame(language, message.title), 410)


def _page(signature: Signature, page: OwnPage, status: int = 200) -> HttpResponse:
    frame = frame_of(signature.letter, signature.language, page.title)
    return answer(render("pages/signing/own.html", frame, page=page), frame.machine, status)


def _say(signature: Signature, title: str, sentence: str, *ways: Way) -> HttpResponse:
    message = Message(
        signature.language, title, (sentence,), (*ways, *letter_ways(signature.letter, signature.language))
    )
    return say(message, frame_of(signature.letter, signature.language, title))


def _find(signature: UUID) -> Signature | None:
    found = Signature.objects.select_related("letter").filter(pk=signature)
    return found.exclude(state=State.ASKED).first()
