"""From draft to reader: two persons, one moment, corrections that say so, and a withdrawal for good."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.newsroom import HEADLINE, LANGUAGES, TEXTS, TYPED, actor, approve_story, with_picture, write_story
from tests.people import CLERK
from tests.stage import DAY, HOUR, MINUTE, NOON
from undersigned.desk.models import User
from undersigned.letters.models import Letter
from undersigned.lib.clock import SkippedHour
from undersigned.lib.refusal import Refusal, Refused
from undersigned.releases.release import Moment, MomentHasPassed
from undersigned.stories import draft, publish, review
from undersigned.stories.article import Article, Author
from undersigned.stories.models import Story
from undersigned.stories.published import published as all_published
from undersigned.stories.typed import Typed, write

NOTE = {"ko": "숫자를 바로잡았습니다.", "en": "A figure was mended.", "zh-Hans": "更正了一个数字。"}


def refused(act: Callable[[], object]) -> list[str]:
    with pytest.raises((Refusal, Refused)) as told:
        act()
    value = told.value
    return [refusal.code for refusal in value.refusals] if isinstance(value, Refused) else [value.code]


def moment(text: str, zone: str = "Asia/Seoul") -> Moment:
    return Moment(datetime.fromisoformat(text), zone)


def corrected(story: Story, **changes: object) -> Typed:
    typed = with_picture(story, TYPED, CLERK)
    headline = HEADLINE | {"en": "Lamps at the ferry again"}
    return replace(typed, headline=headline, note=NOTE, about=story.wording.about, **changes)


# --- What is asked of a wording ---------------------------------------------------------------------------------------


def test_an_article_is_the_same_after_a_way_through_json(story: Story) -> None:
    assert Article.from_json(story.article) == story.wording
    assert story.wording.canonical() == story.article
    told = replace(story.wording, share={"ko": "등불이 다시 켜졌습니다"})
    assert Article.from_json(told.canonical()) == told


def test_an_article_from_before_there_were_share_texts_keeps_its_digest(story: Story) -> None:
    assert "share" not in json.loads(story.article)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"headline": {"ko": "불", "zh-Hans": "火"}}, {"headline-missing"}),
        ({"headline": HEADLINE | {"en": "x" * 201}}, {"line-too-long", "headline-missing"}),
        ({"authors": ()}, {"author-needed"}),
        ({"authors": (Author({"en": "Otto Erdacht"}, "not a mailbox"),)}, {"not-a-contact"}),
        ({"authors": (Author({"en": "Otto Erdacht"}, "https://x y"),)}, {"not-a-contact"}),
        ({"authors": (Author({}, "otto@erdacht.example"),)}, {"name-missing"}),
        ({"texts": TEXTS | {"en": " "}}, {"story-text-missing"}),
        ({"texts": TEXTS | {"en": "About <b>two</b> thousand. [^9]"}}, {"line-wrong"}),
        ({"share": {"en": "x" * 281}}, {"line-too-long"}),
        ({"picture": "0" * 64}, {"caption-missing", "alternative-missing", "credit-missing", "licence-missing"}),
        ({"headline": HEADLINE | {"en": "Lamps \u202eagain"}}, {"forbidden-character", "headline-missing"}),
    ],
)
def test_all_that_is_wrong_is_told_at_once_and_by_field(changes: dict[str, object], codes: set[str]) -> None:
    with pytest.raises(Refused) as told:
        write(replace(TYPED, **changes))
    assert {refusal.code for refusal in told.value.refusals} == codes
    assert all(refusal.field and str(refusal) for refusal in told.value.refusals)


def test_an_ordered_list_of_a_story_asks_for_nothing_unless_it_says_so() -> None:
    plain = replace(TYPED, languages=("en",), texts={"en": "First:\n\n1. one\n2. two\n"})
    assert [block.kind.value for block in write(plain).article.blocks] == ["paragraph", "list"]
    marked = replace(plain, texts={"en": "First:\n\n1. one {.demand}\n2. two\n"})
    assert [block.kind.value for block in write(marked).article.blocks] == ["paragraph", "demand", "demand"]


def test_somebody_elses_change_is_not_overwritten_unseen(story: Story, reporter: User) -> None:
    was = story.wording.digest().hex()
    draft.save(story, replace(TYPED, subheadline={"en": "Changed"}), actor(reporter), NOON, was=was)
    assert refused(lambda: draft.save(story, TYPED, actor(reporter), NOON, was=was)) == ["story-changed-meanwhile"]


# --- Review -----------------------------------------------------------------------------------------------------------


def test_whoever_had_a_hand_in_a_wording_cannot_approve_it(story: Story, reporter: User, editor: User) -> None:
    review.submit(story, actor(reporter), NOON)
    seen = story.wording.digest().hex()
    assert refused(lambda: review.approve(story, actor(reporter), NOON, seen)) == ["own-wording"]
    assert refused(lambda: review.approve(story, CLERK, NOON, seen)) == ["nobody-reviews"]
    review.send_back(story, "Too long.", actor(editor), NOON)
    draft.save(story, replace(TYPED, subheadline={"en": "Shorter"}), actor(editor), NOON)
    review.submit(story, actor(editor), NOON)
    seen = story.wording.digest().hex()
    for one in (reporter, editor):
        assert refused(lambda one=one: review.approve(story, actor(one), NOON, seen)) == ["own-wording"]


def test_what_is_approved_is_what_was_read(story: Story, reporter: User, editor: User) -> None:
    review.submit(story, actor(reporter), NOON)
    assert refused(lambda: review.approve(story, actor(editor), NOON, "00" * 32)) == ["wording-changed"]
    review.approve(story, actor(editor), NOON, story.wording.digest().hex())
    assert (story.work, story.approved_by) == ("approved", "Editor")


def test_a_change_ends_approval_and_appointment(approved: Story, reporter: User) -> None:
    publish.plan(approved, moment("2026-11-12T09:00"), actor(reporter), NOON)
    draft.save(approved, replace(TYPED, subheadline={"en": "Changed"}), actor(reporter), NOON)
    assert (approved.work, approved.due_at, approved.approved_by) == ("draft", None, "")
    assert publish.publish_due(NOON + 9 * DAY) == []
    assert refused(lambda: publish.publish_now(approved, "UTC", actor(reporter), NOON)) == ["not-approved"]


def test_to_save_what_stands_there_already_ends_nothing(approved: Story, reporter: User) -> None:
    draft.save(approved, with_picture(approved, TYPED, actor(reporter)), actor(reporter), NOON)
    assert approved.work == "approved"


def test_a_passage_may_be_missing_on_purpose_but_not_stand_elsewhere(story: Story, reporter: User) -> None:
    by = actor(reporter)
    more = TEXTS | {"en": TEXTS["en"].replace("> We", "The guild is old. {#guild}\n\n> We")}
    draft.save(story, replace(TYPED, texts=more), by, NOON)
    assert {gap["key"] for gap in story.gaps} == {"guild"}
    assert refused(lambda: review.submit(story, by, NOON)) == ["languages-differ"]
    review.submit(story, by, NOON, may_differ=True)
    assert story.work == "review"
    quotation, claim = TEXTS["en"].split("\n\n")[1], TEXTS["en"].split("\n\n")[0]
    turned = TEXTS | {"en": f"{quotation}\n\n{claim}\n\n[^1]: Report of the ferrymen\n"}
    review.send_back(story, "Mend it.", by, NOON)
    draft.save(story, replace(TYPED, texts=turned), by, NOON)
    assert refused(lambda: review.submit(story, by, NOON, may_differ=True)) == ["languages-differ"]


def test_a_story_goes_back_with_a_reason(story: Story, reporter: User, editor: User) -> None:
    assert refused(lambda: review.send_back(story, "x", actor(editor), NOON)) == ["not-in-review"]
    review.submit(story, actor(reporter), NOON)
    assert refused(lambda: review.submit(story, actor(reporter), NOON)) == ["not-a-draft"]
    assert refused(lambda: review.send_back(story, "  ", actor(editor), NOON)) == ["reason-needed"]
    review.send_back(story, "Who says so?", actor(editor), NOON)
    assert story.work == "draft"
    assert story.audit.get(act="story sent back").facts == {"reason": "Who says so?"}


# --- Publishing -------------------------------------------------------------------------------------------------------


def test_a_story_is_published_at_its_moment_once(approved: Story, reporter: User) -> None:
    publish.plan(approved, moment("2026-11-11T09:00"), actor(reporter), NOON)
    assert approved.due_at == datetime(2026, 11, 11, tzinfo=UTC)
    assert publish.next_due(NOON) == approved.due_at
    assert publish.publish_due(approved.due_at - MINUTE) == []
    assert publish.publish_due(approved.due_at) == [approved]
    assert publish.publish_due(approved.due_at) == []
    approved.refresh_from_db()
    edition = approved.editions.get()
    assert approved.is_public
    assert (edition.number, edition.wall_time, edition.zone) == (1, "2026-11-11T09:00", "Asia/Seoul")
    assert edition.article.headline == HEADLINE
    assert set(edition.article.languages) == set(LANGUAGES)


def test_a_moment_that_cannot_be_is_refused(approved: Story, reporter: User) -> None:
    with pytest.raises(MomentHasPassed):
        publish.plan(approved, moment("2026-11-10T09:00"), actor(reporter), NOON)
    with pytest.raises(SkippedHour):
        publish.plan(approved, moment("2031-03-30T02:30", "Europe/Berlin"), actor(reporter), NOON)
    assert refused(lambda: publish.publish_now(approved, "Asia/Atlantis", actor(reporter), NOON)) == ["unknown-zone"]
    assert refused(lambda: publish.cancel(approved, actor(reporter), NOON)) == ["nothing-planned"]


def test_a_planned_publication_is_moved_and_cancelled(approved: Story, reporter: User) -> None:
    publish.plan(approved, moment("2026-11-11T09:00"), actor(reporter), NOON)
    publish.plan(approved, moment("2026-11-12T09:00"), actor(reporter), NOON)
    assert publish.publish_due(NOON + DAY) == []
    publish.cancel(approved, actor(reporter), NOON)
    assert publish.publish_due(NOON + 9 * DAY) == []
    assert approved.work == "approved"


def test_a_correction_is_reviewed_says_what_it_changes_and_keeps_the_earlier_wording(
    published: Story, reporter: User, editor: User
) -> None:
    by = actor(reporter)
    draft.save(published, replace(corrected(published), note={}), by, NOON + HOUR)
    assert refused(lambda: review.submit(published, by, NOON + HOUR)) == ["note-needed"]
    draft.save(published, corrected(published), by, NOON + HOUR)
    assert published.is_public
    assert published.edition
    assert published.edition.number == 1
    approve_story(published, reporter, editor, NOON + HOUR)
    publish.publish_now(published, "Asia/Seoul", by, NOON + HOUR)
    first, second = published.editions.order_by("number")
    assert first.article.headline["en"] == "Lamps again at the ferry"
    assert second.article.headline["en"] == "Lamps at the ferry again"
    assert second.article.note == NOTE
    assert published.published_at == NOON
    assert published.wording.note == {}


def test_a_correction_that_changes_nothing_is_refused_and_one_can_be_let_go(published: Story, reporter: User) -> None:
    by = actor(reporter)
    assert refused(lambda: draft.discard(published, by, NOON)) == ["no-correction"]
    same = replace(with_picture(published, TYPED, by), about=published.wording.about, note=NOTE)
    draft.save(published, same, by, NOON)
    assert refused(lambda: review.submit(published, by, NOON)) == ["nothing-corrected"]
    draft.save(published, corrected(published), by, NOON)
    draft.discard(published, by, NOON)
    assert published.work == "settled"
    assert published.wording.headline == HEADLINE


def test_a_withdrawn_story_does_not_come_back_and_stays_on_record(published: Story, reporter: User) -> None:
    by = actor(reporter)
    publish.withdraw(published, "It put somebody at risk.", by, NOON + HOUR)
    assert not all_published().exists()
    assert published.editions.count() == 1
    for act in (
        lambda: draft.save(published, TYPED, by, NOON),
        lambda: publish.withdraw(published, "", by, NOON),
        lambda: review.submit(published, by, NOON),
        lambda: publish.publish_now(published, "UTC", by, NOON),
    ):
        assert refused(act) == ["story-is-withdrawn"]


def test_what_readers_are_told_of_a_withdrawal_is_judged_all_at_once(published: Story, reporter: User) -> None:
    told = {"en": "W" * 601, "ko": "다리\u202e", "fr": "Retiré"}
    with pytest.raises(Refused) as refused:
        publish.withdraw(published, "R" * 201, actor(reporter), NOON, told)
    assert [(refusal.field, refusal.code) for refusal in refused.value.refusals] == [
        ("reason", "line-too-long"),
        ("told", "not-its-language"),
        ("told-en", "line-too-long"),
        ("told-ko", "forbidden-character"),
    ]
    published.refresh_from_db()
    assert published.is_public


def test_only_what_is_published_can_be_withdrawn(approved: Story, reporter: User) -> None:
    assert refused(lambda: publish.withdraw(approved, "", actor(reporter), NOON)) == ["not-published"]


def test_letters_know_that_a_story_about_them_came_or_went(letter: Letter, published: Story, reporter: User) -> None:
    def revision() -> int:
        return Letter.objects.get(pk=letter.pk).revision

    assert [tie.letter for tie in published.ties.all()] == [letter]
    before = revision()
    publish.withdraw(published, "", actor(reporter), NOON + HOUR)
    assert revision() > before


def test_every_act_is_in_the_trail(published: Story) -> None:
    acts = list(published.audit.order_by("pk").values_list("act", "actor"))
    assert acts == [
        ("story begun", "Reporter"),
        ("picture stored", "Reporter"),
        ("story saved", "Reporter"),
        ("story handed in", "Reporter"),
        ("story approved", "Editor"),
        ("story published", "Reporter"),
    ]


def test_an_address_belongs_to_one_story(story: Story, reporter: User) -> None:
    assert refused(lambda: write_story(story.slug, reporter)) == ["story-slug-taken"]
    for slug in ("feed", "new", "-x-", "Ab", "a/b"):
        assert refused(lambda slug=slug: write_story(slug, reporter)) == ["wrong-story-slug"]
