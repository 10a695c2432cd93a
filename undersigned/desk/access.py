"""Who asks, and about which letter."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from undersigned.desk.models import User
from undersigned.letters.audit import Actor
from undersigned.letters.rename import find_by_slug
from undersigned.stories.rename import find_by_slug as find_story


class DeskRequest(HttpRequest):
    """A request that passed the door of the desk: somebody has signed in."""

    user: User


View = Callable[..., HttpResponseBase]


def on_letter(view: View) -> View:
    """The view, given the letter at `slug`. A former address leads on; an unknown one is the one 404."""

    @wraps(view)
    def with_letter(request: DeskRequest, slug: str, **rest: object) -> HttpResponseBase:
        letter, has_moved = find_by_slug(slug)
        if letter is None:
            raise Http404
        if has_moved:
            return redirect(request.path.replace(f"/{slug}/", f"/{letter.slug}/", 1))
        return view(request, letter, **rest)

    return with_letter


def on_story(view: View) -> View:
    """The view, given the story at `slug`. A former address leads on; an unknown one is the one 404."""

    @wraps(view)
    def with_story(request: DeskRequest, slug: str, **rest: object) -> HttpResponseBase:
        story, has_moved = find_story(slug)
        if story is None:
            raise Http404
        if has_moved:
            return redirect(request.path.replace(f"/stories/{slug}/", f"/stories/{story.slug}/", 1))
        return view(request, story, **rest)

    return with_story


def actor_of(request: DeskRequest) -> Actor:
    """Who acts, as the audit trail names them."""
    return Actor(str(request.user), request.user.pk)
