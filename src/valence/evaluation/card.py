"""The model card: a product of the run, in Markdown with the metadata that the Hub reads.

The page tells the sections apart by their headings: it shows Results and How it was made in its own way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from valence.evaluation.card_metadata import front_matter
from valence.evaluation.intervals import Estimate
from valence.evaluation.results import accuracy_of
from valence.model.folder import FINAL, Body, FittedHead
from valence.model.multi_label import MultiLabelHead

_FIGURES = ("accuracy", "macro_f1", "mcc", "roc_auc", "ece")
_MULTI_LABEL_FIGURES = ("subset_accuracy", "hamming_loss", "micro_f1", "macro_f1", "roc_auc", "ece")
_STAGES_OF_A_BODY = ("pretrain", "distill")
_NAMED_LABELS = 20  # of more, the card names so many


def model_card(
    name: str, body: Body, head: FittedHead, results: Sequence[dict[str, Any]], *, serving_only: bool = False
) -> str:
    """The card of one classifier; `serving_only` where its folder lacks the network's own weights."""
    in_transformers = head.readout == FINAL and not serving_only
    sections = (
        ("What it is", _what(body, head, _loads(head, serving_only=serving_only))),
        ("Intended use", _intended(head)),
        ("Results", _results(results, _MULTI_LABEL_FIGURES if head.labels.multi_label else _FIGURES)),
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
        return f"is multi-label, and gives a text any number of {_labels(head)}, or none"
    return f"tells {_labels(head)} apart"


def _parts(head: FittedHead) -> str:
    body_was_trained = head.provenance.get("stage") in _STAGES_OF_A_BODY or "from_body" in head.provenance
    if body_was_trained:
        return (
            "A body (encoder) and a head (final layer), trained together; other heads may be fitted on the same body."
        )
    return "A frozen body (encoder), and a head (final layer) fitted on its features."


def _labels(head: FittedHead) -> str:
    names = head.labels.names
    more = f" and {len(names) - _NAMED_LABELS} more" if len(names) > _NAMED_LABELS else ""
    return ", ".join(f"`{label}`" for label in names[:_NAMED_LABELS]) + more


def _loads(head: FittedHead, *, serving_only: bool) -> str:
    if serving_only:
        return "This is the half that serving needs; the network's own weights are made by the commands below."
    if head.readout == FINAL:
        return "Loads in plain `transformers` with the same scores."
    return "Its head reads several layers of the body, so it needs Valence: plain `transformers` cannot use it."


def _what(body: Body, head: FittedHead, loads: str) -> str:
    return (
        f"| | |\n|---|---|\n| base | {body.base} ({body.licence}) |\n| network | {body.architecture} |\n"
        f"| window | {body.max_tokens} tokens; longer texts are read in overlapping windows |\n"
        f"| body | `{body.id[:12]}` |\n| head | `{head.version}`, on the `{head.readout}` readout |\n"
        f"| temperature | {head.head.temperature:.3f}, fitted on validation |\n{_thresholds(head)}\n{loads}\n"
    )


def _thresholds(head: FittedHead) -> str:
    """From which probability each of several labels is given: a line of the table."""
    if not isinstance(head.head, MultiLabelHead):
        return ""
    told = [
        f"`{name}` {threshold:.3f}"
        for name, threshold in zip(head.labels.names[:_NAMED_LABELS], head.head.thresholds, strict=False)
    ]
    more = f" and {len(head.labels) - _NAMED_LABELS} more" if len(head.labels) > _NAMED_LABELS else ""
    return f"| thresholds | {', '.join(told)}{more}; each has the greatest F1 on validation |\n"


def _intended(head: FittedHead) -> str:
    data = head.provenance.get("data", {}).get("name")
    kind = f"like those of `{data}`, which its head was fitted on" if data else "like those that it was fitted on"
    return (
        f"To sort, count and find texts {kind}, where a person can look at the doubtful ones: below a probability of "
        f"{head.sure_from:g} it calls itself not sure.\n\n"
        "Not to decide alone about a person, not for other languages or kinds of text without a test on them, and not "
        "to judge what a text says is true.\n"
    )


def _results(results: Sequence[dict[str, Any]], names: Sequence[str]) -> str:
    lines = [
        "| what | data | split | rows | " + " | ".join(names) + " |",
        "|---|---|---|--:|" + "--:|" * len(names),
    ]
    for each in results:
        figures = [str(Estimate(**each["metrics"][name])) if name in each["metrics"] else "" for name in names]
        lines.append(
            f"| {each['name']} | {each['data']} | {each['split']} | {each['rows']:,} | " + " | ".join(figures) + " |"
        )
    lines.append("\nIn per cent, with 95 % bootstrap intervals.")
    lines.append("Checkpoint, penalty and temperature were chosen on validation rows cut from train.\n")
    lines += [_of_labels(each) for each in results if each.get("per_class")]
    lines += [_of_slices(each) for each in results if each.get("slices")]
    return "\n".join(lines)


def _of_labels(result: dict[str, Any]) -> str:
    lines = [
        f"### Each label: {result['name']}\n",
        "| label | precision | recall | F1 | rows |",
        "|---|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {each['label']} | "
        + " | ".join(f"{100 * each[name]:.1f}" for name in ("precision", "recall", "f1"))
        + f" | {each['support']:,} |"
        for each in result["per_class"]
    ]
    return "\n".join(lines) + "\n"


def _of_slices(result: dict[str, Any]) -> str:
    accuracy = accuracy_of(result).replace("_", " ")
    lines = [f"### Slices: {result['name']}\n", f"| slice | rows | {accuracy} |", "|---|--:|--:|"]
    lines += [
        f"| {each['by']}: {each['name']} | {each['rows']:,} | {Estimate(**each['accuracy'])} |"
        for each in result["slices"]
    ]
    return "\n".join(lines) + "\n\nIn per cent, with 95 % Wilson intervals. Words are counted by spaces.\n"


def _limits(head: FittedHead, results: Sequence[dict[str, Any]]) -> str:
    return (
        "- English, unless its base and its training texts were of another language.\n"
        "- It has learnt the tone of the texts that it was trained on. Measure it on your own before you rely on it: "
        "`valence evaluate`.\n"
        + _forced(head)
        + "- Irony, quotation and names of groups mislead it. Don't let it decide alone about people.\n"
        + "".join(_weakest(each) for each in results if each.get("slices"))
        + "".join(_failures(each) for each in results if each.get("known_failures"))
    )


def _forced(head: FittedHead) -> str:
    if head.labels.multi_label:
        return "- Each label is decided by itself: that two exclude each other it does not know.\n"
    return f"- It always answers with one of {_labels(head)}, also where none of them fits.\n"


def _weakest(result: dict[str, Any]) -> str:
    """The slice that is worse than the whole beyond what chance explains; nothing where there is none."""
    worst = min(result["slices"], key=lambda each: each["accuracy"]["value"])
    whole = result["metrics"][accuracy_of(result)]["value"]
    if worst["accuracy"]["high"] >= whole:
        return ""
    return (
        f"- On {result['data']} it is weakest where {worst['by']} is {worst['name']}: "
        f"{100 * worst['accuracy']['value']:.1f} % right, against {100 * whole:.1f} % of all rows.\n"
    )


def _failures(result: dict[str, Any]) -> str:
    """The mistakes that it was asked to name, the surest first."""
    right = 100 * result["metrics"][accuracy_of(result)]["value"]
    lines = [
        f"\n**Known failures: {result['data']}.** It is right on {right:.0f} % of the {result['rows']:,} texts; "
        "these are the mistakes that it is surest of.\n",
        "| text | is | taken for | probability |",
        "|---|---|---|--:|",
    ]
    lines += [
        f"| {_in_table(each['text'])} | {each['truth']} | {each['predicted']} | {100 * each['probability']:.0f} % |"
        for each in result["known_failures"]
    ]
    return "\n".join(lines) + "\n"


def _in_table(text: str) -> str:
    """As a cell shows it, letter for letter: Markdown's own signs and HTML's are escaped."""
    return re.sub(r"([\\`*_{}\[\]<>#|~!&])", r"\\\1", " ".join(text.split()))


def _made(head: FittedHead) -> str:
    provenance = head.provenance
    commands = "\n".join(f"    {command}" for command in provenance.get("commands", []))
    data, versions = provenance.get("data", {}), provenance.get("versions", {})
    facts = [
        *(
            f"- training rows: {each['train_rows']:,} of `{each['name']}`"
            for each in data.get("sets", (data,))
            if "train_rows" in each
        ),
        f"- checksum of the data: `{data['checksum']}`" if "checksum" in data else "",
        f"- seed: {provenance['config']['seed']}" if "seed" in provenance.get("config", {}) else "",
        "- versions: " + ", ".join(f"{name} {version}" for name, version in versions.items()) if versions else "",
    ]
    told = "\n".join(fact for fact in facts if fact)
    return f"{commands}\n\n{told}\n\nThe same commands on the same data and versions give the same head.\n"


def _use(name: str, *, in_transformers: bool) -> str:
    transformers_way = (
        "\nor, in plain transformers:\n\n    from transformers import pipeline\n"
        f'    pipeline("text-classification", "{name}")("A wonderful, moving film.")\n'
        if in_transformers
        else ""
    )
    return f'    import valence\n    valence.load("{name}").predict("A wonderful, moving film.")\n{transformers_way}'
