"""What a stranger finds out about a published log; how its files fit together is tried in `oracle/`."""

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.ledger.paper import HOUR, KEY, TEXT, head_over, line, lines, write_log
from undersigned.ledger.events import Event, Tallied
from undersigned.ledger.line import Line
from undersigned.ledger.note import SigningKey
from undersigned.ledger.reading import FolderSource, source_at
from undersigned.ledger.verify import Count, Known, NotVerified, Unreadable, Verdict, verify

PERSON, HIDDEN = Tallied.PERSON, Tallied.HIDDEN


def look(folder: Path, known: Known | None = None) -> Verdict:
    return verify(FolderSource(folder), known or Known([KEY.verifier]), lambda _done, _of: None)


def tell(folder: Path, size: int | None, **counts: int) -> None:
    """Write a `letter.json` beside the log."""
    folder.parent.mkdir(exist_ok=True)
    told = {"counts": {"organisations": 0, "persons": 0, "supporters": 0, "hidden": 0, "countries": 7} | counts}
    (folder.parent / "letter.json").write_text(json.dumps(told | ({} if size is None else {"log": {"size": size}})))


def counted(*entries: bytes) -> Counter[tuple[Tallied, bytes]]:
    count = Count()
    count.add(entries)
    return count.counts


# --- Counting ---------------------------------------------------------------------------------------------------------


def test_entries_are_counted_by_kind_and_version() -> None:
    assert counted(*lines(10), line(kind=PERSON)) == {(Tallied.SUPPORTER, TEXT): 8, (PERSON, TEXT): 1}


def test_what_is_undone_is_not_counted_and_what_is_reinstated_is() -> None:
    entries = [line(of=0), line(of=1), line(Event.INVALIDATED, about=0), line(Event.WITHDRAWN, about=1)]
    assert counted(*entries) == {}
    assert counted(*entries, line(Event.REINSTATED, about=0)) == {(Tallied.SUPPORTER, TEXT): 1}
    again = [*entries, line(Event.REINSTATED, about=0), line(Event.MERGED, about=0)]
    assert counted(*again) == {}


def test_amendments_and_words_about_the_text_count_nobody() -> None:
    entries = [line(), line(Event.AMENDED, about=0), line(Event.EDITORIAL_CHANGE, Tallied.NONE)]
    assert counted(*entries) == {(Tallied.SUPPORTER, TEXT): 1}


def test_who_consents_to_a_later_text_stays_counted() -> None:
    later = Line(Event.CONSENTED_AGAIN, Tallied.SUPPORTER, bytes(32), HOUR, bytes(32), about=0)
    assert counted(line(), later.raw) == {(Tallied.SUPPORTER, TEXT): 1}


def test_a_log_may_have_more_texts_than_two_bytes_can_number() -> None:
    many = 65_537
    count = Count()
    count.add([Line(Event.SIGNED, PERSON, number.to_bytes(32), HOUR, bytes(32)).raw for number in range(many)])
    last = Line(Event.WITHDRAWN, PERSON, (many - 1).to_bytes(32), HOUR, bytes(32), about=many - 1)
    count.add([last.raw])
    assert count.counts.total() == many - 1
    with pytest.raises(NotVerified, match=f"entry {many + 1}"):
        count.add([replace(last, about=0).raw])


@pytest.mark.parametrize(
    "entries",
    [
        [line(Event.WITHDRAWN)],
        [line(Event.WITHDRAWN, about=0)],
        [line(Event.AMENDED, about=5)],
        [line(), line(Event.WITHDRAWN, PERSON, about=0)],
        [line(), line(Event.WITHDRAWN, about=0), line(Event.WITHDRAWN, about=0)],
        [line(), line(Event.AMENDED, about=0), line(Event.WITHDRAWN, about=1)],
        [line(), line(Event.WITHDRAWN)],
        [line(), line(Event.REINSTATED, about=0)],
        [line(), line(Event.REINSTATED)],
        [line(), line(Event.AMENDED, about=0), line(Event.REINSTATED, about=1)],
        [line(), line(Event.WITHDRAWN, about=0), line(Event.REINSTATED, about=0)],
        [line(), line(Event.MERGED, about=0), line(Event.REINSTATED, about=0)],
        [line(), line(Event.INVALIDATED, about=0), line(Event.REINSTATED, about=1)],
        [line(), line(Event.INVALIDATED, about=0), line(Event.REINSTATED, PERSON, about=0)],
        [line(), line(Event.INVALIDATED, about=0), *[line(Event.REINSTATED, about=0)] * 2],
        [line(), line(Event.INVALIDATED, about=0), line(Event.WITHDRAWN, about=0)],
        [line(), line(Event.AMENDED)],
        [line(), line(Event.AMENDED, PERSON, about=0)],
        [line(), line(Event.AMENDED, about=0), line(Event.AMENDED, about=1)],
        [line(), line(Event.WITHDRAWN, about=0), line(Event.AMENDED, about=0)],
        [line(), line(Event.CONSENTED_AGAIN)],
        [line(), line(Event.WITHDRAWN, about=0), line(Event.CONSENTED_AGAIN, about=0)],
        [line(), line(about=0)],
        [line(), line(Event.EDITORIAL_CHANGE, Tallied.NONE, about=0)],
        [line(Event.VERSION_FROZEN, Tallied.NONE), line(Event.AMENDED, Tallied.NONE, about=0)],
        [line(), line(Event.RELEASED)],
        [line(), line(Event.SIGNED, Tallied.NONE)],
        [line(), b"not an entry"],
    ],
)
def test_an_entry_that_makes_no_sense_is_named(entries: list[bytes]) -> None:
    with pytest.raises(NotVerified, match=f"entry {len(entries) - 1}"):
        counted(*entries)


# --- The page beside the log ------------------------------------------------------------------------------------------


def test_the_counts_of_a_letter_are_those_of_its_log(tmp_path: Path) -> None:
    folder = write_log(tmp_path, [*lines(300), line(kind=HIDDEN)])
    tell(folder, 301, supporters=298, hidden=1)
    verdict = look(folder)
    assert verdict.compared == 301
    assert verdict.counts == {(Tallied.SUPPORTER, TEXT): 298, (HIDDEN, TEXT): 1}


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 299])
def test_a_page_that_was_made_before_the_last_entries_counts_those_before_it(size: int, tmp_path: Path) -> None:
    folder = write_log(tmp_path, lines(300))
    tell(folder, size, supporters=max(0, size - 2))
    assert look(folder).compared == size


@pytest.mark.parametrize(("size", "count"), [(300, 299), (300, 297), (299, 298), (300, 0)])
def test_a_page_that_counts_otherwise_is_told(size: int, count: int, tmp_path: Path) -> None:
    folder = write_log(tmp_path, lines(300))
    tell(folder, size, supporters=count)
    with pytest.raises(NotVerified, match=r"letter\.json counts"):
        look(folder)


def test_a_page_that_counts_what_the_log_does_not_have_is_told(tmp_path: Path) -> None:
    folder = write_log(tmp_path, lines(300))
    tell(folder, 301, supporters=299)
    with pytest.raises(NotVerified, match=r"letter\.json counts 301 entries, and the log has 300"):
        look(folder)


def test_without_a_page_there_is_nothing_to_compare(tmp_path: Path) -> None:
    assert look(write_log(tmp_path, lines(3))).compared is None


DEEP = pytest.param("[" * 100_000, id="deep")
ODD = ["-1", "3.0", "true", '"3"', "null", "1e400", "Infinity", "NaN", pytest.param("9" * 5000, id="long")]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"counts": {}}', "\xff", '{"counts": 7, "log": 7}', DEEP])
def test_a_page_that_makes_no_sense_is_told(text: str, tmp_path: Path) -> None:
    folder = write_log(tmp_path, lines(3))
    (tmp_path / "letter.json").write_text(text)
    with pytest.raises(NotVerified, match=r"letter\.json is damaged"):
        look(folder)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(("name", "number"), [("supporters", 1), ("size", 3)])
def test_a_page_counts_in_whole_numbers(name: str, number: int, odd: str, tmp_path: Path) -> None:
    folder = write_log(tmp_path, lines(3))
    tell(folder, 3, supporters=1)
    assert look(folder).compared == 3
    told = (tmp_path / "letter.json").read_text()
    (tmp_path / "letter.json").write_text(told.replace(f'"{name}": {number}', f'"{name}": {odd}'))
    with pytest.raises(NotVerified, match=r"letter\.json is damaged"):
        look(folder)


# --- Keys and older heads ---------------------------------------------------------------------------------------------


def test_without_a_key_of_one_s_own_those_that_the_log_names_are_taken(tmp_path: Path) -> None:
    folder = write_log(tmp_path, lines(3))
    assert look(folder, Known()).keys == (KEY.verifier,)
    other = SigningKey(KEY.name, bytes(32)).verifier
    (folder / "keys.txt").write_text(f"{other.text} 2026-11-10T12Z -\n")
    with pytest.raises(NotVerified, match="no key that is known"):
        look(folder, Known())


def test_a_retired_key_is_good_for_older_heads_alone(tmp_path: Path) -> None:
    new = SigningKey(KEY.name, bytes(32))
    folder = write_log(tmp_path, lines(9), head_over(lines(9), [new]))
    old = f"{KEY.verifier.text} 2026-11-10T12Z 2026-11-11T12Z\n"
    (folder / "keys.txt").write_text(f"{old}{new.verifier.text} 2026-11-10T13Z -\n")
    assert look(folder, Known(since=head_over(lines(4)))).since
    (folder / "checkpoint").write_bytes(head_over(lines(9)))
    with pytest.raises(NotVerified, match="no key that is known"):
        look(folder, Known())


def test_a_kept_head_that_a_retired_key_signed_is_good_for_whoever_knows_both_keys(tmp_path: Path) -> None:
    new = SigningKey(KEY.name, bytes(32))
    folder = write_log(tmp_path, lines(9), head_over(lines(9), [new]))
    retired = f"{KEY.verifier.text} 2026-11-10T12Z 2026-11-11T12Z\n"
    (folder / "keys.txt").write_text(f"{retired}{new.verifier.text} 2026-11-10T13Z -\n")
    kept = head_over(lines(4))
    verdict = look(folder, Known([KEY.verifier, new.verifier], kept))
    assert verdict.keys == (new.verifier,)
    assert verdict.since
    with pytest.raises(NotVerified, match=rf"lists as retired: {re.escape(KEY.verifier.text)}\. .* another --key"):
        look(folder, Known([new.verifier], kept))
    stranger = head_over(lines(4), [SigningKey(KEY.name, bytes([7] * 32))])
    for list_ in (None, "nonsense\n", f"{retired}{new.verifier.text} 2026-11-10T13Z -\n"):
        (folder / "keys.txt").unlink(missing_ok=True)
        if list_:
            (folder / "keys.txt").write_text(list_)
        with pytest.raises(NotVerified, match="kept is not to be trusted: no key that is known has signed this"):
            look(folder, Known([new.verifier], stranger))


@pytest.mark.parametrize("text", ["nonsense\n", "\xff"])
def test_a_list_of_keys_that_makes_no_sense_is_told(text: str, tmp_path: Path) -> None:
    folder = write_log(tmp_path, lines(3))
    (folder / "keys.txt").write_bytes(text.encode("latin-1"))
    with pytest.raises(NotVerified, match=r"keys\.txt is damaged"):
        look(folder, Known())


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 300])
def test_a_log_begins_with_every_head_that_it_ever_had(size: int, tmp_path: Path) -> None:
    folder = write_log(tmp_path, lines(300))
    since = look(folder, Known([KEY.verifier], head_over(lines(size)))).since
    assert since
    assert since.size == size


def test_a_head_of_another_log_or_of_nobody_is_no_beginning(tmp_path: Path) -> None:
    folder = write_log(tmp_path, lines(9))
    with pytest.raises(NotVerified, match="the checkpoint that was kept"):
        look(folder, Known([KEY.verifier], head_over(lines(3), [SigningKey("a.example", bytes(32))], "a.example")))
    with pytest.raises(NotVerified, match="the checkpoint that was kept"):
        look(folder, Known([KEY.verifier], b""))


# --- Where it is read -------------------------------------------------------------------------------------------------


def test_the_letter_s_folder_will_do_as_well_as_the_log_s(tmp_path: Path) -> None:
    folder = write_log(tmp_path, lines(3))
    for where in (folder, tmp_path, f"{folder}/", f"{folder}/checkpoint"):
        assert source_at(str(where)) == FolderSource(folder)


@pytest.mark.parametrize(("inside", "where"), [("log", "."), ("log/tile", ".."), (".", "log"), (".", ".")])
def test_from_wherever_one_looks_the_page_beside_the_log_is_found(
    inside: str, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(write_log(tmp_path, lines(3)), 3, supporters=1)
    monkeypatch.chdir(tmp_path / inside)
    assert source_at(where).letter("letter.json") == (tmp_path / "letter.json").read_bytes()


def test_a_page_lies_beside_the_link_that_leads_to_its_log(tmp_path: Path) -> None:
    """As in the public folder, where the log of a letter is a link."""
    folder = write_log(tmp_path / "logs", lines(3))
    tell(folder, 2)
    tell(tmp_path / "letter/log", 3, supporters=1)
    (tmp_path / "letter/log").symlink_to(folder)
    for where in (tmp_path / "letter", tmp_path / "letter/log"):
        assert source_at(str(where)).letter("letter.json") == (tmp_path / "letter/letter.json").read_bytes()


@pytest.mark.parametrize("where", ["/nowhere", "", "ftp://letters.example/bridge/", "http://127.0.0.1:1/"])
def test_where_no_log_is_nothing_can_be_said(where: str) -> None:
    with pytest.raises(Unreadable):
        source_at(where)


def test_progress_ends_with_all_entries(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    verify(FolderSource(write_log(tmp_path, lines(600))), Known(), lambda done, of: heard.append((done, of)))
    assert heard == [(256, 600), (512, 600), (600, 600)]
