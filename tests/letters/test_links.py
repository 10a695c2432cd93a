import pytest

from tests.people import SECRETARY
from tests.stage import DAY, HOUR, NOON, make_letter
from tests.trouble import cut_at_each_step, everything
from undersigned.letters import links
from undersigned.letters.models import Letter, PrivateLink
from undersigned.lib.keys import KeyRing

PREVIEW, INVITATION = PrivateLink.Purpose.PREVIEW, PrivateLink.Purpose.INVITATION


def make(letter: Letter, purpose: PrivateLink.Purpose = INVITATION) -> str:
    return links.make(letter, purpose, "for the ferrymen", SECRETARY, NOON)


def test_a_link_leads_to_its_letter(drafted: Letter) -> None:
    link = links.find(make(drafted), INVITATION, NOON)
    assert link is not None
    assert (link.letter, link.label) == (drafted, "for the ferrymen")


def test_a_token_is_told_once_and_kept_nowhere(drafted: Letter) -> None:
    token = make(drafted)
    assert len(token) == 24
    kept = repr(everything())
    assert token not in kept


def test_no_two_links_have_one_token(drafted: Letter) -> None:
    assert len({make(drafted) for _ in range(20)}) == 20


def test_each_letter_has_links_of_its_own(drafted: Letter, keys: KeyRing) -> None:
    other = make_letter("open-the-tunnel", keys)
    token = make(other)
    make(drafted)
    found = links.find(token, INVITATION, NOON)
    assert found is not None
    assert found.letter == other


@pytest.mark.parametrize(
    "why", ["unknown", "of another purpose", "revoked", "expired", "shortened", "empty", "respelt"]
)
def test_a_link_that_does_not_open_is_like_one_that_never_was(drafted: Letter, why: str) -> None:
    token = make(drafted)
    link = PrivateLink.objects.get()
    if why == "revoked":
        links.revoke(link, SECRETARY, NOON)
    PrivateLink.objects.filter(pk=link.pk).update(expires_at=NOON if why == "expired" else NOON + DAY)
    tried = {"unknown": "x" * 24, "shortened": token[:-1], "empty": "", "respelt": token + "="}.get(why, token)
    purpose = PREVIEW if why == "of another purpose" else INVITATION
    assert links.find(tried, purpose, NOON) is None


def test_a_link_is_open_until_the_moment_at_which_it_expires(drafted: Letter) -> None:
    token = links.lend(drafted, NOON, HOUR)
    assert links.find(token, PREVIEW, NOON + HOUR * 0.999)
    assert links.find(token, PREVIEW, NOON + HOUR) is None


def test_a_lent_link_shows_and_does_not_invite(drafted: Letter) -> None:
    assert links.find(links.lend(drafted, NOON, HOUR), INVITATION, NOON) is None


def test_a_revoked_link_stays_revoked_and_the_trail_says_so_once(drafted: Letter) -> None:
    make(drafted)
    link = PrivateLink.objects.get()
    links.revoke(link, SECRETARY, NOON + HOUR)
    links.revoke(link, SECRETARY, NOON + DAY)
    assert PrivateLink.objects.get().revoked_at == NOON + HOUR
    trail = list(drafted.audit.order_by("pk").values_list("act", "facts"))
    told = {"purpose": "invitation", "label": "for the ferrymen"}
    assert trail == [("link made", told), ("link revoked", told)]


def test_revoking_one_link_leaves_the_others_open(drafted: Letter) -> None:
    token, other = make(drafted), make(drafted)
    link = links.find(token, INVITATION, NOON)
    assert link is not None
    links.revoke(link, SECRETARY, NOON)
    assert links.find(other, INVITATION, NOON)


def test_a_link_that_breaks_at_any_step_is_not_made(drafted: Letter) -> None:
    before = everything()
    for step in cut_at_each_step(lambda: make(drafted)):
        assert everything() == before, step
