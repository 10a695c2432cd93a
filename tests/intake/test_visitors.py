import pytest

from undersigned.intake.visitors import block_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("192.0.2.1", "192.0.2.255"),
        ("2001:db8:0:1200::1", "2001:db8:0:12ff:ffff::1"),
        ("192.0.2.1", "::ffff:192.0.2.77"),
    ],
)
def test_what_one_reader_may_have_to_themselves_is_one_block(one: str, other: str) -> None:
    assert block_of(one) == block_of(other) != b""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("192.0.2.1", "192.0.3.1"),
        ("2001:db8:0:1200::1", "2001:db8:0:1300::1"),
        ("fc00:dead:beef:4dad::1", "fc00:dead:beef:4dad::2"),  # two circuits of Tor
    ],
)
def test_others_are_another_block(one: str, other: str) -> None:
    assert block_of(one) != block_of(other)


@pytest.mark.parametrize("address", ["", "unix:", "not an address", "192.0.2", "::\0", "fe80::1%eth0"])
def test_who_cannot_be_told_apart_is_counted_together(address: str) -> None:
    assert block_of(address) == b""
