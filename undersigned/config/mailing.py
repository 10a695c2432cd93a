"""How mail leaves, as the settings say."""

from pathlib import Path

from django.conf import settings

from undersigned.lib.addresses import EmailAddress, NotAnAddress
from undersigned.lib.env import Misconfigured
from undersigned.post.folder import FolderTransport
from undersigned.post.sender import Sender
from undersigned.post.smtp import SECURITY, Server, SmtpTransport
from undersigned.post.transport import Transport


def make_transport() -> Transport:
    """A folder where UNDERSIGNED_MAIL_FOLDER is set, else the mail server; Misconfigured where neither is."""
    if settings.MAIL_FOLDER:
        return FolderTransport(Path(settings.MAIL_FOLDER))
    if not settings.MAIL_HOST:
        raise Misconfigured("UNDERSIGNED_MAIL_HOST", "the name of a mail server, or UNDERSIGNED_MAIL_FOLDER a folder")
    if settings.MAIL_SECURITY not in SECURITY:
        raise Misconfigured("UNDERSIGNED_MAIL_SECURITY", " or ".join(SECURITY))
    return SmtpTransport(
        Server(
            settings.MAIL_HOST,
            settings.MAIL_PORT,
            settings.MAIL_SECURITY,
            settings.MAIL_USER,
            settings.MAIL_PASSWORD,
        ),
        settings.MAIL_CONNECTIONS,
    )


def make_sender() -> Sender:
    """The sender over that transport, at the pace of the settings."""
    return Sender(make_transport(), own_address(), settings.MAIL_PACE)


def own_address() -> EmailAddress:
    """The address that stands in From; Misconfigured where it is none."""
    try:
        return EmailAddress.parse(settings.MAIL_SENDER)
    except NotAnAddress:
        raise Misconfigured("UNDERSIGNED_MAIL_SENDER", "an e-mail address such as post@example.org") from None
