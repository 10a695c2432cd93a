import os
from collections.abc import Callable
from pathlib import Path

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
    before = {path: written(published.root / path) for path in OLD}
    assert not publish(published, OLD)
    assert {path: written(published.root / path) for path in OLD} == before
    assert generations(published) == ["1"]


def written(path: Path) -> tuple[int, int, int]:
    """Which file this is and when it was written; not when it was read, which is no concern of ours."""
    found = os.stat(path)
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns


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


# --- What grows beside the generations --------------------------------------------------------------------------------


@pytest.fixture
def log(folder: PublicFolder) -> Path:
    """A folder beside the generations, which grows without a bakery."""
    place = folder.root.parent / "logs" / "1"
    place.mkdir(parents=True)
    (place / "head").write_bytes(b"1")
    return place


def link(folder: PublicFolder, links: dict[str, Path], files: Crumbs | None = None) -> bool:
    with folder.lock():
        return folder.publish(files or {}, links=links)


def test_a_link_leads_to_what_grows_without_a_copy(published: PublicFolder, log: Path) -> None:
    assert link(published, {"b/log": log})
    assert (published.root / "b/log/head").read_bytes() == b"1"
    (log / "head").write_bytes(b"2")
    assert (published.root / "b/log/head").read_bytes() == b"2"
    assert os.readlink(published.root / "b/log") == "../../../logs/1"
    assert published.paths() == set(OLD)


def test_a_link_appears_together_with_new_files(published: PublicFolder, log: Path) -> None:
    assert link(published, {"b/log": log}, RELEASED)
    assert generations(published) == ["1", "2"]
    assert not (published.generations / "1/b").exists()


def test_links_stay_until_they_are_not_wanted_any_more(published: PublicFolder, log: Path) -> None:
    link(published, {"a/log": log, "b/log": log})
    assert not link(published, {"a/log": log, "b/log": log})
    publish(published, {"c.html": b"new"})
    assert set(published.links()) == {"a/log", "b/log"}
    assert link(published, {"a/log": log})
    assert set(published.links()) == {"a/log"}
    assert not [path for path in published.generations.rglob("b/log") if path.is_symlink()]
    assert (log / "head").read_bytes() == b"1"


def test_a_link_to_what_is_not_there_yet_waits_for_it(published: PublicFolder) -> None:
    link(published, {"b/log": published.root.parent / "logs" / "2"})
    assert not (published.root / "b/log/head").exists()
    publish(published, RELEASED)
    (published.root.parent / "logs" / "2").mkdir(parents=True)
    assert (published.root / "b/log").is_dir()


def test_a_power_cut_while_links_change_leaves_all_of_them_or_none(
    published: PublicFolder, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in cut_the_power_at_each_step(lambda: link(published, {"a/log": log, "b/log": log}), monkeypatch):
        assert set(published.links()) in (set(), {"a/log", "b/log"})
        link(published, {"a/log": log, "b/log": log})
        assert (log / "head").read_bytes() == b"1"
        link(published, {})
    assert set(published.links()) == {"a/log", "b/log"}
