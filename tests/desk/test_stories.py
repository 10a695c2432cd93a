"""Stories at the desk: written, read by somebody else, published, corrected, withdrawn."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.newsroom import HEADLINE, LANGUAGES, TEXTS, TYPED, actor, photograph
from tests.stage import NOON
from undersigned.desk.models import User
from undersigned.letters.models import Letter
from undersigned.lib.clock import now
from undersigned.lib.keys import KeyRing
from undersigned.stories import draft, preview, publish, review
from undersigned.stories.models import Edition, Story

Browse = Callable[[User], Client]
SLUG = "lamps-at-the-ferry"
AT = f"/desk/stories/{SLUG}/"


@pytest.fixture
def browse(keys: KeyRing) -> Browse:
    """The browser of somebody who has signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


def form(letter: Letter | None = None, **changes: object) -> dict[str, object]:
    """What the form of a wording sends."""
    fields: dict[str, object] = {"was": ""}
    for tag in LANGUAGES:
        fields |= {f"headline-{tag}": HEADLINE[tag], f"text-{tag}": TEXTS[tag].replace("\n", "\r\n")}
        fields |= {f"caption-{tag}": f"caption {tag}", f"alternative-{tag}": f"alternative {tag}"}
    fields |= {"author-1-en": "Jayeong Invented", "contact-1": "jayeong@openbridge.example"}
    fields |= {"credit": "Ferry Picture Agency", "licence": "CC BY 4.0"}
    fields |= {"about": str(letter.pk)} if letter else {}
    return {name.replace("_", "-"): value for name, value in (fields | changes).items()}


def picture(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("DCIM-at-the-safe-house.jpg", content or photograph(), "image/jpeg")


def text_of(client: Client, path: str = "") -> str:
    answer = client.get(AT + path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def test_a_story_goes_from_nothing_to_its_readers(letter: Letter, reporter: User, editor: User, browse: Browse) -> None:
    writes, reads = browse(reporter), browse(editor)
    begun = writes.post("/desk/stories/new/", {"slug": SLUG, "languages": "ko, en zh-CN"})
    assert begun.headers["Location"] == f"{AT}text/"
    assert "Write the story" in text_of(writes)
    assert writes.post(f"{AT}text/", form(letter, picture=picture())).status_code == 302
    assert "Hand it in for review" in text_of(writes)
    writes.post(f"{AT}review/submit/")
    assert "Ask somebody else to review it" in writes.get("/desk/stories/").content.decode()
    story = Story.objects.get()
    digest = story.wording.digest().hex()
    assert writes.post(f"{AT}review/", {"digest": digest}).status_code == 403
    assert digest in text_of(reads, "review/")
    assert reads.post(f"{AT}review/", {"digest": digest}).status_code == 302
    assert "Approved by Editor." in text_of(writes)
    assert writes.post(f"{AT}publication/now/", {"zone": "Asia/Seoul"}).status_code == 302
    story.refresh_from_db()
    assert story.is_public
    assert [tie.letter for tie in story.ties.all()] == [letter]
    assert "The wording was approved, SHA-256" in text_of(writes, "history/")
    assert HEADLINE["ko"] in text_of(writes, "history/1/")


@pytest.mark.parametrize("language", ["ko", "en", "zh-hans"])
def test_every_page_renders_in_every_language(published: Story, reporter: User, browse: Browse, language: str) -> None:
    User.objects.update(language=language)
    client = browse(reporter)
    for path in ("", "text/", "review/", "publication/", "history/", "history/1/", "withdraw/", "address/"):
        assert f'<html lang="{language.replace("hans", "Hans")}" dir="ltr">' in text_of(client, path), path
    for path in ("/desk/stories/", "/desk/stories/new/"):
        assert client.get(path).status_code == 200


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    story: Story, reporter: User, browse: Browse
) -> None:
    wrong = form(contact_1="nowhere", headline_en="", text_ko="첫 줄\n\n<b>둘째</b>", caption_en="")
    answer = browse(reporter).post(f"{AT}text/", wrong | {"kept-picture": story.pictures.get().digest})
    text = answer.content.decode()
    assert answer.status_code == 422
    for field in ("contact-1", "headline-en", "text-ko", "caption-en"):
        assert f'id="{field}-refused"' in text, field
    assert "Line 3: HTML such as" in text
    assert 'value="nowhere"' in text
    story.refresh_from_db()
    assert story.wording.headline == HEADLINE


def test_a_picture_that_was_sent_need_not_be_sent_again(story: Story, reporter: User, browse: Browse) -> None:
    client = browse(reporter)
    answer = client.post(f"{AT}text/", form(headline_en="", picture=picture(photograph(900, 600))))
    assert answer.status_code == 422
    newest = story.pictures.order_by("-pk")[0]
    assert f'name="kept-picture" value="{newest.digest}"' in answer.content.decode()
    assert client.get(f"{AT}picture/{newest.narrow_name}").content == bytes(newest.narrow)
    assert client.get(f"{AT}picture/other.jpg").status_code == 404
    client.post(f"{AT}text/", form(**{"kept-picture": newest.digest}))
    story.refresh_from_db()
    assert story.wording.picture
    assert story.wording.picture.digest == newest.digest
    client.post(f"{AT}text/", form(**{"kept-picture": newest.digest, "without-picture": "yes"}))
    story.refresh_from_db()
    assert story.wording.picture is None


@pytest.mark.parametrize(
    ("content", "told"), [(b"%PDF-1.7", "not a picture that can be taken"), (photograph(300, 200), "too small")]
)
def test_a_picture_of_the_wrong_kind_or_size_is_refused(
    story: Story, reporter: User, browse: Browse, content: bytes, told: str
) -> None:
    answer = browse(reporter).post(f"{AT}text/", form(picture=picture(content)))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert story.pictures.count() == 1


def test_a_file_that_is_too_heavy_is_told_and_not_lost_in_silence(story: Story, reporter: User, browse: Browse) -> None:
    answer = browse(reporter).post(f"{AT}text/", form(picture=picture(photograph() + b"\0" * 20_000_001)))
    assert answer.status_code == 413
    assert "This picture is too large: it has 20." in answer.content.decode()


def test_two_who_write_at_once_do_not_overwrite_each_other_unseen(
    story: Story, reporter: User, editor: User, browse: Browse
) -> None:
    was = story.wording.digest().hex()
    browse(editor).post(f"{AT}text/", form(was=was, headline_en="Theirs"))
    answer = browse(reporter).post(f"{AT}text/", form(was=was, headline_en="Mine"))
    assert answer.status_code == 409
    assert "Somebody else changed this story" in answer.content.decode()
    story.refresh_from_db()
    assert story.wording.headline["en"] == "Theirs"
    again = answer.content.decode().split('name="was" value="')[1].partition('"')[0]
    assert browse(reporter).post(f"{AT}text/", form(was=again, headline_en="Mine")).status_code == 302


def test_a_story_is_planned_moved_and_cancelled(approved: Story, reporter: User, browse: Browse) -> None:
    client = browse(reporter)
    plan = {"date": "2999-03-01", "time": "09:00", "zone": "Asia/Seoul"}
    assert client.post(f"{AT}publication/", plan).status_code == 302
    assert client.post(f"{AT}publication/", plan | {"date": "2999-03-02"}).status_code == 302
    approved.refresh_from_db()
    assert approved.wall_time == "2999-03-02T09:00"
    assert "2999-03-02" in text_of(client)
    client.post(f"{AT}publication/cancel/")
    approved.refresh_from_db()
    assert approved.due_at is None
    for wrong in ({"date": "2001-03-01"}, {"zone": "Asia/Atlantis"}, {"date": "2999-02-30"}):
        assert client.post(f"{AT}publication/", plan | wrong).status_code == 422
    answer = client.post(f"{AT}publication/", {"date": "2031-03-30", "time": "02:30", "zone": "Europe/Berlin"})
    assert answer.content.decode().count('name="moment"') == 2


def test_a_correction_tells_its_readers_and_can_be_let_go(published: Story, reporter: User, browse: Browse) -> None:
    client = browse(reporter)
    client.post(f"{AT}text/", form(headline_en="Other lamps", note_en="We mended a headline."))
    published.refresh_from_db()
    assert published.work == "draft"
    answer = client.post(f"{AT}review/submit/", follow=True)
    assert "Readers are told what a correction changes" in answer.content.decode()
    client.post(f"{AT}discard/")
    published.refresh_from_db()
    assert (published.work, published.wording.headline) == ("settled", HEADLINE)


def test_withdrawing_is_asked_about_and_final(published: Story, reporter: User, browse: Browse) -> None:
    client = browse(reporter)
    assert "There is no way back" in text_of(client, "withdraw/")
    refused = client.post(f"{AT}withdraw/", {"reason": "Harms somebody", "told-ko": "W" * 601, "told-en": "Kept"})
    assert refused.status_code == 422
    assert 'id="told-ko-refused"' in refused.content.decode()
    assert "Kept</textarea>" in refused.content.decode()
    fields = {"reason": "Harms somebody", "told-en": "It named somebody.", "told-ko": ""}
    assert client.post(f"{AT}withdraw/", fields).status_code == 302
    published.refresh_from_db()
    assert (published.publication, published.told) == ("withdrawn", {"en": "It named somebody."})
    assert "Harms somebody" in text_of(client, "history/")
    assert client.post(f"{AT}text/", form()).status_code == 409
    assert Edition.objects.filter(story=published).count() == 1


def test_a_story_sent_back_says_why(story: Story, reporter: User, editor: User, browse: Browse) -> None:
    review.submit(story, actor(reporter), NOON)
    assert browse(editor).post(f"{AT}review/send-back/", {"reason": ""}).status_code == 422
    browse(editor).post(f"{AT}review/send-back/", {"reason": "Who says so?"})
    assert "It was sent back last time: Who says so?" in text_of(browse(reporter))


def test_a_story_is_given_another_address(
    published: Story, another: Callable[[str, int], Story], reporter: User, browse: Browse
) -> None:
    desk = browse(reporter)
    another("two-banks", 1)
    page = f"/desk/stories/{published.slug}/address/"
    assert page in desk.get(f"/desk/stories/{published.slug}/").content.decode()
    answer = desk.post(page, {"slug": "two-banks"})
    assert answer.status_code == 409
    assert "Another story has or had the address" in answer.content.decode()
    assert 'value="two-banks"' in answer.content.decode()
    answer = desk.post(page, {"slug": "lanterns"}, follow=True)
    assert "The story has its new address." in answer.content.decode()
    assert desk.get(page).headers["Location"] == "/desk/stories/lanterns/address/"
    trail = desk.get("/desk/stories/lanterns/history/").content.decode()
    assert "The address was changed from “lamps-at-the-ferry” to “lanterns”." in trail


def test_an_unknown_story_is_the_one_404(story: Story, reporter: User, browse: Browse) -> None:
    client = browse(reporter)
    for path in ("", "text/", "review/", "history/", "history/7/"):
        assert client.get(f"/desk/stories/no-such-story/{path}").status_code == 404
    assert client.get(f"{AT}history/7/").status_code == 404


def test_languages_and_address_are_asked_for_in_plain_words(reporter: User, browse: Browse) -> None:
    client = browse(reporter)
    for typed, told in (
        ({"slug": "a b", "languages": "ko"}, "cannot be a story"),
        ({"slug": SLUG, "languages": ""}, "Name at least one language"),
        ({"slug": SLUG, "languages": "ko, ko"}, "Name at least one language"),
        ({"slug": SLUG, "languages": "ko, korean!"}, "is not a language tag"),
    ):
        answer = client.post("/desk/stories/new/", typed)
        assert answer.status_code == 422
        assert told in answer.content.decode()


# --- Previews ---------------------------------------------------------------------------------------------------------


def test_a_preview_shows_the_wording_in_work_by_a_private_link(
    story: Story, reporter: User, browse: Browse, client: Client
) -> None:
    address = browse(reporter).get(f"{AT}preview/en/").headers["Location"]
    answer = client.get(address)
    text = answer.content.decode()
    assert HEADLINE["en"] in text
    assert "Private: this wording is not published." in text
    assert '<meta name="robots" content="noindex">' in text
    assert "ld+json" not in text
    assert answer.headers["Cache-Control"] == "no-store"
    stored = story.pictures.get()
    image = client.get(address.replace("en/", stored.narrow_name))
    assert image.headers["Content-Type"] == "image/jpeg"
    assert image.content == bytes(stored.narrow)


def test_a_preview_ends_with_its_day_or_its_story(
    published: Story, reporter: User, keys: KeyRing, client: Client
) -> None:
    key, at = keys.site_key("links"), now()
    token = preview.lend(published, key, at)
    assert client.get(f"/p/story/{token}/en/").status_code == 200
    unknown = client.get("/p/story/x/en/")
    for address in (f"/p/story/{token[:-1]}/en/", f"/p/story/{token}/ar/", f"/p/story/{token}/picture-0.jpg"):
        answer = client.get(address)
        assert (answer.status_code, answer.content) == (404, unknown.content)
    assert client.post(f"/p/story/{token}/en/").status_code == 404
    assert preview.find(token, key, at + timedelta(hours=23)) == published
    assert preview.find(token, key, at + timedelta(hours=25)) is None
    publish.withdraw(published, "", actor(reporter), NOON)
    assert client.get(f"/p/story/{token}/en/").status_code == 404


def test_a_preview_names_no_letter_that_is_not_released(
    embargoed: Letter, story: Story, reporter: User, browse: Browse, client: Client
) -> None:
    draft.save(story, replace(TYPED, about=(str(embargoed.pk),)), actor(reporter), NOON)
    address = browse(reporter).get(f"{AT}preview/en/").headers["Location"]
    assert embargoed.slug not in client.get(address).content.decode()
