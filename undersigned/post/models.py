"""Outgoing mail: sealed until it leaves, purged once it has left, at most one a day to one mailbox for one letter."""

from django.db import models


class Note(models.Model):
    """Something to tell one mailbox about one letter; written in the transaction that gives rise to it.

    Insert-only for those who write it: the sender gathers the waiting notes of an audience into one mail.
    `audience` is a keyed digest of letter and mailbox; mailbox and text are in `sealed`, under the site's mail key.
    """

    audience = models.BinaryField(max_length=32)
    topic = models.CharField(max_length=64)
    reference = models.UUIDField(null=True, db_index=True)
    template = models.CharField(max_length=40)
    sealed = models.BinaryField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    mail = models.ForeignKey("post.Mail", on_delete=models.CASCADE, null=True, related_name="notes", db_index=False)

    class Meta:
        indexes = [
            # Not of those that wait: SQLite would take it for the best way to them, and walk through all of them.
            models.Index(fields=["mail"], condition=models.Q(mail__isnull=False), name="notes_by_mail"),
            models.Index(fields=["due_at"], condition=models.Q(mail=None), name="notes_waiting"),
            models.Index(fields=["audience"], condition=models.Q(mail=None), name="notes_waiting_by_audience"),
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.template}"


class MailState(models.TextChoices):
    WAITING = "waiting"
    SENT = "sent"
    BOUNCED = "bounced"
    SILENCED = "silenced"


class Mail(models.Model):
    """One message on its way. `sealed` is emptied once it was sent or given up."""

    audience = models.BinaryField(max_length=32)
    topic = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.WAITING)
    sealed = models.BinaryField()
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    reply_code = models.PositiveSmallIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=models.Q(state="waiting"), name="mails_waiting"),
            models.Index(fields=["audience"], condition=models.Q(state="waiting"), name="mails_waiting_by_audience"),
            models.Index(fields=["ended_at"], condition=models.Q(ended_at__isnull=False), name="mails_ended"),
            models.Index(fields=["topic", "state"], name="mails_by_topic"),
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.state}"


class Mailed(models.Model):
    """When an audience was last written to: the memory of “at most once a day”. Forgotten after that day."""

    audience = models.BinaryField(max_length=32, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"mailed at {self.at:%Y-%m-%d %H:%M}"


class Silenced(models.Model):
    """A mailbox that asked never to be written to again, as a keyed digest; no letter writes to it."""

    mailbox = models.BinaryField(max_length=32, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"silenced at {self.at:%Y-%m-%d}"
