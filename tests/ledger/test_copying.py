"""A copy of a published log is at one checkpoint, however the log goes on while it is taken."""

from pathlib import Path

import pytest

from tests.ledger.paper import head_over, lines, write_log
from tests.ledger.published import files_in
from undersigned.ledger.copying import copy_log
from undersigned.ledger.note import NotANote
from undersigned.ledger.reading import FolderSource
from undersigned.ledger.tiles import bundle_path, tile_path
from undersigned.ledger.verify import Known, verify


def size_of(log: Path) -> int:
    """How many entries are in a copy that is as it must be."""
    return verify(FolderSource(log), Known(), lambda done, of: None).head.size


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 600])
def test_a_copy_has_what_its_head_speaks_of_and_nothing_else(tmp_path: Path, size: int) -> None:
    log, into = write_log(tmp_path / "here", lines(size)), tmp_path / "copy/log"
    assert copy_log(log, into).size == size
    assert files_in(into) == files_in(log)
    assert size_of(into) == size


def test_what_was_published_before_is_left_out(tmp_path: Path) -> None:
    write_log(tmp_path, lines(300))
    log = write_log(tmp_path, lines(310))
    alone = write_log(tmp_path / "alone", lines(310))
    copy_log(log, tmp_path / "copy")
    assert files_in(tmp_path / "copy") == files_in(alone)


def test_a_partial_tile_that_became_full_meanwhile_is_cut_out_of_the_full_one(tmp_path: Path) -> None:
    log = write_log(tmp_path, lines(512), head_over(lines(300)))
    assert not (log / bundle_path(1, 44)).exists()
    assert not (log / tile_path(0, 1, 44)).exists()
    (log / tile_path(1, 0, 1)).parent.mkdir(parents=True, exist_ok=True)
    (log / tile_path(1, 0, 1)).write_bytes((log / tile_path(1, 0, 2)).read_bytes()[:32])
    assert copy_log(log, tmp_path / "copy").size == 300
    assert size_of(tmp_path / "copy") == 300


def test_a_copy_that_is_brought_up_to_date_is_like_one_that_is_made_now(tmp_path: Path) -> None:
    log = write_log(tmp_path, lines(300))
    copy_log(log, tmp_path / "copy")
    log = write_log(tmp_path, lines(600))
    copy_log(log, tmp_path / "copy")
    copy_log(log, tmp_path / "another")
    assert files_in(tmp_path / "copy") == files_in(tmp_path / "another")
    assert size_of(tmp_path / "copy") == 600


def test_a_head_that_nobody_signed_is_not_copied(tmp_path: Path) -> None:
    log = write_log(tmp_path, lines(3))
    (log / "keys.txt").write_bytes(b"")
    with pytest.raises(NotANote):
        copy_log(log, tmp_path / "copy")
