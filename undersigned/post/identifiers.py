"""Identifiers of mails: the same for every attempt; nobody else can count or make them, and we know them again."""

import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from undersigned.lib.sealing import keyed_digest

_FORM = re.compile(rb"(?<![0-9a-f])[0-9a-f]{48}(?![0-9a-f])")


class Identifiers:
    """Identifiers under the site's mail key: a mail's number, encrypted so that equal numbers are equal (RFC 5297).

    None is stored, so the record alone does not tell which line in a mail server's log is about which of its mails.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(keyed_digest(key, "mail identifier", ""))

    def of(self, mail: int) -> str:
        """The identifier of the mail with this number: 48 characters, 0–9 and a–f."""
        return self._cipher.encrypt(mail.to_bytes(8), None).hex()

    def mail_in(self, text: bytes) -> int | None:
        """The number of the first mail of ours that `text` names, or None."""
        for found in _FORM.findall(text):
            try:
                return int.from_bytes(self._cipher.decrypt(bytes.fromhex(found.decode()), None))
            except InvalidTag:
                continue  # somebody else's
        return None
