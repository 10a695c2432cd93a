"""What has been baked."""

from django.db import models

from undersigned.letters.models import Letter


class Baked(models.Model):
    """How far a letter's records had come when the folder was last made to show them. Written only by the bakery."""

    letter = models.OneToOneField(Letter, on_delete=models.CASCADE, primary_key=True, related_name="+")
    revision = models.PositiveBigIntegerField()
    log_size = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.letter_id} r{self.revision}"


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
