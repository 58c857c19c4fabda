"""What thresholds of a version are chosen from: test examples, blind decisions, and the community's last scores."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from valence.evaluation.wishes.evidence import Decided, Recent
from valence.server.classifiers.registry import ModelFacts
from valence.server.moderation.communities import Community
from valence.server.moderation.judging import needs_action, risk_of
from valence.server.settings import Settings
from valence.server.store import evidence_rows, version_rows
from valence.server.store.database import Database
from valence.server.store.evidence_rows import DAYS, Of
from valence.server.store.moderation_tables import Rules
from valence.server.teaching.outcome import Answers


@dataclass(frozen=True)
class Evidence:
    """Of one version.

    Attributes:
        decided: blind decisions and test examples.
        recent: the community's last scores.
        items: the item of each recent score.
    """

    decided: Decided = field(default_factory=lambda: _as_decided([]))
    recent: Recent = field(default_factory=Recent)
    items: Sequence[evidence_rows.Recent] = ()

    @property
    def blind(self) -> int:
        return int(self.decided.blind.sum())

    @property
    def tested(self) -> int:
        return len(self.decided) - self.blind


def of_version(
    community: Community, facts: ModelFacts, rules: Rules, database: Database, settings: Settings
) -> Evidence:
    """Raises StoreError."""
    of = Of(community.key, facts.body, facts.head)
    several = facts.thresholds is not None
    decisions = evidence_rows.decided(database, of)
    judged = [*_blind(decisions, rules, several=several)]
    if community.taught is not None:
        stored = version_rows.answers(database, community.key, facts.head)
        answers = None if stored is None else Answers.model_validate_json(stored)
        known = {decision.example for decision in decisions}
        judged += [] if answers is None else _tested(answers, known, rules, several=several)
    scored = [
        (item, score)
        for item in evidence_rows.recent(database, of)
        if (score := risk_of(json.loads(item.answer)["probabilities"], rules, several=several)) is not None
    ]
    per_day = evidence_rows.per_day(database, community.key, min(DAYS, settings.item_days))
    recent = Recent(np.array([score for _, score in scored], dtype=np.float64), per_day)
    return Evidence(_as_decided(judged), recent, [item for item, _ in scored])


_Row = tuple[float, bool, bool]  # score, whether it needs action, whether it was blind


def _blind(decisions: Sequence[evidence_rows.Decided], rules: Rules, *, several: bool) -> Iterator[_Row]:
    for decision in decisions:
        probabilities = json.loads(decision.answer)["probabilities"]
        bad: bool | None = decision.action == "remove"
        if decision.labels is not None:
            bad = needs_action(json.loads(decision.labels), list(probabilities), rules, several=several)
        score = risk_of(probabilities, rules, several=several)
        if score is not None and bad is not None:
            yield score, bad, True


def _tested(answers: Answers, known: set[int | None], rules: Rules, *, several: bool) -> Iterator[_Row]:
    """Test examples, without those that are blind decisions too."""
    for example, row, labels in zip(answers.examples, answers.probabilities, answers.truth, strict=True):
        names = [answers.labels[label] for label in labels]
        bad = needs_action(names, answers.labels, rules, several=several)
        score = risk_of(dict(zip(answers.labels, row, strict=True)), rules, several=several)
        if score is not None and bad is not None and example not in known:
            yield score, bad, False


def _as_decided(rows: Sequence[_Row]) -> Decided:
    scores, bad, blind = zip(*rows, strict=True) if rows else ((), (), ())
    return Decided(np.array(scores, np.float64), np.array(bad, np.bool_), np.array(blind, np.bool_))
