"""The letters: the table of all, the page of one, and the steps that move a letter on."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from undersigned.desk.access import DeskRequest, actor_of, on_letter
from undersigned.desk.refusals import by_field, explain, refusals_of, status_of
from undersigned.desk.situation import figures_of, situation_of
from undersigned.letters import links, stages
from undersigned.letters.models import Letter, PrivateLink, SignOns
from undersigned.letters.rename import rename
from undersigned.lib.clock import now

PREVIEW_LIFETIME = timedelta(days=1)


@require_safe
def letters(request: DeskRequest) -> HttpResponse:
    """All letters, the newest first."""
    situations = [situation_of(letter) for letter in Letter.objects.order_by("-created_at")]
    return render(request, "desk/letters.html", {"situations": situations})


@require_safe
@on_letter
def letter(request: DeskRequest, letter: Letter) -> HttpResponse:
    """One letter: its two facts, the next step, what else is allowed."""
    at = now()
    situation = situation_of(letter)
    facts = {
        "letter": letter,
        "situation": situation,
        "tab": "letter",
        "is_overdue": situation.is_overdue(at),
        "countdown": timeuntil(situation.release.instant, at, depth=2) if situation.release else "",
    }
    return render(request, "desk/letter.html", facts)


@require_POST
@on_letter
def set_sign_ons(request: DeskRequest, letter: Letter) -> HttpResponseBase:
    """Open sign-ons by invitation or to the public, or close them."""
    to = request.POST.get("to", "")
    if to in SignOns.values:
        refusals = refusals_of(lambda: stages.set_sign_ons(letter, SignOns(to), actor_of(request), now()))
        for refusal in refusals:
            messages.error(request, explain(refusal))
        if not refusals:
            messages.success(request, _("Done. Sign-ons are as you see here."))
    return redirect("desk:letter", letter.slug)


@on_letter
def archive(request: DeskRequest, letter: Letter) -> HttpResponseBase:
    """Ask whether to archive the letter, for there is no way back; a POST does it."""
    if request.method != "POST":
        facts = {"letter": letter, "tab": "letter", "figures": figures_of(letter)}
        return render(request, "desk/archive.html", facts)
    refusals = refusals_of(lambda: stages.archive(letter, actor_of(request), now()))
    for refusal in refusals:
        messages.error(request, explain(refusal))
    return redirect("desk:letter", letter.slug)


@on_letter
def address(request: DeskRequest, letter: Letter) -> HttpResponseBase:
    """Give the letter another address."""
    refusals = []
    slug = letter.slug
    if request.method == "POST":
        slug = request.POST.get("slug", "").strip()
        refusals = refusals_of(lambda: rename(letter, slug, actor_of(request), now()))
        if not refusals:
            messages.success(request, _("The letter has its new address. The old links lead on to it."))
            return redirect("desk:letter", letter.slug)
    facts = {"letter": letter, "tab": "address", "slug": slug, "refusals": by_field(refusals)}
    return render(request, "desk/address.html", facts, status=status_of(refusals))


@require_safe
@on_letter
def preview(request: DeskRequest, letter: Letter, language: str) -> HttpResponseBase:
    """The letter as it will look, by a private link of this user that is good for a day and used again until then."""
    at = now()
    tokens: dict[str, str] = request.session.get("previews", {})
    token = tokens.get(str(letter.pk), "")
    if not links.find(token, PrivateLink.Purpose.PREVIEW, at):
        token = links.lend(letter, at, PREVIEW_LIFETIME)
        request.session["previews"] = {**tokens, str(letter.pk): token}
    tag = language if language in letter.languages else letter.languages[0]
    return redirect(f"/p/{token}/{tag}/")
