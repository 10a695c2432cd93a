"""Who sits at the desk, and what they can reach."""

import pytest
from django.test import Client

from undersigned.desk.models import User
from undersigned.letters.models import Letter

PASSWORD = "a river is not a wall"


@pytest.fixture
def secretary(db: None) -> User:
    """The coalition's secretary, who reads English."""
    return User.objects.create_user(
        "secretary", "secretary@openbridge.example", PASSWORD, name="Secretary of the coalition", language="en"
    )


@pytest.fixture
def desk(secretary: User, keys: object) -> Client:
    """The secretary's browser, signed in."""
    client = Client()
    client.force_login(secretary)
    return client


def page(client: Client, letter: Letter, path: str = "", **query: str) -> str:
    """The text of one of a letter's pages at the desk."""
    answer = client.get(f"/desk/{letter.slug}/{path}", query)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()
