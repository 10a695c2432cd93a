from itertools import product

import pytest
from django.db import IntegrityError, transaction

from tests.people import SECRETARY
from tests.stage import DAY, NOON
from tests.trouble import another_process, at_once, cut_at_each_step, everything
from undersigned.letters.models import Letter, Publication, SignOns, Way
from undersigned.letters.stages import (
    LetterIsArchived,
    MovedMeanwhile,
    NeverReleased,
    NotFrozenYet,
    NotReleasedYet,
    archive,
    move,
    set_sign_ons,
    touch,
)

RACE = pytest.mark.django_db(transaction=True)
STEPS = {("draft", "embargoed"), ("embargoed", "draft"), ("embargoed", "released"), ("released", "archived")}


def open_to(letter: Letter, to: SignOns) -> None:
    set_sign_ons(letter, to, SECRETARY, NOON)


def put(letter: Letter, publication: str) -> None:
    """Put `letter` into a publication, whatever the way there."""
    moment = NOON if publication in ("released", "archived") else None
    Letter.objects.filter(pk=letter.pk).update(publication=publication, released_at=moment)
    letter.refresh_from_db()


# --- Publication ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("now", "to"), [*product(Publication.values, repeat=2)])
def test_publication_goes_the_ways_of_the_diagram_and_no_others(drafted: Letter, now: str, to: str) -> None:
    put(drafted, now)
    if (now, to) in STEPS:
        move(drafted, Publication(to), NOON)
        assert Letter.objects.get().publication == drafted.publication == to
    else:
        with pytest.raises(MovedMeanwhile):
            move(drafted, Publication(to), NOON)
        assert Letter.objects.get().publication == now


def test_a_letter_keeps_the_moment_of_its_release(embargoed: Letter) -> None:
    move(embargoed, Publication.RELEASED, NOON)
    move(embargoed, Publication.ARCHIVED, NOON + DAY)
    assert embargoed.released_at == NOON


def test_who_moves_a_letter_that_has_moved_on_is_told(embargoed: Letter) -> None:
    seen = Letter.objects.get()
    move(embargoed, Publication.RELEASED, NOON)
    before = everything()
    with pytest.raises(MovedMeanwhile):
        move(seen, Publication.DRAFT, NOON)
    assert everything() == before


@pytest.mark.parametrize(("publication", "moment"), [("draft", NOON), ("embargoed", NOON), ("released", None)])
def test_a_letter_has_a_moment_of_release_exactly_when_it_is_released(
    drafted: Letter, publication: str, moment: object
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.update(publication=publication, released_at=moment)


def test_archiving_closes_sign_ons_for_good_and_keeps_the_letter_public(letter: Letter) -> None:
    archive(letter, SECRETARY, NOON + DAY)
    assert (letter.publication, letter.sign_ons) == ("archived", "closed")
    assert letter.is_public
    for to in (SignOns.INVITATION, SignOns.PUBLIC):
        with pytest.raises(LetterIsArchived):
            open_to(letter, to)
    assert list(letter.audit.order_by("-pk").values_list("act", flat=True))[:2] == ["archived", "sign-ons set"]


def test_a_letter_that_was_never_released_is_not_archived(embargoed: Letter) -> None:
    before = everything()
    with pytest.raises(NeverReleased):
        archive(embargoed, SECRETARY, NOON)
    assert everything() == before


def test_a_letter_is_archived_once(letter: Letter) -> None:
    archive(letter, SECRETARY, NOON)
    before = everything()
    with pytest.raises(LetterIsArchived):
        archive(letter, SECRETARY, NOON + DAY)
    assert everything() == before


def test_an_archiving_that_breaks_at_any_step_changes_nothing(letter: Letter) -> None:
    before = everything()
    for step in cut_at_each_step(lambda: archive(Letter.objects.get(), SECRETARY, NOON)):
        assert everything() == before, step
    assert Letter.objects.get().publication == "archived"


# --- Sign-ons ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", [SignOns.INVITATION, SignOns.PUBLIC])
def test_nobody_signs_a_text_that_can_still_change(drafted: Letter, to: SignOns) -> None:
    with pytest.raises(NotFrozenYet):
        open_to(drafted, to)
    assert Letter.objects.get().sign_ons == "closed"


@pytest.mark.parametrize("publication", ["draft", "embargoed"])
def test_sign_ons_are_not_public_before_the_letter_is(frozen: Letter, publication: str) -> None:
    put(frozen, publication)
    with pytest.raises(NotReleasedYet):
        open_to(frozen, SignOns.PUBLIC)
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.update(sign_ons="public")
    assert Letter.objects.get().sign_ons == "closed"


def test_sign_ons_by_invitation_may_begin_with_the_frozen_text(frozen: Letter) -> None:
    open_to(frozen, SignOns.INVITATION)
    assert frozen.sign_ons == Letter.objects.get().sign_ons == "invitation"


def test_sign_ons_of_a_released_letter_go_to_and_fro(letter: Letter) -> None:
    for to in (SignOns.CLOSED, SignOns.PUBLIC, SignOns.INVITATION, SignOns.CLOSED):
        open_to(letter, to)
        assert Letter.objects.get().sign_ons == to


def test_the_trail_and_the_public_pages_follow(letter: Letter) -> None:
    revision = letter.revision
    open_to(letter, SignOns.CLOSED)
    assert letter.revision == revision + 1
    newest = letter.audit.latest("pk")
    assert (newest.actor, newest.act, newest.facts) == (SECRETARY.name, "sign-ons set", {"to": "closed"})


@RACE
def test_sign_ons_do_not_slip_in_while_the_letter_is_being_archived(letter: Letter) -> None:
    with another_process() as begin, transaction.atomic():
        archive(letter, SECRETARY, NOON)
        late = begin(lambda: open_to(Letter.objects.get(), SignOns.PUBLIC))
    assert isinstance(late.exception(), LetterIsArchived)


# --- Who may sign -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sign_ons", "way", "uninvited", "invited"),
    [
        ("closed", "no", False, False),
        ("closed", "invitation", False, False),
        ("closed", "public", False, False),
        ("invitation", "no", False, False),
        ("invitation", "invitation", False, True),
        ("invitation", "public", False, True),
        ("public", "no", False, False),
        ("public", "invitation", False, True),
        ("public", "public", True, True),
    ],
)
def test_a_letter_takes_whom_its_terms_and_its_stage_let_in(
    sign_ons: str, way: str, uninvited: bool, invited: bool
) -> None:
    for kind in ("organisation", "person", "supporter"):
        others = {f"{other}_way": Way.NO for other in ("organisation", "person", "supporter")}
        letter = Letter(sign_ons=sign_ons, **(others | {f"{kind}_way": way}))
        assert letter.takes(kind, invited=False) is uninvited
        assert letter.takes(kind, invited=True) is invited
        for other in {"organisation", "person", "supporter"} - {kind}:
            assert not letter.takes(other, invited=True)


def test_a_text_in_a_language_that_is_missing_falls_back_to_the_prevailing_one_and_then_to_any() -> None:
    letter = Letter(languages=["ko", "en", "zh-Hans"], prevailing="en", summary={"ko": "요약", "en": "Summary"})
    assert letter.text_of("summary", "ko") == "요약"
    assert letter.text_of("summary", "zh-Hans") == "Summary"
    letter.summary = {"zh-Hans": "摘要"}
    assert letter.text_of("summary", "ko") == "摘要"
    letter.summary = {}
    assert letter.text_of("summary", "ko") == ""


@RACE
def test_no_change_that_the_pages_show_is_lost_when_many_come_at_once(letter: Letter) -> None:
    revision = letter.revision
    at_once(*[lambda: touch({letter.pk})] * 5)
    letter.refresh_from_db()
    assert letter.revision == revision + 5
