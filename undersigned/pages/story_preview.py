"""A wording in work as it will look, by a private link. No cache keeps it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from undersigned.lib.clock import now
from undersigned.lib.languages import interface_for
from undersigned.pages.answers import answer, not_found
from undersigned.pages.frame import Place, render
from undersigned.pages.invited import READING
from undersigned.pages.story import preview_page
from undersigned.pages.story_place import stored_picture
from undersigned.stories import preview
from undersigned.stories.models import Story

TYPES = {"jpg": "image/jpeg", "png": "image/png"}


@csrf_exempt  # so that whatever is sent here gets the answer of an address that leads nowhere
def page(request: HttpRequest, token: str, language: str) -> HttpResponse:
    """GET /p/story/{token}/{language}/"""
    story = _find(request, token)
    if story is None or not story.wording.headline.get(language):
        return not_found(request)
    found = preview_page(story, language, Place(f"/p/story/{token}", is_private=True))
    with translation.override(interface_for(language)):
        notice = _("Private: this wording is not published. Please do not pass on this page or its address.")
    return answer(render("pages/story/preview.html", found.frame, page=found, notice=notice), language)


@csrf_exempt
def picture(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """GET /p/story/{token}/{name}: the picture of the wording, in one of its sizes."""
    story = _find(request, token)
    stored = stored_picture(story, story.wording) if story else None
    content = stored.file(name) if stored else None
    if stored is None or content is None:
        return not_found(request)
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
    return HttpResponse(content, content_type=TYPES[stored.suffix], headers=headers)


def _find(request: HttpRequest, token: str) -> Story | None:
    return preview.find(token, settings.KEYS.site_key("links"), now()) if request.method in READING else None
