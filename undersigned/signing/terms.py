"""What a letter asks of a sign-on at this moment, as the value that sign-ons are parsed against."""

from django.conf import settings

from undersigned.letters.models import Letter
from undersigned.lib.countries import labels
from undersigned.signing.sign_on import KINDS, Terms


def terms_of(letter: Letter, *, invited: bool) -> Terms:
    """The terms of `letter`, for somebody who holds an invitation or for anybody.

    While its text is not frozen, no digest fits and no kind is taken.
    """
    version = letter.frozen
    taken = frozenset(kind for kind in KINDS if version and letter.takes(kind, invited=invited))
    return Terms(
        letter=letter.pk,
        digest=version.hex_digest if version else "",
        languages=tuple(letter.languages),
        kinds=taken,
        countries=country_keys(letter),
        takes_counted_only=letter.takes_counted_only,
        recipient=settings.KEYS.coalition_recipient() if letter.takes_counted_only else "",
    )


def country_keys(letter: Letter) -> frozenset[str]:
    """The country labels that a signatory can choose from: the standard ones and the letter's own."""
    return frozenset(labels(letter.country_labels))
