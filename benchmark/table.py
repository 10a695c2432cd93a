"""The table: ratios with the absolute figures beside them, for people, for documents and for machines."""

import json
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from benchmark.row import Line, is_met

Record = dict[str, Any]
"""One row of the table as JSON has it."""


def records_of(lines: Sequence[Line]) -> list[Record]:
    """The rows of the table, for machines; figures are medians."""
    by_id = {line.row.id: line for line in lines}
    return [_record(line, by_id) for line in lines]


def to_json(records: Sequence[Record], machine: Mapping[str, str]) -> str:
    return json.dumps({"machine": dict(machine), "rows": list(records)}, ensure_ascii=False, indent=1) + "\n"


def to_text(records: Iterable[Record]) -> str:
    """For the terminal: a line for each row, with its figures below."""
    return "\n".join(f"{_summary(record)}\n{_details(record)}" for record in records)


def to_markdown(records: Iterable[Record], machine: Mapping[str, str]) -> str:
    """For docs/performance.md."""
    lines = ["| row | what | goal | ratio | | figures |", "|---|---|--:|--:|---|---|"]
    for record in records:
        cells = (f"`{record['id']}`", record["what"], record["goal_text"], _ratio(record), _verdict(record))
        lines.append(f"| {' | '.join(cells)} | {'; '.join(_figures(record))} |")
    about = "; ".join(f"{name} {text}" for name, text in machine.items())
    return "\n".join([*lines, "", f"Measured on: {about}."])


def _record(line: Line, by_id: Mapping[str, Line]) -> Record:
    found = line.measured
    return {
        "id": line.row.id,
        "what": line.row.what,
        "ratio": round(found.ratio, 4) if found else None,
        "goal": line.row.goal.bound,
        "goal_text": str(line.row.goal),
        "met": is_met(line, by_id),
        "reaches_goal": line.reaches_goal,
        "figures": {name: median(figures) for name, figures in found.figures.items()} if found else {},
        "rounds": {name: list(figures) for name, figures in found.figures.items()} if found else {},
        "remarks": list(found.remarks) if found else [line.fault],
    }


def _summary(record: Record) -> str:
    return f"{record['id']:<24} {_ratio(record):>8}  {record['goal_text']:>7}  {_verdict(record)}"


def _details(record: Record) -> str:
    return "\n".join(f"    {text}" for text in (record["what"], *_figures(record), *record["remarks"]))


def _ratio(record: Record) -> str:
    return "–" if record["ratio"] is None else f"{record['ratio']:.3g}"


def _verdict(record: Record) -> str:
    if record["met"]:
        return "met"
    if record["ratio"] is None:
        return "not measured"
    return "missed, since sign_vs_pgbench is" if record["reaches_goal"] else "missed"


def _figures(record: Record) -> list[str]:
    return [f"{name} {_number(figure)}" for name, figure in record["figures"].items()]


def _number(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"
