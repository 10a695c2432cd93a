"""The public log: what was counted, in order, without a name, a mailbox or a country."""

from enum import StrEnum

from django.db import models

from undersigned.ledger.events import Event, Tallied


def _choices(values: type[StrEnum]) -> list[tuple[str, str]]:
    return [(one.value, one.name.replace("_", " ").title()) for one in values]


class Log(models.Model):
    """One letter's log. `size` and the indexes are written only by the sequencer, under its row lock."""

    origin = models.CharField(max_length=200, unique=True)
    size = models.PositiveBigIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.origin


class Entry(models.Model):
    """One line of a log: unnumbered while it waits, never rewritten once it has its index."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="entries", db_index=False)
    index = models.PositiveBigIntegerField(null=True)
    event = models.CharField(max_length=20, choices=_choices(Event))
    kind = models.CharField(max_length=12, choices=_choices(Tallied), blank=True, default=Tallied.NONE)
    version = models.BinaryField(max_length=32)
    hour = models.DateTimeField()
    commitment = models.BinaryField(max_length=32)
    undoes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="undone_by", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "index"], name="one_entry_an_index"),
            models.CheckConstraint(condition=models.Q(event__in=list(Event)), name="entry_event_is_known"),
            models.CheckConstraint(condition=models.Q(kind__in=list(Tallied)), name="entry_kind_is_known"),
        ]
        # Each index costs the sequencer a write an entry, so foreign keys have one only where it is asked for.
        indexes = [
            models.Index(fields=["undoes"], condition=models.Q(undoes__isnull=False), name="entries_undoing"),
            models.Index(fields=["log"], condition=models.Q(undoes__isnull=False), name="undoing_by_log"),
            models.Index(
                fields=["log", "id"], condition=models.Q(index=None) & ~models.Q(kind="hidden"), name="named_waiting"
            ),
            models.Index(fields=["log", "id"], condition=models.Q(index=None, kind="hidden"), name="hidden_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.log_id}/{'waiting' if self.index is None else self.index} {self.event}"


class Opening(models.Model):
    """What opens an entry's commitment; destroying it makes the entry unopenable for good.

    `nonce` stands in the place of the record where the signatory is hidden; otherwise it is empty.
    """

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, primary_key=True, related_name="opening")
    salt = models.BinaryField(max_length=32)
    nonce = models.BinaryField(max_length=32, default=b"")

    def __str__(self) -> str:
        return f"opening of {self.entry_id}"


class Tally(models.Model):
    """The count of one kind for one version, as the numbered entries of a log give it."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="tallies")
    kind = models.CharField(max_length=12, choices=_choices(Tallied))
    version = models.BinaryField(max_length=32)
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "kind", "version"], name="one_tally_a_kind_and_version"),
            models.CheckConstraint(condition=models.Q(count__gte=0), name="tally_is_never_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.log_id} {self.kind}: {self.count}"


class Checkpoint(models.Model):
    """A signed head of a log, never rewritten: `edge` is what the next one grows from, `note` what is published."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="checkpoints")
    size = models.PositiveBigIntegerField()
    edge = models.BinaryField(max_length=2048)
    note = models.BinaryField(max_length=4096)

    class Meta:
        indexes = [models.Index(fields=["log", "-size", "-id"], name="latest_checkpoint")]

    def __str__(self) -> str:
        return f"{self.log_id} at {self.size}"
