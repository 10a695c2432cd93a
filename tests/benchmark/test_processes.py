"""What is measured runs, and nothing else does."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmark.processes import Group, start, wait_until

STOPPED, ASLEEP = "T", "S"


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    """A shell with two children, which are called worker and door."""
    for name in ("worker", "door"):
        shutil.copy("/bin/sleep", tmp_path / name)
    group = start(["/bin/sh", "-c", f"{tmp_path}/worker 99 & {tmp_path}/door 99 & wait"])
    wait_until(lambda: len(states(group)) == 3, "the children to bear their names", group)
    yield group
    group.end()


def states(group: Group) -> dict[str, str]:
    """How each of the group is, by name."""
    found = {}
    for pid in group.members():
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(")")
        found[name] = rest.split()[0]
    return found


def expect(group: Group, wanted: dict[str, str]) -> None:
    """That they become so: a signal arrives a little later than it is sent."""
    wait_until(lambda: states(group) == wanted, f"{wanted}", seconds=20)


def test_a_frozen_group_does_nothing_and_a_thawed_one_goes_on(group: Group) -> None:
    group.freeze()
    expect(group, {"sh": STOPPED, "worker": STOPPED, "door": STOPPED})
    group.thaw()
    expect(group, {"sh": ASLEEP, "worker": ASLEEP, "door": ASLEEP})


def test_one_of_them_can_go_on_resting(group: Group) -> None:
    group.freeze()
    group.thaw(but_for="worker")
    expect(group, {"sh": ASLEEP, "worker": STOPPED, "door": ASLEEP})


def test_who_is_to_rest_has_to_be_there(group: Group) -> None:
    group.freeze()
    with pytest.raises(AssertionError):
        group.thaw(but_for="nobody")
