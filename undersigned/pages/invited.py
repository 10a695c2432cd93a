"""Private ways to a letter: to look at it before its release, and to sign it by invitation. No cache keeps them."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from undersigned.letters import draft, links
from undersigned.letters.models import Letter, PrivateLink
from undersigned.lib.clock import now
from undersigned.lib.languages import interface_for
from undersigned.pages.answers import Message, answer, not_found, plain_frame, say
from undersigned.pages.figures import city, wall_time
from undersigned.pages.frame import Place, interface_tag, render
from undersigned.pages.letter import letter_page, release_of
from undersigned.pages.sign_page import Door, sign_page
from undersigned.pages.signing import take_sign_on
from undersigned.signing.sign_on import KINDS
from undersigned.signing.terms import terms_of

READING = ("GET", "HEAD")


@csrf_exempt  # so that a POST, too, is told what a stranger is told
@csrf_exempt  # so that whatever is sent here gets the answer of an address that leads nowhere
def preview(request: HttpRequest, token: str, language: str) -> HttpResponse:
    """GET /p/{token}/{language}/: the letter as it will look; its public page once it has one."""
    link = _find(token, language, PrivateLink.Purpose.PREVIEW)
    if link is None or request.method not in READING:
        return not_found(request)
    letter = link.letter
    if letter.is_public:
        return _to_the_public_page(letter, language)
    version = letter.frozen
    content = version.content if version else draft.content_of(letter)
    page = letter_page(letter, content, language, Place(f"/p/{token}", is_private=True))
    return answer(
        render("pages/signing/private_letter.html", page.frame, page=page, notice=notice_of(letter, language)), language
    )


@csrf_exempt
@csrf_exempt
def invitation(request: HttpRequest, token: str, language: str) -> HttpResponse:
    """GET /i/{token}/{language}/: the letter, to be read before it is signed."""
    link = _find(token, language, PrivateLink.Purpose.INVITATION)
    if link is None or request.method not in READING:
        return not_found(request)
    version = link.letter.frozen
    if version is None:
        return _say_not_final(language)
    page = letter_page(link.letter, version.content, language, Place(f"/i/{token}", is_private=True), invited=True)
    notice = notice_of(link.letter, language)
    return answer(render("pages/signing/private_letter.html", page.frame, page=page, notice=notice), language)


@csrf_exempt  # the token in the address is the authority, and no other site knows it
def sign_by_invitation(request: HttpRequest, token: str, language: str, kind: str) -> HttpResponse:
    """GET and POST /i/{token}/{language}/sign/{kind}/"""
    link = _find(token, language, PrivateLink.Purpose.INVITATION)
    if link is None or request.method not in (*READING, "POST"):
        return not_found(request)
    place = Place(f"/i/{token}", f"sign/{kind}/", is_private=True)
    door = Door(link.letter, kind, language, place, link.pk, notice_of(link.letter, language))
    if kind in KINDS and request.method == "POST":  # closed while somebody typed: the form says so, and keeps it
        return take_sign_on(request, door)
    if kind not in terms_of(link.letter, invited=True).kinds:
        return not_found(request)
    return answer(sign_page(door), interface_tag(language))


def _find(token: str, language: str, purpose: PrivateLink.Purpose, at: datetime | None = None) -> PrivateLink | None:
    link = links.find(token, purpose, at or now())
    return link if link and language in link.letter.languages else None


def notice_of(letter: Letter, language: str) -> str:
    """What stands above everything while a letter is not public."""
    if letter.is_public:
        return ""
    with translation.override(interface_for(language)):
        release = release_of(letter)
        if release is None:
            return _("Private: this letter is not released yet. Please do not pass on this page or its address.")
        tag = interface_tag(language)
        facts = {
            "moment": wall_time(datetime.fromisoformat(release.wall_time), tag),
            "city": city(release.zone, tag),
        }
        return (
            _("Private: under embargo until %(moment)s (%(city)s). Please do not pass on this page or its address.")
            % facts
        )


def _to_the_public_page(letter: Letter, language: str) -> HttpResponse:
    response = HttpResponseRedirect(f"/{letter.slug}/{language}/")
    response.headers["Cache-Control"] = "no-store"
    return response


def _say_not_final(language: str) -> HttpResponse:
    with translation.override(interface_for(language)):
        said = _("The text that you are invited to sign is not final yet. Please come back by the same link.")
        message = Message(language, _("Not yet"), (said,))
        return say(message, plain_frame(language, message.title))
