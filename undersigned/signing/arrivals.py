"""Sign-ons between the moment that they are acknowledged and the moment that they are stored as what they consist of.

Taking one is a single row in one transaction with all that arrived beside it. The row is the sign-on and its mail in
one: whoever takes it in stores the one and writes the other, and deletes it, in one transaction: exactly once.
"""

import base64
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Count, Q, QuerySet

from undersigned.ledger.by_key import among, find_by_key
from undersigned.letters.models import Letter, Version
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.faults import place_of
from undersigned.lib.sealing import Sealer, unseal
from undersigned.signing.models import Arrival, Kind
from undersigned.signing.sign import Rows, Taken, rows_of, store
from undersigned.signing.sign_on import Card, SignOn

PURPOSE = "arrival"
BATCH = 512
RUSH = timedelta(seconds=1)
RUSH_LIMIT = 1000
HELD = timedelta(minutes=10)
"""After this, what could not be opened is tried again: an operator may have put the right keys back."""

COPY = "COPY signing_arrival (letter, sealed, is_slow, arrived_at) FROM STDIN (FORMAT BINARY)"
COLUMNS = ("uuid", "bytea", "bool", "timestamptz")
INSERT = "INSERT INTO signing_arrival (letter, sealed, is_slow, arrived_at) VALUES "

CARD = tuple(field.name for field in fields(Card))
CARD_OF = {"organisation": CARD, "person": CARD, "supporter": ("name", "country")}
"""What a card of each kind can say."""
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NewArrival:
    """A sign-on to be taken: `sealed` is all of it, as `pack` sealed it with its letter's key."""

    letter: UUID
    sealed: bytes
    is_slow: bool = False


def pack(sign_on: SignOn, signature: UUID, consent: bytes, sealer: Sealer) -> bytes:
    """All of a valid sign-on, sealed with its letter's key: its id, the digest of the consent's wording, what was
    typed."""
    card = sign_on.card
    name = sign_on.sealed_name
    plain = (
        signature.hex,
        consent.hex(),
        sign_on.digest,
        sign_on.kind,
        sign_on.language,
        sign_on.mailbox.value,
        None if card is None else {field: value for field in CARD_OF[sign_on.kind] if (value := getattr(card, field))},
        None if name is None else base64.b64encode(name).decode(),
        sign_on.invited_by,
    )
    return sealer.seal(_write(plain), PURPOSE)


def arrive(batch: Sequence[NewArrival], at: datetime) -> None:
    """Make these arrivals durable, all or none, by one statement: when this returns, they may be acknowledged."""
    with connection.wrap_database_errors, connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(COPY) as copy:
                copy.set_types(COLUMNS)
                for one in batch:
                    copy.write_row((one.letter, one.sealed, one.is_slow, at))
        else:
            moment = connection.ops.adapt_datetimefield_value(at)
            rows = [value for one in batch for value in (one.letter.hex, one.sealed, one.is_slow, moment)]
            cursor.execute(INSERT + ", ".join(["(%s, %s, %s, %s)"] * len(batch)), rows)


def take_in(at: datetime, limit: int = BATCH) -> int:
    """Store up to `limit` arrivals as pending sign-ons with their mails; how many were dealt with. Refuses nothing:
    that they were valid was found before they were acknowledged.

    Whoever else does the same at this moment takes others. What takes time is done before the transaction.
    """
    return _take_in_of(Arrival.objects.filter(is_slow=False), at, limit)


def take_in_slow(at: datetime, limit: int, wait: timedelta | None = None) -> int:
    """The same with arrivals of the slower queue that have waited their time, SLOW_WAIT unless `wait` is given."""
    waited = at - (settings.SLOW_WAIT if wait is None else wait)
    return _take_in_of(Arrival.objects.filter(is_slow=True, arrived_at__lte=waited), at, limit)


def _take_in_of(arrivals: QuerySet[Arrival], at: datetime, limit: int) -> int:
    waiting = Q(held_until=None) | Q(held_until__lte=at)
    found = list(arrivals.filter(waiting).order_by("id")[:limit])
    opened, faults = _open(found)
    return _hold(faults, at) + _take_in(opened, at)


def rush(at: datetime) -> int:
    """How many sign-ons arrived within the last second and still wait; counted to RUSH_LIMIT only."""
    latest = Arrival.objects.order_by("-id")[:RUSH_LIMIT]
    counted: dict[str, int] = latest.aggregate(count=Count("pk", filter=Q(arrived_at__gt=at - RUSH)))
    return counted["count"]


def rest(took: timedelta, at: datetime, most: int, idle: float) -> timedelta:
    """How long to pause after work that took so long, so that those who are signing come first: `most` times as long
    where RUSH_LIMIT or more arrive in a second, shorter while fewer do. Not at all where a core is `idle`, of which
    they have no use."""
    crowding = min(1.0, max(0.0, 2 - 2 * idle))
    return took * most * rush(at) / RUSH_LIMIT * crowding


def forget_arrivals(at: datetime) -> set[UUID]:
    """Delete what arrived for letters whose signatories are to be forgotten; which letters these were."""
    due = Arrival.objects.filter(letter__in=Letter.objects.filter(keep_until__lt=at.date()).values("pk"))
    letters = set(due.values_list("letter", flat=True))
    due.delete()
    return letters


def _open(arrivals: Sequence[Arrival]) -> tuple[dict[int, Rows], dict[int, Exception]]:
    """What becomes of each arrival that can be opened, and what is wrong with each of the others."""
    letters = {arrival.letter for arrival in arrivals}
    key_of = cache(settings.KEYS.letter_key)
    versions = {(row.letter_id, row.hex_digest): row.pk for row in Version.objects.filter(letter__in=letters)}
    opened: dict[int, Rows] = {}
    faults: dict[int, Exception] = {}
    for arrival in arrivals:
        try:
            key = key_of(arrival.letter)
            opened[arrival.pk] = rows_of(_unpack(unseal(key, bytes(arrival.sealed), PURPOSE), arrival, versions), key)
        except Exception as fault:  # whatever is wrong with one, the others are taken in
            faults[arrival.pk] = fault
    return opened, faults


def _take_in(opened: Mapping[int, Rows], at: datetime) -> int:
    """Store those that nobody else takes in; where one of them cannot be stored, each by itself."""
    try:
        with transaction.atomic():
            find_by_key()
            claimed = among(Arrival.objects.select_for_update(skip_locked=True), opened)
            ids = sorted(claimed.values_list("pk", flat=True))
            store([opened[pk] for pk in ids], at)
            among(Arrival.objects.all(), ids).delete()
        return len(ids)
    except (OperationalError, InterfaceError):  # the record is away: all of them wait
        raise
    except Exception as fault:  # whatever is wrong with one, the others are taken in
        if len(opened) == 1:
            return _hold(dict.fromkeys(opened, fault), at)
    return sum(_take_in({pk: rows}, at) for pk, rows in opened.items())


def _hold(faults: Mapping[int, Exception], at: datetime) -> int:
    """Lay arrivals aside that cannot be taken in, and tell an operator: it was acknowledged, so it is not dropped."""
    if faults:
        first = min(faults)
        log.error(
            "%d arrivals cannot be taken in (the first is %d: %s): are the keys of their letters there, and is this "
            "program as new as the one that took them?",
            len(faults),
            first,
            place_of(faults[first]),
        )
        Arrival.objects.filter(pk__in=faults).update(held_until=at + HELD)
    return len(faults)


def _unpack(plain: str, arrival: Arrival, versions: Mapping[tuple[UUID, str], int]) -> Taken:
    signature, consent, digest, kind, language, mailbox, card, name, invited_by = json.loads(plain)
    sign_on = SignOn(
        letter=arrival.letter,
        digest=digest,
        kind=Kind(kind),
        language=language,
        mailbox=EmailAddress(mailbox),
        card=None if card is None else Card(**card),
        sealed_name=None if name is None else base64.b64decode(name),
        invited_by=invited_by,
    )
    version = versions[arrival.letter, digest]
    return Taken(UUID(signature), sign_on, version, bytes.fromhex(consent), arrival.arrived_at)
