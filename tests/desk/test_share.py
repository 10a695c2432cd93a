"""What readers who pass a letter on are offered to say, written at the desk."""

from django.test import Client

from tests.desk.conftest import page
from tests.people import SECRETARY
from tests.stage import NOON
from undersigned.letters.models import Letter
from undersigned.letters.share import digest_of, offer


def test_it_says_what_is_shared_where_nothing_is_written(desk: Client, letter: Letter) -> None:
    for path in ("draft/", "share/"):
        assert "the headline is offered" in page(desk, letter, path)
        assert "다리를 열어 주십시오" in page(desk, letter, path)


def test_it_is_written_and_the_desk_remembers_that_it_was(desk: Client, letter: Letter) -> None:
    fields = {"share-en": "We wait on\r\nthe other bank.", "share-ko": "", "was": digest_of(letter)}
    answer = desk.post(f"/desk/{letter.slug}/share/", fields, follow=True).content.decode()
    assert "Saved. This is what readers are offered to say." in answer
    assert "We wait on<br>the other bank." in answer
    assert "What readers are offered to say when they pass the letter on was changed." in page(desk, letter, "audit/")


def test_what_is_refused_stays_in_the_form(desk: Client, letter: Letter) -> None:
    fields = {"share-en": "W" * 281, "share-ko": "다리", "was": digest_of(letter)}
    answer = desk.post(f"/desk/{letter.slug}/share/", fields)
    told = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="share-en-refused"' in told
    assert "This is too long: it may have 280 characters." in told
    assert "다리</textarea>" in told


def test_what_somebody_else_saved_meanwhile_is_shown_before_it_is_replaced(desk: Client, letter: Letter) -> None:
    began = digest_of(letter)
    offer(letter, {"en": "Theirs"}, began, SECRETARY, NOON)
    answer = desk.post(f"/desk/{letter.slug}/share/", {"share-en": "Ours", "was": began})
    told = answer.content.decode()
    assert answer.status_code == 409
    assert ">Theirs</p>" in told
    assert "Ours</textarea>" in told
    desk.post(f"/desk/{letter.slug}/share/", {"share-en": "Ours", "was": digest_of(letter)})
    letter.refresh_from_db()
    assert letter.share == {"en": "Ours"}
