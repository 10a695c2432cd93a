"""The machine on which it was measured: whoever reads a figure must know what it was measured on."""

import os
import platform
import time
from importlib.metadata import version
from pathlib import Path

from benchmark.ground import Ground

FSYNC_SECONDS = 1.0
LIBRARIES = ("Django", "granian", "psycopg")


def describe(ground: Ground) -> dict[str, str]:
    """In words, by what they are about."""
    found = {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "libraries": ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
        "disk": f"{syncs_a_second(ground.folder):,.0f} fdatasync/s",
    }
    if ground.has_postgresql:
        names = ("server_version", "fsync", "synchronous_commit", "full_page_writes")
        found["PostgreSQL"] = ", ".join(f"{name} {text}" for name, text in ground.postgresql.settings(names).items())
    return found


def syncs_a_second(folder: Path) -> float:
    """How often the disk below `folder` takes a page and says that it is safe."""
    file = folder / "syncs"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        return _sync_again_and_again(descriptor)
    finally:
        os.close(descriptor)
        file.unlink()


def _sync_again_and_again(descriptor: int) -> float:
    start, times = time.monotonic(), 0
    while time.monotonic() - start < FSYNC_SECONDS:
        os.pwrite(descriptor, b"\0" * 8192, 0)
        os.fdatasync(descriptor)
        times += 1
    return times / (time.monotonic() - start)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
