"""Stories: the coalition's own reporting, in several languages that become public together."""

from functools import lru_cache
from uuid import uuid4

from django.conf import settings
from django.db import models

from undersigned.letters.models import Letter
from undersigned.lib.refusal import Refusal, gettext_noop
from undersigned.stories.article import Article
from undersigned.stories.typed import must_be_mended


class Work(models.TextChoices):
    """What is being done to the wording of a story."""

    DRAFT = "draft"
    REVIEW = "review"
    APPROVED = "approved"
    SETTLED = "settled"


class Publication(models.TextChoices):
    """What the public can see of a story."""

    UNPUBLISHED = "unpublished"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Story(models.Model):
    """One story and its two facts: `work` on its wording, and `publication`.

    `article` is the canonical JSON of the wording in work, made from the Markdown in `texts`; what the public reads
    is the newest edition. `contributors` are the desk users who had a hand in this wording. `due_at` is the instant
    that `wall_time` names in `zone`. `revision` grows with every change that the public pages show. `told` is what
    readers of a withdrawn story are told of why it was, per language; `withdrawn_at` is unknown of the oldest ones.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.CharField(max_length=60, unique=True)
    languages = models.JSONField()
    article = models.TextField()
    texts = models.JSONField()
    gaps = models.JSONField(default=list)
    may_differ = models.BooleanField(default=False)
    contributors = models.JSONField(default=list)
    is_demonstration = models.BooleanField(default=False)

    work = models.CharField(max_length=10, choices=Work.choices, default=Work.DRAFT)
    publication = models.CharField(max_length=12, choices=Publication.choices, default=Publication.UNPUBLISHED)
    approved_by = models.CharField(max_length=120, blank=True, default="")
    wall_time = models.CharField(max_length=16, blank=True, default="")
    zone = models.CharField(max_length=64, blank=True, default="")
    due_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    told = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    revision = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_at=None) | models.Q(work="approved"), name="only_an_approved_story_is_due"
            ),
            models.CheckConstraint(
                condition=models.Q(published_at=None) ^ models.Q(publication__in=["published", "withdrawn"]),
                name="a_published_story_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="stories_due"),
            models.Index(fields=["-published_at"], name="stories_by_date"),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def is_public(self) -> bool:
        return self.publication == Publication.PUBLISHED

    @property
    def was_public(self) -> bool:
        return self.publication != Publication.UNPUBLISHED

    @property
    def wording(self) -> Article:
        """The wording in work."""
        return Article.from_json(self.article)

    @property
    def edition(self) -> "Edition | None":
        """What the public reads: the newest edition."""
        return self.editions.order_by("-number").first()

    @property
    def must_be_mended(self) -> bool:
        """Whether its languages differ in a way that nobody means."""
        return must_be_mended(self.gaps)

    def headline_in(self, language: str) -> str:
        """The headline in work, in `language` or the first language that has one."""
        headline = self.wording.headline
        return next((headline[tag] for tag in (language, *self.languages) if headline.get(tag)), self.slug)


class StoryIsWithdrawn(Refusal):
    code = "story-is-withdrawn"
    status = 409
    message = gettext_noop("This story is withdrawn. Its wordings are kept on record, and it does not come back.")


def locked(story: Story) -> Story:
    """The row of `story`, held until the end of the transaction; StoryIsWithdrawn where nothing happens any more."""
    row = Story.objects.select_for_update().get(pk=story.pk)
    if row.publication == Publication.WITHDRAWN:
        raise StoryIsWithdrawn
    return row


@lru_cache(maxsize=256)
def _parsed(canonical: str) -> Article:
    """An edition never changes, and every page that lists it asks for it."""
    return Article.from_json(canonical)


class Edition(models.Model):
    """A wording as it was published, all languages together. Never rewritten: it is the record of what was said."""

    story = models.ForeignKey(Story, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    canonical = models.TextField()
    digest = models.BinaryField(max_length=32)
    texts = models.JSONField()
    wall_time = models.CharField(max_length=16)
    zone = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    approved_by = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "number"], name="one_edition_a_number")]

    def __str__(self) -> str:
        return f"{self.story_id} e{self.number}"

    @property
    def article(self) -> Article:
        return _parsed(self.canonical)


class FormerStorySlug(models.Model):
    """A slug that a story once had: its links lead on, and no other story may take it."""

    slug = models.CharField(max_length=60, unique=True)
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="former_slugs")

    def __str__(self) -> str:
        return self.slug


class Tie(models.Model):
    """What a published story is about. A later kind of thing (rally, statement, delivery) gets a column of its own."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="ties")
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "letter"], name="one_tie_a_story_and_letter")]

    def __str__(self) -> str:
        return f"{self.story_id} about {self.letter_id}"


class StoredPicture(models.Model):
    """A picture in the two sizes that are shown. The file that was sent in is not kept: it may tell where it was."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="pictures")
    digest = models.CharField(max_length=64)
    suffix = models.CharField(max_length=4)
    wide = models.BinaryField()
    wide_width = models.PositiveIntegerField()
    wide_height = models.PositiveIntegerField()
    narrow = models.BinaryField()
    narrow_width = models.PositiveIntegerField()
    narrow_height = models.PositiveIntegerField()
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "digest"], name="one_picture_a_digest")]

    def __str__(self) -> str:
        return f"{self.digest[:12]}.{self.suffix}"

    @property
    def wide_name(self) -> str:
        return f"picture-{self.digest[:12]}.{self.suffix}"

    @property
    def narrow_name(self) -> str:
        return f"picture-{self.digest[:12]}-small.{self.suffix}"

    def file(self, name: str) -> bytes | None:
        """The content of the file called `name`, if it is one of this picture's."""
        return {self.wide_name: bytes(self.wide), self.narrow_name: bytes(self.narrow)}.get(name)


class StoryRecord(models.Model):
    """Who did what to a story, at the desk, on the command line or by the clock."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="audit")
    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    act = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["story", "-at"], name="story_audit")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor}: {self.act}"


class Reads(models.Model):
    """How often a story was fetched within an hour: a number, and nothing about who fetched it."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="+")
    hour = models.DateTimeField()
    times = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "hour"], name="one_count_a_story_and_hour")]
        indexes = [models.Index(fields=["hour"], name="reads_by_hour")]

    def __str__(self) -> str:
        return f"{self.story_id} {self.hour:%Y-%m-%d %H}: {self.times}"


class Ranked(models.Model):
    """A place in the top ten, with its rounded total. Written only by `reads.rank`."""

    place = models.PositiveSmallIntegerField(primary_key=True)
    story = models.OneToOneField(Story, on_delete=models.CASCADE, related_name="+")
    total = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.place}. {self.story_id} ({self.total})"


class Referral(models.Model):
    """How often links that were shared by one channel were followed to pages of one language on one day."""

    channel = models.CharField(max_length=10)
    language = models.CharField(max_length=35)
    day = models.DateField()
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "language", "day"], name="one_total_a_channel_language_and_day"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.language} {self.day}: {self.count}"
