"""What has been baked."""

from django.db import models

from undersigned.letters.models import Letter


class Baked(models.Model):
    """The revision of a letter that the public folder shows. Written only by the bakery."""

    letter = models.OneToOneField(Letter, on_delete=models.CASCADE, primary_key=True, related_name="+")
    revision = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.letter_id} r{self.revision}"
