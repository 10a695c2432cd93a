"""How often stories are read, and the top ten: counted by whoever serves the pages, as numbers and nothing else.

No cookie, address, fingerprint or beacon: a page that was served adds one to a number. Whoever serves keeps a
`ReadCounter` in memory, and hands what it holds to `count` once in a while; readers cannot be told apart, not even for
a moment. So one machine can read a page a thousand times: the cap limits what that is worth, the floor keeps a few
readers of a story from being seen, and totals are rounded before they are published. What another web server or a
cache hands out of the folder is not counted.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Least

from undersigned.lib.clock import hour_of
from undersigned.stories.models import Publication, Ranked, Reads, Story

PLACES = 10
COUNTED_FOR = timedelta(days=7)
FLOOR = 20
"""Fewer reads than this in seven days take no place: they would tell of single readers."""

_PAGE = re.compile(r"/stories/(?P<slug>[a-z0-9-]{3,60})/[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}/")


def slug_in(path: str) -> str:
    """The slug of the story whose page is at `path`; empty for every other path."""
    found = _PAGE.fullmatch(path)
    return found["slug"] if found else ""


@dataclass(slots=True)
class ReadCounter:
    """Counts in memory what one process serves, until somebody takes it. Safe to share between threads."""

    _times: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def note(self, path: str) -> None:
        """One answer with a page of a story was sent; other paths are nobody's business. Call it for no 404."""
        slug = slug_in(path)
        if slug:
            with self._lock:
                self._times[slug] += 1

    def take(self) -> Mapping[str, int]:
        """Slug → times since the last call."""
        with self._lock:
            taken, self._times = self._times, Counter()
        return taken


@transaction.atomic
def count(times: Mapping[str, int], at: datetime, cap: int) -> None:
    """Add these reads (slug → times) to the hour of `at`; no story gets more than `cap` in an hour."""
    hour = hour_of(at)
    known = Story.objects.filter(slug__in=times, publication=Publication.PUBLISHED).order_by("pk")
    stories = list(known.values_list("pk", "slug"))
    # A row that is there already stays, whoever made it: several servers count at the same time.
    Reads.objects.bulk_create([Reads(story_id=pk, hour=hour) for pk, _slug in stories], ignore_conflicts=True)
    for pk, slug in stories:
        Reads.objects.filter(story_id=pk, hour=hour).update(times=Least(F("times") + times[slug], cap))


@transaction.atomic
def rank(at: datetime) -> bool:
    """Make the top ten of the seven days before `at` anew, and forget older numbers; whether anything in it changed."""
    Reads.objects.filter(hour__lte=at - COUNTED_FOR).delete()
    read = Reads.objects.filter(story__publication=Publication.PUBLISHED, hour__lte=at)
    totals = read.values("story_id").annotate(total=Sum("times")).filter(total__gte=FLOOR)
    first = totals.order_by("-total", "-story__published_at", "story_id")[:PLACES]
    wanted = [(place, row["story_id"], rounded(row["total"])) for place, row in enumerate(first, start=1)]
    if wanted == list(Ranked.objects.order_by("place").values_list("place", "story_id", "total")):
        return False
    Ranked.objects.all().delete()
    Ranked.objects.bulk_create(Ranked(place=place, story_id=pk, total=total) for place, pk, total in wanted)
    return True


def rounded(total: int) -> int:
    """`total` to the tens, and from a hundred on to two digits."""
    step = int(10 ** max(1, len(str(total)) - 2))
    return (total + step // 2) // step * step
