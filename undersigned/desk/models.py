"""Who works at the desk."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models


class User(AbstractUser):
    """A desk user: signs in by e-mail address; `name` stands in the audit trail."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=10, default="en")

    objects: ClassVar[UserManager["User"]] = UserManager()

    def __str__(self) -> str:
        return self.name or self.username
