"""Where each name stands in lists that are too long for one page, so that one more name changes few pages.

Names stand in the order of the language. Some of them end a shelf: which ones is drawn by lot, once and for all, from
who they are, and not from how many stand there. So the shelves are the same however the list came about, and a name
that comes or goes changes its own shelf, and perhaps divides it or joins it with the next. A row is made of shelves
in the same way. Addresses of pages come from the lot too: no name is in them.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import BinaryField, F, QuerySet

from undersigned.ledger.by_key import among
from undersigned.ledger.events import Event
from undersigned.ledger.models import Entry
from undersigned.letters.models import Letter
from undersigned.lib.collation import icu_version, order
from undersigned.lib.sealing import keyed_digest
from undersigned.pages.models import Bookcase, Shelf, Spine
from undersigned.pages.roll import OF_SUPPORTER, Supporter, Writer, listed_by
from undersigned.signing.models import Kind, Signature

SHELF = 128
"""So many names stand on a shelf, on average."""
ROW = 64
"""So many shelves stand in a row, on average."""
KEY_BYTES = 600
BATCH = 4096
IN_ONE_QUERY = 500
MANY = 2000
"""Up to so many changes the shelves that they concern are looked at; after more, every shelf of the bookcase is."""
FEW = 20
"""So many shelves, or places on shelves, are asked for singly; more of them all together."""
INSERT = (
    'INSERT INTO pages_spine ("bookcase_id", "key", "ends_shelf", "ends_row", "signatory_id") '
    "VALUES (%s, %s, %s, %s, %s)"
)
BYTES = BinaryField()
END = b"\xff" * 8
"""The key of the last shelf: no name has one that is greater."""


@dataclass(frozen=True, slots=True)
class Lot:
    """What was drawn for one signature: the name of the shelf that it would end, and whether it ends any."""

    name: str
    ends_shelf: bool
    ends_row: bool

    @classmethod
    def draw(cls, key: bytes, signature: UUID) -> "Lot":
        """By the letter's key, so that nobody can choose where a shelf ends."""
        digest = keyed_digest(key, "shelf", signature.hex)
        number = int.from_bytes(digest[:4])
        return cls(digest[4:10].hex(), number % SHELF == 0, number % (SHELF * ROW) == 0)


def bookcases(letter: Letter) -> list[Bookcase]:
    """The bookcases of `letter`, one a language; one whose order is no longer the order of today begins anew."""
    found = {case.language: case for case in Bookcase.objects.filter(letter=letter)}
    if found.keys() == set(letter.languages) and all(case.order == icu_version() for case in found.values()):
        return [found[language] for language in letter.languages]
    Bookcase.objects.filter(letter=letter).exclude(order=icu_version(), language__in=letter.languages).delete()
    return [
        Bookcase.objects.get_or_create(letter=letter, language=language, defaults={"order": icu_version()})[0]
        for language in letter.languages
    ]


def put_up(letter: Letter, size: int) -> list[Bookcase]:
    """Bring the bookcases of `letter` up to `size` entries of its log, and take off the names of those who have left;
    all of them."""
    shelvers = [_Shelver(letter, bookcase) for bookcase in bookcases(letter)]
    for shelver in shelvers if Spine.objects.filter(signatory=None).exists() else ():
        shelver.take_off()
    while (start := min(shelver.bookcase.log_size for shelver in shelvers)) < size:
        until = min(size, start + BATCH)
        changed = list(_changed(letter, start, until))
        for shelver in shelvers:
            if shelver.bookcase.log_size == start:
                shelver.take_in(changed, until)
    for shelver in shelvers:
        if shelver.bookcase.is_dusty:
            shelver.look_through()
    return [shelver.bookcase for shelver in shelvers]


@dataclass(frozen=True, slots=True)
class _Newcomer:
    """A supporter whom the log lists or amends, and the lot that fell to them.

    `stored` is how the record has `signature`; `is_new` where the log lists them now: they can stand on no shelf yet.
    """

    signature: UUID
    stored: str | UUID
    lot: Lot
    supporter: Supporter
    is_new: bool


def _changed(letter: Letter, start: int, until: int) -> Iterator[_Newcomer]:
    """The public supporters whom these entries of the log list, or whose names they amend."""
    entries = Entry.objects.filter(log__origin=letter.origin, kind=Kind.SUPPORTER, index__gte=start, index__lt=until)
    found = list(entries.values_list("pk", "event", "undoes"))
    fresh = {pk for pk, event, _undoes in found if event == Event.SIGNED}
    named = {undoes if event in (Event.AMENDED, Event.REINSTATED) else pk for pk, event, undoes in found}
    columns = [f"signatory__{column}" for column in OF_SUPPORTER[:4]] + ["language", "country"]
    rows = listed_by(sorted(entry for entry in named if entry)).filter(kind=Kind.SUPPORTER)
    listed = list(rows.values_list("pk", "entry", *columns))
    key = settings.KEYS.letter_key(letter.pk) if listed else b""  # who was forgotten took the key along
    for pk, entry, *told in listed:
        stored = Signature._meta.pk.get_db_prep_value(pk, connection)
        yield _Newcomer(pk, stored, Lot.draw(key, pk), Supporter(*told), entry in fresh)


class _Shelver:
    """Puts names up in one bookcase, a batch a transaction."""

    def __init__(self, letter: Letter, bookcase: Bookcase) -> None:
        self.bookcase = bookcase
        self.writer = Writer.of(letter, bookcase.language)
        self.order = order(bookcase.language)

    @transaction.atomic
    def take_off(self) -> int:
        """Take off what those left behind who have left; how many."""
        return self._remove(Spine.objects.filter(signatory=None))

    @transaction.atomic
    def take_in(self, changed: Sequence[_Newcomer], until: int) -> None:
        """Take in whom the entries of the log before the index `until` changed."""
        standing = [newcomer.signature for newcomer in changed if not newcomer.is_new]
        if standing:
            self._remove(Spine.objects.filter(signatory__in=standing))
        keys = [self._key_of(newcomer) for newcomer in changed]
        self._insert(keys, changed)
        self._note([(key, newcomer.lot.ends_shelf) for key, newcomer in zip(keys, changed, strict=True)])
        self.bookcase.log_size = until
        self.bookcase.save(update_fields=["log_size"])

    @transaction.atomic
    def look_through(self) -> None:
        """After many changes: compare every shelf with the names on it."""
        self._reconcile(b"", END)
        self._set_dusty(False)

    def _key_of(self, newcomer: _Newcomer) -> bytes:
        """Equal names stand in the order of the lot."""
        text = self.writer.sort_text(newcomer.supporter)
        return self.order(text)[:KEY_BYTES] + b"\0" + newcomer.signature.bytes

    def _insert(self, keys: Sequence[bytes], newcomers: Sequence[_Newcomer]) -> None:
        """By a statement of its own: to make a million models would take minutes."""
        case, stored = self.bookcase.pk, BYTES.get_db_prep_value
        rows: list[Sequence[Any]] = [
            (case, stored(key, connection), new.lot.ends_shelf, new.lot.ends_row, new.stored)
            for key, new in sorted(zip(keys, newcomers, strict=True), key=itemgetter(0))  # as the index has them
        ]
        with connection.cursor() as cursor:
            cursor.executemany(INSERT, rows)

    def _remove(self, spines: QuerySet[Spine]) -> int:
        """Take off those of `spines` that stand in this bookcase; how many.

        They are sought by their signatories alone, of whom there are few: by the bookcase, a database without
        statistics would look through all of it.
        """
        found = spines.values_list("pk", "key", "bookcase")
        taken = {pk: bytes(key) for pk, key, bookcase in found if bookcase == self.bookcase.pk}
        Spine.objects.filter(pk__in=taken).delete()
        self._note([(key, True) for key in taken.values()])
        return len(taken)

    def _note(self, changes: Sequence[tuple[bytes, bool]]) -> None:
        """Have the shelves looked at on which names with these keys stand, or stood; True for those that may have
        divided a shelf, or joined two. Each of the others is one more on its shelf."""
        if len(changes) > MANY:
            self._set_dusty(True)
        if self.bookcase.is_dusty:
            return
        seen: list[tuple[bytes, bytes]] = []
        for key in sorted(key for key, is_end in changes if is_end):
            if not seen or key >= seen[-1][1]:  # who ends what was seen to begins what was not
                seen.append(self._look_at(key))
        rest = [key for key, is_end in changes if not is_end]
        self._count_in([key for key in rest if not any(before < key <= until for before, until in seen)])

    def _count_in(self, keys: Sequence[bytes]) -> None:
        """Count one more name for each of `keys`, on the shelf where it belongs."""
        more = Counter(self._shelves_of(keys))
        for size in set(more.values()):
            grown = among(Shelf.objects.all(), [pk for pk, count in more.items() if count == size])
            grown.update(size=F("size") + size, is_dirty=True)

    def _shelves_of(self, keys: Sequence[bytes]) -> Iterator[int]:
        """Where each of `keys` belongs: asked for singly, or, for many, all at once. The last shelf takes any key."""
        shelves = self.bookcase.shelves.filter(is_gone=False).order_by("key").values_list("pk", "key")
        if len(keys) <= FEW:
            yield from (shelves.filter(key__gte=key)[0][0] for key in keys)
            return
        row = list(shelves)
        ends = [bytes(end) for _pk, end in row]
        yield from (row[bisect_left(ends, key)][0] for key in keys)

    def _set_dusty(self, is_dusty: bool) -> None:
        self.bookcase.is_dusty = is_dusty
        self.bookcase.save(update_fields=["is_dusty"])

    def _look_at(self, key: bytes) -> tuple[bytes, bytes]:
        """The shelf of `key` is to be made anew; if it has been divided or joined, so are those beside it.

        After which key this was seen to, and up to which.
        """
        ends = self.bookcase.spines.filter(ends_shelf=True)
        before = ends.filter(key__lt=key).order_by("-key").values_list("key", flat=True).first()
        after = ends.filter(key__gt=key).order_by("key").values_list("key", flat=True).first()
        seen = bytes(before or b""), bytes(after or END)
        self._reconcile(*seen)
        return seen

    def _reconcile(self, before: bytes, until: bytes) -> None:
        """Make the shelves after the key `before`, up to `until`, agree with the spines there."""
        ends = self.bookcase.spines.filter(ends_shelf=True, key__gt=before, key__lte=until).order_by("key")
        expected = {bytes(spine.key): spine for spine in ends.select_related("signatory")}
        found = {bytes(shelf.key): shelf for shelf in self._shelves(before, until)}
        is_moved = False
        for key in [*expected, *([END] if until == END else [])]:
            shelf = found.pop(key, None) or Shelf(bookcase=self.bookcase, key=key)
            is_moved |= shelf.pk is None or shelf.is_gone
            self._fill(shelf, before, expected.get(key))
            before = key
        for shelf in found.values():
            is_moved = True
            shelf.is_gone = shelf.is_dirty = True
            shelf.save()
        if is_moved:
            self._disturb_neighbours(min([*expected, *found, until]), until)

    def _shelves(self, before: bytes, until: bytes) -> QuerySet[Shelf]:
        return self.bookcase.shelves.filter(key__gt=before, key__lte=until)

    def _fill(self, shelf: Shelf, before: bytes, end: Spine | None) -> None:
        key = bytes(shelf.key)
        if shelf.pk is None:
            shelf.name = self._lot_of(end.signatory_id).name if end and end.signatory_id else "last"
        shelf.size = self.bookcase.spines.filter(key__gt=before, key__lte=key).count()
        shelf.begins_row = not before or self.bookcase.spines.filter(key=before, ends_row=True).exists()
        shelf.ends_row = bool(end and end.ends_row) or key == END
        shelf.is_dirty, shelf.is_gone = True, False
        shelf.save()

    def _lot_of(self, signature: UUID) -> Lot:
        """For new shelves only: while signatories are being forgotten, shelves just go, and the key went first."""
        return Lot.draw(settings.KEYS.letter_key(self.bookcase.letter_id), signature)

    def _disturb_neighbours(self, first: bytes, last: bytes) -> None:
        """What leads to the shelves from first to last, from those beside them and from their rows, is made anew."""
        shelves = self.bookcase.shelves
        shelves.filter(key__gte=first, key__lte=last).update(first="", last="")
        for beside in (shelves.filter(key__lt=first).order_by("-key")[:1], shelves.filter(key__gt=last)[:1]):
            shelves.filter(pk__in=[shelf.pk for shelf in beside]).update(is_dirty=True, first="", last="")


def changed_shelves(bookcases: Sequence[Bookcase]) -> list[Shelf]:
    """The shelves of which the page is to be made anew or taken away."""
    return list(Shelf.objects.filter(bookcase__in=bookcases, is_dirty=True).order_by("bookcase", "key"))


def settle(shelves: Sequence[Shelf]) -> None:
    """Note that the pages of `shelves` stand in the folder, and what now leads to them."""
    gone = [shelf.pk for shelf in shelves if shelf.is_gone]
    made = [shelf for shelf in shelves if not shelf.is_gone]
    for shelf in made:
        shelf.is_dirty = False
    for start in range(0, len(gone), IN_ONE_QUERY):
        Shelf.objects.filter(pk__in=gone[start : start + IN_ONE_QUERY]).delete()
    Shelf.objects.bulk_update(made, ["first", "last", "parts", "is_dirty"], batch_size=IN_ONE_QUERY)
