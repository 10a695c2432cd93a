"""The draft: all blocks in all languages side by side, corrected one by one until the text is frozen."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from undersigned.desk.access import DeskRequest, actor_of, on_letter
from undersigned.desk.refusals import by_field, explain, refusals_of, status_of
from undersigned.letters import draft, freeze, wording
from undersigned.letters.blocks import Source
from undersigned.letters.models import Block, BlockText, Letter
from undersigned.lib.clock import now
from undersigned.lib.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Row:
    """One block in all the languages of the letter; None where a language does not have it."""

    block: Block
    cells: Sequence[tuple[str, BlockText | None]]


@require_safe
@on_letter
def text(request: DeskRequest, letter: Letter) -> HttpResponse:
    """All blocks, a row each, a column for each language, with the gaps marked."""
    facts = {
        "letter": letter,
        "tab": "draft",
        "rows": _rows(letter),
        "gaps": draft.gaps(letter),
        "version": letter.frozen,
    }
    return render(request, "desk/draft.html", facts)


@on_letter
def block(request: DeskRequest, letter: Letter, key: str, language: str) -> HttpResponseBase:
    """Correct one block in one language."""
    row = letter.blocks.filter(key=key).first()
    if row is None or language not in letter.languages:
        raise Http404
    typed = _as_stored(_text_of(row, language))
    refusals: list[Refusal] = []
    if request.method == "POST":
        typed = _typed(request.POST)
        by, at = actor_of(request), now()
        refusals = refusals_of(lambda: draft.correct(letter, _correction(row, language, typed), by, at))
        if not refusals:
            messages.success(request, _("The block is saved."))
            return redirect("desk:draft", letter.slug)
    told = by_field(refusals)
    facts = [(name, typed.get(name, ""), told.get(name)) for name in wording.facts_of(row.kind)]
    page = _block_page(letter, row, language, typed) | {"refusals": told, "facts": facts}
    return render(request, "desk/block.html", page, status=status_of(refusals))


@on_letter
def remove(request: DeskRequest, letter: Letter, key: str) -> HttpResponseBase:
    """Ask whether to remove a block from all languages; a POST does it."""
    row = letter.blocks.filter(key=key).first()
    if row is None:
        raise Http404
    if request.method != "POST":
        cells = [(language, _text_of(row, language)) for language in letter.languages]
        return render(request, "desk/remove.html", {"letter": letter, "tab": "draft", "row": row, "cells": cells})
    for refusal in refusals_of(lambda: draft.remove(letter, key, actor_of(request), now())):
        messages.error(request, explain(refusal))
    return redirect("desk:draft", letter.slug)


@on_letter
def freeze_text(request: DeskRequest, letter: Letter) -> HttpResponseBase:
    """Show what would be frozen, with its digest; a POST that names this digest freezes it."""
    refusals: list[Refusal] = []
    if request.method == "POST":
        seen = request.POST.get("digest", "")
        refusals = refusals_of(lambda: freeze.freeze(letter, actor_of(request), now(), seen=seen))
        if not refusals:
            messages.success(request, _("The text is frozen. People can sign it now, as soon as sign-ons are open."))
            return redirect("desk:letter", letter.slug)
    content = draft.content_of(letter)
    page = {
        "letter": letter,
        "tab": "draft",
        "digest": content.digest().hex(),
        "blocks": len(content.blocks),
        "gaps": draft.gaps(letter),
        "version": letter.frozen,
        "refusals": by_field(refusals),
    }
    return render(request, "desk/freeze.html", page, status=status_of(refusals))


def _rows(letter: Letter) -> list[Row]:
    blocks = letter.blocks.prefetch_related("texts").order_by("position")
    texts = {block.pk: {text.language: text for text in block.texts.all()} for block in blocks}
    return [Row(block, [(tag, texts[block.pk].get(tag)) for tag in letter.languages]) for block in blocks]


def _text_of(row: Block, language: str) -> BlockText:
    return row.texts.filter(language=language).first() or BlockText(block=row, language=language, gap="missing")


def _as_stored(text: BlockText) -> dict[str, str]:
    sources = wording.lines_of(Source(**source) for source in text.sources)
    return {"text": text.text, "sources": sources, "was": text.text, **text.facts}


def _typed(post: QueryDict) -> dict[str, str]:
    return {name: wording.as_typed(value) for name, value in post.items() if isinstance(value, str)}


def _correction(row: Block, language: str, typed: dict[str, str]) -> draft.Correction:
    return draft.Correction(row.key, language, wording.parse(row.kind, typed), typed.get("was", ""))


def _block_page(letter: Letter, row: Block, language: str, typed: dict[str, str]) -> dict[str, object]:
    """The form as typed. Where somebody else was faster, what they saved is shown, and saving again replaces it."""
    stored = _text_of(row, language)
    return {
        "letter": letter,
        "tab": "draft",
        "row": row,
        "language": language,
        "typed": typed,
        "stored": stored,
        "has_changed": typed.get("was", "") != stored.text,
        "others": [(tag, _text_of(row, tag)) for tag in letter.languages if tag != language],
        "version": letter.frozen,
    }
