"""Which edition of its kit a letter has come to."""

from django.db import models

from undersigned.letters.models import Letter


class Edition(models.Model):
    """The number of the edition that stands now, and the `reason` for which it does: the text and its corrections."""

    letter = models.OneToOneField(Letter, on_delete=models.CASCADE, primary_key=True, related_name="edition")
    number = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"{self.letter_id} edition {self.number}"
