"""The door of the desk: who may pass, in which language, and what their browser may keep."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation

from undersigned.desk.accounts import lacks_second_factor
from undersigned.desk.models import User

ROOMS = ("/desk/", "/accounts/")
# What one needs before one is signed in.
OPEN = (settings.STATIC_URL, "/desk/accounts/language/")
SECOND_FACTOR = "/accounts/2fa/"


class OwnLanguage:
    """What a request has the machine speak ends with it: the thread that served it goes on to others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with translation.override(translation.get_language()):
            return self.get_response(request)


class DeskDoor:
    """Lets nobody under /desk/ who has not signed in, whatever the address and the method."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(ROOMS) or request.path.startswith(settings.STATIC_URL):
            return self.get_response(request)
        user = request.user
        if isinstance(user, User):
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        response = self._turned_away(request) or self.get_response(request)
        response.headers["Cache-Control"] = "no-store"
        # Under "no-referrer" browsers send "Origin: null" with a form, which Django rightly distrusts.
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    def _turned_away(self, request: HttpRequest) -> HttpResponseBase | None:
        if not request.path.startswith("/desk/") or request.path.startswith(OPEN):
            return None
        user = request.user
        if not isinstance(user, User):
            return redirect_to_login(request.get_full_path())
        return redirect("mfa_index") if lacks_second_factor(user) else None
