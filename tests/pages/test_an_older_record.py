"""An older backup was restored: what stands on the pages is newer than the record."""

import pytest
from django.db import transaction

from tests.ledger.published import folder_of
from tests.people import SECRETARY, SOMI, Person
from tests.stage import DAY, HOUR, NOON, sign_and_confirm
from undersigned.config.worker import sequence_step
from undersigned.ledger.head import HeadLost, LogAhead
from undersigned.ledger.models import Log
from undersigned.letters.models import Letter
from undersigned.pages.bakery import bake_all, bake_due
from undersigned.pages.generation import PublicFolder
from undersigned.signing.adopt import adopt
from undersigned.signing.withdraw import withdraw


def test_a_withdrawn_name_does_not_come_back_with_an_older_record(letter: Letter, folder: PublicFolder) -> None:
    gone = sign_and_confirm(SOMI, letter)
    sign_and_confirm(Person("윤새벽", "saebyeok@mail.example", typed=SOMI.typed), letter)
    sequence_step(NOON)
    with transaction.atomic():  # what is lost to the record; the folder keeps it
        withdraw([gone.pk], NOON + HOUR)
        sequence_step(NOON + HOUR)
        bake_all(NOON + HOUR)
        transaction.set_rollback(True)
    page = folder.root / letter.slug / "en/index.html"
    baked = page.read_bytes()
    head = folder_of(Log.objects.get()) / "checkpoint"
    kept = head.read_bytes()
    for kind in (LogAhead, HeadLost):
        for act in (lambda: bake_due(NOON + DAY), lambda: bake_all(NOON + DAY)):
            with pytest.RaisesGroup(kind):
                act()
            assert page.read_bytes() == baked
        head.unlink(missing_ok=True)
    head.write_bytes(kept)
    adopt(letter, SECRETARY, NOON + DAY)
    bake_all(NOON + DAY)
    shown = page.read_text()
    assert SOMI.name not in shown
    assert "윤새벽" in shown


def test_a_published_head_that_cannot_be_read_keeps_no_name_on_the_pages(letter: Letter, folder: PublicFolder) -> None:
    signature = sign_and_confirm(SOMI, letter)
    sequence_step(NOON)
    bake_due(NOON)
    (folder_of(Log.objects.get()) / "checkpoint").write_bytes(b"damaged")
    withdraw([signature.pk], NOON + HOUR)
    bake_due(NOON + HOUR)
    assert SOMI.name not in (folder.root / letter.slug / "en/index.html").read_text()
