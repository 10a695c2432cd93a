"""Many supporters at once, as if each had signed, confirmed and been numbered: for lists that are long."""

from datetime import timedelta
from random import Random
from uuid import UUID

from tests.stage import NOON
from undersigned.ledger.events import Event, Tallied
from undersigned.ledger.models import Entry, Log, Tally
from undersigned.letters.models import Letter
from undersigned.signing.models import Kind, Signatory, Signature, State, Visibility

BATCH = 20_000
FAMILY = "가나다라마바사아자차카타파하"
GIVEN = "강건경광교국규균근기길나남노누다달대덕도동두라래련로루리린림마만명모목무문미민바박방배범별병보복봄"
FIRST = [
    "Ada",
    "Bo",
    "Cem",
    "Dara",
    "Eno",
    "Fia",
    "Gil",
    "Hani",
    "Ivo",
    "Jun",
    "Kai",
    "Lio",
    "Mara",
    "Nio",
    "Oda",
    "Pia",
]
LAST = ["Aus", "Ber", "Cal", "Dor", "Erf", "Fan", "Gar", "Hil", "Inv", "Jot", "Kel", "Lum", "Mer", "Nov", "Ort", "Pel"]
COUNTRIES = ("KR", "JP", "MN", "DE", "AR", "KE", "US", "TW", "")


def crowd(letter: Letter, size: int, seed: int = 1) -> None:
    """`size` more public supporters of `letter`; equal seeds give equal people."""
    random = Random(seed)
    for done in range(0, size, BATCH):
        _add(letter, min(BATCH, size - done), random)


def _add(letter: Letter, size: int, random: Random) -> None:
    log = Log.objects.get(origin=letter.origin)
    version = letter.frozen
    assert version
    digest = bytes(version.digest)
    facts = {"log": log, "event": Event.SIGNED, "kind": Tallied.SUPPORTER, "version": digest, "commitment": bytes(32)}
    entries = Entry.objects.bulk_create(Entry(**facts, index=log.size + at, hour=NOON) for at in range(size))
    signatures = Signature.objects.bulk_create(
        Signature(
            id=UUID(int=random.getrandbits(128)),
            letter=letter,
            version=version,
            kind=Kind.SUPPORTER,
            visibility=Visibility.PUBLIC,
            state=State.LISTED,
            language="ko",
            country=random.choice(COUNTRIES),
            entry=entry,
            created_at=NOON,
            confirmed_at=NOON,
            listed_at=NOON + timedelta(seconds=at % 86400),
        )
        for at, entry in enumerate(entries)
    )
    Signatory.objects.bulk_create(Signatory(signature=row, name=_name(random)) for row in signatures)
    Log.objects.filter(pk=log.pk).update(size=log.size + size)
    tally, _is_new = Tally.objects.get_or_create(log=log, kind=Tallied.SUPPORTER, version=digest)
    Tally.objects.filter(pk=tally.pk).update(count=tally.count + size)


def _name(random: Random) -> str:
    if random.random() < 0.6:
        return random.choice(FAMILY) + random.choice(GIVEN) + random.choice(GIVEN)
    return f"{random.choice(FIRST)} {random.choice(LAST)}{random.choice('aeiou')}{random.choice(LAST).lower()}"
