"""The queue: what waits, with all that a decision needs, and the decisions."""

from dataclasses import replace

from django.test import Client

from tests.desk.conftest import page
from tests.people import AMAL, OYUN, PEDRO, SOMI
from tests.stage import MINUTE, NOON, notes, sign_and_confirm
from undersigned.letters.models import Letter
from undersigned.lib.keys import KeyRing
from undersigned.signing.models import Attestation, Correction, Organisation, Signatory, Signature, State

TWIN = replace(OYUN, name="House on the Steppe", email="info@steppe-shelter.example")


def decide(desk: Client, letter: Letter, signature: Signature, act: str, **typed: str) -> tuple[int, str]:
    answer = desk.post(f"/desk/{letter.slug}/queue/{signature.pk}/{act}/", typed)
    signature.refresh_from_db()
    return answer.status_code, answer.content.decode()


def test_a_card_shows_what_the_decision_needs(desk: Client, letter: Letter) -> None:
    sign_and_confirm(PEDRO, letter)
    text = page(desk, letter, "queue/")
    for fact in ("Casa del Paso", "Argentina", "Uruguay", "Pedro Inventado, Secretario", "pedro@freemail.example"):
        assert fact in text
    assert "not of the organisation's own domain" in text


def test_supporters_never_wait_for_the_desk(desk: Client, letter: Letter) -> None:
    sign_and_confirm(SOMI, letter)
    sign_and_confirm(AMAL, letter)
    assert "Nothing waits for the desk." in page(desk, letter, "queue/")


def test_an_organisation_from_its_own_domain_is_accepted_at_once(desk: Client, letter: Letter) -> None:
    signature = sign_and_confirm(OYUN, letter)
    assert "of the organisation's own domain" in page(desk, letter, "queue/")
    assert decide(desk, letter, signature, "accept")[0] == 302
    assert signature.state == State.LISTED


def test_a_free_mailbox_needs_evidence_which_stays_on_record(desk: Client, letter: Letter) -> None:
    signature = sign_and_confirm(PEDRO, letter)
    status, text = decide(desk, letter, signature, "accept")
    assert status == 422
    assert "Note how you made sure that it may sign for it." in text
    assert signature.state == State.CONFIRMED
    assert decide(desk, letter, signature, "accept", evidence="Telephoned the office")[0] == 302
    attestation = Attestation.objects.get(signature=signature)
    assert (attestation.actor, attestation.evidence) == ("Secretary of the coalition", "Telephoned the office")


def test_a_refusal_needs_a_reason_which_is_mailed(desk: Client, letter: Letter, keys: KeyRing) -> None:
    signature = sign_and_confirm(PEDRO, letter)
    status, text = decide(desk, letter, signature, "refuse", reason="   ")
    assert status == 422
    assert "Give a reason." in text
    assert "<details open>" in text
    assert decide(desk, letter, signature, "refuse", reason="We could not reach you.")[0] == 302
    assert signature.state == State.REFUSED
    assert notes(keys, "refused")[0]["facts"]["reason"] == "We could not reach you."
    assert not Signatory.objects.filter(pk=signature.pk).exists()


def test_a_likely_twin_is_shown_and_merged(desk: Client, letter: Letter) -> None:
    first = sign_and_confirm(OYUN, letter)
    decide(desk, letter, first, "accept")
    second = sign_and_confirm(TWIN, letter, NOON + MINUTE)
    text = page(desk, letter, "queue/")
    assert "listed under this letter: the new sign-on ends" in text
    status, text = decide(desk, letter, second, "accept")
    assert status == 409
    assert "Merge the sign-on instead." in text
    organisation = Organisation.objects.get()
    assert decide(desk, letter, second, "merge", organisation=str(organisation.pk))[0] == 302
    assert second.state == State.WITHDRAWN
    assert {name.name for name in organisation.names.all()} >= {OYUN.name, TWIN.name}


def test_merging_into_nothing_is_not_found(desk: Client, letter: Letter) -> None:
    signature = sign_and_confirm(OYUN, letter)
    for key in ("", "0", "x", "9" * 30, "²"):
        assert decide(desk, letter, signature, "merge", organisation=key)[0] == 404


def test_what_somebody_else_decided_meanwhile_is_said(desk: Client, letter: Letter) -> None:
    signature = sign_and_confirm(OYUN, letter)
    decide(desk, letter, signature, "accept")
    status, text = decide(desk, letter, signature, "refuse", reason="Too late")
    assert status == 409
    assert "This sign-on has been decided or withdrawn meanwhile." in text
    assert signature.state == State.LISTED


def test_a_sign_on_of_another_letter_is_not_found(desk: Client, letter: Letter) -> None:
    signature = sign_and_confirm(OYUN, letter)
    Letter.objects.filter(pk=letter.pk).update(slug="another")
    assert desk.post(f"/desk/open-the-bridge/queue/{signature.pk}/accept/").status_code == 404


def corrected(desk: Client, letter: Letter) -> Signature:
    signature = sign_and_confirm(OYUN, letter)
    decide(desk, letter, signature, "accept")
    card = Signatory.objects.get(pk=signature.pk)
    fields = {name: getattr(card, name) for name in ("names", "website", "representative", "office")}
    fields |= {"name": "Steppe Shelter Mongolia", "country": "MN"}
    Correction.objects.create(signature=signature, fields=fields, asked_at=NOON)
    return signature


def test_a_correction_shows_what_changes_and_appears_when_accepted(desk: Client, letter: Letter) -> None:
    signature = corrected(desk, letter)
    text = page(desk, letter, "queue/")
    assert "Steppe Shelter Mongolia" in text
    assert text.count('data-label="As asked"') == 1
    assert decide(desk, letter, signature, "correction/accept")[0] == 302
    assert Signatory.objects.get(pk=signature.pk).name == "Steppe Shelter Mongolia"
    assert decide(desk, letter, signature, "correction/accept")[0] == 409


def test_a_refused_correction_leaves_the_name(desk: Client, letter: Letter) -> None:
    signature = corrected(desk, letter)
    assert decide(desk, letter, signature, "correction/refuse")[0] == 302
    assert Signatory.objects.get(pk=signature.pk).name == OYUN.name
    assert "Nothing waits for the desk." in page(desk, letter, "queue/")
