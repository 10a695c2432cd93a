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
from undersigned.pages.frame import Frame, render
from undersigned.pages.incoming import read_fields, refuse_from_elsewhere
from undersigned.pages.outcome import frame_of, letter_ways, say_confirmed, say_withdrawn
from undersigned.pages.own import OwnPage, Visit, can_correct, card_as_typed, expired_page, own_page, withdrawal_page
from undersigned.pages.receipt import packed
from undersigned.signing.answer import decline
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

Act = Callable[[Visit, datetime], HttpResponse]
METHODS = ("GET", "HEAD", "POST")


@csrf_exempt  # the token in the address is the authority, and no other site knows it
def own(request: HttpRequest, token: str, language: str = "") -> HttpResponse:
    """GET and POST /s/{token}/ and /s/{token}/{language}/"""
    return opened(request, token, language, lambda visit: _own(request, visit))


@csrf_exempt
def correction(request: HttpRequest, token: str, language: str = "") -> HttpResponse:
    """GET and POST /s/{token}/correct/ and /s/{token}/{language}/correct/"""
    return opened(request, token, language, lambda visit: _correction(request, visit))


def opened(request: HttpRequest, token: str, language: str, then: Callable[[Visit], HttpResponse]) -> HttpResponse:
    """What `then` answers for the sign-on that `token` leads to; else why it leads nowhere."""
    try:
        link = Link.read(token, settings.KEYS.site_key("links"), now())
    except LinkForged:
        return not_found(request)
    except LinkExpired as expired:
        visit = _visit(expired.signature, token, language)
        return _expired(request, visit, expired) if visit else not_found(request)
    visit = _visit(link.signature, token, language)
    if visit is None:
        return _gone(language or language_of(request))
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    with translation.override(interface_for(visit.language)):
        return then(visit)


def _own(request: HttpRequest, visit: Visit) -> HttpResponse:
    if request.method != "POST":
        return _page(visit, own_page(visit))
    try:
        refuse_from_elsewhere(request)
        typed = read_fields(request)
    except Refusal as refusal:
        return say_refused(refusal, visit.language)
    action = typed.get("action", "")
    act = ACTS.get(action)
    if act is None or (action == "withdraw" and visit.signature.state == State.ASKED):  # who is asked declines instead
        return _page(visit, own_page(visit))
    if action == "withdraw" and typed.get("sure") != "yes":
        return _page(visit, withdrawal_page(visit))
    return act(visit, now())


def _confirm(visit: Visit, at: datetime) -> HttpResponse:
    [confirmed] = confirm([visit.signature.pk], at)
    if isinstance(confirmed, Refusal):
        return say_refused(confirmed, visit.language)
    return say_confirmed(confirmed, visit.language)


def _withdraw(visit: Visit, at: datetime) -> HttpResponse:
    withdraw([visit.signature.pk], at)
    return say_withdrawn(visit.signature.letter, visit.language, visit.root)


def _not_me(visit: Visit, at: datetime) -> HttpResponse:
    if not not_me(visit.signature.pk, at):  # confirmed meanwhile: whoever can read the mailbox can still withdraw
        return say_refused(DecidedMeanwhile(), visit.language)
    return _say(visit, _("What was entered is deleted"), _("Nothing was published, and nothing was counted."))


def _decline(visit: Visit, at: datetime) -> HttpResponse:
    if not decline(visit.signature.pk, at):
        return say_refused(DecidedMeanwhile(), visit.language)
    return _say(visit, _("Your answer is noted"), _("What was stored of you is deleted."))


def _never(visit: Visit, at: datetime) -> HttpResponse:
    """Silence first: once the sign-on is deleted, nobody can tell the mailbox any more."""
    done = never_mail_again(visit.signature.pk, at)
    not_me(visit.signature.pk, at)
    said = (
        _("We keep only an unreadable mark of this address, so that we never write to it again.")
        if done
        else _("This server cannot read your address any more, so it writes to it only when somebody types it anew.")
    )
    return _say(visit, _("We will not write again"), said)


def _receipt(visit: Visit, _at: datetime) -> HttpResponse:
    """The receipt, as a file; the page above the button has said what it is."""
    receipt = receipt_of(visit.signature)
    if receipt is None:
        said = _("Your entry is not in the public log yet. Try again in a moment.")
        return _say(visit, _("Your receipt is not ready yet"), said)
    return hand_over(packed(receipt), "receipt.zip", "application/zip")


ACTS: dict[str, Act] = {
    "confirm": _confirm,
    "withdraw": _withdraw,
    "not-me": _not_me,
    "decline": _decline,
    "never": _never,
    "receipt": _receipt,
}


def _correction(request: HttpRequest, visit: Visit) -> HttpResponse:
    signature = visit.signature
    if not can_correct(signature):
        return _page(visit, own_page(visit))
    form = correction_form(signature.letter, signature.kind, visit.language, f"{visit.path}correct/")
    if request.method != "POST":
        return _correction_page(visit, form.filled(card_as_typed(signature)))
    try:
        refuse_from_elsewhere(request)
        typed = read_fields(request)
    except Refusal as refusal:
        return say_refused(refusal, visit.language)
    try:
        card = parse_card(typed, signature.kind, terms_of(signature.letter, invited=True))
        return _corrected(visit, correct(signature, card, now()))
    except Refused as refused:
        return _correction_page(visit, form.filled(typed, refused.refusals), 422)
    except Refusal as refusal:
        return say_refused(refusal, visit.language)


def _correction_page(visit: Visit, form: SignForm, status: int = 200) -> HttpResponse:
    frame = _frame(visit, form.title, "correct/")
    views = {"form": form, "is_reviewed": visit.signature.state == State.LISTED, "back": visit.path}
    return answer(render("pages/signing/correct.html", frame, **views), frame.machine, status)


def _corrected(visit: Visit, in_force: bool) -> HttpResponse:
    way = Way(_("Back to my page"), visit.path)
    if in_force:
        return _say(visit, _("Your correction is in force"), _("You need not sign again."), way)
    said = _("The coalition looks at it before the page shows it. You need not sign again.")
    return _say(visit, _("Your correction is on its way"), said, way)


def _expired(request: HttpRequest, visit: Visit, expired: LinkExpired) -> HttpResponse:
    """The link told the truth once: it leads to where one asks for another one."""
    with translation.override(interface_for(visit.language)):
        if request.method != "POST":
            return _page(visit, expired_page(visit), expired.status)
        send_link_again(visit.signature, now())
        said = _("If we can still read your address, a new link is on its way to it.")
        return _say(visit, _("Look into your mailbox"), said)


def _gone(language: str) -> HttpResponse:
    """A link of ours to a sign-on that has left nothing behind."""
    with translation.override(interface_for(language)):
        said = _(
            "The sign-on that this link led to was deleted: it was a repeat, or somebody said that it was not theirs."
        )
        message = Message(language, _("There is nothing here any more"), (said,))
        return say(message, plain_frame(language, message.title), 410)


def _page(visit: Visit, page: OwnPage, status: int = 200) -> HttpResponse:
    frame = _frame(visit, page.title)
    return answer(render("pages/signing/own.html", frame, page=page), frame.machine, status)


def _say(visit: Visit, title: str, sentence: str, *ways: Way) -> HttpResponse:
    letter = visit.signature.letter
    message = Message(visit.language, title, (sentence,), (*ways, *letter_ways(letter, visit.language)))
    return say(message, _frame(visit, title))


def _frame(visit: Visit, title: str, rest: str = "") -> Frame:
    return frame_of(visit.signature.letter, visit.language, title, visit.root, rest)


def _visit(signature: UUID, token: str, language: str) -> Visit | None:
    """Somebody at the page of `signature`, in a language that its letter has; None where there is no such page."""
    found = Signature.objects.select_related("letter").filter(pk=signature).first()
    if found is None:
        return None
    known = language if language in found.letter.languages else found.language
    return Visit(found, f"/s/{token}/", known)
