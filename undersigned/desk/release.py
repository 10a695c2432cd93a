"""Planning the release: wall time and zone, postponed, cancelled."""

from datetime import datetime
from functools import partial
from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from undersigned.desk.access import DeskRequest, actor_of, on_letter
from undersigned.desk.refusals import by_field, explain, refusals_of, status_of
from undersigned.letters.models import Letter
from undersigned.lib.clock import ClockChange, now
from undersigned.lib.refusal import Refusal, gettext_noop
from undersigned.releases import release as releases
from undersigned.releases.models import Release


class NotAMoment(Refusal):
    code = "not-a-moment"
    message = gettext_noop("Give a date and a time, such as 2026-11-10 and 09:00.")


@on_letter
def release(request: DeskRequest, letter: Letter) -> HttpResponseBase:
    """Show the planned release; a POST plans one, or postpones the planned one."""
    planned = Release.objects.filter(letter=letter, state=Release.State.SCHEDULED).first()
    if request.method != "POST":
        return _page(request, letter, planned, _as_planned(planned), [])
    typed = {name: request.POST.get(name, "").strip() for name in ("date", "time", "zone")}
    refusals = refusals_of(partial(_schedule, request, letter, typed))
    if refusals:
        return _page(request, letter, planned, typed, refusals)
    messages.success(request, _("The release is planned. Until its moment the public sees nothing of this letter."))
    return redirect("desk:letter", letter.slug)


@require_POST
@on_letter
def cancel(request: DeskRequest, letter: Letter) -> HttpResponseBase:
    """Cancel the planned release."""
    refusals = refusals_of(partial(releases.cancel, letter, actor_of(request), now()))
    for refusal in refusals:
        messages.error(request, explain(refusal))
    if not refusals:
        messages.success(request, _("The planned release is cancelled. Sign-ons stay as they are."))
    return redirect("desk:letter", letter.slug)


def _schedule(request: DeskRequest, letter: Letter, typed: dict[str, str]) -> None:
    releases.schedule(letter, releases.Moment(wall_of(request, typed), typed["zone"]), actor_of(request), now())


def wall_of(request: DeskRequest, typed: dict[str, str]) -> datetime:
    """The wall time that was typed, or the moment chosen where the clocks change, which carries its offset."""
    chosen = request.POST.get("moment", "")
    try:
        wall = datetime.fromisoformat(chosen or f"{typed['date']}T{typed['time']}")
    except ValueError:
        raise NotAMoment("wall") from None
    if bool(chosen) != (wall.tzinfo is not None):
        raise NotAMoment("wall")
    return wall


def _as_planned(planned: Release | None) -> dict[str, str]:
    if planned is None:
        return {"date": "", "time": "", "zone": ""}
    date, time = planned.wall_time.split("T")
    return {"date": date, "time": time, "zone": planned.zone}


def _page(
    request: DeskRequest, letter: Letter, planned: Release | None, typed: dict[str, str], refusals: list[Refusal]
) -> HttpResponse:
    changes = [refusal for refusal in refusals if isinstance(refusal, ClockChange)]
    at = now()
    facts = {
        "letter": letter,
        "tab": "release",
        "planned": planned,
        "countdown": timeuntil(planned.instant, at, depth=2) if planned else "",
        "is_overdue": planned is not None and planned.instant <= at,
        "typed": typed,
        "zones": sorted(available_timezones()),
        "choices": [choice for change in changes for choice in choices_of(change)],
        "refusals": by_field(refusals),
        "past": Release.objects.filter(letter=letter).exclude(state=Release.State.SCHEDULED).order_by("-made_at"),
    }
    return render(request, "desk/release.html", facts, status=status_of(refusals))


def choices_of(change: ClockChange) -> list[tuple[str, object]]:
    """The two moments that a wall time could mean: as a form sends them, and as people read them."""
    return [
        (change.earlier.isoformat(), change.facts["earlier"]),
        (change.later.isoformat(), change.facts["later"]),
    ]
