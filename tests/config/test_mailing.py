"""How mail leaves is never guessed at."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from undersigned.config.mailing import make_sender, make_transport
from undersigned.lib.env import Misconfigured
from undersigned.post.folder import FolderTransport
from undersigned.post.smtp import SmtpTransport


@pytest.fixture
def served(settings: Settings) -> Settings:
    """Mail leaves over a server."""
    settings.MAIL_FOLDER = ""
    settings.MAIL_HOST = "mail.example"
    return settings


def test_mail_leaves_over_the_server_or_into_the_folder(served: Settings, tmp_path: Path) -> None:
    assert isinstance(make_transport(), SmtpTransport)
    served.MAIL_FOLDER = str(tmp_path)
    assert isinstance(make_transport(), FolderTransport)


@pytest.mark.parametrize(
    ("setting", "value"), [("MAIL_HOST", ""), ("MAIL_SECURITY", "ssl"), ("MAIL_SENDER", "Post <post@x.example")]
)
def test_what_is_set_wrongly_is_named(served: Settings, setting: str, value: str) -> None:
    setattr(served, setting, value)
    with pytest.raises(Misconfigured, match=f"UNDERSIGNED_{setting}"):
        make_sender()
