"""The draft: block by block, all languages side by side, until it is frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from undersigned.letters.audit import Actor, record
from undersigned.letters.blocks import Kind, Source
from undersigned.letters.content import Content, ParallelBlock, Party, Wording
from undersigned.letters.models import Block, BlockText, Letter
from undersigned.lib.refusal import Refusal, gettext_noop


class DraftIsFrozen(Refusal):
    code = "draft-is-frozen"
    status = 409
    message = gettext_noop("The text of this letter is frozen. People may already have signed it, so it cannot change.")


class BlockGone(Refusal):
    code = "block-gone"
    status = 409
    message = gettext_noop("Somebody else removed this block from the text meanwhile.")


class BlockChangedMeanwhile(Refusal):
    code = "block-changed-meanwhile"
    status = 409
    message = gettext_noop(
        "Somebody else changed this block while you were editing it. Compare the two and save again."
    )


@dataclass(frozen=True, slots=True)
class Correction:
    """A new wording of one block in one language. `was` is the text that the editor started from."""

    key: str
    language: str
    wording: Wording
    was: str


def content_of(letter: Letter) -> Content:
    """The draft of `letter` as it stands, gaps left out."""
    blocks = letter.blocks.prefetch_related("texts").order_by("position")
    return Content(
        languages=tuple(letter.languages),
        prevailing=letter.prevailing,
        date=letter.date.isoformat(),
        subject=letter.subject,
        addressees=tuple(Party(**party) for party in letter.addressees),
        cc=tuple(Party(**party) for party in letter.cc),
        blocks=tuple(_parallel(block) for block in blocks),
    )


def gaps(letter: Letter) -> list[BlockText]:
    """The wordings that do not line up yet: missing, or marked by the import; in the order of the letter."""
    texts = BlockText.objects.filter(block__letter=letter).exclude(gap="").select_related("block")
    return list(texts.order_by("block__position", "language"))


@transaction.atomic
def correct(letter: Letter, correction: Correction, by: Actor, at: datetime) -> None:
    """Set the wording of one block in one language, and clear its gap; refused once the text is frozen."""
    row = _open_text(letter, correction)
    row.text = correction.wording.text
    row.sources = [asdict(source) for source in correction.wording.sources]
    row.facts = dict(correction.wording.facts)
    row.gap = "" if row.text else "missing"
    row.save()
    record(letter, by, "block corrected", at, block=correction.key, language=correction.language)


@transaction.atomic
def remove(letter: Letter, key: str, by: Actor, at: datetime) -> None:
    """Remove a block from all languages at once; refused once the text is frozen."""
    refuse_if_frozen(Letter.objects.select_for_update().get(pk=letter.pk))
    letter.blocks.filter(key=key).delete()
    record(letter, by, "block removed", at, block=key)


@transaction.atomic
def replace(letter: Letter, blocks: Sequence[ParallelBlock], gaps: Mapping[tuple[str, str], str]) -> None:
    """Put `blocks` in the place of the whole draft; `gaps` names, per (key, language), what does not line up."""
    refuse_if_frozen(Letter.objects.select_for_update().get(pk=letter.pk))
    letter.blocks.all().delete()
    rows = Block.objects.bulk_create(
        Block(letter=letter, key=b.key, kind=b.kind, level=b.level, is_ordered=b.ordered, position=place)
        for place, b in enumerate(blocks)
    )
    BlockText.objects.bulk_create(
        _text(row, language, block.wordings.get(language), gaps.get((block.key, language), ""))
        for row, block in zip(rows, blocks, strict=True)
        for language in letter.languages
    )


def refuse_if_frozen(letter: Letter) -> None:
    if letter.frozen:
        raise DraftIsFrozen


def _open_text(letter: Letter, correction: Correction) -> BlockText:
    refuse_if_frozen(Letter.objects.select_for_update().get(pk=letter.pk))
    block = letter.blocks.filter(key=correction.key).first()
    if block is None:
        raise BlockGone
    row, _ = BlockText.objects.get_or_create(block=block, language=correction.language)
    if row.text != correction.was:
        raise BlockChangedMeanwhile("text")
    return row


def _text(row: Block, language: str, wording: Wording | None, gap: str) -> BlockText:
    if wording is None:
        return BlockText(block=row, language=language, gap=gap or "missing")
    sources = [asdict(source) for source in wording.sources]
    return BlockText(
        block=row, language=language, text=wording.text, sources=sources, facts=dict(wording.facts), gap=gap
    )


def _parallel(block: Block) -> ParallelBlock:
    wordings = {
        text.language: Wording(text.text, tuple(Source(**source) for source in text.sources), text.facts)
        for text in block.texts.all()
        if text.text
    }
    return ParallelBlock(block.key, Kind(block.kind), wordings, block.level, block.is_ordered)
