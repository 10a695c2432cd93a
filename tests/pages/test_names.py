"""Long lists of names: whole, in order, on pages that stay where they are when one more name comes."""

import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, time
from html import unescape

import pytest

from tests.pages.conftest import Crumbs
from tests.pages.crowd import crowd
from tests.people import SECRETARY, SOMI
from tests.stage import DAY, HOUR, KEPT_UNTIL, NOON, number_entries, sign_and_confirm
from undersigned.letters.models import Letter
from undersigned.letters.rename import rename
from undersigned.lib.collation import ordered
from undersigned.pages import shelves
from undersigned.pages.bakery import bake_all, bake_due
from undersigned.pages.generation import PublicFolder
from undersigned.pages.models import Bookcase, Shelf, Spine
from undersigned.pages.names import NamesPages
from undersigned.signing.models import Signatory
from undersigned.signing.retention import forget
from undersigned.signing.withdraw import withdraw

Look = Callable[[], Crumbs]
LANGUAGES = ("ko", "en", "zh-Hans")
SHOW_THE_COUNT = 4 * len(LANGUAGES) + 5
"""So many files: in each language the letter, its embeds, where and when; letter.json; the four lists of letters."""


def of_names(crumbs: Crumbs, language: str = "ko") -> Crumbs:
    base = f"open-the-bridge/{language}/names/"
    return {path.removeprefix(base): content for path, content in crumbs.items() if path.startswith(base)}


def names_on(page: bytes) -> list[str]:
    lines = re.findall(
        r"<li(?: data-also=\"[^\"]*\")?>(.*?)</li>", page.decode().partition('class="names')[2].partition("</ul>")[0]
    )
    return [unescape(re.sub(r"<[^>]+>", "", line.partition('<span class="')[0])).strip() for line in lines]


def walk(pages: Crumbs) -> list[str]:
    """All names in the order in which a reader meets them, going from page to page."""
    start = next(path for path, page in pages.items() if b'class="names' in page and b'rel="prev"' not in page)
    found: list[str] = []
    path = start
    while path:
        found += names_on(pages[path])
        after = re.search(rb'href="/open-the-bridge/[\w-]+/names/([^"]*)" rel="next"', pages[path])
        path = f"{after[1].decode()}index.html" if after else ""
    return found


def stamps(folder: PublicFolder) -> dict[str, tuple[int, int]]:
    found = {path: os.stat(folder.root / path) for path in folder.paths()}
    return {path: (status.st_ino, status.st_mtime_ns) for path, status in found.items()}


def changed(folder: PublicFolder, before: dict[str, tuple[int, int]]) -> tuple[set[str], set[str]]:
    """The files that are not as they were: those of lists of names, and the others."""
    files = {path for path, stamp in stamps(folder).items() if stamp != before.get(path)}
    of_lists = {path for path in files if "/names/" in path}
    return of_lists, files - of_lists


def reached(pages: Crumbs) -> set[str]:
    """The pages that one comes to from the first one by links."""
    seen, left = set(), {"index.html"}
    while left:
        path = left.pop()
        seen.add(path)
        links = re.findall(rb'<li[^>]*><a href="/open-the-bridge/[\w-]+/names/([^"]+)"', pages[path])
        left |= {f"{link.decode()}index.html" for link in links} - seen
    return seen


def test_a_letter_that_names_all_its_supporters_has_no_other_list(
    letter: Letter, folder: PublicFolder, crumbs: Look
) -> None:
    crowd(letter, 50)
    bake_due(NOON)
    assert not of_names(crumbs())
    crowd(letter, 1, seed=2)
    bake_due(NOON + HOUR)
    assert "index.html" in of_names(crumbs())
    assert b'href="/open-the-bridge/ko/names/"' in crumbs()["open-the-bridge/ko/index.html"]


def test_every_name_stands_there_once_in_the_order_of_the_language(
    letter: Letter, folder: PublicFolder, crumbs: Look
) -> None:
    crowd(letter, 3000)
    bake_due(NOON)
    everybody = list(Signatory.objects.values_list("name", flat=True))
    for language in LANGUAGES:
        pages = of_names(crumbs(), language)
        assert reached(pages) == pages.keys()
        assert walk(pages) == ordered(everybody, str, language)
        assert max(map(len, pages.values())) < 100_000


@pytest.mark.parametrize(
    ("lengths", "pages"), [((2**32, 1), 3), ((1, 2**32), 6), ((1, 1), 7)], ids=["nothing", "a shelf", "a row"]
)
def test_one_more_name_changes_few_files_whatever_its_lot_ends(
    letter: Letter,
    folder: PublicFolder,
    crumbs: Look,
    monkeypatch: pytest.MonkeyPatch,
    *,
    lengths: tuple[int, int],
    pages: int,
) -> None:
    """In each language; one page of these only where a shelf beside it is so long that it has two."""
    crowd(letter, 5000)
    bake_due(NOON)
    before = stamps(folder)
    monkeypatch.setattr(shelves, "SHELF", lengths[0])
    monkeypatch.setattr(shelves, "ROW", lengths[1])
    sign_and_confirm(SOMI, letter)
    number_entries(letter)
    bake_due(NOON + HOUR)
    of_lists, others = changed(folder, before)
    assert 0 < len(of_lists) <= pages * len(LANGUAGES)
    assert len(others) <= SHOW_THE_COUNT
    for language in LANGUAGES:
        assert SOMI.name in walk(of_names(crumbs(), language))


def sizes_of_shelves() -> dict[tuple[str, bytes], int]:
    """How many names each shelf is said to bear, where they are as many as stand there."""
    sizes = {}
    for case in Bookcase.objects.all():
        before = b""
        for shelf in case.shelves.order_by("key"):
            key = bytes(shelf.key)
            assert shelf.size == case.spines.filter(key__gt=before, key__lte=key).count()
            sizes[case.language, key] = shelf.size
            before = key
    return sizes


@pytest.mark.parametrize("lengths", [(128, 64, 50), (8, 4, 50), (8, 4, 5), (4, 40, 5), (16, 16, 20)])
def test_lists_are_the_same_however_they_came_about(
    letter: Letter, folder: PublicFolder, crumbs: Look, monkeypatch: pytest.MonkeyPatch, lengths: tuple[int, int, int]
) -> None:
    """Step by step, with some of them withdrawn again, or all in one bake: the same bytes, for many shelves or few,
    whether their shelves are asked for singly or together."""
    monkeypatch.setattr(shelves, "SHELF", lengths[0])
    monkeypatch.setattr(shelves, "ROW", lengths[1])
    monkeypatch.setattr(shelves, "FEW", lengths[2])
    for step in range(6):
        crowd(letter, 40, seed=step)
        bake_due(NOON + step * HOUR)
        leaving = list(Signatory.objects.order_by("name").values_list("pk", flat=True)[step::9])
        withdraw(leaving, NOON + step * HOUR)
        number_entries(letter)
        bake_due(NOON + step * HOUR)
    number_entries(letter)
    bake_due(NOON + DAY)
    grown, sizes = crumbs(), sizes_of_shelves()
    Bookcase.objects.all().delete()
    bake_all(NOON + DAY)
    assert sizes_of_shelves() == sizes
    for language in LANGUAGES:
        assert of_names(crumbs(), language) == of_names(grown, language)
        assert reached(of_names(grown, language)) == of_names(grown, language).keys()
    for language in LANGUAGES:
        assert walk(of_names(grown, language)) == ordered(
            Signatory.objects.values_list("name", flat=True), str, language
        )


def test_a_name_withdrawn_from_a_long_list_is_on_no_disk_and_on_no_shelf(letter: Letter, folder: PublicFolder) -> None:
    crowd(letter, 500)
    signature = sign_and_confirm(SOMI, letter)
    number_entries(letter)
    bake_due(NOON)
    files = [path for path in folder.root.parent.rglob("*") if path.is_file()]
    found = [path.as_posix() for path in files if SOMI.name.encode() in path.read_bytes()]
    # In each list; where her lot ends a shelf, also on the page that leads to it.
    assert all(any(f"/{language}/names/" in path for path in found) for language in LANGUAGES)
    spines = Spine.objects.count()
    withdraw([signature.pk], NOON + HOUR)
    bake_due(NOON + HOUR)
    files = [path for path in folder.root.parent.rglob("*") if path.is_file()]
    assert not [path for path in files if SOMI.name.encode() in path.read_bytes()]
    assert Spine.objects.count() == spines - 3
    assert not Shelf.objects.filter(first=SOMI.name).exists()


def test_names_leave_the_pages_as_they_are_forgotten_and_the_count_stays(letter: Letter, folder: PublicFolder) -> None:
    """The letter's key goes first, and the names go in several passes."""
    crowd(letter, 450)
    sign_and_confirm(SOMI, letter)
    number_entries(letter)
    bake_due(NOON)
    later = datetime.combine(KEPT_UNTIL + DAY, time(), UTC)
    for left in (251, 51, 0):
        assert forget(later)
        bake_due(later)
        assert Signatory.objects.count() == left
        if left:
            pages = of_names({path: (folder.root / path).read_bytes() for path in folder.paths()})
            assert sorted(walk(pages)) == sorted(Signatory.objects.values_list("name", flat=True))
    files = [path for path in folder.root.parent.rglob("*") if path.is_file()]
    assert not [path for path in files if SOMI.name.encode() in path.read_bytes()]
    assert json.loads((folder.root / "open-the-bridge/letter.json").read_bytes())["counts"]["supporters"] == 451


def test_a_fault_between_putting_up_and_publishing_is_made_good(
    letter: Letter, folder: PublicFolder, crumbs: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(letter, 700)
    bake_due(NOON)
    crowd(letter, 40, seed=2)

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(PublicFolder, "_replace", full)
        patch.setattr(PublicFolder, "_prepare", full)
        with pytest.raises(OSError, match="No space"):
            bake_due(NOON + HOUR)
    assert len(walk(of_names(crumbs()))) == 700
    bake_due(NOON + HOUR)
    assert len(walk(of_names(crumbs()))) == 740


@pytest.mark.parametrize("broken", [(PublicFolder, "publish"), (NamesPages, "settle")])
def test_a_fault_before_or_after_publishing_leaves_no_way_that_leads_astray(
    letter: Letter, folder: PublicFolder, crumbs: Look, monkeypatch: pytest.MonkeyPatch, broken: tuple[type, str]
) -> None:
    """What leads to shelves is made anew where it changes, also if it was not noted that it had changed."""
    monkeypatch.setattr(shelves, "SHELF", 8)
    monkeypatch.setattr(shelves, "ROW", 4)
    crowd(letter, 200)
    bake_due(NOON)

    def fail(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    for step in range(6):
        crowd(letter, 5, seed=step + 2)
        with monkeypatch.context() as patch:
            patch.setattr(*broken, fail)
            with pytest.raises(OSError, match="No space"):
                bake_due(NOON + step * HOUR)
        bake_due(NOON + step * HOUR)
    grown, sizes = crumbs(), sizes_of_shelves()
    Bookcase.objects.all().delete()
    bake_all(NOON + DAY)
    assert sizes_of_shelves() == sizes
    for language in LANGUAGES:
        assert of_names(crumbs(), language) == of_names(grown, language)


def test_long_lists_move_with_their_letter_and_come_back_when_the_folder_is_lost(
    letter: Letter, folder: PublicFolder, crumbs: Look
) -> None:
    crowd(letter, 400)
    bake_due(NOON)
    whole = crumbs()
    folder.root.unlink()
    bake_due(NOON + HOUR)
    assert crumbs() == whole
    rename(letter, "open-both-bridges", SECRETARY, NOON)
    bake_due(NOON + HOUR)
    assert not of_names(crumbs())
    assert "open-both-bridges/ko/names/index.html" in crumbs()


def test_a_shelf_of_very_long_names_is_continued_on_another_page(
    letter: Letter, folder: PublicFolder, crumbs: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "SHELF", 2**32)  # all on one
    crowd(letter, 600)
    Signatory.objects.update(name="긴이름" * 66)
    bake_due(NOON)
    pages = of_names(crumbs())
    assert max(map(len, pages.values())) < 100_000
    assert len(walk(pages)) == 600
    assert any(path.endswith("/2/index.html") for path in pages)


@pytest.mark.long
def test_with_a_million_supporters_one_more_changes_few_files(
    letter: Letter, folder: PublicFolder, crumbs: Look
) -> None:
    crowd(letter, 1_000_000)
    bake_due(NOON)
    before = stamps(folder)
    assert max((folder.root / path).stat().st_size for path in before) < 100_000
    sign_and_confirm(SOMI, letter)
    number_entries(letter)
    bake_due(NOON + HOUR)
    of_lists, others = changed(folder, before)
    assert 0 < len(of_lists) <= 7 * len(LANGUAGES)
    assert len(others) <= SHOW_THE_COUNT
