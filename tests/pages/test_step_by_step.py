"""What was baked bit by bit is what would have been baked from nothing."""

from collections.abc import Callable

from pytest_django.fixtures import Settings

from tests.pages.conftest import Crumbs
from tests.pages.crowd import crowd
from tests.people import OYUN, SECRETARY, SOMI
from tests.stage import DAY, HOUR, NOON, number_entries, sign_and_confirm
from undersigned.letters.models import Letter
from undersigned.pages.bakery import bake_all, bake_due
from undersigned.pages.generation import PublicFolder
from undersigned.pages.models import Baked, Bookcase, Sum
from undersigned.signing.decide import accept
from undersigned.signing.withdraw import withdraw

Look = Callable[[], Crumbs]


def test_step_by_step_or_from_nothing_the_folder_is_the_same(
    letter: Letter, folder: PublicFolder, crumbs: Look, settings: Settings
) -> None:
    """Every signature baked by itself, one withdrawn, many at once; then all that the bakery remembers is forgotten."""
    bake_all(NOON)
    for step in range(4):
        crowd(letter, 1 if step < 2 else 120, seed=step)
        bake_due(NOON + step * HOUR)
    signature = sign_and_confirm(SOMI, letter)
    accept(sign_and_confirm(OYUN, letter), SECRETARY, NOON)
    number_entries(letter)
    bake_due(NOON + 5 * HOUR)
    withdraw([signature.pk], NOON + 6 * HOUR)
    number_entries(letter)
    bake_due(NOON + 6 * HOUR)
    grown = crumbs()
    for remembered in (Baked, Bookcase, Sum):
        remembered.objects.all().delete()
    settings.PUBLIC_ROOT = folder.root.parent.parent / "elsewhere" / "public"
    bake_all(NOON + 30 * DAY)
    anew = PublicFolder(settings.PUBLIC_ROOT)
    assert {path: (anew.root / path).read_bytes() for path in anew.paths()} == grown
