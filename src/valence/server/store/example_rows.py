"""Rows of examples: added, searched, changed, counted and removed. A text that is added again keeps its row."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.orm import Session

from valence.server.store.classifier_tables import Example
from valence.server.store.database import Database
from valence.server.store.version_rows import hold

_ROWS_AT_A_TIME = 500

Part = Literal["train", "test"]


class ClassifierGoneError(Exception):
    """The classifier was deleted meanwhile."""


@dataclass(frozen=True)
class Added:
    """What adding examples changed.

    Attributes:
        added: texts that are new.
        relabelled: texts that were there with another label, or none.
        unchanged: texts that were there with the same label, or that are added without one.
        over_limit: whether nothing was stored, because the classifier would have too many examples.
    """

    added: int = 0
    relabelled: int = 0
    unchanged: int = 0
    over_limit: bool = False

    @property
    def total(self) -> int:
        """Different texts."""
        return self.added + self.relabelled + self.unchanged


@dataclass(frozen=True)
class Wanted:
    """Which examples are listed; None for any.

    Attributes:
        text: that they contain, in any case of ASCII letters.
        labels: JSON, exactly as in the column.
        labelled: whether they have labels.
    """

    text: str | None = None
    labels: str | None = None
    part: str | None = None
    labelled: bool | None = None
    source: str | None = None

    def of(self, query: Select[Any], classifier: str) -> Select[Any]:
        query = query.where(Example.classifier_id == classifier)
        if self.text is not None:
            query = query.where(Example.text.icontains(self.text, autoescape=True))
        if self.labels is not None:
            query = query.where(Example.labels == self.labels)
        if self.part is not None:
            query = query.where(Example.part == self.part)
        if self.labelled is not None:
            query = query.where(Example.labels.is_not(None) if self.labelled else Example.labels.is_(None))
        if self.source is not None:
            query = query.where(Example.source == self.source)
        return query


def put(database: Database, classifier: str, rows: Sequence[Mapping[str, Any]], *, limit: int) -> Added:
    """Adds examples, all or none; of a text that occurs several times, the last one counts.

    A row with labels replaces those of the same text; a row without labels leaves them as they are. Raises
    ClassifierGoneError and StoreError.
    """
    now = datetime.now(UTC)
    given = {row["digest"]: row for row in rows}
    with database.writing() as session:
        if not hold(session, classifier):
            raise ClassifierGoneError
        there = _there(session, classifier)
        new = [row for digest, row in given.items() if digest not in there]
        if len(there) + len(new) > limit:
            return Added(over_limit=True)
        changed = [
            row for digest, row in given.items() if row["labels"] and there.get(digest, row["labels"]) != row["labels"]
        ]
        for start in range(0, len(new), _ROWS_AT_A_TIME):
            some = new[start : start + _ROWS_AT_A_TIME]
            session.execute(
                insert(Example),
                [{**row, "classifier_id": classifier, "added_at": now, "changed_at": now} for row in some],
            )
        for row in changed:
            values = {name: row[name] for name in ("labels", "source", "picked", "added_by")}
            same = (Example.classifier_id == classifier, Example.digest == row["digest"])
            session.execute(update(Example).where(*same).values(**values, checked=False, changed_at=now))
        return Added(len(new), len(changed), len(given) - len(new) - len(changed))


def teach(session: Session, classifier: str, row: Mapping[str, Any], *, limit: int) -> dict[str, Any] | None:
    """Makes a decided text an example, in a transaction that holds the classifier; `row` as for `put`.

    Returns what `take_back` needs: the example's ID, and what it was before. None, changing nothing, if there are
    `limit` examples.
    """
    now = datetime.now(UTC)
    values = {name: row[name] for name in ("labels", "source", "picked", "added_by", "checked")}
    query = select(Example).where(Example.classifier_id == classifier, Example.digest == row["digest"])
    example = session.scalars(query.with_for_update()).first()
    if example is not None:
        before = {name: getattr(example, name) for name in values}
        for name, value in values.items():
            setattr(example, name, value)
        example.author = example.author or row["author"]  # so that it is erased with everything by them
        example.changed_at = now
        return {"example": example.id, "before": before}
    count = select(func.count()).select_from(Example).where(Example.classifier_id == classifier)
    if (session.scalar(count) or 0) >= limit:
        return None
    example = Example(classifier_id=classifier, **row, added_at=now, changed_at=now)
    session.add(example)
    session.flush()
    return {"example": example.id, "before": None}


def take_back(session: Session, taught: Mapping[str, Any]) -> None:
    """Undoes `teach`, unless somebody has labelled the text in another way since."""
    which = (Example.id == taught["example"], Example.source == "decision")
    if taught["before"] is None:
        session.execute(delete(Example).where(*which))
    else:
        values = {**taught["before"], "changed_at": datetime.now(UTC)}
        session.execute(update(Example).where(*which).values(**values))


def _there(session: Session, classifier: str) -> dict[str, str | None]:
    query = select(Example.digest, Example.labels).where(Example.classifier_id == classifier)
    return {row.digest: row.labels for row in session.execute(query)}


def get(database: Database, classifier: str, identity: int) -> Example | None:
    query = select(Example).where(Example.classifier_id == classifier, Example.id == identity)
    with database.reading() as session:
        return session.scalars(query).first()


def with_ids(database: Database, classifier: str, identities: Sequence[int]) -> dict[int, Example]:
    """Those that are still there, by ID. Raises StoreError."""
    query = select(Example).where(Example.classifier_id == classifier, Example.id.in_(identities))
    with database.reading() as session:
        return {row.id: row for row in session.scalars(query)}


def page(
    database: Database, classifier: str, wanted: Wanted, *, before: int | None = None, limit: int
) -> Sequence[Example]:
    """The newest examples, at most `limit`, with a lower ID than `before`. Raises StoreError."""
    query = wanted.of(select(Example), classifier).order_by(Example.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Example.id < before)
    with database.reading() as session:
        return session.scalars(query).all()


def every(database: Database, classifier: str, wanted: Wanted) -> Iterator[Example]:
    """All of them, in the order in which they were added. Holds no connection between pages."""
    after = 0
    while True:
        query = wanted.of(select(Example), classifier).where(Example.id > after)
        with database.reading() as session:
            rows = session.scalars(query.order_by(Example.id).limit(_ROWS_AT_A_TIME)).all()
        if not rows:
            return
        yield from rows
        after = rows[-1].id


def random_unlabelled(database: Database, classifier: str, *, limit: int) -> Sequence[Example]:
    """At most `limit` examples without labels, drawn at random, in random order. Raises StoreError."""
    query = Wanted(labelled=False).of(select(Example), classifier).order_by(func.random()).limit(limit)
    with database.reading() as session:
        return session.scalars(query).all()


def counts(database: Database, classifier: str) -> list[tuple[str | None, str, int]]:
    """(labels, part, rows) for each combination that occurs. Raises StoreError."""
    query = (
        select(Example.labels, Example.part, func.count())
        .where(Example.classifier_id == classifier)
        .group_by(Example.labels, Example.part)
    )
    with database.reading() as session:
        return [(labels, part, count) for labels, part, count in session.execute(query)]


def change(database: Database, classifier: str, identity: int, **values: Any) -> bool:
    """Sets some of an example's columns; False if it is gone. Raises StoreError."""
    one = update(Example).where(Example.classifier_id == classifier, Example.id == identity)
    with database.writing() as session:
        changed = one.values(**values, changed_at=datetime.now(UTC)).returning(Example.id)
        return session.scalar(changed) is not None


def rename_label(database: Database, classifier: str, before: str, after: str) -> None:
    """Replaces one content of the column `labels` by another. Raises StoreError."""
    some = update(Example).where(Example.classifier_id == classifier, Example.labels == before)
    with database.writing() as session:
        session.execute(some.values(labels=after, changed_at=datetime.now(UTC)))


def remove(database: Database, classifier: str, identity: int) -> bool:
    """Deletes an example; False if there is none. Raises StoreError."""
    one = delete(Example).where(Example.classifier_id == classifier, Example.id == identity)
    with database.writing(removes=True) as session:
        return session.scalar(one.returning(Example.id)) is not None


def erase(database: Database, *, digests: Collection[str] = (), author: str | None = None) -> int:
    """Deletes a text, or everything by an author, from all classifiers; returns how many. Raises StoreError."""
    assert bool(digests) != (author is not None)
    which = Example.digest.in_(digests) if author is None else Example.author == author
    with database.writing(removes=True) as session:
        return len(session.scalars(delete(Example).where(which).returning(Example.id)).all())
