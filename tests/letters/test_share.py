"""What readers who pass a letter on are offered to say: changed at the desk, judged as in a manifest."""

import pytest

from tests.people import SECRETARY
from tests.stage import HOUR, NOON
from undersigned.letters.models import AuditRecord, Letter
from undersigned.letters.share import ShareChangedMeanwhile, digest_of, offer
from undersigned.letters.stages import LetterIsArchived, archive
from undersigned.lib.refusal import Refused


def test_it_can_change_after_the_release_and_the_pages_follow(letter: Letter) -> None:
    before = letter.revision
    offer(letter, {"ko": " 다리를  열라\n\n 지금 ", "en": "", "fr": "Ouvrez"}, digest_of(letter), SECRETARY, NOON)
    assert letter.share == {"ko": "다리를 열라\n지금"}
    assert letter.revision > before
    assert AuditRecord.objects.filter(letter=letter, act="share text written").count() == 1


def test_what_is_the_same_leaves_no_trace(letter: Letter) -> None:
    offer(letter, {"en": "Open it"}, digest_of(letter), SECRETARY, NOON)
    before = letter.revision
    offer(letter, {"en": " Open it "}, digest_of(letter), SECRETARY, NOON)
    assert letter.revision == before
    assert AuditRecord.objects.filter(letter=letter, act="share text written").count() == 1


def test_what_is_too_long_or_turns_text_around_is_refused_in_each_language_at_once(letter: Letter) -> None:
    with pytest.raises(Refused) as refused:
        offer(letter, {"en": "W" * 281, "ko": "다리\u202e"}, digest_of(letter), SECRETARY, NOON)
    told = {refusal.field: refusal.code for refusal in refused.value.refusals}
    assert told == {"share-en": "line-too-long", "share-ko": "forbidden-character"}
    letter.refresh_from_db()
    assert letter.share == {}


def test_two_who_write_at_once_do_not_overwrite_each_other_unseen(letter: Letter) -> None:
    began = digest_of(letter)
    offer(letter, {"en": "Theirs"}, began, SECRETARY, NOON)
    with pytest.raises(ShareChangedMeanwhile):
        offer(letter, {"en": "Ours"}, began, SECRETARY, NOON)


def test_nothing_about_an_archived_letter_changes(letter: Letter) -> None:
    archive(letter, SECRETARY, NOON + HOUR)
    with pytest.raises(LetterIsArchived):
        offer(letter, {"en": "Open it"}, digest_of(letter), SECRETARY, NOON + HOUR)
