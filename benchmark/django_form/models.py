from django.db import models


class Sign(models.Model):
    """Somebody who signed. (Repeats are stored, as we store them until they are confirmed.)"""

    name = models.CharField(max_length=120)
    email = models.EmailField(db_index=True)
    country = models.CharField(max_length=2, blank=True)
    visibility = models.CharField(max_length=12, choices=[("public", "public"), ("counted-only", "counted only")])
    consent = models.BooleanField()
    age = models.BooleanField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "django_form"

    def __str__(self) -> str:
        return self.name


class Outgoing(models.Model):
    """A mail that waits to be sent by somebody else."""

    sign = models.ForeignKey(Sign, on_delete=models.CASCADE)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "django_form"

    def __str__(self) -> str:
        return self.subject
