"""Freezing a draft into a version: the text that people sign."""

from datetime import datetime

from django.db import transaction

from undersigned.ledger.entries import NewEntry, append
from undersigned.ledger.events import Event
from undersigned.ledger.models import Log
from undersigned.letters import draft
from undersigned.letters.audit import Actor, record
from undersigned.letters.models import Letter, Version
from undersigned.lib.refusal import Refusal, gettext_noop


class GapsRemain(Refusal):
    code = "gaps-remain"
    status = 409
    message = gettext_noop("%(count)s blocks do not line up in all languages yet. Mend them first.")


class NothingToFreeze(Refusal):
    code = "nothing-to-freeze"
    status = 409
    message = gettext_noop("This letter has no text yet. Import its texts first.")


class DraftChanged(Refusal):
    code = "draft-changed"
    status = 409
    message = gettext_noop("Somebody changed the text while you were looking at it. Look again before you freeze it.")


@transaction.atomic
def freeze(letter: Letter, by: Actor, at: datetime, seen: str = "") -> Version:
    """Freeze the draft, all languages together, as the version that people sign, and log it.

    `seen` is the hex digest of the text that the one who freezes has looked at; any other text is refused.
    """
    row = Letter.objects.select_for_update().get(pk=letter.pk)
    draft.refuse_if_frozen(row)
    missing = draft.gaps(row)
    if missing:
        raise GapsRemain(count=len(missing))
    content = draft.content_of(row)
    if not content.blocks:
        raise NothingToFreeze
    if seen and content.digest().hex() != seen:
        raise DraftChanged
    version = Version.objects.create(
        letter=row,
        number=1,
        canonical=content.canonical(),
        digest=content.digest(),
        frozen_at=at,
        frozen_by=by.name,
    )
    log = Log.objects.get(origin=row.origin)
    append([NewEntry(log.pk, Event.VERSION_FROZEN, content.digest(), record=content.canonical().encode())], at)
    record(row, by, "text frozen", at, version=version.number, digest=version.hex_digest)
    return version
