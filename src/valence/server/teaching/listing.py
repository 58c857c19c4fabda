"""Examples as pages and as files; and what a person does to one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from valence.server.cursors import MAX_NUMBER, cursor_of, number_in
from valence.server.problems import ProblemError, invalid_field
from valence.server.schemas import examples as wire
from valence.server.store import example_rows, item_rows
from valence.server.store.classifier_tables import Classifier, Example
from valence.server.store.database import Database
from valence.server.store.example_rows import Wanted
from valence.server.teaching import describe
from valence.server.teaching.labels import checked
from valence.server.teaching.texts import cannot_be_stored, digest_of, labels_in, stored_labels
from valence.tables.answers import SEPARATOR
from valence.tables.posts import cleaned
from valence.tables.spreadsheet import line

COLUMNS = ("id", "text", "label", "part", "source", "picked", "author", "checked", "added_at", "changed_at")


def page(query: wire.ExampleQuery, classifier: Classifier, database: Database) -> wire.ExamplePage:
    """Newest first. Raises ProblemError for an invalid cursor, and StoreError."""
    before = None if query.cursor is None else number_in(query.cursor)
    if query.search is not None and cannot_be_stored(query.search):
        raise invalid_field("search", "contains a character that no example can contain")
    wanted = Wanted(
        text=query.search,
        labels=None if query.label is None else stored_labels([query.label]),
        part=query.part,
        labelled=query.labelled,
        source=query.source,
    )
    fetched = example_rows.page(database, classifier.id, wanted, before=before, limit=query.limit + 1)
    shown = fetched[: query.limit]
    more = len(fetched) > query.limit
    return wire.ExamplePage(items=[*map(describe.example, shown)], next=cursor_of(shown[-1].id) if more else None)


def find(identity: int, classifier: Classifier, database: Database) -> Example:
    """Raises ProblemError if there is none with this ID, and StoreError."""
    found = example_rows.get(database, classifier.id, identity) if identity <= MAX_NUMBER else None
    if found is None:
        raise _unknown(classifier)
    return found


def change(identity: int, request: wire.ExampleChange, classifier: Classifier, by: str, database: Database) -> Example:
    """Gives the example another label, takes it away, or confirms it. Raises ProblemError and StoreError."""
    example = find(identity, classifier, database)
    if request.unlabels:
        example_rows.change(database, classifier.id, identity, labels=None, checked=False, picked=None, added_by=by)
    elif request.labels is None:
        example_rows.change(database, classifier.id, identity, checked=True)
    else:
        labels = stored_labels(checked(request.labels, classifier, "labels"))
        picked = request.picked or (example.picked if example.labels is not None else None)
        source = "hand" if example.labels is None else example.source
        values = {
            "labels": labels,
            "checked": example.labels is not None,
            "picked": picked,
            "source": source,
            "added_by": by,
        }
        example_rows.change(database, classifier.id, identity, **values)
    return find(identity, classifier, database)


def remove(identity: int, classifier: Classifier, database: Database) -> None:
    """Raises ProblemError if there is none with this ID, and StoreError."""
    if identity > MAX_NUMBER or not example_rows.remove(database, classifier.id, identity):
        raise _unknown(classifier)


def erase(request: wire.EraseRequest, database: Database) -> wire.Erased:
    """Deletes a text, or everything by an author, from all classifiers and queues. Raises StoreError."""
    if cannot_be_stored(request.text or request.author or ""):
        return wire.Erased(erased=0, items=0)
    # Items and texts of some classifiers are known by their authors' own words, without what they quote.
    forms = () if request.text is None else (request.text, cleaned(request.text) or request.text)
    digests = {digest_of(text) for text in forms}
    items = item_rows.erase(database, digests=digests, author=request.author)
    return wire.Erased(erased=example_rows.erase(database, digests=digests, author=request.author), items=items)


def as_jsonl(rows: Iterable[Example]) -> Iterator[str]:
    """One JSON object per line, each as the API lists it."""
    for row in rows:
        yield describe.example(row).model_dump_json() + "\n"


def as_csv(rows: Iterable[Example]) -> Iterator[str]:
    """A table with a header row. Cells that a spreadsheet would run as formulas start with an apostrophe."""
    yield line(COLUMNS)
    for row in rows:
        label = "" if row.labels is None else SEPARATOR.join(labels_in(row.labels))
        yield line(label if name == "label" else getattr(row, name) for name in COLUMNS)


def _unknown(classifier: Classifier) -> ProblemError:
    return ProblemError("unknown-example", f"{classifier.name} has no example with this ID. It may have been removed.")
