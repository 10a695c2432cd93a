"""Review at the desk: hand in, read, approve or send back."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from undersigned.desk.access import DeskRequest, actor_of, on_story
from undersigned.desk.refusals import by_field, explain, refusals_of, status_of
from undersigned.lib.clock import now
from undersigned.lib.refusal import Refusal
from undersigned.stories import review as reviews
from undersigned.stories.models import Story


@on_story
def review(request: DeskRequest, story: Story) -> HttpResponseBase:
    """Read what waits; a POST that names its digest approves it."""
    refusals: list[Refusal] = []
    if request.method == "POST":
        seen = request.POST.get("digest", "")
        refusals = refusals_of(lambda: reviews.approve(story, actor_of(request), now(), seen))
        if not refusals:
            messages.success(request, _("Approved. The story can be published now."))
            return redirect("desk:story", story.slug)
    return _page(request, story, refusals)


@require_POST
@on_story
def submit(request: DeskRequest, story: Story) -> HttpResponseBase:
    """Hand the wording in."""
    may_differ = bool(request.POST.get("may-differ"))
    refusals = refusals_of(lambda: reviews.submit(story, actor_of(request), now(), may_differ=may_differ))
    for refusal in refusals:
        messages.error(request, explain(refusal))
    if not refusals:
        messages.success(request, _("Handed in. Somebody who had no hand in it can review it now."))
    return redirect("desk:story", story.slug)


@require_POST
@on_story
def send_back(request: DeskRequest, story: Story) -> HttpResponseBase:
    """Send the wording back, with the reason."""
    reason = request.POST.get("reason", "")
    refusals = refusals_of(lambda: reviews.send_back(story, reason, actor_of(request), now()))
    if refusals:
        return _page(request, story, refusals)
    messages.success(request, _("Sent back. Whoever opens the story reads your reason."))
    return redirect("desk:story", story.slug)


def _page(request: DeskRequest, story: Story, refusals: list[Refusal]) -> HttpResponseBase:
    facts = {
        "story": story,
        "tab": "review",
        "digest": story.wording.digest().hex(),
        "is_own": request.user.pk in story.contributors,
        "edition": story.edition,
        "reason": request.POST.get("reason", ""),
        "refusals": by_field(refusals),
    }
    return render(request, "desk/story/review.html", facts, status=status_of(refusals))
