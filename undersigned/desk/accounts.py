"""Accounts of the desk: made by an operator, never by signing up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class DeskAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody signs up by themselves: an operator adds desk users."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
