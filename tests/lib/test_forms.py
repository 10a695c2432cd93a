from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undersigned.lib.forms import FIELDS_LIMIT, NotAForm, read_form


def read_by_the_book(body: bytes) -> dict[str, str] | None:
    """What Python's own reader makes of it, under the rules of the house; None for what is no form."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=FIELDS_LIMIT)
    except ValueError:
        return None
    once = len(dict(pairs)) == len(pairs) and not any("\0" in part for pair in pairs for part in pair)
    return dict(pairs) if once else None


def read(body: bytes) -> dict[str, str] | None:
    try:
        return read_form(body)
    except NotAForm:
        return None


@given(st.dictionaries(st.text(), st.text(), max_size=20))
def test_what_a_browser_writes_is_read_as_it_was_typed(fields: dict[str, str]) -> None:
    written = {name: text for name, text in fields.items() if "\0" not in name + text}
    body = urlencode(
        [(name.encode("utf-8", "replace"), text.encode("utf-8", "replace")) for name, text in written.items()]
    )
    assert read(body.encode()) == read_by_the_book(body.encode())


PIECES = st.sampled_from(
    [
        b"a",
        b"=",
        b"&",
        b"+",
        b"%",
        b"%4",
        b"%41",
        b"%eb%8b%a4",
        b"%ff",
        b"%ED",
        "다".encode(),
        b"\xff",
        b"%00",
        b"\0",
        b";",
        b"%3D",
        b"%26",
    ]
)


@given(st.lists(PIECES, max_size=30).map(b"".join) | st.binary(max_size=60))
def test_whatever_arrives_is_read_as_python_reads_it(body: bytes) -> None:
    assert read(body) == read_by_the_book(body)


@pytest.mark.parametrize(
    "body", [b"a=1&a=2", b"a=\xff", b"a=%ff", b"a=%00", b"&".join(b"f%d=" % n for n in range(101))]
)
def test_what_no_page_of_ours_would_send_is_no_form(body: bytes) -> None:
    with pytest.raises(NotAForm):
        read_form(body)


def test_nothing_is_a_form_without_fields() -> None:
    assert read_form(b"") == {}
