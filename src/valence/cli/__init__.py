"""The command line: one file per command, which imports what it needs only when it runs.

This is the only place where a ValenceError or Ctrl-C becomes a message on stderr and an exit code.
"""

from __future__ import annotations

import importlib
import logging
import os
import select
import signal
import sys
from typing import IO, Any

import click

from valence.system.errors import ValenceError
from valence.system.version import __version__

# Command -> one line of help. It is here so that `valence --help` imports no command.
COMMANDS = {
    "data": "Download data sets, or check the labels of your own.",
    "pretrain": "Stage 1: train a base on a large related set.",
    "distill": "Train a small student on the answers of larger teachers.",
    "transfer": "Stage 2: freeze the body, fit a new final layer, test it; or train layers too.",
    "baseline": "Test simple methods: the majority label, TF-IDF, a lexicon.",
    "evaluate": "Test models on a reserved set: figures with intervals, a report, a comparison.",
    "parity": "Compare the served model with the trained one.",
    "bundle": "Copy the files of a model that serving needs.",
    "export": "Make the quantised body that serving runs.",
    "convert": "Rewrite the body of a model folder that an earlier version wrote.",
    "predict": "Score texts.",
    "score": "Score every row of a file of any size.",
    "perspective": "Compare a classifier with the scores that you had from Perspective.",
    "serve": "Stage 3: serve the API and the page.",
    "mcp": "Serve tools for programs that speak the Model Context Protocol.",
    "items": "Show what is understood of a forum's export or a pasted discussion.",
    "keys": "Create, list and revoke API keys.",
    "feedback": "Export people's feedback.",
    "db": "Upgrade the server's database, or check it.",
    "backup": "Back up the server's data to one file, while it runs.",
    "restore": "Put a backup into a database.",
    "deploy": "Deploy to Heroku, and check first whether it fits a small dyno.",
    "healthcheck": "Check whether the server on this machine answers.",
    "settings": "Show the server's settings and their meaning.",
}


# What Ctrl-C leaves of a command, and how to resume. Files are written completely or not at all.
_AFTER_CTRL_C = {
    "data": "Run the command again: a download resumes where it stopped.",
    "pretrain": "Nothing was written to --out. The same command with --resume continues from the last checkpoint.",
    "distill": "Nothing was written to --out. The same command with --resume continues from the last checkpoint.",
    "transfer": "Nothing was written to --out. Run the command again: finished features are kept, and if layers "
    "are trained, --resume continues from the last checkpoint.",
    "score": "Run the same command again: it resumes where it stopped.",
}
_AFTER_CTRL_C_BY_DEFAULT = "Nothing was left half-written. Run it again to start over."


# The exit code of a program that SIGPIPE ended, as other tools end when `head` has read enough.
_READER_GONE = 128 + signal.SIGPIPE


def reader_is_gone() -> bool:
    """Whether standard output is a pipe or a socket that nobody reads any more."""
    try:
        stdout = sys.stdout.fileno()
    except (OSError, ValueError):  # replaced by a test or a notebook, or closed
        return False
    poll = select.poll()
    poll.register(stdout, select.POLLOUT)
    return any(state & (select.POLLERR | select.POLLHUP) for _, state in poll.poll(0))


def _write_to_nobody() -> None:
    """Discards what is still in the buffer, so that Python ends without an error."""
    nobody = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nobody, sys.stdout.fileno())
    os.close(nobody)


class LazyGroup(click.Group):
    """Imports a command's module only when the command is used, so that every command starts quickly."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"valence.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(self, *args: Any, **extra: Any) -> Any:
        try:
            return super().main(*args, **extra)
        except SystemExit as ended:
            if ended.code == 1 and reader_is_gone():  # how click ends where the help is piped into head
                raise SystemExit(_READER_GONE) from None
            raise

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            if not reader_is_gone():
                raise Failure(ValenceError(f"A connection was closed by the other side: {error.strerror}.")) from error
            _write_to_nobody()
            raise click.exceptions.Exit(_READER_GONE) from error
        except ValenceError as error:
            raise Failure(error) from error
        except KeyboardInterrupt as error:
            raise Stopped(ctx.invoked_subcommand or "") from error


class Failure(click.ClickException):
    """What went wrong and what to do about it, on two lines; exit code 2."""

    exit_code = 2

    def __init__(self, error: ValenceError) -> None:
        super().__init__(error.message + (f"\n{error.advice}" if error.advice else ""))


class Stopped(click.ClickException):
    """Ctrl-C, and how to resume, on one line; exit code 130, as in shells for SIGINT."""

    exit_code = 130

    def __init__(self, command: str) -> None:
        super().__init__(_AFTER_CTRL_C.get(command, _AFTER_CTRL_C_BY_DEFAULT))

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"\nStopped. {self.format_message()}", file=file, err=file is None)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(__version__, prog_name="valence")
def main() -> None:
    """Your own text classifier, made by transfer learning."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    logging.getLogger("valence").setLevel(logging.INFO)
    logging.getLogger("huggingface_hub").propagate = False  # it has its own handler, and each line would appear twice
