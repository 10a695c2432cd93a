"""Which edition of its kit a letter has come to."""

import hashlib

from django.db import models

from undersigned.letters.models import Letter


class Edition(models.Model):
    """The number of the edition that stands now, and the `reason` for which it does: the text and its corrections."""

    letter = models.OneToOneField(Letter, on_delete=models.CASCADE, primary_key=True, related_name="edition")
    number = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"{self.letter_id} edition {self.number}"


class PressRelease(models.Model):
    """The press release of a letter in one language, as Markdown whose first line is its headline."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="press_releases")
    language = models.CharField(max_length=35)
    headline = models.CharField(max_length=400)
    source = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["letter", "language"], name="one_press_release_a_language"),
        ]

    def __str__(self) -> str:
        return f"press release ({self.language})"

    @property
    def digest(self) -> str:
        """The SHA-256 of its source, in hex."""
        return hashlib.sha256(self.source.encode()).hexdigest()


class PressPicture(models.Model):
    """A picture or logo for the press, stripped of all but its pixels. `captions` are per language."""

    class Kind(models.TextChoices):
        PICTURE = "picture"
        LOGO = "logo"

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="press_pictures")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    position = models.PositiveSmallIntegerField()
    credit = models.CharField(max_length=200)
    licence = models.CharField(max_length=400)
    captions = models.JSONField(default=dict)
    suffix = models.CharField(max_length=4)
    content = models.BinaryField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["letter", "position"], name="one_press_picture_a_position"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name of its file in the kit."""
        return f"{self.kind}-{self.position}.{self.suffix}"
