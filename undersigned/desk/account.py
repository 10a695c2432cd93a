"""One's own account: the language of the desk, the password, the second factor."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from undersigned.desk.access import DeskRequest
from undersigned.desk.models import User

REMEMBERED = 365 * 86400


@require_safe
def account(request: DeskRequest) -> HttpResponse:
    return render(request, "desk/account.html", {"has_second_factor": is_mfa_enabled(request.user)})


@require_POST
def language(request: HttpRequest) -> HttpResponseBase:
    """Change the language: in the account of who is signed in, and in a cookie for the page that signs in."""
    code = request.POST.get("language", "")
    response = redirect(_back(request))
    if code not in dict(settings.LANGUAGES):
        return response
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(language=code)
    translation.activate(code)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=REMEMBERED,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def _back(request: HttpRequest) -> str:
    to = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    return to if safe else "/desk/"
