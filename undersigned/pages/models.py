"""What has been baked."""

from django.db import models

from undersigned.letters.models import Letter
from undersigned.signing.models import Signatory
from undersigned.stories.models import Story


class Baked(models.Model):
    """How far a letter's records had come when the folder was last made to show them, and what else stood on its
    pages. Written only by the bakery."""

    letter = models.OneToOneField(Letter, on_delete=models.CASCADE, primary_key=True, related_name="+")
    revision = models.PositiveBigIntegerField()
    log_size = models.PositiveBigIntegerField()
    beside = models.CharField(max_length=64, blank=True, default="")
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


class Bookcase(models.Model):
    """The publicly named supporters of one letter, in the order of one language. Written only by the bakery.

    `order` names the version of the order that its keys are of, `form` what all its pages were last made with,
    `log_size` how many entries of the log it has taken in; `is_dusty` says that more has changed than was looked at.
    """

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=35)
    order = models.CharField(max_length=20)
    form = models.CharField(max_length=64, blank=True, default="")
    log_size = models.PositiveBigIntegerField(default=0)
    is_dusty = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "language"], name="one_bookcase_a_language")]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.language}"


class Spine(models.Model):
    """One name in a bookcase, by its sort key; it may end a shelf, or a whole row of shelves.

    Where its signatory has left, the bakery takes it off.
    """

    bookcase = models.ForeignKey(Bookcase, on_delete=models.CASCADE, db_index=False, related_name="spines")
    key = models.BinaryField(max_length=700)
    ends_shelf = models.BooleanField()
    ends_row = models.BooleanField()
    signatory = models.ForeignKey(Signatory, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["bookcase", "key"], name="spines_in_order"),
            models.Index(
                fields=["bookcase", "key"], condition=models.Q(ends_shelf=True), name="spines_that_end_a_shelf"
            ),
        ]

    def __str__(self) -> str:
        return f"spine {self.pk}"


class Shelf(models.Model):
    """One page of names: those after the shelf before it, up to `key`. `first` and `last` are what leads to it.

    `is_dirty` says that its page is to be made anew, `is_gone` that it is to be taken away.
    """

    bookcase = models.ForeignKey(Bookcase, on_delete=models.CASCADE, db_index=False, related_name="shelves")
    key = models.BinaryField(max_length=700)
    name = models.CharField(max_length=12)
    first = models.CharField(max_length=60, blank=True, default="")
    last = models.CharField(max_length=60, blank=True, default="")
    size = models.PositiveIntegerField(default=0)
    parts = models.PositiveSmallIntegerField(default=1)
    begins_row = models.BooleanField(default=False)
    ends_row = models.BooleanField(default=False)
    is_dirty = models.BooleanField(default=True)
    is_gone = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bookcase", "key"], name="one_shelf_a_key")]
        # A million names fill thousands of shelves, which one more name must not look through.
        indexes = [
            models.Index(fields=["bookcase", "key"], condition=models.Q(is_dirty=True), name="shelves_to_be_made"),
            models.Index(
                fields=["bookcase", "key"], condition=models.Q(begins_row=True, is_gone=False), name="begins_of_rows"
            ),
            models.Index(
                fields=["bookcase", "key"], condition=models.Q(ends_row=True, is_gone=False), name="ends_of_rows"
            ),
            models.Index(fields=["bookcase", "is_gone", "size"], name="sizes_of_shelves"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.size}"


class Sum(models.Model):
    """How many publicly listed names of a letter bear a country label, or were listed on a day."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, db_index=False, related_name="+")
    of = models.CharField(max_length=7)
    key = models.CharField(max_length=40)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "of", "key"], name="one_sum_a_key")]

    def __str__(self) -> str:
        return f"{self.of} {self.key}: {self.count}"
