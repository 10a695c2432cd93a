"""The record that an entry's commitment covers: what is shown of a signatory, in one canonical form."""

import json

from undersigned.signing.models import Signatory, Signature

SHOWN = ("name", "names", "latin", "website", "seat", "role", "roles", "is_former", "affiliation", "affiliations")


def record_of(signature: Signature, signatory: Signatory) -> bytes:
    """Canonical JSON of kind, country and everything that the pages show of this signatory."""
    facts = {name: getattr(signatory, name) for name in SHOWN}
    facts |= {"kind": signature.kind, "country": signature.country}
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
