"""Results as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from valence.model.results import Result


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


def cost(result: Result) -> str:
    """What a training run cost, in one line: `Trained 770 parameters in 12.3 s, using up to 812 MB of memory.`"""
    return (
        f"Trained {result.trained_parameters:,} parameters in {result.wall_time_s:,.1f} s, "
        f"using up to {result.peak_memory_mb:,} MB of memory."
    )


def breakdown(result: Result) -> str:
    """One result's labels, calibration and slices. Labels are left out if there are too many."""
    lines = [f"{result.name}, {result.data} {result.split}:"]
    if result.per_class:
        lines.append(f"  {'label':<28} {'precision':>9} {'recall':>9} {'F1':>9} {'rows':>9}")
    lines += [
        f"  {label.label:<28} {label.precision:>9.2%} {label.recall:>9.2%} {label.f1:>9.2%} {label.support:>9,}"
        for label in result.per_class or ()
    ]
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
