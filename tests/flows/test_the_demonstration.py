"""The demonstration, as `./run` shows it: in a folder and a record of its own, whatever the environment says."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from benchmark.letter import SLUG
from tests.flows.office import Office, free_port


def test_the_demonstration_keeps_what_it_has(tmp_path: Path) -> None:
    port = free_port()
    first, second = (_demonstrate(tmp_path, port, os.environ) for _ in range(2))
    assert first[-1] == second[-1] == f"ready: http://127.0.0.1:{port}/"
    assert first[-2] == second[-2]
    assert "password: " in first[-2]
    assert "setting up the demonstration …" in first
    assert "setting up the demonstration …" not in second


def test_the_demonstration_may_be_started_years_from_now(tmp_path: Path) -> None:
    later = Office(tmp_path, "", free_port(), ahead=timedelta(days=3653))
    said: list[bytes] = []
    _demonstrate(tmp_path, later.port, later.environment, lambda: said.append(later.ask(f"/{SLUG}/en/privacy/").body))
    assert f"until 31 December {later.now.year + 2}".encode() in said[0]


def _demonstrate(
    data: Path, port: int, settings: Mapping[str, str], look: Callable[[], object] = lambda: None
) -> list[str]:
    command = [sys.executable, "-m", "undersigned", "demo", "--data", str(data), "--port", str(port)]
    environment = {**settings, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        lines = []
        while not lines or not lines[-1].startswith("ready:"):
            line = process.stdout.readline()
            assert line, lines
            lines.append(line.rstrip())
        look()
        process.terminate()
    assert process.returncode == 0
    return lines
