"""What a score means for an item: whether a person should look at it, why, and its place in the queue."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from valence.server.moderation.communities import approve_label, remove_label
from valence.server.moderation.intake import chance
from valence.server.schemas.predict import Scored
from valence.server.store.moderation_tables import Item, Rules

_UNKNOWN_RANK = 0.5  # where an item without a score stands


def judged(item: Item, scored: Scored, rules: Rules, body: str, head: str, now: datetime) -> dict[str, Any]:
    """The columns of an item that was scored by this version."""
    score, fits = risk(scored, rules)
    why, threshold = None, rules.pass_below
    if score is not None and score >= rules.flag_from:
        why, threshold = "flagged", rules.flag_from
    elif score is None or score >= rules.pass_below:
        why = "unsure"
    return {
        **_placed(item, why, score, now),
        "answer": answer_json(scored),
        "fits": fits,
        "body": body,
        "head": head,
        "score": score,
        "threshold": threshold,
    }


def unjudged(item: Item, why: str, now: datetime, error: str | None = None) -> dict[str, Any]:
    """The columns of an item that has no score, and that a person should look at therefore."""
    return {**_placed(item, why, None, now), "error": error}


def _placed(item: Item, why: str | None, score: float | None, now: datetime) -> dict[str, Any]:
    waits = why is not None or item.blind
    return {
        "state": "waiting" if waits else "passed",
        "why": why,
        "rank": chance(item.classifier, item.sender_id, "rank") if item.blind else _rank(score),
        "queued_at": now if waits else None,
        "closed_at": None if waits else now,
    }


def _rank(score: float | None) -> float:
    return _UNKNOWN_RANK if score is None else score


def answer_json(scored: Scored) -> str:
    """An answer as the database holds it: the labels before the probabilities, as the queue's filter expects."""
    probabilities = {each.label: each.probability for each in scored.probabilities}
    return json.dumps({"labels": answer_of(scored), "probabilities": probabilities}, ensure_ascii=False)


def answer_of(scored: Scored) -> list[str]:
    """The labels that a text was given."""
    return [scored.label] if scored.labels is None else list(scored.labels)


def risk(scored: Scored, rules: Rules) -> tuple[float | None, bool | None]:
    """(the probability that a text needs action, whether the answer is that it needs none).

    None for both if it isn't known which label means what.
    """
    probabilities = {each.label: each.probability for each in scored.probabilities}
    bad = needs_action(answer_of(scored), list(probabilities), rules, several=scored.labels is not None)
    return risk_of(probabilities, rules, several=scored.labels is not None), None if bad is None else not bad


def risk_of(probabilities: Mapping[str, float], rules: Rules, *, several: bool) -> float | None:
    """The probability that a text needs action; None if it isn't known which label means what.

    With several labels per text, the highest probability of any label but the one to approve.
    """
    good = approve_label(rules, list(probabilities))
    if several:
        return max((value for label, value in probabilities.items() if label != good), default=0.0)
    if good is not None:
        return max(0.0, 1 - probabilities[good])
    bad = remove_label(rules, list(probabilities))
    return None if bad is None else probabilities[bad]


def needs_action(labels: Sequence[str], known: Sequence[str], rules: Rules, *, several: bool) -> bool | None:
    """Whether these of the `known` labels say that a text needs action; None if that isn't known."""
    good = approve_label(rules, known)
    if several:
        return any(label != good for label in labels)
    if good is not None:
        return list(labels) != [good]
    bad = remove_label(rules, known)
    return None if bad is None else list(labels) == [bad]
