"""Many supporters at once, as if each had signed, confirmed and been numbered: for lists that are long."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial
from itertools import repeat
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import AutoField, Field, Model

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
    pour(Entry(**facts, hour=NOON), {"index": range(log.size, log.size + size)})
    numbered = Entry.objects.filter(log=log, index__gte=log.size, index__lt=log.size + size)
    people = [UUID(int=random.getrandbits(128)) for _ in range(size)]
    like = Signature(
        letter=letter,
        version=version,
        kind=Kind.SUPPORTER,
        visibility=Visibility.PUBLIC,
        state=State.LISTED,
        language="ko",
        created_at=NOON,
        confirmed_at=NOON,
    )
    varying = {
        "id": people,
        "country": [random.choice(COUNTRIES) for _ in people],
        "entry": numbered.order_by("index").values_list("pk", flat=True),
        "listed_at": [NOON + timedelta(seconds=at % 86400) for at in range(size)],
    }
    pour(like, varying)
    pour(Signatory(), {"signature": people, "name": [_name(random) for _ in people]})
    Log.objects.filter(pk=log.pk).update(size=log.size + size)
    tally, _is_new = Tally.objects.get_or_create(log=log, kind=Tallied.SUPPORTER, version=digest)
    Tally.objects.filter(pk=tally.pk).update(count=tally.count + size)


def pour(like: Model, varying: Mapping[str, Iterable[Any]]) -> None:
    """Rows as `like`, but for the fields in `varying`, at once: to make a model of each would take many minutes."""
    fields = [field for field in like._meta.concrete_fields if not isinstance(field, AutoField)]
    columns = [
        map(partial(_stored, field), varying[field.name])
        if field.name in varying
        else repeat(_stored(field, getattr(like, field.attname)))
        for field in fields
    ]
    names = ", ".join(f'"{field.column}"' for field in fields)
    table, rows = like._meta.db_table, zip(*columns, strict=False)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({", ".join(["%s"] * len(fields))})', rows)


def _stored(field: "Field[Any, Any]", value: Any) -> Any:
    """`value` as the database takes it."""
    return field.get_db_prep_save(value, connection)


def _name(random: Random) -> str:
    if random.random() < 0.6:
        return random.choice(FAMILY) + random.choice(GIVEN) + random.choice(GIVEN)
    return f"{random.choice(FIRST)} {random.choice(LAST)}{random.choice('aeiou')}{random.choice(LAST).lower()}"
