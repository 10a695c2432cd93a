"""Signed notes (c2sp.org/signed-note v1.0.0, Ed25519) and the checkpoint in them (c2sp.org/tlog-checkpoint v1.0.0)."""

import base64
import binascii
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from undersigned.ledger.merkle import HASH_BYTES

ED25519 = b"\x01"
ID_BYTES, KEY_BYTES, SIGNATURE_BYTES = 4, 32, 64
MOST_BYTES = 64 * 1024
MOST_SIGNATURES = 100

_ORIGIN = re.compile(r"(?=.{3,200}\Z)[a-z0-9.-]+(/[A-Za-z0-9._~-]+)*")
_SIGNATURE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class NotANote(ValueError):
    """Bytes that are no signed note, or that nobody signed whom we know."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key and its name; `text` is how it is handed on: NAME+ID+KEY."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """The verifier key that `text` is; else NotANote."""
        name, id_, key = [*text.strip().split("+", 2), "", ""][:3]
        raw = _decoded(key)
        if not is_key_name(name) or len(raw) != 1 + KEY_BYTES or raw[:1] != ED25519:
            raise NotANote(f"“{text[:80]}” is not a verifier key")
        found = cls(name, raw[1:])
        if found.id.hex() != id_:
            raise NotANote(f"“{text[:80]}” is damaged: its id does not fit")
        return found

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:ID_BYTES]

    @property
    def text(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_encoded(ED25519 + self.public)}"

    def signed(self, text: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's over `text`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and its name. `seed` is its 32 bytes."""

    name: str
    seed: bytes

    @classmethod
    def make(cls, name: str) -> "SigningKey":
        return cls(name, secrets.token_bytes(KEY_BYTES))

    @property
    def verifier(self) -> VerifierKey:
        return VerifierKey(self.name, self._private.public_key().public_bytes_raw())

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def signature_line(self, text: str) -> str:
        """The line that this key adds to a note of `text`."""
        return f"— {self.name} {_encoded(self.verifier.id + self._private.sign(text.encode()))}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's head: whose it is, how many entries it has, and the root over them."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """The checkpoint whose text this is: three lines, none beside them; else NotANote."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not is_key_name(lines[0]) or not _SIZE.fullmatch(lines[1]):
            raise NotANote("the text is not a checkpoint of three lines")
        root = _decoded(lines[2])
        if len(root) != HASH_BYTES:
            raise NotANote("the checkpoint has no root hash")
        return cls(lines[0], int(lines[1]), root)

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_encoded(self.root)}\n"


def sign(text: str, keys: Sequence[SigningKey]) -> bytes:
    """The note of `text` (which ends its last line), signed by each of `keys`."""
    return "".join([text, "\n", *[key.signature_line(text) for key in keys]]).encode()


def open_note(raw: bytes, keys: Sequence[VerifierKey]) -> tuple[str, list[VerifierKey]]:
    """The text of a note and which of `keys` signed it, at least one; else NotANote.

    Signatures of other keys are passed over. A known key's must verify, or the note is refused.
    """
    text, lines = _parts(raw)
    known = {(key.name, key.id): key for key in keys}
    signers = []
    for name, id_, signature in _signatures(lines):
        key = known.get((name, id_))
        if key and not key.signed(text.encode(), signature):
            raise NotANote(f"the signature of {name} does not fit the text")
        signers += [key] if key else []
    if not signers:
        raise NotANote("no key that is known has signed this")
    return text, signers


def open_checkpoint(raw: bytes, keys: Sequence[VerifierKey]) -> Checkpoint:
    """The checkpoint in a note that was signed with one of `keys`, under that key's own name; else NotANote."""
    text, signers = open_note(raw, keys)
    found = Checkpoint.parse(text)
    if found.origin not in {key.name for key in signers}:
        raise NotANote(f"this is a checkpoint of “{found.origin}”, and no key of that name has signed it")
    return found


def shorten(raw: bytes) -> str:
    """A signed checkpoint on one line that names nobody: size, root and signatures, for mails that many keep."""
    text, lines = _parts(raw)
    size, root = text.split("\n")[1:3]
    return " ".join([size, root, *(line.rpartition(" ")[2] for line in lines)])


def lengthen(line: str, origin: str) -> bytes:
    """The checkpoint of the log called `origin` that was shortened to `line`; else NotANote."""
    size, root, *signatures = [*line.split(), "", ""]
    signed = [f"— {origin} {signature}\n" for signature in signatures if signature]
    if not signed:
        raise NotANote("this line is no checkpoint")
    return "".join([f"{origin}\n{size}\n{root}\n\n", *signed]).encode()


def is_key_name(name: str) -> bool:
    """Whether a key may be called so: not empty, no space of any kind, no plus, no control character."""
    return bool(name) and not any(character.isspace() or character == "+" or character < " " for character in name)


def is_origin(text: str) -> bool:
    """Whether a log of ours may be called so: such as `example.org/letter`, never with a scheme or a port."""
    return bool(_ORIGIN.fullmatch(text))


def _parts(raw: bytes) -> tuple[str, list[str]]:
    """A note's text, with the newline at its end, and the lines of its signatures."""
    if len(raw) > MOST_BYTES:
        raise NotANote("the note is too long")
    try:
        whole = raw.decode()
    except UnicodeDecodeError:
        raise NotANote("the note is not UTF-8") from None
    if any(character < " " and character != "\n" for character in whole):
        raise NotANote("the note has control characters")
    text, blank, signatures = whole.rpartition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise NotANote("the note has no signatures")
    return f"{text}\n", signatures[:-1].split("\n")


def _signatures(lines: Sequence[str]) -> Iterator[tuple[str, bytes, bytes]]:
    """Name, key id and signature, line by line."""
    if len(lines) > MOST_SIGNATURES:
        raise NotANote("the note has too many signatures")
    for line in lines:
        found = _SIGNATURE.fullmatch(line)
        raw = _decoded(found[2]) if found else b""
        if found is None or not is_key_name(found[1]) or len(raw) <= ID_BYTES:
            raise NotANote("the note has a line that is no signature")
        yield found[1], raw[:ID_BYTES], raw[ID_BYTES:]


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decoded(text: str) -> bytes:
    """The bytes that `text` is in base64, in the one spelling that they have; else NotANote."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NotANote("this is not base64") from None
    if _encoded(raw) != text:
        raise NotANote("this is not how base64 writes it")
    return raw
