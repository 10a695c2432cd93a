"""What readers who pass a letter on are offered to say, in each of its languages."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from undersigned.desk.access import DeskRequest, actor_of, on_letter
from undersigned.desk.refusals import by_field, refusals_of, status_of
from undersigned.letters.lines import SHARE_LIMIT
from undersigned.letters.models import Letter
from undersigned.letters.share import digest_of, offer
from undersigned.letters.wording import as_typed
from undersigned.lib.clock import now
from undersigned.lib.refusal import Refusal


@on_letter
def share(request: DeskRequest, letter: Letter) -> HttpResponseBase:
    """Write it; a POST saves all languages together."""
    if request.method != "POST":
        return _page(request, letter, letter.share, digest_of(letter), [])
    said = {tag: as_typed(request.POST.get(f"share-{tag}", "")).strip() for tag in letter.languages}
    was, by, at = request.POST.get("was", ""), actor_of(request), now()
    refusals = refusals_of(lambda: offer(letter, said, was, by, at))
    if refusals:
        return _page(request, letter, said, was, refusals)
    messages.success(request, _("Saved. This is what readers are offered to say."))
    return redirect("desk:draft", letter.slug)


def _page(
    request: DeskRequest, letter: Letter, said: Mapping[str, str], was: str, refusals: list[Refusal]
) -> HttpResponse:
    """The form as typed. Where somebody else was faster, what they saved is shown, and saving again replaces it."""
    facts = {
        "letter": letter,
        "tab": "draft",
        "was": digest_of(letter),
        "has_changed": was != digest_of(letter),
        "said": [(tag, said.get(tag, "")) for tag in letter.languages],
        "limit": SHARE_LIMIT,
        "refusals": by_field(refusals),
    }
    return render(request, "desk/share.html", facts, status=status_of(refusals))
