"""The moment at which all languages of a letter become public together."""

from django.db import models

from undersigned.letters.models import Letter


class Release(models.Model):
    """An appointment: wall time in a zone, and the instant that it names."""

    class State(models.TextChoices):
        SCHEDULED = "scheduled"
        DONE = "done"
        CANCELLED = "cancelled"

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="releases")
    wall_time = models.CharField(max_length=16)
    zone = models.CharField(max_length=64)
    instant = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.SCHEDULED)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["letter"], condition=models.Q(state="scheduled"), name="one_scheduled_release_a_letter"
            ),
        ]
        indexes = [
            models.Index(fields=["instant"], condition=models.Q(state="scheduled"), name="releases_due"),
        ]

    def __str__(self) -> str:
        return f"{self.wall_time} {self.zone} ({self.state})"
