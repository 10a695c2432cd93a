"""The newsletter: who asked for it, sealed, and its issues; one list for each language of the interface."""

from uuid import uuid4

from django.db import models


class Subscription(models.Model):
    """One mailbox that asked for the newsletter in one language; it counts once it has confirmed. Deleted on leaving.

    `mailbox_digest` is keyed by the site's mail key, under which the mailbox itself is sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    language = models.CharField(max_length=35)
    mailbox_digest = models.BinaryField(max_length=32)
    sealed = models.BinaryField()
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["language", "mailbox_digest"], name="one_subscription_a_mailbox"),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=models.Q(confirmed_at=None), name="subscriptions_unconfirmed"),
        ]

    def __str__(self) -> str:
        return f"subscription, {self.language}"


class Issue(models.Model):
    """One issue in one language: plain text, sent once to whoever is on the list at that moment."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    language = models.CharField(max_length=35)
    subject = models.CharField(max_length=120)
    body = models.TextField()
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=120)
    sent_at = models.DateTimeField(null=True)
    sent_by = models.CharField(max_length=120, blank=True, default="")
    recipients = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.subject
