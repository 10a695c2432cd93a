"""How busy the machine is, so that work for which nobody waits may leave a core to others, or take one that is free."""

import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

STAT = Path("/proc/stat")
GROUP = Path("/proc/self/cgroup")
CGROUPS = Path("/sys/fs/cgroup")
IDLE = slice(4, 6)
"""Ticks without work, and ticks of waiting for a disk, in the line of a core: proc(5)."""


def _idle_seconds() -> float:
    """Of all our cores together, since the machine was started."""
    if _is_rationed():
        return 0.0
    try:
        ours = {f"cpu{number}" for number in os.sched_getaffinity(0)}
        lines = STAT.read_text().splitlines()
    except (OSError, AttributeError):  # not Linux
        return 0.0
    ticks = (int(told) for line in lines if (words := line.split())[0] in ours for told in words[IDLE])
    return sum(ticks) / os.sysconf("SC_CLK_TCK")


def _is_rationed() -> bool:
    """Whether we may have less than the cores on which we run: then an idle one need not be ours. cgroups(7), v2"""
    try:
        ours = CGROUPS / GROUP.read_text().partition("0::/")[2].strip()
        limits = [folder / "cpu.max" for folder in (ours, *ours.parents) if folder.is_relative_to(CGROUPS)]
        return any(limit.is_file() and not limit.read_text().startswith("max") for limit in limits)
    except OSError:
        return False


@dataclass(slots=True)
class Cores:
    """The cores on which we may run, looked at again and again."""

    looked_at: datetime
    _idle: float = field(default_factory=_idle_seconds)

    def idle(self, at: datetime) -> float:
        """How many of them had nothing to do since the last look; 0 where the system does not tell, or rations us."""
        passed = (at - self.looked_at).total_seconds()
        idle = _idle_seconds()
        gained, self.looked_at, self._idle = idle - self._idle, at, idle
        return max(0.0, gained / passed) if passed > 0 else 0.0
