"""Results as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from valence.model.results import LabelCheck, LabelFigures, Result

SHOWN_LABELS = 20
SHOWN_PAIRS = 10
SHOWN_MISTAKES = 10


def table(results: Sequence[Result]) -> str:
    """One line per result, in percent with 95% intervals; all results are multi-label, or none is.

    >>> print(table([]))
    what  data  split  rows  accuracy  macro F1  ECE
    """
    multi_label = bool(results) and results[0].accuracy_name == "subset_accuracy"
    names = ["subset_accuracy", "micro_f1", "macro_f1"] if multi_label else ["accuracy", "macro_f1"]
    lines = [["what", "data", "split", "rows", *(name.replace("_", " ").replace("f1", "F1") for name in names), "ECE"]]
    for result in results:
        figures = [str(result.metrics[name]) for name in names]
        error = f"{100 * result.metrics['ece'].value:.2f}"
        lines.append([result.name, result.data, result.split, f"{result.rows:,}", *figures, error])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def about_the_figures(result: Result) -> list[str]:
    """Lines on what to know before relying on the figures, and how the rows were tested if none was held out."""
    how = [str(result.cross_validation)] if result.cross_validation else []
    return [*([result.caution] if result.caution else []), *how]


def cost(result: Result) -> str:
    """What a training run cost, in one line: `Trained 770 parameters in 12.3 s, using up to 812 MB of memory.`"""
    return (
        f"Trained {result.trained_parameters:,} parameters in {result.wall_time_s:,.1f} s, "
        f"using up to {result.peak_memory_mb:,} MB of memory."
    )


def by_label(result: Result) -> list[str]:
    """Lines about the labels: their figures, which ones are confused most, and the rows of the most confident mistakes.

    Of many labels those with the lowest F1 are shown.
    """
    labels = lowest_f1(result.per_class or ())
    lines = []
    if labels:
        lines.append(f"  {'label':<28} {'precision':>9} {'recall':>9} {'F1':>9} {'rows':>9}")
    lines += [
        f"  {label.label:<28} {label.precision:>9.2%} {label.recall:>9.2%} {label.f1:>9.2%} {label.support:>9,}"
        for label in labels
    ]
    left_out = len(result.per_class or ()) - len(labels)
    if left_out:
        lines.append(f"  and {left_out:,} more with a higher F1, which the report has")
    if result.confused:
        lines.append(f"  {'most confused: true, predicted':<58} {'rows':>9} {'of label':>9}")
        lines += [
            f"  {pair.truth + ', ' + pair.predicted:<58} {pair.rows:>9,} {pair.share:>9.1%}"
            for pair in result.confused[:SHOWN_PAIRS]
        ]
    if result.mistakes:
        lines.append(f"  {'most confident mistakes: row, true, predicted':<58} {'probability':>19}")
        lines += [
            f"  {each.key + '  ' + each.truth + ', ' + each.predicted:<58} {each.probability:>19.1%}"
            for each in result.mistakes[:SHOWN_MISTAKES]
        ]
    return [*lines, *(_of_label_check(result.label_check) if result.label_check else ())]


def _of_label_check(check: LabelCheck) -> list[str]:
    """Lines about the rows whose labels look wrong."""
    return [
        f"  {f'labels that look wrong, in {check.found:,} of {check.rows:,} training rows':<58}",
        *(
            f"  {each.key + '  ' + each.given + ', rather ' + each.suggested:<58} {each.suggested_probability:>19.1%}"
            for each in check.suspects[:SHOWN_MISTAKES]
        ),
    ]


def lowest_f1(labels: Sequence[LabelFigures]) -> list[LabelFigures]:
    """All labels in their order if they are few, otherwise the twenty with the lowest F1, the lowest first."""
    if len(labels) <= SHOWN_LABELS:
        return list(labels)
    return sorted(labels, key=lambda label: label.f1)[:SHOWN_LABELS]


def breakdown(result: Result) -> str:
    """One result's labels, confusions, mistakes by row, calibration and slices."""
    lines = [f"{result.name}, {result.data} {result.split}:", *about_the_figures(result), *by_label(result)]
    if result.calibration:
        lines.append(
            f"  calibration error {100 * result.metrics['ece'].value:.2f}; chance alone would give "
            f"{result.calibration.by_chance} (p = {result.calibration.p_value:.2g})"
        )
    accuracy = result.accuracy_name.replace("_", " ")
    lines.append(f"  {'slice':<28} {accuracy + ', Wilson interval':<29} {'rows':>9}")
    lines += [
        f"  {part.by + ': ' + part.name:<28} {part.accuracy!s:<29} {part.rows:>9,}" for part in result.slices or ()
    ]
    return "\n".join(lines)
