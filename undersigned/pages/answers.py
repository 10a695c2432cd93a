"""Answers that are made for one reader at a time: kept by nobody, found by no search engine."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from undersigned.lib.languages import INTERFACE, interface_for
from undersigned.lib.refusal import Refusal
from undersigned.pages.form import sentence
from undersigned.pages.frame import Frame, interface_tag, render

FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Way:
    """A link that leads on."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Message:
    """A page of a few sentences, in `language`, and where to go from there."""

    language: str
    title: str
    sentences: tuple[str, ...]
    ways: tuple[Way, ...] = ()


PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


def hand_over(content: bytes, name: str, kind: str) -> HttpResponse:
    """A file for this reader alone."""
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


def answer(html: str, language: str, status: int = 200, referrer: str = "no-referrer") -> HttpResponse:
    """A page for this reader alone: no cache keeps it, no search engine lists it, no link out of it tells of it.

    With the `referrer` policy “same-origin”, browsers tell of a form in it that it comes from here.
    """
    headers = {**PRIVATE, "Referrer-Policy": referrer, "Content-Language": language}
    return HttpResponse(html, status=status, headers=headers)


def say(message: Message, frame: Frame, status: int = 200) -> HttpResponse:
    """The answer that is a message."""
    return answer(render("pages/signing/message.html", frame, message=message), frame.machine, status)


def plain_frame(language: str, title: str) -> Frame:
    """The frame of an answer that is about no letter, or must not tell about which one it is."""
    return Frame(language=interface_tag(language), title=title, campaign=settings.SITE_NAME, home="/")


def say_refused(refusal: Refusal, language: str) -> HttpResponse:
    """A refusal as a page of its own, where no form could show it."""
    with translation.override(interface_for(language)):
        message = Message(language, _("This did not work"), (sentence(refusal),), (letters_of(language),))
        return say(message, plain_frame(language, message.title), refusal.status)


def letters_of(language: str) -> Way:
    """The way on for those who can go no further here."""
    return Way(_("All letters"), f"/{interface_tag(language)}/")


def language_of(request: HttpRequest) -> str:
    """The interface language that the reader's browser asks for, where no address says one."""
    return interface_tag(translation.get_language_from_request(request))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The one answer to whatever leads nowhere, may not be seen or is not there yet: always the same bytes."""
    messages = []
    for language in INTERFACE:
        with translation.override(interface_for(language)):
            messages.append(
                Message(
                    language,
                    _("There is nothing at this address"),
                    (_("Perhaps a part of the address was lost. If it came in a mail, copy the whole link."),),
                    (letters_of(language),),
                )
            )
    frame = plain_frame(FALLBACK, messages[1].title)
    html = render("pages/signing/not_found.html", frame, messages=messages)
    return answer(html, ", ".join(INTERFACE), 404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What was sent makes no sense to any page of ours."""
    language = language_of(request)
    with translation.override(interface_for(language)):
        sentences = (_("What was sent cannot be understood. Nothing was stored."),)
        message = Message(language, _("This did not work"), sentences, (letters_of(language),))
        return say(message, plain_frame(language, message.title), 400)


def fault(request: HttpRequest) -> HttpResponse:
    """A fault of ours."""
    language = language_of(request)
    with translation.override(interface_for(language)):
        sentences = (
            _("Something went wrong on our side. We do not know whether what you sent was stored; please try again."),
        )
        message = Message(language, _("This did not work"), sentences, (letters_of(language),))
        return say(message, plain_frame(language, message.title), 500)
