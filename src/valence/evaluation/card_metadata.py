"""The front matter of a model card, as the Hugging Face Hub reads it: licence, base, data, results as model-index.

What the Hub would not understand, such as a base that is only on this machine, is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from valence.data.catalog import CATALOG
from valence.encoder.bases import BASES
from valence.model.folder import Body, FittedHead
from valence.model.results import Result

_TASK = "text-classification"

# Metric -> (its name in the Hub's list of metrics, its name in words: that list has no averages).
_METRICS = {
    "accuracy": ("accuracy", "Accuracy"),
    "macro_f1": ("f1", "Macro F1"),
    "mcc": ("matthews_correlation", "Matthews correlation"),
    "roc_auc": ("roc_auc", "ROC AUC"),
}
_MULTI_LABEL_METRICS = {
    "subset_accuracy": ("accuracy", "Subset accuracy"),
    "micro_f1": ("f1", "Micro F1"),
    "macro_f1": ("f1", "Macro F1"),
    "roc_auc": ("roc_auc", "ROC AUC"),
}
_SPLITS = {"dev": "validation"}  # what a data set calls its split -> what the Hub calls it


def front_matter(name: str, body: Body, head: FittedHead, results: Sequence[Result]) -> str:
    """The YAML between two lines of dashes, with the newline after it."""
    from huggingface_hub import ModelCardData

    trained_on = head.provenance.get("data", {}).get("name", "")
    metrics = _MULTI_LABEL_METRICS if head.labels.multi_label else _METRICS
    data = ModelCardData(
        model_name=name,
        base_model=_base(body.base),
        datasets=_hub_ids({trained_on, *(result.data for result in results)}),
        eval_results=list(_results(results, metrics)) or None,
        language=_language(body.base),
        library_name="valence",
        license=body.licence.lower(),
        metrics=list(dict.fromkeys(metric for metric, _ in metrics.values())),
        pipeline_tag=_TASK,
        tags=["multi-label"] if head.labels.multi_label else None,
    )
    return f"---\n{data.to_yaml()}\n---\n"


def _base(base: str) -> str | None:
    return BASES[base].hub_id if base in BASES else None


def _language(base: str) -> str | None:
    """Every base with a name of its own read only English; nothing is known of others."""
    return "en" if base in BASES else None


def _hub_ids(names: set[str]) -> list[str] | None:
    return sorted(CATALOG[name].hub_id for name in names if name in CATALOG and CATALOG[name].hub_id) or None


def _results(results: Sequence[Result], metrics: Mapping[str, tuple[str, str]]) -> Iterator[Any]:
    from huggingface_hub import EvalResult

    for result in results:
        known = CATALOG.get(result.data)
        for key, (metric, words) in metrics.items():
            if key in result.metrics:
                yield EvalResult(
                    task_type=_TASK,
                    dataset_type=(known.hub_id if known else "") or result.data,
                    dataset_name=known.title if known else result.data,
                    dataset_split=_SPLITS.get(result.split, result.split),
                    metric_type=metric,
                    metric_name=f"{words} ({result.name})",
                    metric_value=result.metrics[key].value,
                )
