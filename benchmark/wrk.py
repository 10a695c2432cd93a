"""Load from wrk, in a closed loop: so many connections, each asking again as soon as it was answered."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmark.bodies import Forms
from benchmark.processes import CannotMeasure, program, run

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk recorded: answers with a status of 200 to 399, and how long they took. Others, and none, are faults."""

    answered: int
    seconds: float
    faults: int
    p50_ms: float
    p99_ms: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answered / self.seconds


@dataclass(frozen=True, slots=True)
class Wrk:
    """wrk against one server. Scripts that it runs are written into `folder`."""

    port: int
    folder: Path

    def get(self, path: str, *, connections: int, seconds: int) -> Load:
        """Ask for a page again and again."""
        return self._run(f"wrk.path = {json.dumps(path)}\n", connections, seconds)

    def send(self, forms: Forms, *, connections: int, seconds: int) -> Load:
        """Post forms, no two the same."""
        words = {"paths": forms.paths, "heads": forms.heads, "tails": forms.tails, "run": forms.run}
        script = _lua({**words, "headers": forms.headers}, self.port) + (HERE / "forms.lua").read_text()
        return self._run(script, connections, seconds)

    def post(self, requests: Sequence[tuple[str, str]], *, connections: int, seconds: int) -> Load:
        """Post each of `requests` (path, form) once, and stop when all have gone."""
        words = {"paths": [path for path, _ in requests], "bodies": [body for _, body in requests]}
        return self._run(_lua(words, self.port) + (HERE / "post.lua").read_text(), connections, seconds)

    def _run(self, script: str, connections: int, seconds: int) -> Load:
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / "load.lua"
        file.write_text(script + (HERE / "done.lua").read_text())
        load = ("--threads=1", f"--connections={connections}", f"--duration={seconds}s", "--timeout=20s")
        said = run([program("wrk"), *load, f"--script={file}", f"http://127.0.0.1:{self.port}/"])
        found = _read(said)
        if found.faults:
            raise CannotMeasure(f"{found.faults} answers were refusals or faults: {said}")
        return found


def _read(said: str) -> Load:
    result = re.search(r"^RESULT (.*)$", said, re.MULTILINE)
    if result is None:
        raise CannotMeasure(f"wrk did not come to an end: {said[-500:]}")
    answered, seconds, faults, p50, p99 = (float(part) for part in result[1].split())
    return Load(int(answered), seconds, int(faults), p50, p99)


def _lua(words: Mapping[str, object], port: int) -> str:
    """Values as global variables of Lua. (JSON's strings are Lua's too, while no character needs \\u.)"""
    values = {"headers": "", **words, "origin": f"127.0.0.1:{port}"}
    return "".join(f"{name} = {_literal(value)}\n" for name, value in values.items())


def _literal(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    assert isinstance(value, Sequence)
    return "{" + ",\n".join(_literal(part) for part in value) + "}"
