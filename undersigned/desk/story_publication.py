"""Publication at the desk: now, or at a moment; cancelled; withdrawn."""

from functools import partial
from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from undersigned.desk.access import DeskRequest, actor_of, on_story
from undersigned.desk.refusals import by_field, explain, refusals_of, status_of
from undersigned.desk.release import choices_of, wall_of
from undersigned.lib.clock import ClockChange, now
from undersigned.lib.refusal import Refusal
from undersigned.releases.release import Moment
from undersigned.stories import publish
from undersigned.stories.models import Edition, Story

ANYWHERE = "UTC"


@on_story
def publication(request: DeskRequest, story: Story) -> HttpResponseBase:
    """Show what is planned; a POST plans the publication, or moves the planned one."""
    if request.method != "POST":
        return _page(request, story, _as_planned(story), [])
    typed = {name: request.POST.get(name, "").strip() for name in ("date", "time", "zone")}
    refusals = refusals_of(partial(_plan, request, story, typed))
    if refusals:
        return _page(request, story, typed, refusals)
    messages.success(request, _("The publication is planned. Until its moment the public sees nothing of it."))
    return redirect("desk:story", story.slug)


@require_POST
@on_story
def publish_now(request: DeskRequest, story: Story) -> HttpResponseBase:
    """Publish at once, in all languages."""
    zone = request.POST.get("zone", "").strip()
    refusals = refusals_of(lambda: publish.publish_now(story, zone, actor_of(request), now()))
    if refusals:
        return _page(request, story, {"date": "", "time": "", "zone": zone}, refusals)
    messages.success(request, _("Published in all languages. Its pages appear within seconds."))
    return redirect("desk:story", story.slug)


@require_POST
@on_story
def cancel(request: DeskRequest, story: Story) -> HttpResponseBase:
    """Cancel the planned publication."""
    refusals = refusals_of(partial(publish.cancel, story, actor_of(request), now()))
    for refusal in refusals:
        messages.error(request, explain(refusal))
    if not refusals:
        messages.success(request, _("The planned publication is cancelled. The wording stays approved."))
    return redirect("desk:story", story.slug)


@on_story
def withdraw(request: DeskRequest, story: Story) -> HttpResponseBase:
    """Ask whether to withdraw the story, for there is no way back; a POST does it."""
    refusals: list[Refusal] = []
    reason = request.POST.get("reason", "")
    told = {tag: request.POST.get(f"told-{tag}", "") for tag in story.languages}
    if request.method == "POST":
        refusals = refusals_of(lambda: publish.withdraw(story, reason, actor_of(request), now(), told))
        if not refusals:
            messages.success(
                request, _("Withdrawn. Within a minute its text and pictures are gone from every public page.")
            )
            return redirect("desk:story", story.slug)
    facts = {
        "story": story,
        "tab": "publication",
        "reason": reason,
        "told": list(told.items()),
        "refusals": by_field(refusals),
    }
    return render(request, "desk/story/withdraw.html", facts, status=status_of(refusals))


def _plan(request: DeskRequest, story: Story, typed: dict[str, str]) -> None:
    publish.plan(story, Moment(wall_of(request, typed), typed["zone"]), actor_of(request), now())


def _as_planned(story: Story) -> dict[str, str]:
    if story.due_at is None:
        return {"date": "", "time": "", "zone": _usual_zone(story)}
    date, time = story.wall_time.split("T")
    return {"date": date, "time": time, "zone": story.zone}


def _usual_zone(story: Story) -> str:
    """The zone of the story's last edition, or of the last edition of any."""
    newest = story.edition or Edition.objects.order_by("-published_at").first()
    return newest.zone if newest else ANYWHERE


def _page(request: DeskRequest, story: Story, typed: dict[str, str], refusals: list[Refusal]) -> HttpResponseBase:
    at = now()
    changes = [refusal for refusal in refusals if isinstance(refusal, ClockChange)]
    facts = {
        "story": story,
        "tab": "publication",
        "typed": typed,
        "zones": sorted(available_timezones()),
        "choices": [choice for change in changes for choice in choices_of(change)],
        "refusals": by_field(refusals),
        "countdown": timeuntil(story.due_at, at, depth=2) if story.due_at else "",
        "is_overdue": story.due_at is not None and story.due_at <= at,
        "editions": story.editions.order_by("-number"),
    }
    return render(request, "desk/story/publication.html", facts, status=status_of(refusals))
