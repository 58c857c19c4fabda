"""The model card: a product of the run, in Markdown with the metadata that the Hub reads."""

from __future__ import annotations

from typing import Any

from valence.evaluation.intervals import Estimate
from valence.model.folder import FINAL, Body, FittedHead

_FIGURES = ("accuracy", "macro_f1", "mcc", "roc_auc", "ece")


def model_card(
    name: str, body: Body, head: FittedHead, results: list[dict[str, Any]], *, serving_only: bool = False
) -> str:
    """The card of one classifier; `serving_only` where its folder lacks the network's own weights."""
    in_transformers = head.readout == FINAL and not serving_only
    labels = ", ".join(f"`{label}`" for label in head.labels.names[:20])
    parts = [
        _metadata(body),
        f"# {name}\n",
        f"A text classifier made with Valence: it tells {labels} apart. A frozen body (encoder), and a head (final "
        f"layer) fitted on its features.\n",
        "## What it is\n",
        _what(body, head, _loads(head, serving_only=serving_only)),
        "## Results\n",
        _results(results),
        "## How it was made\n",
        "\n".join(f"    {command}" for command in head.provenance.get("commands", [])) + "\n",
        "## How to use it\n",
        _use(name, in_transformers=in_transformers),
        "## Limits\n",
        "- English, unless its base and its training texts were of another language.\n"
        "- It has learnt the tone of the texts that it was trained on. Measure it on your own before you rely on it: "
        "`valence evaluate`.\n"
        "- Irony, quotation and names of groups mislead it. Don't let it decide alone about people.\n",
    ]
    return "\n".join(parts)


def _metadata(body: Body) -> str:
    licence = body.licence.lower() if body.licence != "unknown" else "unknown"
    lines = ("---", f"license: {licence}", "pipeline_tag: text-classification", f"base_model: {body.base}", "---")
    return "\n".join(lines) + "\n"


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
        f"| temperature | {head.head.temperature:.3f}, fitted on validation |\n\n{loads}\n"
    )


def _results(results: list[dict[str, Any]]) -> str:
    lines = [
        "| what | data | split | rows | " + " | ".join(_FIGURES) + " |",
        "|---|---|---|--:|" + "--:|" * len(_FIGURES),
    ]
    for each in results:
        figures = [str(Estimate(**each["metrics"][name])) if name in each["metrics"] else "" for name in _FIGURES]
        lines.append(
            f"| {each['name']} | {each['data']} | {each['split']} | {each['rows']:,} | " + " | ".join(figures) + " |"
        )
    lines.append("\nIn per cent, with 95 % bootstrap intervals.")
    lines.append("Checkpoint, penalty and temperature were chosen on validation rows cut from train.\n")
    return "\n".join(lines)


def _use(name: str, *, in_transformers: bool) -> str:
    transformers_way = (
        "\nor, in plain transformers:\n\n    from transformers import pipeline\n"
        f'    pipeline("text-classification", "{name}")("A wonderful, moving film.")\n'
        if in_transformers
        else ""
    )
    return f'    import valence\n    valence.load("{name}").predict("A wonderful, moving film.")\n{transformers_way}'
