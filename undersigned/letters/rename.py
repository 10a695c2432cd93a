"""Giving a letter another slug; the old links lead on."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from undersigned.letters.audit import Actor, record
from undersigned.letters.manifest import parse_slug
from undersigned.letters.models import FormerSlug, Letter
from undersigned.letters.stages import neighbours, touch
from undersigned.lib.refusal import Refusal, gettext_noop


class SlugTaken(Refusal):
    code = "slug-taken"
    status = 409
    message = gettext_noop("Another letter has or had the address “%(slug)s”. Choose another one.")


def rename(letter: Letter, slug: str, by: Actor, at: datetime) -> None:
    """Give `letter` the address `slug`, keep its old one for redirects; refuse reserved and taken ones."""
    slug = parse_slug(slug)
    try:
        _rename(letter, slug, by, at)
    except IntegrityError:  # another letter took it after we had looked
        raise SlugTaken("slug", slug=slug) from None


@transaction.atomic
def _rename(letter: Letter, slug: str, by: Actor, at: datetime) -> None:
    refuse_taken(slug, letter)
    old = Letter.objects.select_for_update().get(pk=letter.pk).slug
    if old == slug:
        return
    FormerSlug.objects.filter(slug=slug, letter=letter).delete()
    FormerSlug.objects.create(slug=old, letter=letter)
    Letter.objects.filter(pk=letter.pk).update(slug=slug, revision=F("revision") + 1)
    letter.refresh_from_db()
    touch(neighbours(letter))
    record(letter, by, "address changed", at, old=old, new=slug)


def refuse_taken(slug: str, letter: Letter | None = None) -> None:
    """Refuse a slug that another letter has or had."""
    has_it = Letter.objects.filter(slug=slug).values_list("pk", flat=True)
    had_it = FormerSlug.objects.filter(slug=slug).values_list("letter", flat=True)
    if {*has_it, *had_it} - {letter.pk if letter else None}:
        raise SlugTaken("slug", slug=slug)


def find_by_slug(slug: str) -> tuple[Letter | None, bool]:
    """The letter at `slug`, and whether it has moved to another one since."""
    letter = Letter.objects.filter(slug=slug).first()
    if letter:
        return letter, False
    former = FormerSlug.objects.select_related("letter").filter(slug=slug).first()
    return (former.letter, True) if former else (None, False)
