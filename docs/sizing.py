"""Estimates how long a cluster takes and what it costs, from measurements; docs/sizing.md shows the results.

    python docs/sizing.py --comments 1e9 --machine c7i.4xlarge --machines 10

The measured figures are of docs/results/cluster.json (benchmarks/cluster.py). Everything here is arithmetic on them.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

SHARD_ROWS = 16_384  # as the command has it by default
READINGS = 2  # a file is read once to cut it, and once to score it
DRIVER_SHARE = 0.5  # of a machine's memory that the command may take for its list of shards


@dataclass(frozen=True)
class Machine:
    """A machine that can be rented.

    Attributes:
        cores: that Ray gives to workers; a virtual processor counts as one, as on the machine that was measured.
        memory_gb, gbit: its memory, and what its network carries all the time.
        dollars: an hour.
    """

    name: str
    cores: int
    memory_gb: float
    gbit: float
    dollars: float


# Amazon's list prices on demand in its region us-east-1, Linux, not checked against the current list.
MACHINES = (
    Machine("c7i.large", 2, 4, 0.781, 0.08925),
    Machine("c7i.4xlarge", 16, 32, 6.25, 0.714),
    Machine("c7i.24xlarge", 96, 192, 37.5, 4.284),
)
# The rows of the page: comments, machine, number of machines, rows of a shard.
SHOWN = (
    (1e6, MACHINES[0], 1, SHARD_ROWS),
    (1e9, MACHINES[0], 1, SHARD_ROWS),
    (1e9, MACHINES[1], 10, SHARD_ROWS),
    (1e9, MACHINES[2], 10, SHARD_ROWS),
    (1e12, MACHINES[1], 100, SHARD_ROWS),
    (1e12, MACHINES[2], 100, 1_000_000),
    (1e12, MACHINES[2], 1000, 1_000_000),
)


@dataclass(frozen=True)
class Measured:
    """The measured speed and memory of a core and of the command.

    Attributes:
        rows: scored by one core in a second, by the whole command with all cores busy.
        read, written: bytes of a row.
        start_s: that the command takes longer than the one without Ray.
        row_to_plain: a row's time, to its time without Ray.
        shard_s, shard_bytes: of the command's own time and memory that a shard takes.
    """

    rows: float
    read: float
    written: float
    start_s: float
    row_to_plain: float
    shard_s: float
    shard_bytes: float


@dataclass(frozen=True)
class Estimate:
    """An estimated run.

    Attributes:
        hours, dollars: from the command's start to its end, all machines rented meanwhile.
        network: the share of a machine's network that reading and writing take.
        handing_out: the share of the command's time in which it hands out shards.
        memory: the share of its machine's memory that its list of shards takes.
    """

    hours: float
    dollars: float
    network: float
    handing_out: float
    memory: float

    @property
    def limit(self) -> str:
        """The bottleneck; arithmetic if everything else keeps up."""
        if self.memory > DRIVER_SHARE:
            return "the command's memory: use larger shards"
        if self.handing_out > 1:
            return "assigning shards: use larger shards"
        return "the network" if self.network > 1 else "arithmetic"


def measured() -> Measured | None:
    """None where it was not measured yet."""
    path = Path(__file__).parent / "results" / "cluster.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    if not {"scaling", "steps", "sizes"} <= found.keys():
        return None
    two, steps, driving = found["scaling"]["two"], found["steps"], found["steps"]["driving"]
    return Measured(
        rows=two["rows_per_second"] / two["workers"],
        read=steps["bytes_a_row"]["read"],
        written=steps["bytes_a_row"]["written"],
        start_s=found["sizes"]["start_s"],
        row_to_plain=found["sizes"]["row_to_plain"],
        shard_s=driving["milliseconds_a_shard"] / 1e3,
        shard_bytes=driving["bytes_a_shard"],
    )


def estimate(by: Measured, comments: float, machine: Machine, machines: int, shard_rows: int = SHARD_ROWS) -> Estimate:
    """Of a run in which every core works until the end. The bottleneck limits everything else."""
    shards = math.ceil(comments / shard_rows)
    cores = machine.cores * machines
    working_s = comments / (min(cores, shards) * by.rows)  # a shard is one core's
    carried_s = comments * (READINGS * by.read + by.written) * 8 / (machine.gbit * 1e9 * machines)
    handing_s = shards * by.shard_s
    seconds = by.start_s + max(working_s, carried_s, handing_s)
    return Estimate(
        hours=seconds / 3600,
        dollars=seconds / 3600 * machine.dollars * machines,
        network=carried_s / working_s,
        handing_out=handing_s / working_s,
        memory=shards * by.shard_bytes / (machine.memory_gb * 1e9),
    )


def worth_it_from(by: Measured, machines: int) -> float:
    """Comments from which this number of machines with two cores is faster than one of them without Ray.

    >>> round(worth_it_from(Measured(100, 1, 1, start_s=10, row_to_plain=1, shard_s=0, shard_bytes=0), 2))
    4000
    """
    # n / (2 * rows * row_to_plain) = start + n / (2 * rows * machines), solved for n.
    return by.start_s * 2 * by.rows / (1 / by.row_to_plain - 1 / machines)


def table() -> str:
    """In Markdown: what runs of several sizes would take."""
    by = measured()
    if by is None:
        return "Not measured yet."
    lines = [
        "| comments | machines | rows of a shard | hours | $ | network | assigning shards | memory | bottleneck |",
        "|--:|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    for comments, machine, machines, shard_rows in SHOWN:
        found = estimate(by, comments, machine, machines, shard_rows)
        shares = " | ".join(_percent(each) for each in (found.network, found.handing_out, found.memory))
        rented = f"{machines:,} × {machine.name} ({machine.cores * machines:,} cores)"
        lines.append(
            f"| {_power(comments)} | {rented} | {shard_rows:,} | {_short(found.hours)} | {_short(found.dollars)} "
            f"| {shares} | {found.limit} |"
        )
    return "\n".join(lines)


def arithmetic() -> str:
    """One line of the table, step by step."""
    by = measured()
    if by is None:
        return "Not measured yet."
    comments, machine, machines, shard_rows = SHOWN[2]
    found, cores = estimate(by, comments, machine, machines, shard_rows), machine.cores * machines
    rate, shards = cores * by.rows, math.ceil(comments / shard_rows)
    own = machine.cores * by.rows
    carried = (READINGS * by.read + by.written) * own * 8 / 1e9
    return (
        f"{_power(comments)} comments on {machines} × {machine.name}: {machines} × {machine.cores} = {cores} cores × "
        f"{by.rows:,.0f} comments a second = {rate:,.0f} a second; {comments:,.0f} / {rate:,.0f} + {by.start_s:,.0f} s "
        f"to start = {found.hours * 3600:,.0f} s = {found.hours:,.1f} hours; × {machines} machines × "
        f"${machine.dollars} = ${found.dollars:,.2f}. Network: {READINGS} × {by.read:,.0f} bytes read and "
        f"{by.written:,.0f} written of each comment × {own:,.0f} comments a second of one machine = "
        f"{carried:,.4f} of {machine.gbit:g} Gbit/s. Assigning shards: {shards:,} shards × {by.shard_s * 1e3:g} ms = "
        f"{shards * by.shard_s:,.0f} s. Memory: × {by.shard_bytes:,.0f} bytes = "
        f"{shards * by.shard_bytes / 1e6:,.0f} MB of {machine.memory_gb:g} GB."
    )


def worth_it() -> str:
    """In Markdown: from how many comments on several machines of two cores are faster than one."""
    by = measured()
    if by is None:
        return "Not measured yet."
    lines = ["| machines of two cores | sooner done than one without Ray from |", "|--:|--:|"]
    lines += [f"| {count} | {worth_it_from(by, count):,.0f} comments |" for count in (2, 4, 10)]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints one estimate."""
    options = _options(arguments)
    by = measured()
    if by is None:
        print("docs/results/cluster.json lacks figures: python benchmarks/cluster.py", file=sys.stderr)  # noqa: T201
        return 2
    by = replace(by, rows=options.rows_per_second or by.rows)
    found = estimate(by, options.comments, options.machine, options.machines, options.shard_rows)
    print(f"{_short(found.hours)} hours, ${_short(found.dollars)}; limit: {found.limit}")  # noqa: T201
    for name in ("network", "handing_out", "memory"):
        print(f"{name.replace('_', ' ')}: {_percent(getattr(found, name))}")  # noqa: T201
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    named = {each.name: each for each in MACHINES}
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--comments", type=float, required=True, help="such as 1e9")
    parser.add_argument(
        "--machine", default=MACHINES[1].name, help=f"{', '.join(named)}, or any name with the options below"
    )
    parser.add_argument("--machines", type=int, default=1)
    parser.add_argument("--shard-rows", type=int, default=SHARD_ROWS)
    parser.add_argument("--rows-per-second", type=float, help="for one core, if you have measured your own")
    for name, kind in (("cores", int), ("memory-gb", float), ("gbit", float), ("dollars", float)):
        parser.add_argument(f"--{name}", type=kind, help="for one machine; dollars are per hour")
    options = parser.parse_args(arguments)
    own = {name: getattr(options, name) for name in ("cores", "memory_gb", "gbit", "dollars")}
    given = {name: value for name, value in own.items() if value is not None}
    if options.machine in named:
        options.machine = replace(named[options.machine], **given)
    elif len(given) == len(own):
        options.machine = Machine(options.machine, **given)
    else:
        parser.error(f"{options.machine} is not known: give its --cores, --memory-gb, --gbit and --dollars.")
    if min(options.comments, options.machines, options.shard_rows) < 1:
        parser.error("--comments, --machines and --shard-rows are at least 1.")
    return options


def _power(count: float) -> str:
    return f"10^{round(math.log10(count))}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}" if value >= 1 else f"{value:.2g}"


def _percent(share: float) -> str:
    return f"{100 * share:,.0f}%" if share >= 0.1 else f"{100 * share:.2g}%"


if __name__ == "__main__":
    sys.exit(main())
