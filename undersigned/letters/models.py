"""Letters: one text to one set of addressees, in several languages that are equals."""

from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import models

from undersigned.letters.content import Content


class SignOns(models.TextChoices):
    """Whether one can sign, and who."""

    CLOSED = "closed"
    INVITATION = "invitation"
    PUBLIC = "public"


class Publication(models.TextChoices):
    """What the public can see of a letter."""

    DRAFT = "draft"
    EMBARGOED = "embargoed"
    RELEASED = "released"
    ARCHIVED = "archived"


class Way(models.TextChoices):
    """By which way a kind of signatory may sign a letter."""

    NO = "no"
    INVITATION = "invitation"
    PUBLIC = "public"


class ListOrder(models.TextChoices):
    COLLATION = "collation"
    COUNTRY = "country"
    COALITION = "coalition"


class Letter(models.Model):
    """One letter, its terms and its two facts: `sign_ons` and `publication`.

    Fields per language are dictionaries from language tag to text. `origin` names the log and never changes.
    `share` is what readers who pass the letter on are offered to say; `follows` is the letter of the same campaign
    that this one comes after.
    `revision` grows with every change that the public pages show.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.CharField(max_length=60, unique=True)
    origin = models.CharField(max_length=200, unique=True)
    languages = models.JSONField()
    prevailing = models.CharField(max_length=35, blank=True, default="")
    subject = models.JSONField()
    summary = models.JSONField(default=dict)
    campaign = models.JSONField(default=dict)
    addressees = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    date = models.DateField()
    list_order = models.CharField(max_length=10, choices=ListOrder.choices, default=ListOrder.COLLATION)
    country_labels = models.JSONField(default=dict)
    organisation_way = models.CharField(max_length=10, choices=Way.choices, default=Way.NO)
    person_way = models.CharField(max_length=10, choices=Way.choices, default=Way.NO)
    supporter_way = models.CharField(max_length=10, choices=Way.choices, default=Way.NO)
    takes_counted_only = models.BooleanField(default=False)
    minimum_age = models.PositiveSmallIntegerField(default=16)
    controller = models.CharField(max_length=200)
    contact = models.CharField(max_length=254)
    keep_until = models.DateField()
    is_demonstration = models.BooleanField(default=False)
    share = models.JSONField(default=dict)
    follows = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="followers")

    sign_ons = models.CharField(max_length=10, choices=SignOns.choices, default=SignOns.CLOSED)
    publication = models.CharField(max_length=10, choices=Publication.choices, default=Publication.DRAFT)
    released_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    revision = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(sign_ons="public") | models.Q(publication__in=["released", "archived"]),
                name="public_sign_ons_need_a_released_letter",
            ),
            models.CheckConstraint(
                condition=models.Q(released_at=None) ^ models.Q(publication__in=["released", "archived"]),
                name="a_released_letter_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def is_public(self) -> bool:
        return self.publication in (Publication.RELEASED, Publication.ARCHIVED)

    @property
    def frozen(self) -> "Version | None":
        """The version that people sign: the newest one, if any is frozen."""
        return self.versions.order_by("-number").first()

    def way_of(self, kind: str) -> str:
        """By which way signatories of `kind` may sign."""
        return str({"organisation": self.organisation_way, "person": self.person_way}.get(kind, self.supporter_way))

    def takes(self, kind: str, *, invited: bool) -> bool:
        """Whether a signatory of `kind` may sign now, with or without an invitation."""
        way = self.way_of(kind)
        if self.sign_ons == SignOns.PUBLIC:
            return way == Way.PUBLIC or (invited and way == Way.INVITATION)
        return self.sign_ons == SignOns.INVITATION and invited and way != Way.NO

    def text_of(self, field: str, language: str) -> str:
        """A per-language field in `language`, else in the prevailing or first language that has it."""
        texts: dict[str, str] = getattr(self, field)
        for tag in (language, self.prevailing, *self.languages):
            if texts.get(tag):
                return texts[tag]
        return ""


class FormerSlug(models.Model):
    """A slug that a letter once had: its links lead on, and nobody else may take it."""

    slug = models.CharField(max_length=60, unique=True)
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="former_slugs")

    def __str__(self) -> str:
        return self.slug


class Block(models.Model):
    """One block of the draft, shared by all languages; `key` is stable, `position` is its place."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="blocks")
    key = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    level = models.PositiveSmallIntegerField(default=0)
    is_ordered = models.BooleanField(default=False)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["letter", "key"], name="one_block_a_key"),
        ]

    def __str__(self) -> str:
        return self.key


class BlockText(models.Model):
    """A block in one language. `gap` says in which way it does not line up; empty when it does."""

    block = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=35)
    text = models.TextField(blank=True)
    sources = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    gap = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["block", "language"], name="one_text_a_block_and_language"),
        ]

    def __str__(self) -> str:
        return f"{self.block_id} {self.language}"


class Version(models.Model):
    """A frozen draft, all languages together. Never rewritten: people signed it."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    canonical = models.TextField()
    digest = models.BinaryField(max_length=32)
    frozen_at = models.DateTimeField()
    frozen_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["letter", "number"], name="one_version_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} v{self.number}"

    @property
    def hex_digest(self) -> str:
        return bytes(self.digest).hex()

    @property
    def content(self) -> Content:
        return Content.from_json(self.canonical)


class PrivateLink(models.Model):
    """A private, revocable way to a letter before or beside its public page; only the token's digest is kept."""

    class Purpose(models.TextChoices):
        PREVIEW = "preview"
        INVITATION = "invitation"

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    label = models.CharField(max_length=120)
    token_digest = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose} “{self.label}”"

    def is_open(self, at: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


class AuditRecord(models.Model):
    """Who did what at the desk or on the command line. Holds no personal data of signatories."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="audit")
    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    act = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["letter", "-at"], name="audit_by_letter")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor}: {self.act}"
