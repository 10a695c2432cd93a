"""What the press gets besides the letter, and its press releases: written here as strictly as a folder is read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from undersigned.desk.access import DeskRequest, actor_of, on_letter
from undersigned.desk.refusals import by_field, refusals_of, status_of
from undersigned.kit import keep
from undersigned.kit.keep import ReleaseChangedMeanwhile, Writing
from undersigned.kit.models import PressRelease
from undersigned.kit.press import LISTS, blocks_of, released
from undersigned.letters.blocks import Block
from undersigned.letters.lines import at_its_line
from undersigned.letters.models import Letter
from undersigned.letters.wording import as_typed
from undersigned.lib.clock import now
from undersigned.lib.refusal import Refusal, Refused


@dataclass(frozen=True, slots=True)
class Reading:
    """A press release as it reads: its headline, and what stands below."""

    headline: str
    blocks: Sequence[Block]


@require_safe
@on_letter
def press(request: DeskRequest, letter: Letter) -> HttpResponse:
    """All that the press gets, and what is missing yet."""
    releases = {row.language: row for row in letter.press_releases.all()}
    pictures = list(letter.press_pictures.defer("content"))
    facts = {
        "letter": letter,
        "tab": "press",
        "releases": [(tag, releases.get(tag)) for tag in letter.languages],
        "shelves": [(kind, [row for row in pictures if row.kind == kind]) for kind in LISTS],
    }
    return render(request, "desk/press/press.html", facts)


@on_letter
def release(request: DeskRequest, letter: Letter, language: str) -> HttpResponseBase:
    """Write the press release in one language, or look how it reads; without a text there is none."""
    if language not in letter.languages:
        raise Http404
    row = letter.press_releases.filter(language=language).first()
    if request.method != "POST":
        stored = Writing(language, row.source if row else "", row.digest if row else "")
        return _page(request, letter, stored, row, [])
    writing, by, at = _typed(request, language), actor_of(request), now()
    if request.POST.get("act") == "look":
        speaks_against = _refusals(lambda: released(writing.text, "")) if writing.text.strip() else []
        return _page(request, letter, writing, row, speaks_against)
    refusals = _refusals(lambda: keep.write_release(letter, writing, by, at))
    if refusals:
        return _page(request, letter, writing, row, refusals)
    messages.success(request, _("Saved. The kit is made anew with it."))
    return redirect("desk:press", letter.slug)


def _typed(request: DeskRequest, language: str) -> Writing:
    return Writing(language, as_typed(request.POST.get("text", "")), request.POST.get("was", ""))


def _refusals(act: Callable[[], object]) -> list[Refusal]:
    """What speaks against it, beside the text and with its lines; what came in between stands by itself."""
    found = refusals_of(act)
    return [one if isinstance(one, ReleaseChangedMeanwhile) else at_its_line(one, "text") for one in found]


def _reading(source: str) -> Reading | None:
    try:
        release = released(source, "")
    except Refused:  # nothing, or what an older version has taken
        return None
    return Reading(release.headline, blocks_of(release))


def _page(
    request: DeskRequest, letter: Letter, writing: Writing, row: PressRelease | None, refusals: list[Refusal]
) -> HttpResponse:
    """The form as typed. Where somebody else was faster, what they saved is shown, and saving again replaces it."""
    others = letter.press_releases.exclude(language=writing.language)
    facts = {
        "letter": letter,
        "tab": "press",
        "writing": writing,
        "was": row.digest if row else "",
        "kept": row,
        "has_changed": writing.was != (row.digest if row else ""),
        "reading": None if refusals else _reading(writing.text),
        "others": [(other.language, _reading(other.source)) for other in others],
        "refusals": by_field(refusals),
    }
    return render(request, "desk/press/release.html", facts, status=status_of(refusals))
