"""What must hold after a sudden end, however and whenever it came."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import psycopg

from benchmark.letter import SLUG
from benchmark.records import ARRIVED, STORED, Records
from tests.flows.office import Office, until
from tests.trials.crowd import Told
from tests.trials.letterbox import Letterbox
from undersigned.lib.keys import KeyRing
from undersigned.signing.links import Link

PENDING = (
    "SELECT id FROM signing_signature WHERE state = 'pending' AND visibility = 'public' ORDER BY created_at LIMIT 50"
)
LISTED = "SELECT id, entry_id FROM signing_signature WHERE kind = 'supporter' AND state = 'listed'"
NUMBERED = 'SELECT id, "index", event, kind FROM ledger_entry WHERE "index" IS NOT NULL ORDER BY "index"'
WAITING = """
    SELECT (SELECT count(*) FROM ledger_entry WHERE "index" IS NULL AND kind <> 'hidden')
        + (SELECT count(*) FROM post_note WHERE mail_id IS NULL AND template = 'confirm')
        + (SELECT count(*) FROM post_mail WHERE state = 'waiting' AND attempts = 0)"""
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SETTLING_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Aftermath:
    """One office, and what the crowd and the letterbox know about it."""

    office: Office
    records: Records
    told: Told
    letterbox: Letterbox
    before: int
    """How many signatures were stored before the crowd came."""

    def links(self) -> Iterator[tuple[UUID, str]]:
        """Where the mails of some sign-ons lead to that wait to be confirmed; none while the record is away."""
        key = KeyRing(self.office.folder / "data" / "keys").site_key("links")
        try:
            pending = self.records.rows(PENDING)
        except psycopg.Error:
            return
        for (found,) in pending:
            signature = UUID(str(found))
            yield signature, f"/s/{Link(signature, self.office.now + DAY).token(key)}/"

    def nothing_is_lost(self) -> None:
        """At once, while nothing runs: no fewer are stored than were told so, and no more than were sent.

        (Whoever was refused may be stored: where the database goes away during a commit, nobody knows what came of it.)
        """
        assert len(self.told.signed) <= self.records.number(STORED) - self.before <= len(self.told.sent)

    def nobody_met_a_fault(self) -> None:
        """Whoever was not answered as usual was told to come again."""
        assert not self.told.faults

    def settle(self) -> None:
        """Let the office, which serves, do all that waits to be done."""
        until(lambda: self.records.number(ARRIVED) == 0, "all sign-ons to be taken in", SETTLING_SECONDS)
        until(lambda: self.records.number(WAITING) == 0, "log and outbox to be done", SETTLING_SECONDS)

    def all_is_well(self) -> None:
        """After it has settled."""
        self.nothing_is_lost()
        self.each_stands_once()
        self.the_log_adds_up()
        self.anybody_can_recount_it()
        self.everybody_was_written_to()

    def each_stands_once(self) -> None:
        names = Counter(name for (name,) in self.records.rows("SELECT name FROM signing_signatory"))
        public = {person.name for person in self.told.signed if not person.is_hidden}
        assert not public - names.keys()
        assert not [person.name for person in self.told.sent if names[person.name] > 1]
        hidden = self.records.number("SELECT count(*) FROM signing_sealedname")
        assert hidden >= sum(person.is_hidden for person in self.told.signed)
        assert hidden <= sum(person.is_hidden for person in self.told.sent)

    def the_log_adds_up(self) -> None:
        """Each listed signature has one entry of its own, each entry its index, and the tally is their sum."""
        listed = {UUID(str(signature)): entry for signature, entry in self.records.rows(LISTED)}
        assert not set(self.told.confirmed) - listed.keys()
        numbered = self.records.rows(NUMBERED)
        assert [index for _, index, _, _ in numbered] == list(range(len(numbered)))
        assert self.records.number("SELECT size FROM ledger_log") == len(numbered)
        signed = [entry for entry, _, event, kind in numbered if (event, kind) == ("signed", "supporter")]
        assert sorted(signed) == sorted(listed.values())
        counted = self.records.number("SELECT coalesce(sum(count), 0) FROM ledger_tally WHERE kind = 'supporter'")
        assert counted == len(signed)

    def anybody_can_recount_it(self) -> None:
        """As a stranger does, from what is published."""
        self.office.run("log", "verify", f"{self.office.url}/{SLUG}/")

    def everybody_was_written_to(self) -> None:
        """At least once: but for those who confirmed before their mail had left."""
        names = self.records.rows("SELECT name FROM signing_signatory JOIN signing_signature ON id = signature_id"
                                  " WHERE state = 'listed'")  # fmt: skip
        confirmed = {name for (name,) in names}
        waited = {person.mailbox for person in self.told.signed if person.name not in confirmed}
        assert not self.letterbox.lacks(waited)

    def let_a_day_pass(self) -> None:
        """While the office is stopped: a mail whose sending was cut short may have left, so it is tried a day later."""
        self.office.ahead += DAY + HOUR
