"""Adds examples: a few at a time, or those of a file. Nothing is stored unless all of it is valid."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import IO, Any

from valence.server.jobs.reading import turn_to_read
from valence.server.problems import ProblemError, invalid_field
from valence.server.schemas.examples import ExampleFileQuery, ExamplesAdded, NewExamples
from valence.server.settings import Settings
from valence.server.store import classifier_rows, example_rows
from valence.server.store.classifier_tables import Classifier
from valence.server.store.database import Database
from valence.server.store.example_rows import ClassifierGoneError
from valence.server.teaching import files
from valence.server.teaching.files import GivenText
from valence.server.teaching.labels import checked, spellings
from valence.server.teaching.texts import cannot_be_stored, digest_of, is_visible, labels_in, part_of, stored_labels
from valence.tables.posts import Cleaning, cleaned

_one_file = threading.Lock()


def add(request: NewExamples, classifier: Classifier, by: str, database: Database, settings: Settings) -> ExamplesAdded:
    """Adds the texts of a request. Raises ProblemError and StoreError."""
    texts = []
    for number, given in enumerate(request.examples):
        field = f"examples.{number}"
        text = cleaned(given.text) if classifier.clean == "forum" else given.text.strip()
        _check_text(text or "", f"{field}.text", settings)
        if given.author is not None and cannot_be_stored(given.author):
            raise invalid_field(f"{field}.author", "contains a character that can't be stored")
        labels = None if given.labels is None else checked(given.labels, classifier, f"{field}.labels")
        texts.append(GivenText(text or "", labels, given.author))
    return _store(texts, classifier, by, database, settings, source=request.source, picked=request.picked)


def add_file(
    file: IO[bytes],
    media_type: str,
    query: ExampleFileQuery,
    classifier: Classifier,
    by: str,
    database: Database,
    settings: Settings,
) -> ExamplesAdded:
    """Adds the rows of a file. Raises ProblemError that names what is at fault, OverloadedError and StoreError."""
    with turn_to_read(_one_file):
        clean: Cleaning = "forum" if classifier.clean == "forum" else "none"
        given = files.read(file, media_type, query, clean, settings)
        _check_kind(given, classifier)
        spelling, new = spellings(given.label_counts, classifier, add=query.new_labels == "add")
        if new:
            labels = json.dumps([*labels_in(classifier.labels), *new])
            classifier_rows.change(database, classifier.id, {"labels": labels})
        texts = [replace(each, labels=_spelt(each.labels, spelling)) for each in given.texts]
        added = _store(texts, classifier, by, database, settings, source="file", picked=None)
    return added.model_copy(update={"left_out": given.left_out})


def _spelt(labels: Sequence[str] | None, spelling: Mapping[str, str]) -> list[str] | None:
    return None if labels is None else list(dict.fromkeys(spelling[label] for label in labels))


def _check_text(text: str, field: str, settings: Settings) -> None:
    """Raises ProblemError for a text that can't be stored, or couldn't be scored later."""
    if not is_visible(text):
        raise invalid_field(field, "has no words of its own")
    if len(text) > settings.max_text_chars:
        raise invalid_field(field, f"has {len(text):,} characters; the limit is {settings.max_text_chars:,}")
    if cannot_be_stored(text):
        raise invalid_field(field, "contains a character that can't be stored")


def _check_kind(given: files.GivenFile, classifier: Classifier) -> None:
    """Raises ProblemError for a file with one label per text if the classifier has several, or the reverse."""
    if given.multi_label and not classifier.several:
        raise ProblemError(
            "invalid-file",
            f"The file's texts can have several labels, but those of {classifier.name} have exactly one. Name the "
            "column with one label per text in `label_column`, or create a classifier with `multi_label`.",
        )
    if given.multi_label is False and classifier.several:
        raise ProblemError(
            "invalid-file",
            f"The file's texts have one label each, but those of {classifier.name} can have several. If a cell lists "
            "labels, say what separates them in `label_separator`.",
        )


def _store(
    texts: Sequence[GivenText],
    classifier: Classifier,
    by: str,
    database: Database,
    settings: Settings,
    *,
    source: str,
    picked: str | None,
) -> ExamplesAdded:
    rows = []
    for given in texts:
        digest = digest_of(given.text)
        rows.append(
            {
                "digest": digest,
                "text": given.text,
                "labels": None if given.labels is None else stored_labels(given.labels),
                "part": part_of(digest),
                "source": source,
                "picked": picked,
                "author": given.author,
                "checked": False,
                "added_by": by,
            }
        )
    try:
        added = example_rows.put(database, classifier.id, rows, limit=settings.max_examples)
    except ClassifierGoneError:
        raise ProblemError("unknown-classifier", f"{classifier.name} was deleted meanwhile.") from None
    if added.over_limit:
        raise ProblemError(
            "too-many-examples",
            f"A classifier may have {settings.max_examples:,} examples (VALENCE_MAX_EXAMPLES), and this would be more. "
            "Nothing was added. Remove some first.",
        )
    return ExamplesAdded(
        added=added.added,
        relabelled=added.relabelled,
        unchanged=added.unchanged + len(rows) - added.total,
        contradicting=_contradicting(rows),
        left_out=0,
    )


def _contradicting(rows: Sequence[Mapping[str, Any]]) -> int:
    """How many texts have one label in one row and another in another."""
    labels = defaultdict(set)
    for row in rows:
        if row["labels"] is not None:
            labels[row["digest"]].add(row["labels"])
    return sum(len(given) > 1 for given in labels.values())
