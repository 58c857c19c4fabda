"""Rules about labels: which names are allowed, and which labels an example may have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from valence.server.problems import ProblemError, invalid_field
from valence.server.schemas.classifiers import MOST_LABELS
from valence.server.store import example_rows
from valence.server.store.classifier_tables import Classifier
from valence.server.store.database import Database
from valence.server.teaching.texts import labels_in
from valence.tables.answers import SEPARATOR
from valence.tables.labels import canonical

_SHOWN = 10  # labels in a message


def check_names(labels: Sequence[str], *, several: bool) -> None:
    """Raises ProblemError for a label that no table could hold."""
    unwritable = [label for label in labels if several and SEPARATOR in label]
    if unwritable:
        raise invalid_field("labels", f"{unwritable[0]!r} contains {SEPARATOR!r}, which separates labels in tables")


def check_none_lost(classifier: Classifier, labels: Sequence[str], database: Database) -> None:
    """Raises ProblemError if an example has a label that is not in `labels`."""
    counts = example_rows.counts(database, classifier.id)
    used = {label for stored, _, _ in counts if stored for label in labels_in(stored)}
    lost = sorted(used - set(labels))
    if lost:
        raise ProblemError(
            "label-in-use", f"Some examples have the label {lost[0]!r}. Give them another label first, or remove them."
        )


def checked(labels: Sequence[str], classifier: Classifier, field: str) -> list[str]:
    """The labels of one example. Raises ProblemError for one that the classifier doesn't have, or a wrong number."""
    known = labels_in(classifier.labels)
    unknown = [label for label in labels if label not in known]
    if unknown:
        raise invalid_field(field, f"{unknown[0]!r} isn't a label of {classifier.name}; its labels are {listed(known)}")
    if not classifier.several and len(labels) != 1:
        raise invalid_field(field, f"a text of {classifier.name} has exactly one label, not {len(labels)}")
    if len(set(labels)) < len(labels):
        raise invalid_field(field, "names a label twice")
    return list(labels)


def spellings(given: Sequence[str], classifier: Classifier, *, add: bool) -> tuple[Mapping[str, str], list[str]]:
    """(each label of a file as the classifier spells it, the labels that are new).

    Files write whole numbers as 1 or 1.0. Raises ProblemError for new labels unless they may be added.
    """
    known = labels_in(classifier.labels)
    by_form = {canonical(label): label for label in known}
    new = [label for label in given if label not in known and canonical(label) not in by_form]
    if new and not add:
        have = f"its labels are {listed(known)}" if known else "it has no labels yet"
        raise ProblemError(
            "unknown-labels",
            f"The file has the labels {listed(new)}, which {classifier.name} doesn't have; {have}. Rename them, or "
            "send `new_labels=add` to add them to the classifier.",
        )
    if len(known) + len(new) > MOST_LABELS:
        raise ProblemError(
            "unknown-labels",
            f"With the labels of the file there would be more than {MOST_LABELS}. Is it the right column?",
        )
    check_names(new, several=classifier.several)
    return {label: label if label in known else by_form.get(canonical(label), label) for label in given}, new


def listed(labels: Sequence[str]) -> str:
    """Labels in a message: the first ones."""
    shown = ", ".join(map(repr, labels[:_SHOWN]))
    return f"{shown} and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else shown
