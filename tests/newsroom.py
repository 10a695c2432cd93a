"""The newsroom: stories in each of their states, and pictures to put into them. A pytest plugin."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from PIL import Image

from tests.stage import DAY, HOUR, NOON
from undersigned.desk.models import User
from undersigned.letters.audit import Actor
from undersigned.letters.models import Letter
from undersigned.stories import draft, pictures, publish, review
from undersigned.stories.article import Author
from undersigned.stories.draft import NewStory
from undersigned.stories.models import Story
from undersigned.stories.typed import Typed

LANGUAGES = ("ko", "en", "zh-Hans")
PASSWORD = "ink is thicker than water"

HEADLINE = {"ko": "나루터에 다시 불이 켜지다", "en": "Lamps again at the ferry", "zh-Hans": "渡口重新亮起灯火"}
TEXTS = {
    "ko": """\
약 이천 명이 기다립니다.[^1] {#waiting .claim as-of=2026-08 bound=about}

> 우리는 세고 있습니다. {#said speaker="하나루" office="사공조합장"}

[^1]: 사공들의 보고서
""",
    "en": """\
About two thousand wait.[^1] {#waiting .claim as-of=2026-08 bound=about}

> We keep count. {#said speaker="Haru Ferryman" office="head of the guild"}

[^1]: Report of the ferrymen
""",
    "zh-Hans": """\
约两千人在等待。[^1] {#waiting .claim as-of=2026-08 bound=about}

> 我们一直在数。 {#said speaker="哈鲁" office="船工会会长"}

[^1]: 船工报告
""",
}
TYPED = Typed(
    languages=LANGUAGES,
    headline=HEADLINE,
    subheadline={"ko": "사공들이 수를 셉니다", "en": "The ferrymen keep count", "zh-Hans": "船工们在计数"},
    texts=TEXTS,
    authors=(
        Author({"ko": "기자영", "en": "Jayeong Invented"}, "jayeong@openbridge.example"),
        Author({"en": "Otto Erdacht"}, "https://erdacht.example/otto"),
    ),
)


def photograph(width: int = 1600, height: int = 900, kind: str = "JPEG", **more: object) -> bytes:
    """A file as a camera writes it; `more` goes to Pillow, such as `exif`."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    file = io.BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def with_picture(story: Story, typed: Typed, by: Actor, content: bytes | None = None) -> Typed:
    """`typed`, with a picture and all that is said of one."""
    prepared = pictures.prepare(content or photograph())
    draft.store_picture(story, prepared, by, NOON)
    words = {"ko": "해 질 녘의 나루터", "en": "The ferry at dusk", "zh-Hans": "黄昏的渡口"}
    alternative = {"ko": "강가의 등불 두 개", "en": "Two lamps on a bank", "zh-Hans": "岸边的两盏灯"}
    return replace(
        typed,
        picture=prepared.digest,
        credit="Ferry Picture Agency",
        licence="CC BY 4.0",
        caption=words,
        alternative=alternative,
    )


def actor(user: User) -> Actor:
    return Actor(str(user), user.pk)


@pytest.fixture
def reporter(db: None) -> User:
    """Writes stories."""
    return User.objects.create_user("reporter", "reporter@openbridge.example", PASSWORD, name="Reporter", language="en")


@pytest.fixture
def editor(db: None) -> User:
    """Reads them before the public does."""
    return User.objects.create_user("editor", "editor@openbridge.example", PASSWORD, name="Editor", language="en")


def write_story(slug: str, by: User, typed: Typed = TYPED) -> Story:
    """A draft, with a picture."""
    story = draft.create(NewStory(slug, typed.languages), actor(by), NOON - DAY)
    draft.save(story, with_picture(story, typed, actor(by)), actor(by), NOON - DAY)
    return story


def approve_story(story: Story, by: User, reader: User, at: datetime = NOON - HOUR) -> Story:
    """`by` hands the story in, `reader` approves it as it stands."""
    review.submit(story, actor(by), at)
    review.approve(story, actor(reader), at, story.wording.digest().hex())
    return story


def publish_story(story: Story, by: User, reader: User, at: datetime = NOON) -> Story:
    """The story, through review and before the public at `at`."""
    publish.publish_now(approve_story(story, by, reader), "Asia/Seoul", actor(by), at)
    return story


@pytest.fixture
def story(reporter: User) -> Story:
    """A draft in three languages, with a picture."""
    return write_story("lamps-at-the-ferry", reporter)


@pytest.fixture
def approved(story: Story, reporter: User, editor: User) -> Story:
    """A story that a second person has read."""
    return approve_story(story, reporter, editor)


@pytest.fixture
def another(reporter: User, editor: User) -> Callable[[str, int], Story]:
    """Publishes one more story, at an address and so many days after noon; its headline is its address."""

    def make(slug: str, days: int) -> Story:
        typed = replace(TYPED, headline={tag: f"{slug} {tag}" for tag in LANGUAGES})
        return publish_story(write_story(slug, reporter, typed), reporter, editor, NOON + days * DAY)

    return make


@pytest.fixture
def published(letter: Letter, reporter: User, editor: User) -> Story:
    """A story about a released letter, before the public since noon."""
    typed = replace(TYPED, about=(str(letter.pk),))
    return publish_story(write_story("lamps-at-the-ferry", reporter, typed), reporter, editor)
