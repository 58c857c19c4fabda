"""What benchmarks/load.py makes of the answers: figures, the curve of an overload, and what is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from load_servers import BENTOML, FASTAPI, FLASK, LITSERVE, OURS  # beside this file

Json = dict[str, Any]
COMPARED_AT = 64  # connections
# What each rival must be beaten by, in calls a second at 64 connections.
AHEAD_OF = ((FLASK, 3.0), (FASTAPI, 1.0), (LITSERVE, 1.0), (BENTOML, 1.0))
ACCEPTED, REFUSED = 200, 503
_QUANTILES = (50, 95, 99)
_SHARE_OF_ENDS = 10  # memory at the beginning and at the end: each a tenth of the time


def figures(sent: Mapping[str, Any]) -> Json:
    """Of the calls that were answered with a score; refused are those with 503, failed those with anything else.

    Args:
        sent: `seconds`, `failed` (calls without an answer), `answers` as [second, status, milliseconds].
    """
    took = _milliseconds(sent, ACCEPTED)
    refused = _milliseconds(sent, REFUSED)
    return {
        "per_second": round(len(took) / sent["seconds"], 1),
        **{f"p{p}_ms": _quantile(took, p) for p in _QUANTILES},
        "answered": len(took),
        "refused": len(refused),
        "failed": sent["failed"] + len(sent["answers"]) - len(took) - len(refused),
    }


def overload_figures(sent: Mapping[str, Any], memory: Sequence[tuple[float, float]], step: float) -> Json:
    """The same of an overload, with how long a refusal took, and the curve.

    Args:
        sent: as for `figures`, and `most_waiting`.
        memory: the server's, as (second, MB).
        step: seconds that a point of the curve stands for.
    """
    refused = _milliseconds(sent, REFUSED)
    return {
        **figures(sent),
        "refused_p50_ms": _quantile(refused, 50),
        "refused_p99_ms": _quantile(refused, 99),
        "most_waiting": sent["most_waiting"],
        "curve": curve(sent, memory, step),
    }


def curve(sent: Mapping[str, Any], memory: Sequence[tuple[float, float]], step: float) -> dict[str, list[float]]:
    """A point for each `step` seconds: calls answered and refused a second, p99 of the answered, the most memory."""
    seconds, status, took = np.array(sent["answers"], dtype=float).reshape(-1, 3).T
    points: dict[str, list[float]] = {name: [] for name in ("second", "answered", "refused", "p99_ms", "memory_mb")}
    for start in np.arange(0, sent["seconds"] - step / 2, step):
        within = (seconds >= start) & (seconds < start + step)
        held = [mb for second, mb in memory if start <= second < start + step]
        points["second"].append(round(float(start + step), 1))
        points["answered"].append(round(float((within & (status == ACCEPTED)).sum()) / step, 1))
        points["refused"].append(round(float((within & (status == REFUSED)).sum()) / step, 1))
        points["p99_ms"].append(_quantile(took[within & (status == ACCEPTED)], 99))
        points["memory_mb"].append(max(held, default=points["memory_mb"][-1] if points["memory_mb"] else 0.0))
    return points


def carried(found: Json) -> float:
    """The most calls that our server answered in a second, over however many connections."""
    return float(max(row["per_second"] for row in _rows(found, OURS.name).values()))


def overhead(found: Json) -> Json | None:
    """What HTTP and the server around the engine cost: ms of one call alone, and the share of the engine's calls."""
    rows, engine = _rows(found, OURS.name), found.get("engine")
    if engine is None or not {1, COMPARED_AT} <= rows.keys():
        return None
    return {
        "one_call_ms": round(rows[1]["p50_ms"] - engine["1"]["p50_ms"], 2),
        "share_of_engine": round(rows[COMPARED_AT]["per_second"] / engine[str(COMPARED_AT)]["per_second"], 3),
    }


def checks(found: Json) -> list[Json]:
    """What must hold, as far as it was measured: `measured` is at least `least`, or at most `most`."""
    return [*_comparisons(found), *_overload_checks(found.get("overload"))]


def holds(check: Json) -> bool:
    """Whether it does.

    >>> holds({"measured": 3.4, "least": 3.0}), holds({"measured": 1200, "most": 1000})
    (True, False)
    """
    return bool(check["measured"] >= check["least"] if "least" in check else check["measured"] <= check["most"])


def _comparisons(found: Json) -> list[Json]:
    ours = _rows(found, OURS.name).get(COMPARED_AT)
    made = []
    for way, least in AHEAD_OF:
        theirs = _rows(found, way.name).get(COMPARED_AT)
        if ours and theirs and theirs["per_second"]:
            times = round(ours["per_second"] / theirs["per_second"], 2)
            name = f"Calls a second over {COMPARED_AT} connections, to {way.name}"
            made.append({"name": name, "unit": "times", "measured": times, "least": least})
    return made


def _overload_checks(overload: Json | None) -> list[Json]:
    if overload is None:
        return []
    memory = overload["curve"]["memory_mb"]
    ends = max(1, len(memory) // _SHARE_OF_ENDS)
    growth = 100 * (float(np.median(memory[-ends:])) / float(np.median(memory[:ends])) - 1)
    checked = [
        {"name": "Accepted calls at twice the load, p99", "unit": "ms", "measured": overload["p99_ms"], "most": 1000},
        {"name": "Calls without an answer at twice the load", "unit": "", "measured": overload["failed"], "most": 0},
        {"name": "Memory, from the first tenth to the last", "unit": "%", "measured": round(growth, 1), "most": 5.0},
    ]
    if "refused_p50_ms" in overload:  # not in what an earlier version measured
        refused = {"name": "Refusals at twice the load, p50", "unit": "ms", "measured": overload["refused_p50_ms"]}
        checked.append({**refused, "most": 100})
    return checked


def _rows(found: Json, name: str) -> dict[int, Json]:
    """By the number of connections; none of a server that was not measured."""
    return {row["connections"]: row for way in found.get("ways", ()) if way["name"] == name for row in way["rows"]}


def _milliseconds(sent: Mapping[str, Any], wanted: int) -> list[float]:
    return [milliseconds for _, status, milliseconds in sent["answers"] if status == wanted]


def _quantile(took: Any, percent: int) -> float:
    return round(float(np.percentile(took, percent)), 1) if len(took) else 0.0
