import base64
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stage import DAY, MINUTE, NOON
from undersigned.signing.links import Link, LinkExpired, LinkForged

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
SIGNATURE = UUID("6a1f0c0e-3b7a-4f57-9d55-0d6e2c1b4a99")
LINK = Link(SIGNATURE, NOON + DAY)


def test_a_link_is_read_back() -> None:
    assert Link.read(LINK.token(KEY), KEY, NOON) == LINK


def test_a_token_is_short_and_safe_in_a_path() -> None:
    token = LINK.token(KEY)
    assert len(token) == 50
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_a_link_expires_at_its_second_and_still_tells_where_it_led() -> None:
    token = LINK.token(KEY)
    assert Link.read(token, KEY, NOON + DAY - MINUTE)
    with pytest.raises(LinkExpired) as expired:
        Link.read(token, KEY, NOON + DAY)
    assert expired.value.signature == SIGNATURE


def test_one_sort_of_link_does_not_serve_as_another() -> None:
    with pytest.raises(LinkForged):
        Link.read(LINK.token(KEY), KEY, NOON, "code")
    with pytest.raises(LinkForged):
        Link.read(Link(SIGNATURE, NOON + DAY, "code").token(KEY), KEY, NOON)


def test_a_link_of_another_key_is_forged() -> None:
    with pytest.raises(LinkForged):
        Link.read(LINK.token(OTHER_KEY), KEY, NOON)


@given(st.integers(0, 36), st.integers(1, 255))
def test_no_byte_of_a_token_can_be_changed(place: int, change: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(LINK.token(KEY) + "=="))
    raw[place] ^= change
    with pytest.raises(LinkForged):
        Link.read(base64.urlsafe_b64encode(raw).decode().rstrip("="), KEY, NOON)


@given(st.text())
def test_whatever_else_is_typed_is_forged(token: str) -> None:
    with pytest.raises(LinkForged):
        Link.read(token, KEY, NOON)
