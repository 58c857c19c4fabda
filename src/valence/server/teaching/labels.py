"""Rules about labels: which names are allowed, and which labels an example may have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from valence.server.problems import ProblemError, invalid_field
from valence.server.schemas.classifiers import MOST_LABELS
from valence.server.schemas.label_names import MOST_CHARS, label_name
from valence.server.store import example_rows
from valence.server.store.classifier_tables import Classifier
from valence.server.store.database import Database
from valence.server.teaching.texts import labels_in
from valence.tables.answers import SEPARATOR
from valence.tables.labels import canonical
from valence.tables.noticed import alike_labels, look_of

_SHOWN = 10  # labels in a message


def check_names(labels: Sequence[str], known: Sequence[str] = (), *, several: bool) -> None:
    """Raises ProblemError for a label that no table could hold, or a new one that looks like another.

    `known` are the labels that the classifier has already.
    """
    unwritable = [label for label in labels if several and SEPARATOR in label]
    if unwritable:
        raise invalid_field("labels", f"{unwritable[0]!r} contains {SEPARATOR!r}, which separates labels in tables")
    for alike in alike_labels(dict.fromkeys(labels, 0)):
        if not set(alike) <= set(known):
            raise invalid_field("labels", f"{alike[0]!r} and {alike[1]!r} look alike; a label has one spelling")


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


def spellings(counts: Mapping[str, int], classifier: Classifier, *, add: bool) -> tuple[Mapping[str, str], list[str]]:
    """(each label of a file as the classifier spells it, the labels that are new).

    `counts` are the file's labels with their rows. Labels that look alike are one: as the classifier spells it, or else
    as most rows do. Raises ProblemError for new labels unless they may be added.
    """
    known = labels_in(classifier.labels)
    spelt = {_look_of(label): label for label in reversed(known)}
    spelling = {}
    for label in sorted(counts, key=lambda name: (-counts[name], name)):
        spelling[label] = label if label in known else spelt.setdefault(_look_of(label), label)
    new = sorted(set(spelling.values()) - set(known))
    if new and not add:
        have = f"its labels are {listed(known)}" if known else "it has no labels yet"
        raise ProblemError(
            "unknown-labels",
            f"The file has the labels {listed(new)}, which {classifier.name} doesn't have; {have}. Rename them, or "
            "send `new_labels=add` to add them to the classifier.",
        )
    _check_new(new, classifier, len(known))
    return spelling, new


def alike_messages(labels: Sequence[str]) -> list[str]:
    """Which labels of a file look alike, and what becomes of them."""
    return [f"{listed(alike)} look alike: here they are one label." for alike in alike_labels(dict.fromkeys(labels, 0))]


def _look_of(label: str) -> str:
    return look_of(canonical(label))


def _check_new(labels: Sequence[str], classifier: Classifier, known: int) -> None:
    """Raises ProblemError for a file's labels that would give the classifier too many, `known` of which it has."""
    if known + len(labels) > MOST_LABELS:
        raise ProblemError(
            "unknown-labels",
            f"With the labels of the file there would be more than {MOST_LABELS}. Is it the right column?",
        )
    for label in labels:
        try:
            label_name(label)
        except ValueError as error:
            raise ProblemError(
                "invalid-file",
                f"The file has the label {_cut(label)!r}, and {error}. Change it in the file; or, if it is no label, "
                "name another column in `label_column`.",
            ) from None
    check_names(labels, several=classifier.several)


def listed(labels: Sequence[str]) -> str:
    """Labels in a message: the first ones."""
    shown = ", ".join(repr(_cut(label)) for label in labels[:_SHOWN])
    return f"{shown} and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else shown


def _cut(label: str) -> str:
    return label if len(label) <= MOST_CHARS else f"{label[:_SHOWN]}…"
