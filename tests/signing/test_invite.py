import pytest

from tests.people import MARA, OYUN, PEDRO, RUTH, SECRETARY
from tests.post.post_office import PostOffice
from tests.stage import DAY, HOUR, NOON, ask, make_letter, notes, sign_and_confirm
from tests.trouble import cut_at_each_step, everything
from undersigned.letters.models import Letter, SignOns
from undersigned.letters.stages import archive, set_sign_ons
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.keys import KeyRing
from undersigned.post.gather import gather
from undersigned.post.models import Mail, MailState
from undersigned.post.outbox import silence
from undersigned.signing.decide import DecidedMeanwhile
from undersigned.signing.invite import (
    MOST,
    AskedOftenEnough,
    NobodyCouldSign,
    NoMailboxKnown,
    invite,
    invite_all,
    uninvited,
)
from undersigned.signing.models import Signature
from undersigned.signing.withdraw import withdraw


def test_an_invitation_names_nobody_and_leads_to_a_private_page(letter: Letter, keys: KeyRing) -> None:
    signature = ask(MARA, letter)
    invite(signature, SECRETARY, NOON)
    [note] = notes(keys, "asked")
    assert note["mailbox"] == MARA.email
    assert set(note["facts"]) == {"link"}
    assert note["facts"]["link"].startswith("https://letters.example/s/")
    record = letter.audit.get(act="invitation sent")
    assert (record.actor, record.facts) == (SECRETARY.name, {"signature": str(signature.pk)})


def test_all_who_can_be_reached_are_invited_once(letter: Letter, keys: KeyRing) -> None:
    for person in (OYUN, MARA):
        ask(person, letter)
    ask(RUTH, letter, email="")
    sign_and_confirm(PEDRO, letter)
    assert uninvited(letter).count() == 2
    assert invite_all(letter, SECRETARY, NOON) == 2
    assert {note["mailbox"] for note in notes(keys, "asked")} == {OYUN.email, MARA.email}
    assert invite_all(letter, SECRETARY, NOON + DAY) == 0
    assert letter.audit.filter(act="invitation sent").count() == 2


def test_only_who_could_sign_now_is_invited(letter: Letter) -> None:
    organisation, person = ask(OYUN, letter), ask(MARA, letter)
    Letter.objects.update(person_way="no")
    letter.refresh_from_db()
    with pytest.raises(NobodyCouldSign):
        invite(person, SECRETARY, NOON)
    assert invite_all(letter, SECRETARY, NOON) == 1
    assert Signature.objects.get(pk=organisation.pk).reminders == 1


@pytest.mark.parametrize("state", ["draft", "closed", "archived"])
def test_nobody_is_invited_to_a_letter_that_nobody_could_sign(letter: Letter, keys: KeyRing, state: str) -> None:
    if state == "draft":
        letter = make_letter("open-the-gate", keys)
    asked = ask(MARA, letter)
    if state == "closed":
        set_sign_ons(letter, SignOns.CLOSED, SECRETARY, NOON)
    if state == "archived":
        archive(letter, SECRETARY, NOON)
    before = everything()
    for act in (lambda: invite(asked, SECRETARY, NOON), lambda: invite_all(letter, SECRETARY, NOON)):
        with pytest.raises(NobodyCouldSign):
            act()
    assert everything() == before


def test_who_cannot_be_reached_or_has_answered_is_not_invited(letter: Letter) -> None:
    unreachable, gone = ask(RUTH, letter, email=""), ask(MARA, letter)
    withdraw([gone.pk], NOON)
    with pytest.raises(NoMailboxKnown):
        invite(unreachable, SECRETARY, NOON)
    with pytest.raises(DecidedMeanwhile):
        invite(gone, SECRETARY, NOON)


def test_after_three_invitations_it_is_enough(letter: Letter) -> None:
    signature = ask(MARA, letter)
    for day in range(MOST):
        invite(signature, SECRETARY, NOON + day * DAY)
    with pytest.raises(AskedOftenEnough) as refused:
        invite(signature, SECRETARY, NOON + MOST * DAY)
    assert "3 times" in str(refused.value)


def test_one_mail_a_day_whatever_the_secretariat_presses(letter: Letter) -> None:
    signature = ask(MARA, letter)
    for hours in (0, 1):
        invite(signature, SECRETARY, NOON + hours * HOUR)
        gather(NOON + hours * HOUR)
    assert Mail.objects.count() == 1


def test_who_wishes_to_hear_nothing_more_gets_no_invitation(letter: Letter) -> None:
    silence(EmailAddress(MARA.email), NOON)
    invite(ask(MARA, letter), SECRETARY, NOON)
    office = PostOffice()
    office.sender().send_due(NOON)
    assert not office.messages
    assert Mail.objects.get().state == MailState.SILENCED


def test_an_invitation_that_breaks_at_any_step_was_never_sent(letter: Letter) -> None:
    ask(MARA, letter)
    before = everything()
    for step in cut_at_each_step(lambda: invite_all(letter, SECRETARY, NOON)):
        assert everything() == before, step
    assert not uninvited(letter).exists()
