"""Where the public signs, types its code, and asks for its link: what a form posts, one verb, one answer."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from undersigned.letters.models import Letter
from undersigned.letters.rename import find_by_slug
from undersigned.lib.addresses import EmailAddress, NotAnAddress
from undersigned.lib.clock import now
from undersigned.lib.languages import INTERFACE, interface_for
from undersigned.lib.randomness import random_uuid
from undersigned.lib.refusal import Refusal, Refused
from undersigned.lib.sealing import Sealer
from undersigned.pages.answers import FALLBACK, Message, Way, answer, not_found, plain_frame, say, say_refused
from undersigned.pages.form import sentence
from undersigned.pages.frame import interface_tag, letter_frame, render
from undersigned.pages.incoming import comes_from_elsewhere, has_to_wait, read_fields, refuse_from_elsewhere
from undersigned.pages.outcome import say_confirmed
from undersigned.pages.review import review_page
from undersigned.pages.sign_page import Door, find_form, find_page, find_place, sign_page
from undersigned.signing.arrivals import NewArrival, arrive, pack
from undersigned.signing.confirm import CodeWrong, Confirmed, confirm_by_code
from undersigned.signing.consent import statement
from undersigned.signing.find import send_links
from undersigned.signing.links import Link, LinkExpired, LinkForged
from undersigned.signing.sign import CODE_LIFETIME, sign
from undersigned.signing.sign_on import KINDS, SignOn, parse
from undersigned.signing.terms import terms_of

CODE = "code"
"""The purpose of the token that binds a typed code to its sign-on. It leads to no private page."""


@csrf_exempt  # readers have no cookie that another site could abuse
def sign_publicly(request: HttpRequest, slug: str, language: str, kind: str) -> HttpResponse:
    """POST /{slug}/{language}/sign/{kind}/"""
    letter = public_letter(slug, language)
    if letter is None or kind not in KINDS or request.method != "POST":
        return not_found(request)
    return take_sign_on(request, Door.public(letter, kind, language))


def take_sign_on(request: HttpRequest, door: Door) -> HttpResponse:
    """Take the sign-on that was posted: “look into your mailbox”, or the form again with what was refused."""
    try:
        typed = read_fields(request)
    except Refusal as refusal:
        return say_refused(refusal, door.language)
    try:
        terms = terms_of(door.letter, invited=door.invited_by is not None)
        sign_on = parse(typed, door.kind, door.language, terms, door.invited_by)
        if comes_from_elsewhere(request, is_private=door.place.is_private):
            return answer(review_page(door, typed), interface_tag(door.language), referrer="same-origin")
        return _arrive(sign_on, door, now()) if has_to_wait(request) else _sign(sign_on, door, now())
    except Refused as refused:
        with translation.override(interface_for(door.language)):
            form = door.form.filled(typed, refused.refusals)
        status = max(refusal.status for refusal in refused.refusals)
        return answer(sign_page(door, form), interface_tag(door.language), status, "same-origin")


@csrf_exempt
def confirm_code(request: HttpRequest) -> HttpResponse:
    """POST /code/: the code from the mail, typed where one signed."""
    if request.method != "POST":
        return not_found(request)
    try:
        refuse_from_elsewhere(request)
        typed = read_fields(request)
    except Refusal as refusal:
        return say_refused(refusal, FALLBACK)
    language = typed.get("language", "")
    language = language if language in INTERFACE else FALLBACK
    try:
        confirmed = _confirm_code(typed.get("token", ""), typed.get("code", ""), now())
    except LinkForged:
        return not_found(request)
    except CodeWrong as refusal:
        return _code_page(language, typed["token"], refusal)
    except Refusal as refusal:
        return say_refused(refusal, language)
    return say_confirmed(confirmed, language)


@csrf_exempt
def find(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """POST /{slug}/{language}/find/: the same answer whether or not that address signed."""
    letter = public_letter(slug, language)
    if letter is None or request.method != "POST":
        return not_found(request)
    try:
        typed = read_fields(request)
    except Refusal as refusal:
        return say_refused(refusal, language)
    try:
        send_links(letter, EmailAddress.parse(typed.get("email", "")), language, now())
    except NotAnAddress as refusal:
        with translation.override(interface_for(language)):
            form = find_form(letter, language).filled(typed, [refusal])
        return answer(find_page(letter, language, form), interface_tag(language), refusal.status)
    return _say_on_its_way(letter, language)


def public_letter(slug: str, language: str) -> Letter | None:
    """The released letter at `slug`, or that was there once, if it has that language."""
    letter, _moved = find_by_slug(slug)
    return letter if letter and letter.is_public and language in letter.languages else None


def _arrive(sign_on: SignOn, door: Door, at: datetime) -> HttpResponse:
    """Take a sign-on into the slower queue."""
    signature, key = random_uuid(), settings.KEYS.letter_key(sign_on.letter)
    consent = statement(door.letter, sign_on.kind, sign_on.language).digest()
    arrive([NewArrival(sign_on.letter, pack(sign_on, signature, consent, Sealer(key)), is_slow=True)], at)
    return mailbox_page(door, code_token(signature, at, settings.KEYS.site_key("links")))


def code_token(signature: UUID, at: datetime, links_key: bytes) -> str:
    """What binds the code that is typed on the page after signing to its sign-on."""
    return Link(signature, at + CODE_LIFETIME, CODE).token(links_key)


def mailbox_page(door: Door, token: str) -> HttpResponse:
    """“Look into your mailbox”: what everybody sees after signing, whatever was known of them before."""
    with translation.override(interface_for(door.language)):
        title = _("Look into your mailbox")
    frame = letter_frame(door.letter, door.language, replace(door.place, is_private=True), title)
    return answer(render("pages/signing/mailbox.html", frame, token=token), frame.machine)


def _sign(sign_on: SignOn, door: Door, at: datetime) -> HttpResponse:
    [receipt] = sign([sign_on], at)
    if isinstance(receipt, Refusal):
        raise Refused([receipt])
    return mailbox_page(door, code_token(receipt.signature, at, settings.KEYS.site_key("links")))


def _confirm_code(token: str, code: str, at: datetime) -> Confirmed:
    try:
        link = Link.read(token, settings.KEYS.site_key("links"), at, CODE)
    except LinkExpired:
        raise CodeWrong("code") from None
    confirmed = confirm_by_code(link.signature, code, at)
    if isinstance(confirmed, Refusal):
        raise confirmed
    return confirmed


def _code_page(language: str, token: str, refusal: Refusal) -> HttpResponse:
    with translation.override(interface_for(language)):
        frame, error = plain_frame(language, _("This code does not fit")), sentence(refusal)
    html = render("pages/signing/mailbox.html", frame, token=token, error=error)
    return answer(html, frame.machine, refusal.status)


def _say_on_its_way(letter: Letter, language: str) -> HttpResponse:
    place = replace(find_place(letter), is_private=True)
    with translation.override(interface_for(language)):
        message = Message(
            language,
            _("Look into your mailbox"),
            (
                _("If somebody signed this letter with that address, a mail with the link is on its way to it."),
                _(
                    "We write to an address at most once a day for a letter. If it got a mail from us today already, "
                    "this one comes tomorrow."
                ),
            ),
            (Way(_("Back to the letter"), f"{place.root}/{language}/"),),
        )
        return say(message, letter_frame(letter, language, place, message.title))
