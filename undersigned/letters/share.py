"""What readers who pass a letter on are offered to say. Nobody signs it: it may change until the letter is archived."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F

from undersigned.letters.audit import Actor, record
from undersigned.letters.lines import SHARE_LIMIT, judged
from undersigned.letters.models import Letter, Publication
from undersigned.letters.stages import LetterIsArchived
from undersigned.lib.refusal import Refusal, Refused, gettext_noop


class ShareChangedMeanwhile(Refusal):
    code = "share-changed-meanwhile"
    status = 409
    message = gettext_noop(
        "Somebody else changed what is offered while you were writing. Compare the two and save again."
    )


@transaction.atomic
def offer(letter: Letter, said: Mapping[str, str], was: str, by: Actor, at: datetime) -> None:
    """Offer readers to say `said`, per language; in one without a text, the headline.

    `was` is the digest of the texts that somebody started from. Raises Refused with all that is wrong, by field.
    """
    row = Letter.objects.select_for_update().get(pk=letter.pk)
    if row.publication == Publication.ARCHIVED:
        raise LetterIsArchived
    if digest_of(row) != was:
        raise ShareChangedMeanwhile
    texts = {tag: text for tag, text in _judged(said, row).items() if text}
    if texts == row.share:
        return
    Letter.objects.filter(pk=letter.pk).update(share=texts, revision=F("revision") + 1)
    letter.refresh_from_db()
    record(letter, by, "share text written", at, languages=list(texts))


def digest_of(letter: Letter) -> str:
    """Changes with what is offered in any language."""
    return hashlib.sha256(json.dumps(letter.share, sort_keys=True).encode()).hexdigest()


def _judged(said: Mapping[str, str], letter: Letter) -> dict[str, str]:
    """The texts, folded as those of a manifest are."""
    refusals: list[Refusal] = []
    texts = {
        tag: judged(said.get(tag, ""), f"share-{tag}", SHARE_LIMIT, refusals, lines=True) for tag in letter.languages
    }
    if refusals:
        raise Refused(refusals)
    return texts
