"""`letter.json`: the facts of a released letter, for machines."""

import json
from datetime import UTC

from django.utils import translation

from undersigned.letters.models import Letter
from undersigned.lib.languages import INTERFACE, interface_for
from undersigned.pages.tally import Figures, figures, rules


def facts(letter: Letter, figured: Figures | None = None) -> str:
    """The same facts as on the page, as JSON: keys sorted, so that equal facts are equal bytes.

    What the letter counts is asked for unless it is given.
    """
    version, released = letter.frozen, letter.released_at
    figured = figured or figures(letter)
    found = figured.counts
    told = {
        "slug": letter.slug,
        "version": {"number": version.number, "digest": version.hex_digest} if version else None,
        "languages": letter.languages,
        "prevailing": letter.prevailing or None,
        "publication": letter.publication,
        "sign_ons": letter.sign_ons,
        "released_at": released.astimezone(UTC).isoformat().replace("+00:00", "Z") if released else None,
        "demonstration": letter.is_demonstration,
        "counts": {
            "organisations": found.organisations,
            "persons": found.persons,
            "supporters": found.supporters,
            "hidden": found.hidden,
            "countries": figured.countries,
        },
        "log": {"origin": letter.origin, "size": figured.log_size, "checkpoint": "log/checkpoint"},
        "rules": {tag: _rules(tag) for tag in INTERFACE},
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def _rules(tag: str) -> tuple[str, ...]:
    with translation.override(interface_for(tag)):
        return rules()
