"""The model card, in Markdown with the metadata that the Hub reads.

The page finds the sections by their headings: it shows Results and How it was made in its own way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from valence.evaluation.card_metadata import front_matter
from valence.evaluation.tables import SHOWN_PAIRS, lowest_f1
from valence.model.folder import Body, FittedHead
from valence.model.multi_label import MultiLabelHead
from valence.model.results import Result, Results

_FIGURES = ("accuracy", "macro_f1", "mcc", "roc_auc", "ece")
_MULTI_LABEL_FIGURES = ("subset_accuracy", "hamming_loss", "micro_f1", "macro_f1", "roc_auc", "ece")
_STAGES_THAT_TRAIN_A_BODY = ("pretrain", "distill")
_NAMED_LABELS = 20  # the card lists at most this many


def model_card(name: str, body: Body, head: FittedHead, measured: Results, *, serving_only: bool = False) -> str:
    """The card of one classifier; `serving_only` if its folder doesn't have the network's own weights."""
    results = measured.results
    in_transformers = head.in_network and not serving_only
    sections = (
        ("What it is", _what(body, head, _loading(head, serving_only=serving_only))),
        ("Intended use", _intended(head)),
        ("Results", _results(measured, _MULTI_LABEL_FIGURES if head.labels.multi_label else _FIGURES)),
        ("Limits", _limits(head, results)),
        ("How it was made", _made(head)),
        ("How to use it", _use(name, in_transformers=in_transformers)),
    )
    return "\n".join(
        [
            front_matter(name, body, head, results),
            f"# {name}\n",
            f"A text classifier made with Valence: it {_task(head)}. {_parts(head)}\n",
            *(f"## {title}\n\n{content}" for title, content in sections),
        ]
    )


def _task(head: FittedHead) -> str:
    if head.labels.multi_label:
        return f"is multi-label: it gives each text any number of the labels {_labels(head)}, or none"
    return f"gives each text one of the labels {_labels(head)}"


def _parts(head: FittedHead) -> str:
    body_was_trained = head.provenance.get("stage") in _STAGES_THAT_TRAIN_A_BODY or "from_body" in head.provenance
    if body_was_trained:
        return "A body (encoder) and a head (final layer), trained together; other heads can be fitted on it."
    return "A frozen body (encoder), and a head (final layer) fitted on its features."


def _labels(head: FittedHead) -> str:
    names = head.labels.names
    more = f" and {len(names) - _NAMED_LABELS} more" if len(names) > _NAMED_LABELS else ""
    return ", ".join(f"`{label}`" for label in names[:_NAMED_LABELS]) + more


def _loading(head: FittedHead, *, serving_only: bool) -> str:
    if serving_only:
        return "These are only the files that serving needs; the commands below make the network's own weights."
    if head.in_network and head.head.offsets is not None:
        return "Loads in plain `transformers` with the same scores, where the most probable label is the answer."
    if head.in_network:
        return "Loads in plain `transformers` with the same scores."
    if head.ngrams is not None:
        return "Its head reads n-grams beside the body, so it needs Valence: plain `transformers` can't use it."
    return "Its head reads several layers of the body, so it needs Valence: plain `transformers` can't use it."


def _what(body: Body, head: FittedHead, loading: str) -> str:
    return (
        f"| | |\n|---|---|\n| base | {body.base} ({body.licence}) |\n| network | {body.architecture} |\n"
        f"| window | {body.max_tokens} tokens; longer texts are read in overlapping windows |\n"
        f"| body | `{body.id[:12]}` |\n| head | `{head.version}`, on the {head.reads} |\n"
        f"| temperature | {head.head.temperature:.3f}, fitted on held-out rows |\n"
        f"{_thresholds(head)}{_answers(head)}\n{loading}\n"
    )


def _thresholds(head: FittedHead) -> str:
    """The table's line with the probability from which each label is given, if a text can have several."""
    if not isinstance(head.head, MultiLabelHead):
        return ""
    thresholds = [
        f"`{name}` {threshold:.3f}"
        for name, threshold in zip(head.labels.names[:_NAMED_LABELS], head.head.thresholds, strict=False)
    ]
    more = f" and {len(head.labels) - _NAMED_LABELS} more" if len(head.labels) > _NAMED_LABELS else ""
    return f"| thresholds | {', '.join(thresholds)}{more}; {_best_by(head)} |\n"


def _best_by(head: FittedHead) -> str:
    objective = head.provenance.get("config", {}).get("optimise")
    return f"chosen on validation for {objective}" if objective else "each has the highest F1 on validation"


def _answers(head: FittedHead) -> str:
    """The table's line about answers that are not the most probable labels."""
    if head.head.offsets is None:
        return ""
    objective = head.provenance.get("config", {}).get("optimise") or "macro-f1, at little cost in accuracy"
    return (
        f"| answers | chosen on validation for {objective}: rare labels are answered from a lower probability "
        "than frequent ones |\n"
    )


def _intended(head: FittedHead) -> str:
    data = head.provenance.get("data", {}).get("name")
    kind = f"like those in `{data}`, which its head was fitted on" if data else "like those that it was fitted on"
    return (
        f"To sort, count and search texts {kind}, with a person to check the doubtful ones: below a probability of "
        f"{head.sure_from:g} it says that it is not sure.\n\n"
        "It should not make decisions about people on its own, should not be used for other languages or kinds of text "
        "without testing it on them, and can't tell whether what a text says is true.\n"
    )


def _results(measured: Results, names: Sequence[str]) -> str:
    lines = [
        "| what | data | split | rows | " + " | ".join(names) + " |",
        "|---|---|---|--:|" + "--:|" * len(names),
    ]
    for result in measured.with_rivals():
        figures = [str(result.metrics[name]) if name in result.metrics else "" for name in names]
        lines.append(
            f"| {result.name} | {result.data} | {result.split} | {result.rows:,} | " + " | ".join(figures) + " |"
        )
    lines.append("\nIn percent, with 95% bootstrap intervals.")
    lines.append(f"{_chosen_on(measured.results)}\n")
    lines += [f"**{each.caution}**\n" for each in measured.results if each.caution]
    lines += [_label_table(result) for result in measured.results if result.per_class]
    lines += [_confusion_table(result) for result in measured.results if result.confused]
    lines += [_slice_table(result) for result in measured.results if result.slices]
    return "\n".join(lines)


def _chosen_on(results: Sequence[Result]) -> str:
    """How what was chosen was kept apart from what was tested."""
    how = [str(result.cross_validation) for result in results if result.cross_validation]
    if how:
        return f"{how[0]} It was also chosen without it: its readout, penalties and temperature."
    return "Checkpoint, penalty and temperature were chosen on validation rows cut from the training set."


def _label_table(result: Result) -> str:
    labels = lowest_f1(result.per_class or ())
    every = len(result.per_class or ())
    which = "Each label" if len(labels) == every else f"The {len(labels)} of {every} labels with the lowest F1"
    lines = [
        f"### {which}: {result.name}\n",
        "| label | precision | recall | F1 | rows |",
        "|---|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {label.label} | {100 * label.precision:.1f} | {100 * label.recall:.1f} | {100 * label.f1:.1f} "
        f"| {label.support:,} |"
        for label in labels
    ]
    return "\n".join(lines) + "\n"


def _confusion_table(result: Result) -> str:
    """The labels that are confused most."""
    lines = [
        f"### Most confused labels: {result.name}\n",
        "| true | predicted | rows | of the label |",
        "|---|---|--:|--:|",
        *(
            f"| {_in_table(pair.truth)} | {_in_table(pair.predicted)} | {pair.rows:,} | {100 * pair.share:.1f}% |"
            for pair in (result.confused or ())[:SHOWN_PAIRS]
        ),
    ]
    return "\n".join(lines) + "\n"


def _slice_table(result: Result) -> str:
    accuracy = result.accuracy_name.replace("_", " ")
    lines = [f"### Slices: {result.name}\n", f"| slice | rows | {accuracy} |", "|---|--:|--:|"]
    lines += [f"| {part.by}: {part.name} | {part.rows:,} | {part.accuracy} |" for part in result.slices or ()]
    return "\n".join(lines) + "\n\nIn percent, with 95% Wilson intervals. Words are separated by spaces.\n"


def _limits(head: FittedHead, results: Sequence[Result]) -> str:
    return (
        _language(head)
        + "- It has learnt the tone of its training texts. Test it on your own texts before you rely on it: "
        "`valence evaluate`.\n"
        + _forced_choice(head)
        + "- Irony, quotations and names of groups mislead it. Don't let it make decisions about people on its own.\n"
        + "".join(_weakest(result) for result in results if result.slices)
        + "".join(_failures(result) for result in results if result.known_failures)
    )


def _language(head: FittedHead) -> str:
    if head.readable is None:
        return "- English, unless its base and its training texts were in another language.\n"
    return (
        f"- {head.readable.language}. Text that is mostly in another language or script, or of symbols that it does "
        "not know, gets no label: it is not readable. Words of another language within an English text are not "
        "noticed.\n"
    )


def _forced_choice(head: FittedHead) -> str:
    if head.labels.multi_label:
        return "- Each label is decided on its own: it doesn't know that some labels exclude each other.\n"
    return f"- It always answers with one of {_labels(head)}, even if none of them fits.\n"


def _weakest(result: Result) -> str:
    """The slice with the lowest accuracy, if that is lower than chance explains."""
    worst = min(result.slices or (), key=lambda part: part.accuracy.value)
    overall = result.accuracy.value
    if worst.accuracy.high >= overall:
        return ""
    return (
        f"- On {result.data} it is weakest where {worst.by} is {worst.name}: "
        f"{100 * worst.accuracy.value:.1f}% right, compared with {100 * overall:.1f}% of all rows.\n"
    )


def _failures(result: Result) -> str:
    """The mistakes that somebody chose to publish, the most confident first."""
    lines = [
        f"\n**Known failures: {result.data}.** It is right on {100 * result.accuracy.value:.0f}% of the "
        f"{result.rows:,} texts; these are its most confident mistakes.\n",
        "| text | true label | predicted | probability |",
        "|---|---|---|--:|",
    ]
    lines += [
        f"| {_in_table(failure.text)} | {failure.truth} | {failure.predicted} | {100 * failure.probability:.0f}% |"
        for failure in result.known_failures or ()
    ]
    return "\n".join(lines) + "\n"


def _in_table(text: str) -> str:
    """The text so that a Markdown cell shows it exactly: Markdown's and HTML's special characters are escaped."""
    return re.sub(r"([\\`*_{}\[\]<>#|~!&])", r"\\\1", " ".join(text.split()))


def _made(head: FittedHead) -> str:
    provenance = head.provenance
    commands = "\n".join(f"    {command}" for command in provenance.get("commands", []))
    data, versions = provenance.get("data", {}), provenance.get("versions", {})
    facts = [
        *(
            f"- training rows: {part['train_rows']:,} of `{part['name']}`"
            for part in data.get("sets", (data,))
            if "train_rows" in part
        ),
        f"- checksum of the data: `{data['checksum']}`" if "checksum" in data else "",
        f"- seed: {provenance['config']['seed']}" if "seed" in provenance.get("config", {}) else "",
        "- versions: " + ", ".join(f"{name} {version}" for name, version in versions.items()) if versions else "",
    ]
    listed = "\n".join(fact for fact in facts if fact)
    return f"{commands}\n\n{listed}\n\nThe same commands with the same data and versions give the same head.\n"


def _use(name: str, *, in_transformers: bool) -> str:
    transformers_way = (
        "\nor, in plain transformers:\n\n    from transformers import pipeline\n"
        f'    pipeline("text-classification", "{name}")("A wonderful, moving film.")\n'
        if in_transformers
        else ""
    )
    return f'    import valence\n    valence.load("{name}").predict("A wonderful, moving film.")\n{transformers_way}'
