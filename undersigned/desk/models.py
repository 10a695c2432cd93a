"""Who works at the desk."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A desk user: signs in by e-mail address; `name` stands in the audit trail."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=10, default="en")

    def __str__(self) -> str:
        return self.name or self.username
