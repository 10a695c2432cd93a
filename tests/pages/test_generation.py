import os
from collections.abc import Callable

import pytest

from tests.pages.conftest import Crumbs
from tests.trouble import cut_the_power_at_each_step
from undersigned.pages.generation import KEPT, NotOurs, PublicFolder

OLD = {"index.html": b"old", "a/index.html": b"Ferne Beispiel", "a/letter.json": b"1"}
REPLACED = {**OLD, "a/index.html": b"nobody", "a/letter.json": b"0"}
RELEASED = {**REPLACED, "b/en/index.html": b"new", "b/ko/index.html": b"new"}


@pytest.fixture
def published(folder: PublicFolder) -> PublicFolder:
    """A folder with a first generation."""
    with folder.lock():
        folder.publish(OLD)
    return folder


def generations(folder: PublicFolder) -> list[str]:
    return sorted(path.name for path in folder.generations.iterdir() if path.name.isdecimal())


def on_the_disk(folder: PublicFolder) -> bytes:
    return b"".join(path.read_bytes() for path in folder.generations.rglob("*") if path.is_file())


def publish(folder: PublicFolder, files: Crumbs, *gone: str) -> bool:
    with folder.lock():
        return folder.publish(files, frozenset(gone))


def test_the_public_folder_is_a_link_to_a_whole_generation(
    published: PublicFolder, crumbs: Callable[[], Crumbs]
) -> None:
    assert published.root.is_symlink()
    assert crumbs() == OLD


def test_publishing_the_same_again_touches_nothing(published: PublicFolder) -> None:
    before = {path: os.stat(published.root / path) for path in OLD}
    assert not publish(published, OLD)
    assert {path: os.stat(published.root / path) for path in OLD} == before
    assert generations(published) == ["1"]


def test_a_change_of_content_stays_within_its_generation(published: PublicFolder, crumbs: Callable[[], Crumbs]) -> None:
    assert publish(published, REPLACED)
    assert crumbs() == REPLACED
    assert generations(published) == ["1"]


def test_new_files_appear_together_by_a_switch(published: PublicFolder, crumbs: Callable[[], Crumbs]) -> None:
    assert publish(published, RELEASED)
    assert crumbs() == RELEASED
    assert os.readlink(published.root) == "generations/2"


def test_files_that_are_gone_vanish_by_a_switch_with_their_folders(published: PublicFolder) -> None:
    publish(published, {}, "a/index.html", "a/letter.json")
    assert published.paths() == {"index.html"}
    assert not (published.root / "a").exists()


def test_unchanged_files_of_a_new_generation_take_no_room(published: PublicFolder) -> None:
    publish(published, RELEASED)
    assert os.stat(published.root / "index.html").st_nlink == 2  # one in each generation


def test_a_withdrawn_name_stays_in_no_older_generation(published: PublicFolder) -> None:
    publish(published, {**OLD, "b/index.html": b"new"})
    publish(published, REPLACED)
    assert b"Ferne Beispiel" not in on_the_disk(published)


def test_a_name_withdrawn_at_a_switch_stays_in_no_older_generation(published: PublicFolder) -> None:
    publish(published, RELEASED)
    assert b"Ferne Beispiel" not in on_the_disk(published)
    assert generations(published) == ["1", "2"]


def test_a_file_that_is_gone_stays_in_no_older_generation(published: PublicFolder) -> None:
    publish(published, {}, "a/index.html")
    assert b"Ferne Beispiel" not in on_the_disk(published)


def test_only_the_newest_generations_are_kept(published: PublicFolder) -> None:
    for number in range(4):
        publish(published, {f"{number}.html": b"new"})
    assert generations(published) == ["4", "5"]
    assert len(generations(published)) == KEPT


def test_an_empty_folder_makes_way(folder: PublicFolder, crumbs: Callable[[], Crumbs]) -> None:
    folder.root.mkdir(parents=True)
    publish(folder, OLD)
    assert crumbs() == OLD


def test_a_folder_that_no_bakery_made_is_left_alone(folder: PublicFolder) -> None:
    folder.root.mkdir(parents=True)
    (folder.root / "mine.txt").write_text("keep me")
    with pytest.raises(NotOurs, match="not empty"):
        publish(folder, OLD)
    assert (folder.root / "mine.txt").read_text() == "keep me"


def test_a_power_cut_at_any_step_of_a_switch_leaves_one_whole_generation(
    published: PublicFolder, crumbs: Callable[[], Crumbs], monkeypatch: pytest.MonkeyPatch
) -> None:
    cuts = 0
    for _ in cut_the_power_at_each_step(lambda: publish(published, RELEASED), monkeypatch):
        cuts += 1
        assert crumbs() in (OLD, RELEASED)
        publish(published, RELEASED)
        assert crumbs() == RELEASED
        assert not list(published.scratch.iterdir())
        assert b"Ferne Beispiel" not in on_the_disk(published)
        publish(published, OLD, "b/en/index.html", "b/ko/index.html")
    assert cuts > 15
    assert crumbs() == RELEASED


def test_a_power_cut_at_any_step_of_a_replacement_leaves_no_file_in_pieces(
    published: PublicFolder, crumbs: Callable[[], Crumbs], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in cut_the_power_at_each_step(lambda: publish(published, REPLACED), monkeypatch):
        assert all(content in (OLD[path], REPLACED[path]) for path, content in crumbs().items())
        publish(published, REPLACED)
        assert crumbs() == REPLACED
        publish(published, OLD)
    assert crumbs() == REPLACED
