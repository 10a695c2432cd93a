"""A letter's life, moved on by the buttons of its page."""

import re

import pytest
from django.test import Client

from tests.desk.conftest import page
from tests.people import OYUN, SOMI
from tests.stage import sign_and_confirm, sign_on
from undersigned.letters import links
from undersigned.letters.models import BlockText, Letter, PrivateLink

NEXT = re.compile(r'class="next"[^>]*>([^<]*)<')


def next_step(desk: Client, letter: Letter) -> str:
    """What the one vermilion button of the letter's page says."""
    found = NEXT.findall(page(desk, letter))
    assert len(found) == 1, found
    return str(found[0]).strip()


def test_the_next_step_of_a_draft_with_gaps_is_to_mend_them(desk: Client, drafted: Letter) -> None:
    BlockText.objects.filter(block__letter=drafted, language="en", block__key="open").update(gap="missing", text="")
    assert next_step(desk, drafted) == "Mend the gaps"


def test_the_steps_from_draft_to_release_are_buttons(desk: Client, drafted: Letter) -> None:
    assert next_step(desk, drafted) == "Freeze the text"
    text = page(desk, drafted, "draft/freeze/")
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', text)
    assert digest
    desk.post(f"/desk/{drafted.slug}/draft/freeze/", {"digest": digest[1]})
    assert next_step(desk, drafted) == "Open sign-ons by invitation"
    desk.post(f"/desk/{drafted.slug}/sign-ons/", {"to": "invitation"})
    assert next_step(desk, drafted) == "Plan the release"
    desk.post(f"/desk/{drafted.slug}/release/", {"date": "2999-03-01", "time": "09:00", "zone": "Asia/Seoul"})
    assert next_step(desk, drafted) == "Read it once more"
    drafted.refresh_from_db()
    assert (drafted.sign_ons, drafted.publication) == ("invitation", "embargoed")


def test_what_waits_for_a_decision_comes_before_everything_else(desk: Client, letter: Letter) -> None:
    assert next_step(desk, letter) == "See the public page"
    sign_and_confirm(OYUN, letter)
    assert next_step(desk, letter) == "Decide on what waits"
    assert "Decide on what waits" in desk.get("/desk/").content.decode()


def test_a_released_letter_is_closed_and_archived(desk: Client, letter: Letter) -> None:
    desk.post(f"/desk/{letter.slug}/sign-ons/", {"to": "closed"})
    assert next_step(desk, letter) == "Archive the letter"
    assert "There is no way back" in page(desk, letter, "archive/")
    desk.post(f"/desk/{letter.slug}/archive/")
    assert next_step(desk, letter) == "Read the letter"
    letter.refresh_from_db()
    assert letter.publication == "archived"
    answer = desk.post(f"/desk/{letter.slug}/sign-ons/", {"to": "public"}, follow=True)
    assert "This letter is archived" in answer.content.decode()


def test_before_archiving_the_desk_is_told_whom_it_ends(desk: Client, letter: Letter) -> None:
    sign_and_confirm(OYUN, letter)
    sign_on(SOMI, letter)
    told = page(desk, letter, "archive/")
    assert "1 sign-on or correction waits for your decision." in told
    assert "1 sign-on waits for its mailbox. It lapses." in told


def test_a_letter_that_was_never_released_is_not_archived(desk: Client, embargoed: Letter) -> None:
    answer = desk.post(f"/desk/{embargoed.slug}/archive/", follow=True)
    assert "Only a released letter can be archived" in answer.content.decode()


def test_opening_to_the_public_before_the_release_is_refused_in_words(desk: Client, frozen: Letter) -> None:
    answer = desk.post(f"/desk/{frozen.slug}/sign-ons/", {"to": "public"}, follow=True)
    assert "Sign-ons can be public only once the letter is released" in answer.content.decode()
    frozen.refresh_from_db()
    assert frozen.sign_ons == "closed"


def test_inviting_to_a_text_that_can_still_change_is_refused(desk: Client, drafted: Letter) -> None:
    answer = desk.post(f"/desk/{drafted.slug}/sign-ons/", {"to": "invitation"}, follow=True)
    assert "Freeze the text first" in answer.content.decode()


def test_a_state_that_does_not_exist_changes_nothing(desk: Client, letter: Letter) -> None:
    desk.post(f"/desk/{letter.slug}/sign-ons/", {"to": "ajar"})
    letter.refresh_from_db()
    assert letter.sign_ons == "public"


def test_a_new_address_leaves_the_old_links_leading_on(desk: Client, letter: Letter) -> None:
    answer = desk.post("/desk/open-the-bridge/address/", {"slug": "bridge-now"})
    assert answer.headers["Location"] == "/desk/bridge-now/"
    assert desk.get("/desk/open-the-bridge/queue/").headers["Location"] == "/desk/bridge-now/queue/"


@pytest.mark.parametrize("slug", ["", "No Spaces", "desk", "a" * 61, "짧은주소"])
def test_an_address_that_cannot_be_is_refused_beside_its_field(desk: Client, letter: Letter, slug: str) -> None:
    answer = desk.post("/desk/open-the-bridge/address/", {"slug": slug})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert 'id="slug-refused"' in text
    assert 'aria-invalid="true"' in text
    letter.refresh_from_db()
    assert letter.slug == "open-the-bridge"


def test_the_preview_is_lent_to_one_user_and_used_again(desk: Client, drafted: Letter) -> None:
    first, second = (desk.get(f"/desk/{drafted.slug}/preview/{tag}/").headers["Location"] for tag in ("ko", "zh-Hans"))
    token = first.split("/")[2]
    assert first == f"/p/{token}/ko/"
    assert second == f"/p/{token}/zh-Hans/"
    link = PrivateLink.objects.get(letter=drafted)
    assert link.expires_at is not None
    assert links.find(token, PrivateLink.Purpose.PREVIEW, link.made_at)
    assert not links.find(token, PrivateLink.Purpose.PREVIEW, link.expires_at)
    assert "desk preview" not in page(desk, drafted, "links/")


def test_the_counts_are_of_the_letter_and_of_its_log(desk: Client, letter: Letter) -> None:
    text = page(desk, letter)
    assert "On the letter" in text
    assert "In the public log" in text
