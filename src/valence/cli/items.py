"""`valence items`: the comments of forums' exports and pasted discussions."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from valence.discussions.comment import Comment, Discussion

_SHOWN_TEXT = 70  # characters
_SHOWN_THREADS = 10


class FieldType(click.ParamType[tuple[str, str]]):
    """`FIELD=COLUMN`."""

    name = "field=column"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        field, equals, column = str(value).partition("=")
        if not equals or not column:
            self.fail(f"{value!r} is not FIELD=COLUMN, such as author=user_name.", param, ctx)
        return field.strip(), column


@click.group()
def items() -> None:
    """Show what is understood of a forum's export or a pasted discussion."""


@items.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@click.option("--column", "columns", type=FieldType(), multiple=True, help="Of a table, such as author=user_name.")
@click.option("--with-deleted", is_flag=True, help="Also take comments that were removed, where their text is there.")
@click.option("--rows", type=click.IntRange(min=0), default=10, show_default=True, help="Comments to print.")
@click.option("--json", "as_json", is_flag=True, help="Print every comment as one JSON object per line.")
def show(file: Path, columns: tuple[tuple[str, str], ...], with_deleted: bool, rows: int, as_json: bool) -> None:
    """Show how FILE is read: its format, threads and comments, and what is left out. Nothing is sent or stored.

    FILE is an export of Discourse, Reddit, Hacker News, Disqus, WordPress or Isso, a table with one comment per row, or
    text as copied from a page. Its content tells the format. "3 hours ago" counts from now.
    """
    from valence.discussions.reading import read

    found = read(file, columns=dict(columns), with_deleted=with_deleted, now=datetime.now(UTC))
    if as_json:
        for comment in found.comments:
            click.echo(json.dumps(_as_json(comment), ensure_ascii=False))
    else:
        click.echo(_as_text(file, found, rows))


def _as_json(comment: Comment) -> Mapping[str, Any]:
    fields = {name: value for name, value in vars(comment).items() if name != "body" and value is not None}
    time = comment.created_at
    return {**fields, **({"created_at": time.isoformat()} if time else {})}


def _as_text(file: Path, found: Discussion, rows: int) -> str:
    from valence.cli.preview_text import printable, under

    threads = found.threads()
    listed = [f"{count:,} in {printable(name)}" for name, count in threads.most_common(_SHOWN_THREADS)]
    if len(threads) > _SHOWN_THREADS:
        listed.append(f"and {len(threads) - _SHOWN_THREADS:,} more threads")
    parts = [
        [f"{file.name}: {found.format}, {len(found.comments):,} comments in {len(threads):,} threads."],
        under("Columns", [f"{field} from {printable(column)}" for field, column in found.columns.items()]),
        under("Threads", listed),
        under("Comments", [_line(comment) for comment in found.comments[:rows]]),
        under("Left out", [f"{out.count:,} {out.why}" for out in found.left_out]),
        under("Noticed", [printable(said) for said in found.warnings]),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _line(comment: Comment) -> str:
    from valence.cli.preview_text import printable

    time = f"{comment.created_at:%Y-%m-%d %H:%M}" if comment.created_at else "no time"
    answers = f" to {comment.parent_id}" if comment.parent_id else ""
    text = textwrap.shorten(comment.text, _SHOWN_TEXT, placeholder=" …")
    return printable(f"{comment.id}{answers}  {comment.author or 'no name'}  {time}  {text}")
