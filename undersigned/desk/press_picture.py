"""Pictures and logos for the press: sent in, described, shown, replaced, taken away."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from undersigned.desk.access import DeskRequest, actor_of, on_letter
from undersigned.desk.refusals import by_field, explain, refusals_of, status_of
from undersigned.desk.uploads import FIELD, picture_sent
from undersigned.kit import keep
from undersigned.kit.models import PressPicture
from undersigned.kit.pictures import Clean, clean, glance
from undersigned.kit.press import LISTS, Picture, Words, worded
from undersigned.kit.types import TYPES
from undersigned.letters.models import Letter
from undersigned.lib.clock import now
from undersigned.lib.refusal import Refusal, gettext_noop

NOTHING = Words("", "", {})


class PictureMissing(Refusal):
    code = "press-picture-missing"
    message = gettext_noop("Choose the file of the picture.")


@on_letter
def new(request: DeskRequest, letter: Letter, kind: str) -> HttpResponseBase:
    """Add a picture or a logo."""
    if kind not in LISTS:
        raise Http404
    if request.method != "POST":
        return _page(request, letter, (kind, None), NOTHING, [])
    said, by, at = _words(request, letter), actor_of(request), now()

    def add(file: Clean) -> None:
        keep.add_picture(letter, Picture(kind, said, file), by, at)

    refusals = _refusals(request, letter, said, lambda file: add(file) if file else None, is_needed=True)
    return _page(request, letter, (kind, None), said, refusals) if refusals else _saved(request, letter)


@on_letter
def change(request: DeskRequest, letter: Letter, number: int) -> HttpResponseBase:
    """Say something else of a picture, or put another file in its place."""
    row = _found(letter, number)
    if request.method != "POST":
        return _page(request, letter, (row.kind, row), Words(row.credit, row.licence, row.captions), [])
    said, by, at = _words(request, letter), actor_of(request), now()
    refusals = _refusals(request, letter, said, lambda file: keep.change_picture(row, said, file, by, at))
    return _page(request, letter, (row.kind, row), said, refusals) if refusals else _saved(request, letter)


@on_letter
def remove(request: DeskRequest, letter: Letter, number: int) -> HttpResponseBase:
    """Ask whether to take a picture away; a POST does it."""
    row = _found(letter, number)
    if request.method != "POST":
        return render(request, "desk/press/remove.html", {"letter": letter, "tab": "press", "picture": row})
    refusals = refusals_of(lambda: keep.remove_picture(row, actor_of(request), now()))
    for refusal in refusals:
        messages.error(request, explain(refusal))
    if not refusals:
        messages.success(request, _("Taken away. The kit is made anew without it."))
    return redirect("desk:press", letter.slug)


@require_safe
@on_letter
def shown(request: DeskRequest, letter: Letter, number: int) -> HttpResponse:
    """The picture, small: the kit has it as large as it is printed."""
    row = _found(letter, number)
    return HttpResponse(glance(bytes(row.content)), content_type=TYPES[row.suffix])


def _found(letter: Letter, number: int) -> PressPicture:
    row: PressPicture | None = letter.press_pictures.filter(pk=number).first()
    if row is None:
        raise Http404
    return row


def _words(request: DeskRequest, letter: Letter) -> Words:
    post = request.POST
    captions = {tag: post.get(f"caption-{tag}", "").strip() for tag in letter.languages}
    return Words(post.get("credit", "").strip(), post.get("licence", "").strip(), captions)


def _refusals(
    request: DeskRequest,
    letter: Letter,
    said: Words,
    act: Callable[[Clean | None], object],
    *,
    is_needed: bool = False,
) -> list[Refusal]:
    """What speaks against `act`, with the file that was sent: all of it at once. Otherwise it is done."""
    refusals: list[Refusal] = []
    file: Clean | None = None
    try:
        content = picture_sent(request)
        file = clean(content, FIELD) if content is not None else None
    except Refusal as refusal:
        refusals.append(refusal)
    if is_needed and file is None and not refusals:
        refusals.append(PictureMissing(FIELD))
    if refusals:
        return refusals + refusals_of(lambda: worded(said, letter.languages))
    return refusals_of(lambda: act(file))


def _saved(request: DeskRequest, letter: Letter) -> HttpResponseBase:
    messages.success(request, _("Saved. The kit is made anew with it."))
    return redirect("desk:press", letter.slug)


def _page(
    request: DeskRequest,
    letter: Letter,
    place: tuple[str, PressPicture | None],
    said: Words,
    refusals: list[Refusal],
) -> HttpResponse:
    """The form as typed; `place` is its kind, and the picture that is kept, if there is one."""
    kind, row = place
    facts = {
        "letter": letter,
        "tab": "press",
        "kind": kind,
        "picture": row,
        "said": said,
        "captions": [(tag, said.captions.get(tag, "")) for tag in letter.languages],
        "refusals": by_field(refusals),
    }
    return render(request, "desk/press/picture.html", facts, status=status_of(refusals))
