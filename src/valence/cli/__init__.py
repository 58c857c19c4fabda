"""The command line: one file per command, each importing what it needs only when it runs.

The one place where a ValenceError or Ctrl-C becomes words on stderr and an exit code.
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

from valence.errors import ValenceError
from valence.version import __version__

# Command -> one line of help. The list is here so that `valence --help` imports no command.
COMMANDS = {
    "data": "Fetch the data sets by name, or see which are here.",
    "pretrain": "Stage 1: train a base on a large related set.",
    "distill": "Train a small student on the answers of larger teachers.",
    "transfer": "Stage 2: freeze the body, fit a new final layer, test it; or train layers too.",
    "baseline": "Test cheap methods: the majority label, TF-IDF, a lexicon.",
    "evaluate": "Test models on a reserved set: figures with intervals, a report, a comparison.",
    "parity": "Compare the served model with the trained one.",
    "bundle": "Copy only the files of a model that serving needs.",
    "export": "Make the quantised ONNX body that serving runs.",
    "predict": "Score texts.",
    "score": "Score every row of a file of any size.",
    "serve": "Stage 3: serve the API and the page.",
    "keys": "Make, list and revoke the API's keys.",
    "feedback": "Export what people said about the answers.",
    "db": "Bring the server's database up to date, or see how it is.",
    "backup": "Write what the server keeps to one file, while it runs.",
    "restore": "Put a backup into a database.",
    "deploy": "Put it on Heroku, and see before whether it fits a small dyno.",
    "healthcheck": "Ask the server on this machine whether it lives.",
    "settings": "Show the server's settings with their meaning.",
}


# What a command that Ctrl-C stopped leaves, and how to go on. What is written is written whole or not at all.
_AFTER_CTRL_C = {
    "data": "Run the command again: a download goes on where it stopped.",
    "pretrain": "Nothing was written to --out. The same command with --resume goes on from the last checkpoint.",
    "distill": "Nothing was written to --out. The same command with --resume goes on from the last checkpoint.",
    "transfer": "Nothing was written to --out. Run the command again: features that were finished are kept, and where "
    "layers are trained --resume goes on from the last checkpoint.",
    "score": "Give the same command again: it goes on where it was.",
}
_AFTER_CTRL_C_BY_DEFAULT = "Nothing half-done was left. Run it again to begin anew."


# As shells have it for a program that SIGPIPE ended, which is how other tools end when `head` has read enough.
_READER_GONE = 128 + signal.SIGPIPE


def reader_is_gone() -> bool:
    """Whether standard output is a pipe or a socket that nobody reads any more."""
    try:
        stdout = sys.stdout.fileno()
    except (OSError, ValueError):  # caught by a test or a notebook, or closed
        return False
    asked = select.poll()
    asked.register(stdout, select.POLLOUT)
    return any(state & (select.POLLERR | select.POLLHUP) for _, state in asked.poll(0))


def _write_to_nobody() -> None:
    """Lets what is still in the buffer go without an error when Python ends."""
    nobody = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nobody, sys.stdout.fileno())
    os.close(nobody)


class LazyGroup(click.Group):
    """Imports a command's module when the command is asked for, so that every command starts quickly."""

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
    """What went wrong and the way out, on two lines; exit code 2."""

    exit_code = 2

    def __init__(self, error: ValenceError) -> None:
        super().__init__(error.message + (f"\n{error.way_out}" if error.way_out else ""))


class Stopped(click.ClickException):
    """Ctrl-C, and how to go on, on one line; exit code 130, as shells have it for SIGINT."""

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
    logging.getLogger("huggingface_hub").propagate = False  # it has a handler of its own: each line came twice
