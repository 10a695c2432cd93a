"""Sealing: to a key of the server for what it must open again, to the coalition for what it must not."""

import hashlib
import hmac

import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from undersigned.lib.randomness import random_bytes

NONCE_BYTES = 12


class Sealer:
    """Seals and unseals with one 32-byte key (AES-256-GCM), made ready once for as many texts as there will be."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: str, purpose: str) -> bytes:
        """`plain` sealed, with a random nonce first; opens for the same purpose only."""
        nonce = random_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain.encode(), purpose.encode())

    def unseal(self, sealed: bytes, purpose: str) -> str:
        """What was sealed; cryptography's InvalidTag when key, purpose or bytes are not the same."""
        if len(sealed) < NONCE_BYTES:
            raise InvalidTag
        return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode()).decode()


def seal(key: bytes, plain: str, purpose: str) -> bytes:
    """`plain` sealed with a 32-byte key; opens for the same purpose only."""
    return Sealer(key).seal(plain, purpose)


def unseal(key: bytes, sealed: bytes, purpose: str) -> str:
    """What `seal` was given; cryptography's InvalidTag when key, purpose or bytes are not the same."""
    return Sealer(key).unseal(sealed, purpose)


def seal_to_coalition(recipient: str, plain: str) -> bytes:
    """`plain` as an age file that only the holder of the coalition's offline identity can open."""
    sealed: bytes = pyrage.encrypt(plain.encode(), [pyrage.x25519.Recipient.from_str(recipient)])
    return sealed


def keyed_digest(key: bytes, purpose: str, text: str) -> bytes:
    """HMAC-SHA-256 of `text` for one purpose: equal texts meet, and nobody without the key can try texts."""
    # Not hmac.digest: it gives the interpreter to other threads meanwhile, and getting that back takes longer.
    return hmac.new(key, f"{purpose}\0{text}".encode(), hashlib.sha256).digest()
