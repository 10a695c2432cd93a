import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.people import AMAL, OYUN, RUTH, SECRETARY, SOMI
from tests.stage import DAY, NOON, mailed_path, notes, post, sign_and_confirm, sign_on, text_of
from undersigned.letters.models import Letter
from undersigned.lib.clock import now
from undersigned.lib.keys import KeyRing
from undersigned.post.models import Note, Silenced
from undersigned.signing.decide import accept, refuse
from undersigned.signing.models import Correction, Mailbox, Signatory, Signature, State
from undersigned.signing.retention import lapse
from undersigned.signing.sign import private_path
from undersigned.signing.withdraw import withdraw


def own_path(signature: Signature) -> str:
    """Where its signatory finds `signature`, by a link sent now."""
    return private_path(signature.pk, now())


# --- Looking ----------------------------------------------------------------------------------------------------------


def test_looking_changes_nothing_however_often_and_by_whatever_means(client: Client, letter: Letter) -> None:
    signature = sign_on(SOMI, letter)
    path = own_path(signature)
    for headers in ({}, {"sec-purpose": "prefetch"}, {"user-agent": "MailScanner"}):
        assert client.get(path, headers=headers).status_code == 200
        assert client.head(path, headers=headers).status_code == 200
        assert client.get(f"{path}?action=confirm", headers=headers).status_code == 200
        assert client.get(f"{path}correct/", headers=headers).status_code == 200
    signature.refresh_from_db()
    assert signature.state == State.PENDING
    assert signature.code.tries == 0


def test_other_methods_change_nothing_either(client: Client, letter: Letter) -> None:
    path = own_path(sign_on(SOMI, letter))
    assert client.put(path, "action=confirm").status_code == 405
    assert client.delete(path).status_code == 405
    assert Signature.objects.get().state == State.PENDING


def test_a_pending_sign_on_shows_what_will_appear_and_asks_for_the_button(client: Client, letter: Letter) -> None:
    page = text_of(client.get(own_path(sign_on(SOMI, letter))))
    for said in (SOMI.name, "Open the bridge", "has confirmed nothing yet", "Confirm my signature", "This was not me"):
        assert said in page
    assert "Never mail me again" in page
    assert SOMI.email not in page


def test_a_hidden_name_is_not_shown_even_to_its_owner(client: Client, letter: Letter) -> None:
    pending = sign_on(AMAL, letter)
    page = text_of(client.get(own_path(pending)))
    assert "your name is sealed" in page
    assert AMAL.name not in page
    assert "Correct my entry" not in page


def test_the_page_speaks_the_signatorys_language_and_nobody_keeps_it(client: Client, letter: Letter) -> None:
    signature = sign_on(SOMI, letter)
    Signature.objects.update(language="zh-Hans")
    answer = client.get(own_path(signature), headers={"accept-language": "ko"})
    assert answer.headers["Content-Language"] == "zh-Hans"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies


@pytest.mark.parametrize(
    "forge",
    [
        lambda t: t[:-1],
        lambda t: t[::-1],
        lambda t: ("A" if t[0] != "A" else "B") + t[1:],
        lambda t: t + "AAAA",
    ],
)
def test_a_forged_link_is_an_unknown_one(client: Client, letter: Letter, forge: Callable[[str], str]) -> None:
    token = own_path(sign_on(SOMI, letter)).split("/")[2]
    forged = forge(token)
    assert client.get(f"/s/{forged}/").content == client.get("/nothing/").content
    assert post(client, f"/s/{forged}/", {"action": "confirm"}).status_code == 404
    assert Signature.objects.get().state == State.PENDING


# --- Confirming -------------------------------------------------------------------------------------------------------


def test_the_button_confirms_and_leads_on(client: Client, letter: Letter, keys: KeyRing) -> None:
    sign_on(SOMI, letter, now())
    answer = post(client, mailed_path(keys), {"action": "confirm"})
    assert "Thank you. Your signature is confirmed." in text_of(answer)
    assert 'href="/s/' in text_of(answer)
    assert Signature.objects.get().state == State.LISTED


def test_confirming_again_says_the_same(client: Client, letter: Letter) -> None:
    path = own_path(sign_on(SOMI, letter))
    first, second = (post(client, path, {"action": "confirm"}) for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert "Your signature is confirmed" in text_of(second)


def test_who_had_signed_before_is_told_that_the_first_one_stands(client: Client, letter: Letter) -> None:
    sign_and_confirm(SOMI, letter)
    path = own_path(sign_on(SOMI, letter))
    assert "That signature stands as it is" in text_of(post(client, path, {"action": "confirm"}))
    gone = client.get(path)
    assert gone.status_code == 410
    assert SOMI.name not in text_of(gone)


def test_organisations_are_told_that_the_coalition_looks_first(client: Client, letter: Letter) -> None:
    path = own_path(sign_on(OYUN, letter))
    assert "The coalition looks at it" in text_of(post(client, path, {"action": "confirm"}))
    assert "The coalition looks at it" in text_of(client.get(path))
    accept(Signature.objects.get(), SECRETARY, now())
    assert "Your signature stands" in text_of(client.get(path))


def test_an_accepted_organisation_that_confirms_again_is_told_that_it_is_listed(client: Client, letter: Letter) -> None:
    signature = sign_and_confirm(OYUN, letter)
    accept(signature, SECRETARY, now())
    page = text_of(post(client, own_path(signature), {"action": "confirm"}))
    assert "appears under the letter" in page


def test_another_site_cannot_make_a_browser_confirm(client: Client, letter: Letter) -> None:
    path = own_path(sign_on(SOMI, letter))
    assert post(client, path, {"action": "confirm"}, sec_fetch_site="cross-site").status_code == 403
    assert post(client, f"{path}correct/", {"name": "X"}, sec_fetch_site="cross-site").status_code == 403
    assert Signature.objects.get().state == State.PENDING


# --- This was not me, never again -------------------------------------------------------------------------------------


def test_this_was_not_me_deletes_everything(client: Client, letter: Letter) -> None:
    path = own_path(sign_on(SOMI, letter))
    assert "What was entered is deleted" in text_of(post(client, path, {"action": "not-me"}))
    assert not any(table.objects.exists() for table in (Signature, Signatory, Mailbox, Note))
    assert client.get(path).status_code == 410


def test_this_was_not_me_withdraws_nothing_that_was_confirmed(client: Client, letter: Letter) -> None:
    signature = sign_and_confirm(SOMI, letter)
    assert post(client, own_path(signature), {"action": "not-me"}).status_code == 409
    assert Signature.objects.get().state == State.LISTED


def test_never_again_silences_the_mailbox_and_deletes_the_sign_on(client: Client, letter: Letter) -> None:
    post(client, own_path(sign_on(SOMI, letter)), {"action": "never"})
    assert Silenced.objects.count() == 1
    assert not Signature.objects.exists()


# --- Withdrawing ------------------------------------------------------------------------------------------------------


def test_withdrawing_asks_once_more_and_says_what_cannot_be_undone(client: Client, letter: Letter) -> None:
    signature = sign_and_confirm(SOMI, letter)
    step = text_of(post(client, own_path(signature), {"action": "withdraw"}))
    assert "What cannot be undone" in step
    signature.refresh_from_db()
    assert signature.state == State.LISTED
    done = post(client, own_path(signature), {"action": "withdraw", "sure": "yes"})
    assert "Your signature is withdrawn." in text_of(done)
    assert Signature.objects.get().state == State.WITHDRAWN
    assert not Signatory.objects.exists()


def test_a_hidden_signatory_withdraws_by_the_same_page(client: Client, letter: Letter) -> None:
    signature = sign_and_confirm(AMAL, letter)
    post(client, own_path(signature), {"action": "withdraw", "sure": "yes"})
    assert Signature.objects.get().state == State.WITHDRAWN


def test_what_has_ended_is_said_plainly(client: Client, letter: Letter) -> None:
    withdrawn, refused, lapsed = sign_and_confirm(SOMI, letter), sign_and_confirm(OYUN, letter), sign_on(AMAL, letter)
    withdraw([withdrawn.pk], now())
    refuse(refused, "We could not reach you.", SECRETARY, now())
    lapse(max(now(), NOON) + 30 * DAY)
    for signature, said in ((withdrawn, "is withdrawn"), (refused, "was not accepted"), (lapsed, "has lapsed")):
        page = text_of(client.get(own_path(signature)))
        assert said in page
        assert "<button" not in page


# --- Correcting -------------------------------------------------------------------------------------------------------


def test_a_correction_starts_from_what_stands_there(client: Client, letter: Letter) -> None:
    signature = sign_and_confirm(OYUN, letter)
    page = text_of(client.get(f"{own_path(signature)}correct/"))
    for typed in (OYUN.name, "초원쉼터재단", 'value="MN" selected', "Director"):
        assert typed in page
    assert 'name="consent"' not in page
    assert 'name="email"' not in page


def test_a_correction_is_in_force_at_once_while_nobody_has_seen_the_name(client: Client, letter: Letter) -> None:
    signature = sign_on(SOMI, letter)
    answer = post(client, f"{own_path(signature)}correct/", {"name": "Na Somi", "country": "JP"})
    assert "Your correction is in force" in text_of(answer)
    assert Signatory.objects.get().name == "Na Somi"


def test_a_correction_of_a_listed_name_waits_for_the_coalition(client: Client, letter: Letter) -> None:
    signature = sign_and_confirm(SOMI, letter)
    answer = post(client, f"{own_path(signature)}correct/", {"name": "Na Somi", "country": "JP"})
    assert "The coalition looks at it" in text_of(answer)
    assert Signatory.objects.get().name == SOMI.name
    assert Correction.objects.get().fields["name"] == "Na Somi"
    assert "Your correction waits" in text_of(client.get(own_path(signature)))
    assert "Na Somi" in text_of(client.get(f"{own_path(signature)}correct/"))


def test_a_bad_correction_is_refused_beside_its_field_and_changes_nothing(client: Client, letter: Letter) -> None:
    signature = sign_on(SOMI, letter)
    answer = post(client, f"{own_path(signature)}correct/", {"name": "https://x.example", "country": "JP"})
    assert answer.status_code == 422
    assert 'id="supporter-name-error"' in text_of(answer)
    assert Signatory.objects.get().name == SOMI.name


def test_a_hidden_name_cannot_be_corrected_into_the_open(client: Client, letter: Letter) -> None:
    signature = sign_and_confirm(AMAL, letter)
    post(client, f"{own_path(signature)}correct/", {"name": AMAL.name, "country": ""})
    assert not Signatory.objects.exists()
    assert not Correction.objects.exists()


def test_a_person_of_note_says_their_role_in_each_language(client: Client, letter: Letter) -> None:
    Letter.objects.update(person_way="public")
    letter.refresh_from_db()
    signature = sign_and_confirm(RUTH, letter, role_ko="특별보고관")
    page = text_of(client.get(own_path(signature)))
    assert "특별보고관" in page
    assert "Formerly" in page
    assert 'value="특별보고관"' in text_of(client.get(f"{own_path(signature)}correct/"))


# --- Languages --------------------------------------------------------------------------------------------------------


def switch_of(answer: HttpResponse) -> dict[str, str]:
    """The language switch of a page: where each language leads."""
    found = re.findall(r'<a href="([^"]+)" lang="([^"]+)" hreflang=', text_of(answer))
    return {language: href for href, language in found}


def test_the_page_can_be_read_in_every_language_of_the_letter(client: Client, letter: Letter) -> None:
    path = own_path(sign_and_confirm(SOMI, letter))
    assert switch_of(client.get(path)) == {tag: f"{path}{tag}/" for tag in letter.languages}
    page = client.get(f"{path}ko/")
    assert page.headers["Content-Language"] == "ko"
    assert 'aria-current="page">한국어' in text_of(page)
    assert letter.subject["ko"] in text_of(page)
    assert switch_of(page) == switch_of(client.get(path))
    assert "hreflang=" not in text_of(page).partition("</head>")[0]
    assert not page.cookies


def test_whatever_is_pressed_is_answered_in_the_language_of_the_page(client: Client, letter: Letter) -> None:
    path = own_path(sign_on(SOMI, letter))
    form = re.findall(r'action="(/s/[^"]+)"', text_of(client.get(f"{path}ko/")))
    assert set(form) == {f"{path}ko/"}
    thanks = text_of(post(client, form[0], {"action": "confirm"}))
    assert "서명이 확인되었습니다" in thanks
    [way] = re.findall(r'<li><a href="(/s/[^"]+/ko/)">', thanks)
    assert "서명 철회하기" in text_of(client.get(way))
    correct = client.get(f"{path}ko/correct/")
    assert f'action="{path}ko/correct/"' in text_of(correct)
    assert switch_of(correct)["en"] == f"{path}en/correct/"
    refused = post(client, f"{path}ko/correct/", {"name": "=x", "country": ""})
    assert "서명" in text_of(refused)
    assert refused.headers["Content-Language"] == "ko"
    asked = post(client, f"{path}ko/", {"action": "withdraw"})
    assert f'action="{path}ko/"' in text_of(asked)
    done = post(client, f"{path}ko/", {"action": "withdraw", "sure": "yes"})
    assert "서명이 철회되었습니다" in text_of(done)


def test_a_language_that_the_letter_does_not_have_is_that_of_the_signatory(client: Client, letter: Letter) -> None:
    path = own_path(sign_on(SOMI, letter))
    assert client.get(f"{path}fr/").headers["Content-Language"] == "en"


# --- Expired links ----------------------------------------------------------------------------------------------------


def expired_path(signature: Signature) -> str:
    return private_path(signature.pk, now() - timedelta(days=15))


def test_an_expired_link_leads_to_a_new_one(client: Client, letter: Letter, keys: KeyRing) -> None:
    signature = sign_and_confirm(SOMI, letter)
    answer = client.get(expired_path(signature))
    assert answer.status_code == 410
    assert "This link has expired" in text_of(answer)
    assert SOMI.name not in text_of(answer)
    assert f"/{letter.slug}/en/find/" in text_of(answer)
    assert f"/{letter.slug}/ko/find/" in text_of(client.get(f"{expired_path(signature)}ko/"))
    post(client, expired_path(signature), {"action": "again"})
    [note] = notes(keys, "links")
    assert note["mailbox"] == SOMI.email
    assert client.get(mailed_path(keys)).status_code == 200


def test_an_expired_link_does_nothing_else(client: Client, letter: Letter) -> None:
    signature = sign_on(SOMI, letter)
    for action in ("confirm", "withdraw", "not-me", "never"):
        post(client, expired_path(signature), {"action": action, "sure": "yes"})
    post(client, f"{expired_path(signature)}correct/", {"name": "X Y"})
    signature.refresh_from_db()
    assert signature.state == State.PENDING
    assert Signatory.objects.get().name == SOMI.name


def test_the_server_cannot_write_to_a_hidden_signatory_by_itself(client: Client, letter: Letter) -> None:
    signature = sign_and_confirm(AMAL, letter)
    page = text_of(client.get(expired_path(signature)))
    assert "<button" not in page
    assert "/find/" in page
    post(client, expired_path(signature), {"action": "again"})
    assert not Note.objects.exists()
