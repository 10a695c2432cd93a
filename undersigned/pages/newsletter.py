"""Asking for the newsletter, and one's own page of it: the same answer for everybody, and only a POST acts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from undersigned.lib.addresses import EmailAddress, NotAnAddress
from undersigned.lib.clock import now
from undersigned.lib.languages import INTERFACE, direction, interface_for
from undersigned.lib.refusal import Refusal
from undersigned.newsletter.models import Subscription
from undersigned.newsletter.subscribe import PURPOSE, ask, confirm, leave, never_mail_again
from undersigned.pages.answers import Message, answer, language_of, not_found, plain_frame, say, say_refused
from undersigned.pages.form import Field, Section, SignForm
from undersigned.pages.frame import interface_tag, render, site_frame
from undersigned.pages.incoming import has_to_wait, read_fields, refuse_from_elsewhere
from undersigned.pages.own import Button
from undersigned.signing.links import Link, LinkExpired, LinkForged

ONE_CLICK = "List-Unsubscribe"
"""The field that a mail program posts when its reader presses its own button (RFC 8058 §3.2)."""


def newsletter_path(language: str) -> str:
    """`/{language}/newsletter/`"""
    return f"/{interface_tag(language)}/newsletter/"


def newsletter_page(language: str, form: SignForm | None = None) -> str:
    """The page on which one asks for the newsletter, blank unless `form` is given."""
    form = form or _form(language)
    return render("pages/newsletter.html", site_frame(language, form.title, newsletter_path), form=form)


@csrf_exempt  # readers have no cookie that another site could abuse
def subscribe(request: HttpRequest, language: str) -> HttpResponse:
    """POST /{language}/newsletter/: the same answer whether or not that address is on the list."""
    if language not in INTERFACE or request.method != "POST":
        return not_found(request)
    try:
        typed = read_fields(request)
    except Refusal as refusal:
        return say_refused(refusal, language)
    try:
        ask(EmailAddress.parse(typed.get("email", "")), language, now(), is_slow=has_to_wait(request))
    except NotAnAddress as refusal:
        with translation.override(interface_for(language)):
            form = _form(language).filled(typed, [refusal])
        return answer(newsletter_page(language, form), language, refusal.status)
    with translation.override(interface_for(language)):
        told = (
            _("If this address can receive mail from us, a message is on its way. Open it and confirm."),
            _("We write to an address at most once a day."),
        )
        return _say(language, _("Look into your mailbox"), *told)


@csrf_exempt  # the token in the address is the authority, and no other site knows it
def subscription(request: HttpRequest, token: str) -> HttpResponse:
    """GET and POST /n/{token}/"""
    try:
        link = Link.read(token, settings.KEYS.site_key("links"), now(), PURPOSE)
    except (LinkForged, LinkExpired):
        return not_found(request)
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(("GET", "HEAD", "POST"))
    row = Subscription.objects.filter(pk=link.signature).first()
    language = row.language if row else language_of(request)
    with translation.override(interface_for(language)):
        if request.method == "POST":
            return _act(request, link.signature, language)
        return _own(request, row) if row else _gone(language)


def _act(request: HttpRequest, subscription: UUID, language: str) -> HttpResponse:
    try:
        typed = read_fields(request)
        if ONE_CLICK not in typed:  # a mail program has no site of its own, a page of somebody else's has
            refuse_from_elsewhere(request)
    except Refusal as refusal:
        return say_refused(refusal, language)
    act = _leave if ONE_CLICK in typed else ACTS.get(typed.get("action", ""))
    return act(subscription, language, now()) if act else _gone(language)


def _confirm(subscription: UUID, language: str, at: datetime) -> HttpResponse:
    if not confirm(subscription, at):
        return _gone(language)
    return _say(
        language,
        _("You are on the list"),
        _("Every issue has a link at its end by which you leave, at once and for good."),
    )


def _leave(subscription: UUID, language: str, at: datetime) -> HttpResponse:
    leave(subscription)
    return _gone(language)


def _never(subscription: UUID, language: str, at: datetime) -> HttpResponse:
    never_mail_again(subscription, at)
    return _say(
        language,
        _("We will not write again"),
        _("We keep only an unreadable mark of this address, so that we never write to it again."),
    )


ACTS: dict[str, Callable[[UUID, str, datetime], HttpResponse]] = {
    "confirm": _confirm,
    "leave": _leave,
    "never": _never,
}


@dataclass(frozen=True, slots=True)
class SubscriptionPage:
    """The private page of a subscription, at the path `action`."""

    action: str
    title: str
    sentences: tuple[str, ...]
    buttons: tuple[Button, ...]


def _own(request: HttpRequest, row: Subscription) -> HttpResponse:
    page = _listed(request.path) if row.confirmed_at else _asked(request.path)
    frame = plain_frame(row.language, page.title)
    return answer(render("pages/subscription.html", frame, page=page), frame.machine)


def _asked(path: str) -> SubscriptionPage:
    sentences = (
        _("Opening this page has confirmed nothing yet. Press the button to confirm."),
        _("Its issues name what they are about. Consider who else can see your inbox."),
    )
    buttons = (
        Button(_("Send me the newsletter"), "", {"action": "confirm"}, is_main=True),
        Button(_("This was not me"), _("We delete what was entered."), {"action": "leave"}),
        _never_button(),
    )
    return SubscriptionPage(path, _("The newsletter"), sentences, buttons)


def _listed(path: str) -> SubscriptionPage:
    buttons = (Button(_("Leave the newsletter"), "", {"action": "leave"}, is_main=True), _never_button())
    return SubscriptionPage(path, _("Leave the newsletter?"), (_("Your address is deleted here at once."),), buttons)


def _never_button() -> Button:
    hint = _("We keep only an unreadable mark of this address, so that we never write to it again.")
    return Button(_("Never mail me again"), hint, {"action": "never"})


def _gone(language: str) -> HttpResponse:
    """Whoever has left, and whoever never was there."""
    return _say(language, _("You are not on the list"), _("Your address is deleted here. Nothing more is sent to it."))


def _say(language: str, title: str, *sentences: str) -> HttpResponse:
    return say(Message(language, title, sentences), plain_frame(language, title))


def _form(language: str) -> SignForm:
    with translation.override(interface_for(language)):
        hint = _("We send a link there, by which you confirm. We write to an address at most once a day.")
        email = Field(
            "newsletter-email", "email", _("E-mail address"), "email", "", hint, "", "email",
            direction="ltr", is_required=True,
        )  # fmt: skip
        return SignForm(
            kind="newsletter",
            action=newsletter_path(language),
            language=interface_tag(language),
            direction=direction(interface_tag(language)),
            title=_("Newsletter"),
            button=_("Ask for the newsletter"),
            sections=(Section("", (email,)),),
        )
