"""What we publish, looked at by Go's code for transparency logs and by our own verifier: both take it, or neither."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pymerkle import InmemoryTree

from tests.ledger.logs import make_log
from tests.ledger.oracle.program import Oracle
from tests.ledger.paper import KEY, ORIGIN, head_over, lines, write_log
from tests.ledger.published import (
    assert_whole,
    entries_in,
    files_in,
    folder_of,
    grow_to,
    head_of,
    keys_of,
    verifiers_of,
)
from tests.stage import HOUR, NOON
from undersigned.ledger.merkle import Edge
from undersigned.ledger.note import Checkpoint, SigningKey, VerifierKey, sign
from undersigned.ledger.publish import publish
from undersigned.ledger.reading import FolderSource
from undersigned.ledger.rotate import retire, rotate
from undersigned.ledger.tiles import bundle, entries_of
from undersigned.ledger.verify import Known, NotVerified, verify

SIZES = (1, 2, 255, 256, 257)
LARGE = (65_535, 65_536, 65_537)


def ours(folder: Path, key: VerifierKey, since: bytes | None = None) -> str:
    """What our own verifier says is wrong; empty where nothing is."""
    try:
        verify(FolderSource(folder), Known([key], since), lambda _done, _of: None)
    except NotVerified as fault:
        return str(fault)
    return ""


# --- Taken ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("sizes", [SIZES, pytest.param((*SIZES, *LARGE), marks=pytest.mark.long)])
def test_what_we_publish_is_verified_by_others_at_every_size(
    sizes: tuple[int, ...], oracle: Oracle, tmp_path: Path
) -> None:
    log = make_log()
    kept: list[Path] = []
    for size in sizes:
        grow_to(log, size)
        [key] = verifiers_of(log)
        folder = folder_of(log)
        assert not oracle("log", folder, key.text, *kept)
        assert not ours(folder, key, kept[0].read_bytes() if kept else None)
        kept.append(tmp_path / f"{size}.checkpoint")
        kept[-1].write_bytes((folder / "checkpoint").read_bytes())
    assert_whole(log)
    assert InmemoryTree.init_from_entries(entries_in(folder_of(log), sizes[-1])).get_root() == head_of(log).root


@pytest.mark.parametrize("size", LARGE)
def test_a_log_that_crosses_a_tile_of_tiles_is_verified_by_others(size: int, oracle: Oracle, tmp_path: Path) -> None:
    entries = lines(size)
    folder = write_log(tmp_path, entries)
    older = tmp_path / "older"
    older.write_bytes(head_over(entries[:300]))
    assert not oracle("log", folder, KEY.verifier.text, older)
    assert not ours(folder, KEY.verifier, older.read_bytes())


def test_an_empty_log_is_verified_by_others(oracle: Oracle, tmp_path: Path) -> None:
    folder = write_log(tmp_path, [])
    assert not oracle("log", folder, KEY.verifier.text)
    assert not ours(folder, KEY.verifier)
    (folder / "checkpoint").write_bytes(sign(Checkpoint(ORIGIN, 0, bytes(32)).text, [KEY]))
    assert oracle("log", folder, KEY.verifier.text)
    assert ours(folder, KEY.verifier)


@pytest.mark.django_db
def test_during_a_rotation_others_verify_with_either_key(oracle: Oracle) -> None:
    log = make_log()
    grow_to(log, 3)
    [old] = keys_of(log).verifiers()
    new = rotate(log.pk, NOON + HOUR)
    grow_to(log, 5)
    folder = folder_of(log)
    for key in (old, new):
        assert not oracle("log", folder, key.text)
        assert not ours(folder, key)
    retire(log.pk, NOON + 2 * HOUR)
    publish(log.pk)
    assert not oracle("log", folder, new.text)
    assert not ours(folder, new)
    assert oracle("log", folder, old.text)
    assert ours(folder, old)


# --- Refused ----------------------------------------------------------------------------------------------------------

ENTRIES = lines(300)
Refused = Callable[[], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A log of 300 entries: a full tile, and partial ones."""
    return write_log(tmp_path, ENTRIES)


@pytest.fixture
def refused(folder: Path, oracle: Oracle) -> Refused:
    """Asserts that nobody takes the log as it now is, and puts back what it was."""
    before = files_in(folder)
    assert not oracle("log", folder, KEY.verifier.text)
    assert not ours(folder, KEY.verifier)

    def refused() -> None:
        assert oracle("log", folder, KEY.verifier.text)
        assert ours(folder, KEY.verifier)
        for path, content in before.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)

    return refused


def flips(content: bytes, every: int) -> Iterator[bytes]:
    """`content` with one bit turned, at every so manyth byte."""
    for place in range(0, len(content), every):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        yield bytes(changed)


def test_no_byte_of_anything_can_be_turned(folder: Path, refused: Refused, request: pytest.FixtureRequest) -> None:
    everything = {path: content for path, content in files_in(folder).items() if path != "keys.txt"}
    assert len(everything) == 6
    for path, content in everything.items():
        every = 1 if len(content) < 300 else 7 if request.config.getoption("--long") else 293
        for changed in flips(content, every):
            (folder / path).write_bytes(changed)
            refused()


@pytest.mark.long
def test_no_byte_at_all_can_be_turned_unseen_by_our_own_verifier(folder: Path) -> None:
    """Of the larger files Go's is asked above for each seventh byte: it is a program to be started for each."""
    for path, content in files_in(folder).items():
        if path == "keys.txt":
            continue
        for changed in flips(content, every=1):
            (folder / path).write_bytes(changed)
            assert ours(folder, KEY.verifier), path
        (folder / path).write_bytes(content)
        assert not ours(folder, KEY.verifier)


def test_no_file_can_be_cut_short_or_made_longer_or_be_lost(folder: Path, refused: Refused) -> None:
    for path, content in files_in(folder).items():
        if path == "keys.txt":
            continue
        for changed in (content[:-1], content[: len(content) // 2], b"", content + b"\0", content + content):
            (folder / path).write_bytes(changed)
            refused()
        (folder / path).unlink()
        refused()


@pytest.mark.parametrize("place", [0, 100, 255, 256, 299])
def test_no_entry_can_be_dropped_swapped_or_repeated(
    folder: Path, refused: Refused, place: int, tmp_path: Path
) -> None:
    """Not in its bundle alone, and not with all tiles made anew under the head that was signed."""
    other = (place + 1) % len(ENTRIES)
    swapped = list(ENTRIES)
    swapped[place], swapped[other] = swapped[other], swapped[place]
    dropped = ENTRIES[:place] + ENTRIES[place + 1 :]
    repeated = [*ENTRIES[:place], ENTRIES[place], *ENTRIES[place:]][:300]
    for entries in (swapped, dropped, repeated, [*dropped, ENTRIES[place]]):
        if entries == ENTRIES:
            continue
        bundles = files_in(write_log(tmp_path / "other", entries))
        for path in ("tile/entries/000", "tile/entries/001.p/44"):
            (folder / path).write_bytes(bundles.get(path, b""))
        refused()
        shutil.rmtree(folder / "tile")
        write_log(tmp_path, entries, head_over(ENTRIES))
        refused()


def test_a_full_tile_serves_for_the_partial_one_that_it_was_and_no_other_does(folder: Path) -> None:
    """Which is our own verifier's only: Go's reads the file that the head asks for."""
    larger = files_in(write_log(folder.parent / "larger", lines(512)))
    for path in ("tile/entries/001", "tile/0/001"):
        (folder / f"{path}.p/44").unlink()
        (folder / path).write_bytes(larger[path])
    assert not ours(folder, KEY.verifier)
    (folder / "tile/0/001").write_bytes(bytes(8192))
    assert ours(folder, KEY.verifier)


def test_a_head_is_taken_from_its_own_key_and_name_alone(folder: Path, refused: Refused) -> None:
    stranger = SigningKey("stranger.example/bridge", bytes(32))
    namesake = SigningKey(ORIGIN, bytes(32))
    for head in (
        head_over(ENTRIES, [stranger], stranger.name),
        head_over(ENTRIES, [namesake]),
        head_over(ENTRIES, [KEY], "letters.example/tunnel"),
        head_over(ENTRIES, [stranger, namesake]),
        head_over([*ENTRIES[1:], ENTRIES[0]], [KEY]),
        sign(Checkpoint(ORIGIN, 300, Edge().root).text, [KEY]),
        sign(Checkpoint(ORIGIN, 300, bytes(32)).text + "an extension\n", [KEY]),
    ):
        (folder / "checkpoint").write_bytes(head)
        if head.startswith(
            f"{ORIGIN}\n299\n".encode()
        ):  # signed by us, and true of a shorter log, whose tiles are here
            continue
        refused()


def test_a_fork_that_we_signed_ourselves_shows_beside_an_older_head(
    folder: Path, oracle: Oracle, tmp_path: Path
) -> None:
    older = tmp_path / "older"
    for size in (1, 100, 256, 257, 300):
        older.write_bytes(head_over(ENTRIES[:size]))
        fork = write_log(tmp_path / f"fork{size}", [ENTRIES[-1], *ENTRIES[1:299], ENTRIES[0]])
        assert not oracle("log", fork, KEY.verifier.text)
        assert not ours(fork, KEY.verifier)
        assert oracle("log", fork, KEY.verifier.text, older)
        assert "fork" in ours(fork, KEY.verifier, older.read_bytes())
        assert not oracle("log", folder, KEY.verifier.text, older)
        assert not ours(folder, KEY.verifier, older.read_bytes())


def test_a_log_that_was_cut_shows_beside_an_older_head(oracle: Oracle, tmp_path: Path) -> None:
    older = tmp_path / "older"
    older.write_bytes(head_over(ENTRIES))
    cut = write_log(tmp_path / "cut", ENTRIES[:299])
    assert oracle("log", cut, KEY.verifier.text, older)
    assert "was cut" in ours(cut, KEY.verifier, older.read_bytes())


def test_an_entry_that_is_in_a_bundle_twice_over_is_seen(folder: Path, refused: Refused) -> None:
    place = folder / "tile/entries/001.p/44"
    entries = entries_of(place.read_bytes())
    place.write_bytes(bundle([*entries, entries[-1]]))
    refused()
