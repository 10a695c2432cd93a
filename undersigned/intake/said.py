"""What is said to those who confirm or withdraw: pages rendered once for all of whom the same is true.

Belongs to the commit threads: each renders in its own, after its commit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse

from undersigned.intake.refusals import private
from undersigned.intake.wire import Headers, Reply
from undersigned.letters.models import Letter
from undersigned.pages.outcome import confirmed_page, say_withdrawn
from undersigned.signing.confirm import Confirmed, confirm
from undersigned.signing.links import Link
from undersigned.signing.models import Signature, State
from undersigned.signing.sign import own_path
from undersigned.signing.withdraw import withdraw

TOKEN = "-" * Link.LENGTH
"""What stands in a page where each reader's own token will: as long as any, so that the page is."""
PAGES = 512
"""How many pages are kept."""

Parts = tuple[Headers, list[bytes]]


@dataclass(slots=True)
class Said:
    """Pages by what they depend on, in parts around the token that each reader's own page has."""

    pages: dict[object, Parts] = field(default_factory=dict)

    def page(self, key: object, render: Callable[[], HttpResponse], token: str = "") -> Reply:
        """The page for `key`, with `token` in its place."""
        parts = self.pages.get(key)
        if parts is None:
            reply = private(render())
            parts = reply.headers, reply.body.split(TOKEN.encode())
            if len(self.pages) >= PAGES:
                self.pages.clear()
            self.pages[key] = parts
        headers, pieces = parts
        return Reply(200, headers, token.encode().join(pieces))


def confirm_all(said: Said, batch: Sequence[UUID], at: datetime) -> list[Reply | None]:
    """Confirm these sign-ons, and what each is told; None where there was nothing to confirm."""
    languages = dict(Signature.objects.filter(pk__in=batch).values_list("pk", "language"))
    answers = confirm(batch, at)
    stand = Signature.objects.in_bulk([answer.signature for answer in answers if isinstance(answer, Confirmed)])
    letters = _letters(list(stand.values()))
    links_key = settings.KEYS.site_key("links")

    def told(one: UUID, answer: object) -> Reply | None:
        if not isinstance(answer, Confirmed) or answer.signature not in stand:
            return None
        signature, language = stand[answer.signature], languages[one]
        signature.letter, facts = letters[signature.letter_id]
        key = (facts, language, signature.language, signature.kind, signature.visibility, answer.outcome)
        token = Link(signature.pk, at + settings.LINK_LIFETIME).token(links_key)
        return said.page(key, lambda: confirmed_page(signature, answer.outcome, language, own_path(TOKEN)), token)

    return [told(one, answer) for one, answer in zip(batch, answers, strict=True)]


def withdraw_all(said: Said, batch: Sequence[UUID], at: datetime) -> list[Reply | None]:
    """Withdraw these, and what each is told; None where there is nothing that a link leads to."""
    found = Signature.objects.only("language", "letter_id").exclude(state=State.ASKED).in_bulk(batch)
    withdraw(list(found), at)
    letters = _letters(list(found.values()))
    links_key = settings.KEYS.site_key("links")

    def told(one: UUID) -> Reply | None:
        if one not in found:
            return None
        language = found[one].language
        letter, facts = letters[found[one].letter_id]
        token = Link(one, at + settings.LINK_LIFETIME).token(links_key)
        return said.page((facts, language), lambda: say_withdrawn(letter, language, own_path(TOKEN)), token)

    return [told(one) for one in batch]


def _letters(signatures: Sequence[Signature]) -> Mapping[UUID, tuple[Letter, str]]:
    """The letters of these signatures, each with all of it that a page could depend on, as one text."""
    letters = Letter.objects.in_bulk({signature.letter_id for signature in signatures})
    return {pk: (letter, repr(facts_of(letter))) for pk, letter in letters.items()}


def facts_of(letter: Letter) -> dict[str, object]:
    """Everything that is known of a letter but how often it changed."""
    return {name: value for name, value in vars(letter).items() if name not in ("revision", "_state")}
