"""What is said to those who confirm or withdraw: pages rendered once for all of whom the same is true.

Belongs to the commit threads: each renders in its own, after its commit.
"""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse

from undersigned.intake.refusals import private
from undersigned.intake.wire import Headers, Reply
from undersigned.ledger.by_key import among
from undersigned.letters.models import Letter
from undersigned.pages.outcome import confirmed_page, say_withdrawn
from undersigned.signing.confirm import Confirmed, Outcome, confirm
from undersigned.signing.links import Link
from undersigned.signing.models import Signature, State
from undersigned.signing.sign import own_path
from undersigned.signing.withdraw import withdraw

TOKEN = secrets.token_hex(Link.LENGTH // 2)
"""What stands in a page where each reader's own token will: as long as any, so that the page is; and drawn by lot, so
that no text can hold it."""
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
    facts = _facts(batch)
    answers = [answer if isinstance(answer, Confirmed) else None for answer in confirm(batch, at)]
    stand = facts | _facts([answer.signature for answer in answers if answer and answer.signature not in facts])
    letters = _letters({one[0] for one in stand.values()})
    links_key = settings.KEYS.site_key("links")

    def told(one: UUID, answer: Confirmed | None) -> Reply | None:
        if answer is None or answer.signature not in stand:
            return None
        pk, language, (letter, *about) = answer.signature, facts[one][1], stand[answer.signature]
        token = Link(pk, at + settings.LINK_LIFETIME).token(links_key)
        key = (letters[letter][1], language, *about, answer.outcome)
        return said.page(key, lambda: _page(pk, answer.outcome, language), token)

    return [told(one, answer) for one, answer in zip(batch, answers, strict=True)]


def _facts(signatures: Sequence[UUID]) -> dict[UUID, tuple[UUID, str, str, str]]:
    """What the page of a confirmed sign-on depends on: its letter, language, kind and visibility."""
    rows = among(Signature.objects.all(), signatures).values_list("pk", "letter_id", "language", "kind", "visibility")
    return {pk: (letter, language, kind, visibility) for pk, letter, language, kind, visibility in rows}


def _page(signature: UUID, outcome: Outcome, language: str) -> HttpResponse:
    stands = Signature.objects.select_related("letter").get(pk=signature)
    return confirmed_page(stands, outcome, language, own_path(TOKEN))


def withdraw_all(said: Said, batch: Sequence[UUID], at: datetime) -> list[Reply | None]:
    """Withdraw these, and what each is told; None where there is nothing that a link leads to."""
    found = Signature.objects.only("language", "letter_id").exclude(state=State.ASKED).in_bulk(batch)
    withdraw(list(found), at)
    letters = _letters({signature.letter_id for signature in found.values()})
    links_key = settings.KEYS.site_key("links")

    def told(one: UUID) -> Reply | None:
        if one not in found:
            return None
        language = found[one].language
        letter, facts = letters[found[one].letter_id]
        token = Link(one, at + settings.LINK_LIFETIME).token(links_key)
        return said.page((facts, language), lambda: say_withdrawn(letter, language, own_path(TOKEN)), token)

    return [told(one) for one in batch]


def _letters(keys: Collection[UUID]) -> Mapping[UUID, tuple[Letter, str]]:
    """These letters, each with all of it that a page could depend on, as one text."""
    letters = Letter.objects.in_bulk(keys)
    return {pk: (letter, repr(facts_of(letter))) for pk, letter in letters.items()}


def facts_of(letter: Letter) -> dict[str, object]:
    """Everything that is known of a letter but how often it changed."""
    return {name: value for name, value in vars(letter).items() if name not in ("revision", "_state")}
