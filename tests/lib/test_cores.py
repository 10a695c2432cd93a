"""How many cores are idle, so that others may use them."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.stage import NOON
from undersigned.lib import cores as lib
from undersigned.lib.clock import now
from undersigned.lib.cores import Cores

SECOND = timedelta(seconds=1)


@pytest.fixture
def stat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the system tells of its cores, of which we may use the first two."""
    monkeypatch.setattr(lib, "STAT", tmp_path / "stat")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1}, raising=False)
    monkeypatch.setattr(lib, "CGROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(lib, "GROUP", tmp_path / "group")
    (tmp_path / "group").write_text("0::/system.slice/undersigned.service\n")
    tell(tmp_path / "stat", 0, 0)
    return tmp_path / "stat"


def tell(stat: Path, *idle_seconds: float, disk: float = 0.0) -> None:
    """Each core has idled so long since the start; the first one has waited for a disk, too."""
    tick = os.sysconf("SC_CLK_TCK")
    rows = [
        f"cpu{number} 9 9 9 {round(seconds * tick)} {round(disk * tick) if number == 0 else 0} 9 9 9 0 0"
        for number, seconds in enumerate(idle_seconds)
    ]
    stat.write_text("\n".join(["cpu  9 9 9 999999 9 9 9 9 0 0", *rows, "intr 1 2 3", "ctxt 5"]))


def test_what_idled_since_the_last_look_is_told_in_cores(stat: Path) -> None:
    cores = Cores(NOON)
    tell(stat, 1, 0.5)
    assert cores.idle(NOON + SECOND) == pytest.approx(1.5)
    assert cores.idle(NOON + 2 * SECOND) == 0
    tell(stat, 1, 1.5)
    assert cores.idle(NOON + 4 * SECOND) == pytest.approx(0.5)


def test_who_waits_for_a_disk_needs_no_core(stat: Path) -> None:
    cores = Cores(NOON)
    tell(stat, 0.25, 0, disk=0.5)
    assert cores.idle(NOON + SECOND) == pytest.approx(0.75)


def test_a_core_that_we_may_not_use_is_none_of_ours(stat: Path) -> None:
    cores = Cores(NOON)
    tell(stat, 0, 0.5, 1)
    assert cores.idle(NOON + SECOND) == pytest.approx(0.5)


def test_where_the_system_does_not_tell_none_is_idle(stat: Path) -> None:
    stat.unlink()
    cores = Cores(NOON)
    assert cores.idle(NOON + SECOND) == 0


@pytest.mark.parametrize("where", ["system.slice/undersigned.service", "system.slice", "."])
def test_who_is_rationed_has_no_idle_core(stat: Path, where: str) -> None:
    limit = lib.CGROUPS / where / "cpu.max"
    limit.parent.mkdir(parents=True)
    for told, idle in (("max 100000\n", 1.5), ("150000 100000\n", 0)):
        limit.write_text(told)
        tell(stat, 0, 0)
        cores = Cores(NOON)
        tell(stat, 1, 0.5)
        assert cores.idle(NOON + SECOND) == pytest.approx(idle)


def test_a_clock_that_was_set_back_frees_no_core(stat: Path) -> None:
    cores = Cores(NOON)
    tell(stat, 1, 1)
    assert cores.idle(NOON) == 0


def test_this_machine_tells() -> None:
    cores = Cores(now())
    seen = cores.idle(now() + SECOND)
    assert 0 <= seen <= (os.cpu_count() or 1)
