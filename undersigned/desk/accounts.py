"""Accounts of the desk: made by an operator, never by signing up."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest

from undersigned.desk.models import User


class DeskAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody signs up by themselves: an operator adds desk users."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def lacks_second_factor(user: User) -> bool:
    """Whether this user must set up a second factor before anything else."""
    return bool(settings.SECOND_FACTOR_REQUIRED) and not is_mfa_enabled(user)
