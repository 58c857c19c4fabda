"""The table of `valence deploy check` in docs/deploy.md, from docs/results/deploy-check.json."""

from __future__ import annotations

import json
from pathlib import Path


def table() -> str:
    """In Markdown: of each check what was measured, its limit, our own goal, and what is left until the limit."""
    found = json.loads((Path(__file__).parent / "results" / "deploy-check.json").read_text("utf-8"))
    lines = ["| what | measured | limit | our goal | left |", "|---|--:|--:|--:|--:|"]
    for check in found["checks"]:
        unit, measured, limit = check["unit"], check["measured"], check["limit"]
        goal = "" if check["goal"] is None else f"{check['goal']:g} {unit}"
        left = f"{1 - measured / limit:.0%}" if measured < limit else "**none**"
        figures = f"{measured:.1f} {unit} | {limit:.0f} {unit}" if unit else f"{measured:.0f} | none"
        lines.append(f"| {check['name']} | {figures} | {goal} | {left if unit else ''} |")
    return "\n".join(lines)


def conditions() -> str:
    """On what, for how long, how memory was held, and with which database."""
    found = json.loads((Path(__file__).parent / "results" / "deploy-check.json").read_text("utf-8"))
    held = {"cgroup": "a control group", "rlimit": "a limit on private memory"}[found["memory_held_by"]]
    database = {"postgresql": "a PostgreSQL", "sqlite": "a SQLite file"}[found["database"]]
    return (
        f"{found['processor']}, one of them used; {found['minutes']:g} minutes of visits; memory limited by {held}; "
        f"{database} as its database."
    )


if __name__ == "__main__":
    print(table(), conditions(), sep="\n\n")  # noqa: T201
