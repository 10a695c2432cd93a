"""Every sort of page that the public can see: letters in five languages, stories, a kit, lists, what is answered."""

from collections.abc import Iterator
from dataclasses import replace

from django.http import HttpRequest
from django.test import Client

from tests.newsroom import LANGUAGES, TYPED, actor, approve_story, publish_story, with_picture, write_story
from tests.people import AMAL, BILGE, OYUN, SECRETARY
from tests.stage import HOUR, NOON, mailed_path, post, sign_on
from undersigned.desk.models import User
from undersigned.intake.refusals import DoorBusy, TooManyRequests
from undersigned.letters import links
from undersigned.letters.models import Letter, PrivateLink
from undersigned.lib.clock import now
from undersigned.lib.keys import KeyRing
from undersigned.lib.refusal import Refusal
from undersigned.pages.answers import bad_request, fault, say_refused
from undersigned.signing.confirm import NothingToConfirm, confirm
from undersigned.signing.sign import private_path
from undersigned.stories import draft, publish
from undersigned.stories.article import Author
from undersigned.stories.models import Ranked, Story
from undersigned.stories.typed import Typed

ARABIC = Typed(
    languages=("ar", "en"),
    headline={"ar": "عودة المصابيح إلى المعبر", "en": "Lamps return"},
    subheadline={"ar": "الملاحون يحصون المنتظرين"},
    texts={
        "ar": 'ينتظر نحو ألفي شخص.[^1]\n\n> نحن نحصي. {speaker="هارو" office="رئيس النقابة"}\n\n[^1]: تقرير الملاحين\n',
        "en": 'About two thousand wait.[^1]\n\n> We count. {speaker="Haru" office="head"}\n\n[^1]: Report\n',
    },
    authors=(Author({"ar": "كاتب متخيل"}, "author@openbridge.example"),),
)


def tell_stories(letter: Letter, published: Story, reporter: User, editor: User) -> None:
    """A corrected story, one in Arabic, a third one, a top ten; the first is marked as a demonstration."""
    note = {tag: f"note in {tag}" for tag in LANGUAGES}
    typed = replace(with_picture(published, TYPED, actor(reporter)), note=note, about=published.wording.about)
    draft.save(published, replace(typed, subheadline={"en": "Corrected"}), actor(reporter), NOON)
    publish.publish_now(approve_story(published, reporter, editor), "UTC", actor(reporter), NOON + HOUR)
    Story.objects.filter(pk=published.pk).update(is_demonstration=True)
    arabic = draft.create(draft.NewStory("misbah", ARABIC.languages), actor(reporter), NOON)
    draft.save(arabic, replace(ARABIC, about=(str(letter.pk),)), actor(reporter), NOON)
    publish_story(arabic, reporter, editor)
    publish_story(write_story("third-story", reporter), reporter, editor)
    taken_back = publish_story(write_story("taken-back", reporter, replace(TYPED, about=typed.about)), reporter, editor)
    publish.withdraw(
        taken_back, "for the record", actor(reporter), NOON, {"ko": "한 사람이 알아볼 수 있게 나왔습니다."}
    )
    for place, story in enumerate((published, arabic), start=1):
        Ranked.objects.create(place=place, story=story, total=1000 * place)


def answers(letter: Letter, keys: KeyRing) -> Iterator[tuple[str, bytes]]:
    """What single readers are answered, in each language of the interface: the page's name, and its bytes."""
    client = Client()
    for tag in LANGUAGES:
        for name, refusal in _refusals():
            yield f"{name}-{tag}", say_refused(refusal, tag).content
        asked = HttpRequest()
        asked.META["HTTP_ACCEPT_LANGUAGE"] = tag
        yield f"400-{tag}", bad_request(asked).content
        yield f"500-{tag}", fault(asked).content
        form = f"/{letter.slug}/{tag}/sign/supporter/"
        yield f"sign-refused-{tag}", post(client, form, {"version": ""}).content
        yield f"not-taken-{tag}", post(client, f"/{letter.slug}/{tag}/sign/person/", {"version": ""}).content
        yield f"find-asked-{tag}", post(client, f"/{letter.slug}/{tag}/find/", {"email": OYUN.email}).content
        yield f"newsletter-refused-{tag}", post(client, f"/{tag}/newsletter/", {"email": "nobody"}).content
        mailbox = f"reader-{tag.lower()}@mail.example"
        yield f"newsletter-asked-{tag}", post(client, f"/{tag}/newsletter/", {"email": mailbox}).content
        yield f"subscription-{tag}", client.get(mailed_path(keys)).content
    yield from _private(client, letter)


def _refusals() -> tuple[tuple[str, Refusal], ...]:
    return (("503", DoorBusy()), ("429", TooManyRequests()), ("410", NothingToConfirm()))


def _private(client: Client, letter: Letter) -> Iterator[tuple[str, bytes]]:
    """By private links: a sign-on that waits, one that stands, one that ends; an invitation and a preview."""
    waiting, standing = sign_on(AMAL, letter, now()), sign_on(BILGE, letter, now())
    confirm([standing.pk], now())
    version = letter.frozen.hex_digest if letter.frozen else ""
    token = links.make(letter, PrivateLink.Purpose.INVITATION, "Partners", SECRETARY, NOON)
    for tag in LANGUAGES:
        for name, one in (("waiting", waiting), ("standing", standing)):
            path = private_path(one.pk, now())
            yield f"own-{name}-{tag}", client.get(f"{path}{tag}/").content
            yield f"correct-{name}-{tag}", client.get(f"{path}{tag}/correct/").content
        withdraw = f"{private_path(standing.pk, now())}{tag}/"
        yield f"withdraw-{tag}", post(client, withdraw, {"action": "withdraw"}).content
        visitor = replace(AMAL, name=f"Visitor {tag}", email=f"visitor-{tag.lower()}@mail.example")
        form = f"/{letter.slug}/{tag}/sign/supporter/"
        yield f"mailbox-{tag}", post(client, form, visitor.form(version)).content
        yield f"invitation-{tag}", client.get(f"/i/{token}/{tag}/").content
        yield f"invitation-sign-{tag}", client.get(f"/i/{token}/{tag}/sign/person/").content
