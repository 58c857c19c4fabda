"""The tables and curves of docs/load.md, from docs/results/load.json, which `make bench-load` writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from valence.evaluation.charts import PALETTE, Chart

RESULTS = Path(__file__).with_name("results") / "load.json"
NOT_YET = "Not measured yet: `make bench-load`."
Json = dict[str, Any]


def found(results: Path = RESULTS) -> Json | None:
    """What was measured; None before the first measurement."""
    return json.loads(results.read_text("utf-8")) if results.exists() else None


def page(results: Path = RESULTS) -> str:
    """Everything on the page that depends on the figures, in Markdown."""
    measured = found(results)
    if measured is None:
        return NOT_YET
    parts = (_conditions, _throughput, _latency, _engine, _checks, _overload)
    return "\n\n".join(text for part in parts for text in part(measured))


def charts(measured: Json | None) -> list[Chart]:
    """The curves of the overload; none before it was measured."""
    overload = (measured or {}).get("overload")
    if overload is None:
        return []
    p99, memory = overload["curve"]["p99_ms"], overload["curve"]["memory_mb"]
    return [
        _curve(
            overload,
            "calls",
            "Calls a second",
            f"{overload['answered']:,} calls were answered and {overload['refused']:,} refused.",
            (("answered", PALETTE.first), ("refused", PALETTE.second)),
        ),
        _curve(
            overload,
            "p99",
            "Time to the answer of accepted calls, p99, ms",
            f"Never above {max(p99):,.0f} ms.",
            (("p99_ms", PALETTE.first),),
        ),
        _curve(
            overload,
            "memory",
            "Memory of the server, MB",
            f"Between {min(memory):,.0f} and {max(memory):,.0f} MB.",
            (("memory_mb", PALETTE.first),),
        ),
    ]


def _conditions(measured: Json) -> Iterator[str]:
    versions = ", ".join(f"{name} {version}" for name, version in measured["versions"].items())
    yield (
        f"{measured['processor']}; client and server on the same machine, which was "
        f"{measured['busy_before_percent']:g}% busy before; {measured['texts']} sentences of SST-2's dev split, one "
        f"per call; model {measured['model']['body']}, head {measured['model']['head']}; {versions} "
        "([load.json](results/load.json))."
    )


def _throughput(measured: Json) -> Iterator[str]:
    yield "Calls answered in a second:"
    yield _table(measured, lambda row: f"{row['per_second']:,.0f}" + _beside(row))


def _latency(measured: Json) -> Iterator[str]:
    yield "Milliseconds to the answer, p50 / p95 / p99:"
    yield _table(measured, lambda row: " / ".join(f"{row[f'p{p}_ms']:,.0f}" for p in (50, 95, 99)))


def _engine(measured: Json) -> Iterator[str]:
    cost = measured.get("overhead")
    if cost is None:
        return
    engine = measured["engine"]
    yield (
        f"The engine alone, without HTTP, answers {engine['1']['per_second']:,.0f} calls a second from one caller and "
        f"{engine['64']['per_second']:,.0f} from 64. So HTTP, validation, limits, the log and the client on the same "
        f"cores cost {cost['one_call_ms']:g} ms of a single call, and with 64 connections the server reaches "
        f"{cost['share_of_engine']:.0%} of the bare engine."
    )


def _checks(measured: Json) -> Iterator[str]:
    lines = ["| requirement | measured | limit |", "|---|--:|--:|"]
    for check in measured["checks"]:
        bound = f"at least {check['least']:g}" if "least" in check else f"at most {check['most']:g}"
        unit = "%" if check["unit"] == "%" else f" {check['unit']}" if check["unit"] else ""
        lines.append(f"| {check['name']} | {check['measured']:,g}{unit} | {bound}{unit} |")
    if measured["checks"]:
        yield "\n".join(lines)


def _overload(measured: Json) -> Iterator[str]:
    overload = measured.get("overload")
    if overload is None:
        return
    half = f"half of them within {overload['refused_p50_ms']:,.0f} ms and " if "refused_p50_ms" in overload else ""
    yield (
        f"**Twice the load.** The server carries {overload['carried_per_second']:,.0f} calls a second. Asked "
        f"{overload['asked_per_second']:,.0f} times a second for {_long(overload['seconds'])}, it answered "
        f"{overload['per_second']:,.0f} a second and refused the rest with 503, {half}99% of those within "
        f"{overload['refused_p99_ms']:,.0f} ms; at most {overload['most_waiting']:,} calls waited at once."
    )
    for chart in charts(measured):
        yield f"![{chart.title}: {chart.summary}](images/load/{chart.key}.svg)"


def _long(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds >= 60 else f"{seconds:g} seconds"


def _beside(row: Json) -> str:
    """Refused and failed calls, if there were any."""
    told = [f"{row[name]:,} {name}" for name in ("refused", "failed") if row[name]]
    return f" ({', '.join(told)})" if told else ""


def _table(measured: Json, cell: Callable[[Json], str]) -> str:
    numbers = sorted({row["connections"] for way in measured["ways"] for row in way["rows"]})
    heads = [f"{number} connection{'s' if number > 1 else ''}" for number in numbers]
    lines = ["| server | " + " | ".join(heads) + " |", "|---|" + "--:|" * len(numbers)]
    for way in measured["ways"]:
        rows = {row["connections"]: row for row in way["rows"]}
        cells = [cell(rows[number]) if number in rows else "" for number in numbers]
        lines.append(f"| {way['name']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _curve(overload: Json, key: str, title: str, summary: str, lines: tuple[tuple[str, str], ...]) -> Chart:
    """One of the curves over minutes, from zero up."""
    curve = overload["curve"]
    minutes = [second / 60 for second in curve["second"]]

    def draw(axes: Any) -> None:
        for name, colour in lines:
            axes.plot(minutes, curve[name], color=colour, linewidth=1.4, label=name)
        axes.set_xlabel("minutes at twice the load")
        axes.set_xlim(0, minutes[-1])
        axes.set_ylim(0, 1.1 * max(1.0, *(max(curve[name]) for name, _ in lines)))
        if len(lines) > 1:
            axes.legend(frameon=False)

    columns = ("minute", *(name for name, _ in lines))
    values = zip(minutes, *(curve[name] for name, _ in lines), strict=True)
    rows = [tuple(f"{value:g}" for value in point) for point in values]
    return Chart(key, title, "Each point stands for a few seconds.", summary, columns, rows, draw, wide=True)


if __name__ == "__main__":
    print(page())  # noqa: T201
