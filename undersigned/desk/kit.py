"""The kit of a letter: what is ready to be printed, handed over and reported. Under embargo it is seen here only."""

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from undersigned.desk.access import DeskRequest, on_letter
from undersigned.kit.fonts import FontsMissing, missing
from undersigned.kit.store import Store
from undersigned.kit.types import CARD, TYPES
from undersigned.letters.models import Letter


@require_safe
@on_letter
def kit(request: DeskRequest, letter: Letter) -> HttpResponse:
    """The files of the kit as the worker last made them, the cards as pictures."""
    found = Store(settings.KITS).find(letter.pk)
    absent = missing(letter.languages)
    facts = {
        "letter": letter,
        "tab": "kit",
        "kit": found,
        "made_at": parse_datetime(found.made_at) if found else None,
        "cards": [item for item in found.items if item.name.startswith(CARD)] if found else [],
        "refusals": [FontsMissing(families=", ".join(absent))] if absent else [],
    }
    return render(request, "desk/kit.html", facts)


@require_safe
@never_cache
@on_letter
def kit_file(request: DeskRequest, letter: Letter, name: str) -> HttpResponseBase:
    """One file of the kit."""
    content = Store(settings.KITS).read(letter.pk, name)
    if content is None:
        raise Http404
    answer = HttpResponse(content, content_type=TYPES.get(name.rpartition(".")[2], "text/plain; charset=utf-8"))
    answer["Content-Disposition"] = f'inline; filename="{letter.slug}-{name}"'
    return answer
