"""The oracle: a program in Go, built once, which knows nothing of ours."""

import fcntl
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("oracle.go")
OFFLINE = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "", "GOPROXY": "off"}

Oracle = Callable[..., str]


@pytest.fixture(scope="session")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    """Asks the oracle; empty where it verifies, else what it says is wrong."""
    folder = (
        tmp_path_factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else tmp_path_factory.getbasetemp()
    )
    program = folder / "oracle"
    with (folder / "oracle.lock").open("w") as held:  # several workers share it
        fcntl.flock(held, fcntl.LOCK_EX)
        if not program.exists():
            environment = {**os.environ, **OFFLINE, "GOCACHE": str(folder / "go")}
            subprocess.run(["go", "build", "-o", str(program), str(SOURCE)], check=True, env=environment)

    def ask(*arguments: object) -> str:
        said = subprocess.run([str(program), *map(str, arguments)], capture_output=True, text=True, check=False)
        assert (said.returncode, said.stdout == "verified\n") in ((0, True), (1, False)), said
        return "" if said.returncode == 0 else said.stdout.strip()

    return ask
