import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undersigned.ledger.events import EFFECT, Event, Tallied
from undersigned.ledger.line import Line, NotALine, commitment
from undersigned.ledger.merkle import leaf_hash

DOCS = Path(__file__).parents[2] / "docs"
VECTORS: list[dict[str, Any]] = json.loads(
    re.findall(r"```json\n(.*?)```", (DOCS / "log.md").read_text(), re.DOTALL)[0]
)
RAW = b"undersigned/entry/v1 signed supporter " + b"ab" * 32 + b" 2026-11-10T12Z " + b"01" * 32

LINES = st.builds(
    Line,
    event=st.sampled_from(Event),
    kind=st.sampled_from(Tallied),
    version=st.binary(min_size=32, max_size=32),
    hour=st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31)).map(  # noqa: DTZ001  made aware just below
        lambda moment: moment.replace(minute=0, second=0, microsecond=0, tzinfo=UTC)
    ),
    commitment=st.binary(min_size=32, max_size=32),
    about=st.none() | st.integers(0, 10**18 - 1),
)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["event"])
def test_the_documentation_tells_the_bytes_that_we_write(vector: dict[str, Any]) -> None:
    opened = commitment(bytes.fromhex(vector["salt"]) * 32, vector["record"].encode())
    assert opened.hex() == vector["commitment"]
    hour = datetime.strptime(vector["hour"], "%Y-%m-%dT%HZ").replace(tzinfo=UTC)
    version = bytes.fromhex(vector["version"]) * 32
    line = Line(Event(vector["event"]), Tallied(vector["kind"]), version, hour, opened, vector["about"])
    assert line.raw.decode() == vector["line"]
    assert leaf_hash(line.raw).hex() == vector["hash"]
    assert Line.parse(line.raw) == line


def test_the_documentation_names_every_event_with_its_effect() -> None:
    rows = re.findall(r"^\| ((?:`[a-z-]+`(?:, )?)+) \| ([+−]?\d) \|", (DOCS / "log.md").read_text(), re.MULTILINE)
    told = {name: int(effect.replace("−", "-")) for names, effect in rows for name in re.findall(r"`([a-z-]+)`", names)}
    assert told == {event: EFFECT.get(event, 0) for event in Event}


@given(line=LINES)
def test_a_line_is_read_back_as_it_was_written(line: Line) -> None:
    assert Line.parse(line.raw) == line
    assert b"\n" not in line.raw


@given(line=LINES, place=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_each_line_has_one_spelling(line: Line, place: int, bit: int) -> None:
    """Whatever else is read as a line is another line: it writes those other bytes, never the first ones."""
    raw = bytearray(line.raw)
    raw[place % len(raw)] ^= 1 << bit
    try:
        other = Line.parse(bytes(raw))
    except NotALine:
        return
    assert other.raw == bytes(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\xff", RAW + b"\n", RAW + b" ", b" " + RAW, RAW + b" -1", RAW + b" 01", RAW + b" +1", RAW + b" 1 2",
        RAW + " ١".encode(), RAW.upper(), RAW.replace(b"v1", b"v2"), RAW.replace(b"signed s", b"liked s"),
        RAW.replace(b"supporter", b"celebrity"), RAW.replace(b" supporter", b" "), RAW.replace(b"T12Z", b"T24Z"),
        RAW.replace(b"11-10", b"02-30"), RAW.replace(b"T12Z", b"T12:30Z"), RAW.replace(b"abab", b"ABab"),
        RAW.replace(b"abab", b"ab"), RAW.replace(b" 2026", b"  2026"), RAW.replace(b" 2026", b" 0026"), RAW[:-2],
    ],
)  # fmt: skip
def test_what_is_not_a_line_is_not_read_as_one(raw: bytes) -> None:
    with pytest.raises(NotALine):
        Line.parse(raw)


def test_a_commitment_covers_salt_and_record() -> None:
    assert commitment(b"s" * 32, b"record") == hashlib.sha256(b"s" * 32 + b"record").digest()


def test_a_line_has_no_place_for_anything_finer_than_the_hour() -> None:
    late = Line(Event.SIGNED, Tallied.PERSON, bytes(32), datetime(2026, 11, 10, 12, 59, 59, tzinfo=UTC), bytes(32))
    assert b" 2026-11-10T12Z " in late.raw
