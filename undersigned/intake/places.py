"""Where sign-ons are taken: the addresses of all open forms, with what is needed to take one there, kept in memory."""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Thread
from uuid import UUID

from django.conf import settings
from django.db import Error, connections

from undersigned.intake.refusals import private
from undersigned.intake.said import TOKEN, facts_of
from undersigned.intake.wire import Headers
from undersigned.letters.models import FormerSlug, Letter, SignOns, Version
from undersigned.lib.clock import now
from undersigned.lib.faults import place_of
from undersigned.lib.sealing import Sealer
from undersigned.pages.sign_page import Door
from undersigned.pages.signing import mailbox_page
from undersigned.signing.consent import statement
from undersigned.signing.sign_on import Terms
from undersigned.signing.terms import terms_of

LOOK_SECONDS = 0.5
FRESH = timedelta(seconds=10)
START_SECONDS = 15
"""How long the door waits for the first look before it serves all the same."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """One form's address: the terms there, and the page that answers a sign-on, in two parts around its token."""

    kind: str
    language: str
    terms: Terms
    sealer: Sealer
    consent: bytes
    headers: Headers
    before: bytes
    after: bytes


Paths = Mapping[str, Place]
Known = dict[UUID, tuple[object, Paths]]


@dataclass(slots=True)
class Places:
    """The open places by path. A thread looks at the record every LOOK_SECONDS and replaces the whole mapping."""

    links_key: bytes
    by_path: Paths = field(default_factory=dict)
    known: Known = field(default_factory=dict)
    revisions: dict[UUID, int] = field(default_factory=dict)
    tried: Event = field(default_factory=Event)
    closed: Event = field(default_factory=Event)
    thread: Thread | None = None
    looked_at: datetime | None = None

    def is_fresh(self, at: datetime) -> bool:
        """Whether the record could be looked at lately."""
        return self.looked_at is not None and at - self.looked_at < FRESH

    async def open(self) -> None:
        """Begin, with a first look: before it, all who sign would be sent to the desk, and fill it for a long while."""
        self.thread = Thread(target=self._watch, name="places", daemon=True)
        self.thread.start()
        await asyncio.get_running_loop().run_in_executor(None, self.tried.wait, START_SECONDS)

    def close(self) -> None:
        self.closed.set()
        if self.thread:
            self.thread.join()

    def look(self) -> None:
        """See which letters take public sign-ons now; render anew what has changed. Mostly it is one small query."""
        at = now()
        taking = Letter.objects.filter(sign_ons=SignOns.PUBLIC, keep_until__gte=at.date())
        revisions = dict(taking.values_list("pk", "revision"))
        if revisions != self.revisions or not self.looked_at:
            self._look_closely(list(taking.order_by("released_at", "pk")))
            # One that has no place is looked at again: an operator may have put its key back.
            self.revisions = revisions if all(facts for facts, _ in self.known.values()) else {}
        self.looked_at = at

    def _look_closely(self, letters: list[Letter]) -> None:
        digests = {row.letter_id: row.hex_digest for row in _versions(letters)}
        slugs = _slugs(letters)
        self.known = {letter.pk: self._known(letter, digests.get(letter.pk), slugs[letter.pk]) for letter in letters}
        self.by_path = {path: place for _, paths in self.known.values() for path, place in paths.items()}

    def _known(self, letter: Letter, digest: str | None, slugs: tuple[str, ...]) -> tuple[object, Paths]:
        facts = (facts_of(letter), digest, slugs)
        known = self.known.get(letter.pk)
        if known and known[0] == facts:
            return known
        try:
            return facts, dict(_places(letter, slugs))
        except Error:  # the record's: what was known stays
            raise
        except Exception as fault:  # whatever is wrong with one letter, the others take sign-ons
            if not known or known[0]:
                log.error("%s takes sign-ons, and has no place for them: %s", letter.slug, place_of(fault))
            return None, {}

    def _watch(self) -> None:
        while True:
            try:
                self.look()
            except Exception as fault:  # whatever it is, what was known stays; all may be well in a second
                log.error("the open places cannot be looked at: %s", place_of(fault))
                connections.close_all()
            self.tried.set()
            if self.closed.wait(LOOK_SECONDS):
                connections.close_all()
                return


def _versions(letters: list[Letter]) -> Iterator[Version]:
    """The newest version of each letter comes last."""
    yield from Version.objects.filter(letter__in=letters).only("letter_id", "digest", "number").order_by("number")


def _slugs(letters: list[Letter]) -> dict[UUID, tuple[str, ...]]:
    """Each letter's address of today and those of old: forms that were open before a letter was renamed still work."""
    slugs = {letter.pk: [letter.slug] for letter in letters}
    for row in FormerSlug.objects.filter(letter__in=letters).order_by("pk"):
        slugs[row.letter_id].append(row.slug)
    return {pk: tuple(names) for pk, names in slugs.items()}


def _places(letter: Letter, slugs: tuple[str, ...]) -> Iterator[tuple[str, Place]]:
    terms = terms_of(letter, invited=False)
    sealer = Sealer(settings.KEYS.letter_key(letter.pk))
    for kind in terms.kinds:
        for language in letter.languages:
            place = _place(letter, kind, language, terms, sealer)
            for slug in slugs:
                yield f"/{slug}/{language}/sign/{kind}/", place


def _place(letter: Letter, kind: str, language: str, terms: Terms, sealer: Sealer) -> Place:
    page = mailbox_page(Door.public(letter, kind, language), TOKEN)
    before, after = page.content.split(TOKEN.encode())
    consent = statement(letter, kind, language).digest()
    return Place(kind, language, terms, sealer, consent, private(page).headers, before, after)
