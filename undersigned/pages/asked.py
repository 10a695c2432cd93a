"""Where somebody reads and signs whom a sheet brought and a mail asked, by the private link in it."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt

from undersigned.lib.clock import now
from undersigned.lib.refusal import Refusal, Refused
from undersigned.pages.answers import answer, not_found, say_refused
from undersigned.pages.blank import answer_form
from undersigned.pages.form import SignForm
from undersigned.pages.frame import Place, interface_tag, letter_frame, render
from undersigned.pages.incoming import read_fields, refuse_from_elsewhere
from undersigned.pages.invited import notice_of
from undersigned.pages.letter import FormLink, SignArea, letter_page
from undersigned.pages.outcome import say_confirmed
from undersigned.pages.own import Visit, can_answer, card_as_typed
from undersigned.pages.private import opened
from undersigned.pages.sign_page import Signed
from undersigned.signing.answer import answer as sign_as_asked
from undersigned.signing.models import State
from undersigned.signing.sign_on import parse_answer
from undersigned.signing.terms import terms_of


@csrf_exempt  # so that a POST, too, is told what a stranger is told
def read(request: HttpRequest, token: str, language: str) -> HttpResponse:
    """GET /s/{token}/{language}/letter/: the letter, to be read before it is signed."""
    return opened(request, token, language, lambda visit: _letter(request, visit))


@csrf_exempt  # the token in the address is the authority, and no other site knows it
def sign(request: HttpRequest, token: str, language: str) -> HttpResponse:
    """GET and POST /s/{token}/{language}/sign/"""
    return opened(request, token, language, lambda visit: _sign(request, visit))


def _letter(request: HttpRequest, visit: Visit) -> HttpResponse:
    letter, language = visit.signature.letter, visit.language
    version = letter.frozen
    if version is None or request.method == "POST" or not can_answer(visit.signature):
        return not_found(request)
    page = letter_page(letter, version.content, language, _place(visit, "letter/"), invited=True)
    form = FormLink(_form(visit).title, _place(visit, "sign/").path(language))
    page = replace(page, sign=SignArea(links=(form,)))
    html = render("pages/signing/private_letter.html", page.frame, page=page, notice=notice_of(letter, language))
    return answer(html, language)


def _sign(request: HttpRequest, visit: Visit) -> HttpResponse:
    if visit.signature.state != State.ASKED:  # answered: their page says how it stands
        return HttpResponseRedirect(visit.path, headers={"Cache-Control": "no-store"})
    if request.method != "POST" and not can_answer(visit.signature):
        return not_found(request)
    form = _form(visit)
    if request.method != "POST":
        return _page(visit, form.filled(card_as_typed(visit.signature)))
    try:
        refuse_from_elsewhere(request)
        typed = read_fields(request)
    except Refusal as refusal:
        return say_refused(refusal, visit.language)
    try:
        return _answered(visit, typed)
    except Refused as refused:
        status = max(refusal.status for refusal in refused.refusals)
        return _page(visit, form.filled(typed, refused.refusals), status)


def _answered(visit: Visit, typed: dict[str, str]) -> HttpResponse:
    signature = visit.signature
    card = parse_answer(typed, signature.kind, terms_of(signature.letter, invited=True))
    confirmed = sign_as_asked(signature.pk, card, typed["version"], visit.language, now())
    if isinstance(confirmed, Refusal):
        raise Refused([confirmed])
    return say_confirmed(confirmed, visit.language)


def _form(visit: Visit) -> SignForm:
    signature = visit.signature
    return answer_form(signature.letter, signature.kind, visit.language, _place(visit, "sign/").path(visit.language))


def _page(visit: Visit, form: SignForm, status: int = 200) -> HttpResponse:
    letter, language = visit.signature.letter, visit.language
    frame = letter_frame(letter, language, _place(visit, "sign/"), form.title)
    read_at = _place(visit, "letter/").path(language)
    views = {"form": form, "letter": Signed(letter.text_of("subject", language), language, read_at)}
    html = render("pages/signing/sign.html", frame, **views, notice=notice_of(letter, language))
    return answer(html, interface_tag(language), status)


def _place(visit: Visit, rest: str) -> Place:
    return Place(visit.root.rstrip("/"), rest, is_private=True)
