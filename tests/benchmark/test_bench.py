"""`./bench --quick`, as somebody types it who wants to know whether it works: shapes, never times."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmark.rows import ROWS

ROOT = Path(__file__).resolve().parent.parent.parent
PROMISED = {
    "sign_vs_pgbench": 1.0, "sign_vs_django_form": 20, "sign_vs_no_database": 0.6, "sqlite_vs_postgresql": 0.9,
    "sign_full_vs_empty": 0.8, "p99_over_p50": 4, "confirm_vs_sign": 0.7, "sequencing_vs_insert": 0.5,
    "merkle_vs_sha256": 0.35, "page_vs_nginx": 0.5, "page_vs_nginx_full": 0.5, "door_during_export": 0.5,
    "mail_vs_send_mail": 3, "bake_cpu": 1, "bake_cpu_full": 1, "pdf_vs_weasyprint": 20, "pdf_of_ten_thousand": 1,
}  # fmt: skip
CHEAP = ("sequencing_vs_insert", "merkle_vs_sha256")


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmark", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


def test_every_row_has_the_goal_that_was_promised() -> None:
    assert {row.id: row.goal.bound for row in ROWS} == PROMISED


def test_some_rows_are_measured_and_told(tmp_path: Path) -> None:
    file = tmp_path / "table.json"
    done = bench("--quick", *CHEAP, "--json", str(file))
    assert done.returncode == 0, done.stderr
    table = json.loads(file.read_text())
    assert {record["id"] for record in table["rows"]} == set(CHEAP)
    for record in table["rows"]:
        assert record["ratio"] > 0
        assert record["goal"] == PROMISED[record["id"]]
        is_beside = abs(record["ratio"] - record["goal"]) < 1e-3  # the ratio is told in four digits
        assert is_beside or record["met"] == (record["ratio"] > record["goal"])
        assert all(figure > 0 for figure in record["figures"].values())
        assert record["id"] in done.stdout
    assert "fsync on" in table["machine"]["PostgreSQL"]
    told = bench("--from", str(file), "--markdown")
    assert f"| `{CHEAP[0]}` |" in told.stdout


@pytest.mark.parametrize("mistake", [("no_such_row",), ("--rounds", "0")])
def test_a_mistake_is_refused_before_anything_is_measured(mistake: tuple[str, ...]) -> None:
    assert bench(*mistake).returncode == 2
