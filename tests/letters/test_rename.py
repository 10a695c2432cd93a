import pytest

from tests.people import SECRETARY
from tests.stage import NOON, make_letter
from tests.trouble import at_once, cut_at_each_step, everything
from undersigned.letters import rename as renaming
from undersigned.letters.manifest import RESERVED_SLUGS, ReservedSlug, WrongSlug
from undersigned.letters.models import FormerSlug, Letter
from undersigned.letters.rename import SlugTaken, find_by_slug, refuse_taken, rename
from undersigned.lib.keys import KeyRing

RACE = pytest.mark.django_db(transaction=True)


def move_to(letter: Letter, slug: str) -> None:
    rename(letter, slug, SECRETARY, NOON)


def test_a_renamed_letter_is_found_at_its_new_address_and_its_old_one_leads_there(drafted: Letter) -> None:
    move_to(drafted, "open-it-now")
    assert drafted.slug == "open-it-now"
    assert find_by_slug("open-it-now") == (drafted, False)
    assert find_by_slug("open-the-bridge") == (drafted, True)
    assert find_by_slug("open-the-tunnel") == (None, False)


def test_every_former_address_leads_to_the_newest_one(drafted: Letter) -> None:
    for slug in ("second", "third", "fourth"):
        move_to(drafted, slug)
    for slug in ("open-the-bridge", "second", "third"):
        assert find_by_slug(slug) == (drafted, True)


def test_a_letter_can_go_back_to_an_address_of_its_own(drafted: Letter) -> None:
    move_to(drafted, "second")
    move_to(drafted, "open-the-bridge")
    assert find_by_slug("open-the-bridge") == (drafted, False)
    assert find_by_slug("second") == (drafted, True)
    assert FormerSlug.objects.count() == 1


def test_an_address_that_another_letter_has_or_had_is_refused(drafted: Letter, keys: KeyRing) -> None:
    other = make_letter("open-the-tunnel", keys)
    move_to(other, "tunnel")
    before = everything()
    for taken in ("open-the-tunnel", "tunnel"):
        with pytest.raises(SlugTaken) as refused:
            move_to(drafted, taken)
        assert taken in str(refused.value)
        with pytest.raises(SlugTaken):
            refuse_taken(taken)
    assert everything() == before


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_an_address_that_the_site_needs_is_refused(drafted: Letter, slug: str) -> None:
    with pytest.raises((ReservedSlug, WrongSlug)):
        move_to(drafted, slug)


def test_the_sites_own_addresses_are_reserved() -> None:
    assert {"desk", "accounts", "assets", "s", "i", "p", "code", "en", "ko", "zh-hans"} <= RESERVED_SLUGS


@pytest.mark.parametrize("slug", ["", "ab", "Open", "a b", "a/b", "../etc", "-open", "open-", "다리", "a" * 61])
def test_an_address_is_short_lower_case_latin(drafted: Letter, slug: str) -> None:
    with pytest.raises(WrongSlug):
        move_to(drafted, slug)


def test_the_origin_of_the_log_never_changes(drafted: Letter) -> None:
    origin = drafted.origin
    move_to(drafted, "second")
    assert Letter.objects.get().origin == origin


def test_the_same_address_again_changes_nothing(drafted: Letter) -> None:
    before = everything()
    move_to(drafted, "open-the-bridge")
    assert everything() == before


def test_a_new_address_is_shown_by_the_public_pages_and_told_by_the_trail(drafted: Letter) -> None:
    revision = drafted.revision
    move_to(drafted, "second")
    assert drafted.revision == revision + 1
    assert drafted.audit.get().facts == {"old": "open-the-bridge", "new": "second"}


def test_somebody_who_saw_an_older_address_loses_none(drafted: Letter) -> None:
    seen = Letter.objects.get()
    move_to(drafted, "second")
    move_to(seen, "third")
    assert {row.slug for row in FormerSlug.objects.all()} == {"open-the-bridge", "second"}


def test_a_renaming_that_breaks_at_any_step_renames_nothing(drafted: Letter) -> None:
    move_to(drafted, "second")
    before = everything()
    for step in cut_at_each_step(lambda: move_to(Letter.objects.get(), "open-the-bridge")):
        assert everything() == before, step
    assert Letter.objects.get().slug == "open-the-bridge"


def test_who_looked_before_another_letter_took_the_address_is_refused_too(
    drafted: Letter, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_letter("open-the-tunnel", keys)
    monkeypatch.setattr(renaming, "refuse_taken", lambda *_: Letter.objects.filter(pk=other.pk).update(slug="open-all"))
    before = everything()
    with pytest.raises(SlugTaken):
        move_to(drafted, "open-all")
    assert everything() == before


@RACE
def test_two_letters_never_get_one_address(drafted: Letter, keys: KeyRing) -> None:
    other = make_letter("open-the-tunnel", keys)
    answers = at_once(lambda: move_to(drafted, "open-all"), lambda: move_to(other, "open-all"))
    assert sorted(type(answer) for answer in answers if answer) == [SlugTaken]
    assert Letter.objects.filter(slug="open-all").count() == 1
