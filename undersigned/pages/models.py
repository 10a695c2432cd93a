"""What has been baked."""

from django.db import models

from undersigned.letters.models import Letter
from undersigned.stories.models import Story


class Baked(models.Model):
    """How far a letter's records had come when the folder was last made to show them. Written only by the bakery."""

    letter = models.OneToOneField(Letter, on_delete=models.CASCADE, primary_key=True, related_name="+")
    revision = models.PositiveBigIntegerField()
    log_size = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.letter_id} r{self.revision}"


class BakedStory(models.Model):
    """How far a story had come when its pages were last made, and what else stood on them. Written by the bakery."""

    story = models.OneToOneField(Story, on_delete=models.CASCADE, primary_key=True, related_name="+")
    revision = models.PositiveBigIntegerField()
    beside = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.story_id} r{self.revision}"
