from datetime import timedelta

from tests.people import AMAL, OYUN, SOMI
from tests.stage import DAY, NOON, make_letter, notes, sign_and_confirm, sign_on
from undersigned.letters.models import Letter
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.keys import KeyRing
from undersigned.post.models import Note
from undersigned.signing.find import send_link_again, send_links
from undersigned.signing.links import Link
from undersigned.signing.models import Signature
from undersigned.signing.retention import lapse
from undersigned.signing.withdraw import withdraw


def led_to(keys: KeyRing) -> list[object]:
    """The sign-ons to which the links in the newest mail lead."""
    [*_, note] = notes(keys)
    tokens = [link.split("/")[-2] for link in note["facts"]["link"].splitlines()]
    return [Link.read(token, keys.site_key("links"), NOON).signature for token in tokens]


def test_all_sign_ons_of_a_mailbox_under_a_letter_are_in_one_mail(letter: Letter, keys: KeyRing) -> None:
    person = sign_and_confirm(SOMI, letter)
    organisation = sign_on(OYUN, letter, email="Somi@Mail.example")
    send_links(letter, EmailAddress(SOMI.email), "ko", NOON)
    assert led_to(keys) == [person.pk, organisation.pk]
    assert notes(keys, "links")[0]["language"] == "ko"


def test_a_hidden_signatory_finds_the_way_back_by_typing_the_address(letter: Letter, keys: KeyRing) -> None:
    hidden = sign_and_confirm(AMAL, letter)
    send_links(letter, EmailAddress(AMAL.email), "en", NOON)
    assert led_to(keys) == [hidden.pk]


def test_where_there_is_nothing_to_find_a_decoy_is_written_that_never_leaves(letter: Letter, keys: KeyRing) -> None:
    send_links(letter, EmailAddress(SOMI.email), "en", NOON)
    [note] = notes(keys)
    assert note["decoy"]
    assert note["facts"] == {"link": ""}
    assert Note.objects.get().template == "links"


def test_what_has_ended_is_not_found(letter: Letter, keys: KeyRing) -> None:
    withdraw([sign_and_confirm(SOMI, letter).pk], NOON)
    sign_on(SOMI, letter)
    lapse(NOON + timedelta(days=15))
    send_links(letter, EmailAddress(SOMI.email), "en", NOON)
    assert notes(keys)[-1]["decoy"]


def test_sign_ons_of_other_letters_are_not_told(letter: Letter, keys: KeyRing) -> None:
    sign_and_confirm(SOMI, letter)
    send_links(make_letter("another-one", keys), EmailAddress(SOMI.email), "en", NOON)
    assert notes(keys)[-1]["decoy"]


def test_an_expired_link_is_sent_again_where_the_server_knows_the_mailbox(letter: Letter, keys: KeyRing) -> None:
    signature = sign_and_confirm(SOMI, letter)
    assert send_link_again(signature, NOON + 30 * DAY)
    assert notes(keys)[-1]["mailbox"] == SOMI.email
    assert not send_link_again(sign_and_confirm(AMAL, letter), NOON)


def test_no_link_is_sent_again_to_who_has_left(letter: Letter) -> None:
    signature = sign_and_confirm(SOMI, letter)
    withdraw([signature.pk], NOON)
    assert not send_link_again(Signature.objects.get(), NOON)
