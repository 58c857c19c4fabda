"""The log of decisions as pages, and as a file: JSON Lines, or CSV that is safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from valence.server.cursors import cursor_of, number_in
from valence.server.moderation import describe
from valence.server.moderation.communities import Community
from valence.server.schemas import decisions as wire
from valence.server.store import decision_rows
from valence.server.store.database import Database
from valence.server.store.moderation_tables import Decision
from valence.tables.answers import SEPARATOR
from valence.tables.spreadsheet import line

COLUMNS = tuple(wire.Decision.model_fields)


def page(query: wire.DecisionQuery, community: Community, database: Database) -> wire.DecisionPage:
    """Newest first. Raises ProblemError for an invalid cursor, and StoreError."""
    before = None if query.cursor is None else number_in(query.cursor)
    fetched = decision_rows.page(database, community.key, before=before, limit=query.limit + 1, item=query.item)
    shown = fetched[: query.limit]
    more = len(fetched) > query.limit
    return wire.DecisionPage(items=[*map(describe.decision, shown)], next=cursor_of(shown[-1].id) if more else None)


def as_jsonl(rows: Iterable[Decision]) -> Iterator[str]:
    """One JSON object per line, each as the API lists it."""
    for row in rows:
        yield describe.decision(row).model_dump_json() + "\n"


def as_csv(rows: Iterable[Decision]) -> Iterator[str]:
    """A table with a header row. Cells that a spreadsheet would run as formulas start with an apostrophe."""
    yield line(COLUMNS)
    for row in rows:
        values = describe.decision(row).model_dump()
        yield line(SEPARATOR.join(value) if isinstance(value, list) else value for value in values.values())
