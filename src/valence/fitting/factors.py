"""Calibration: what the logits of a head's layers are multiplied with before they are added."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from valence.fitting.blocks import Problem
from valence.fitting.linear import SEVERAL
from valence.model.head import Floats

# What a layer's logits are multiplied with: 1 / temperature. The prior weighs as much as a few rows, so that a handful
# of them cannot claim a certainty that they do not have.
_FACTORS = (0.1, 4.0)
_USUAL = {1: 1.0, 2: 0.6}  # number of layers -> the factor of each before any row is seen
_PRIOR_ROWS = 4.0

_CLOSE = 1e-10  # what is left to gain, as a share of the loss
_MOST_STEPS = 50
_SHORTEST = 1e-6  # share of a step
_ROUNDS = 50


def calibrated_factors(logits: Sequence[Floats], problem: Problem) -> tuple[float, ...]:
    """What each layer's held-out logits are multiplied with, so that their sum has the lowest loss.

    For one layer this is temperature scaling (Guo et al. 2017), for two the weights of a logarithmic opinion pool. The
    loss is convex; its quadratic approximation between the bounds gives each step (sequential quadratic programming).
    """
    loss = _Loss(logits, problem)
    point = np.full(len(logits), _USUAL[len(logits)])
    least, most = (_FACTORS[0] if len(logits) == 1 else 0.0), _FACTORS[1]
    for _ in range(_MOST_STEPS):
        now, (gradient, curvature) = loss.value(point), loss.slopes(point)
        step = _bounded_step(gradient, curvature, least - point, most - point)
        slope, share = float(gradient @ step), 1.0
        if -slope <= _CLOSE * abs(now):
            break
        while share > _SHORTEST and loss.value(point + share * step) > now + 1e-4 * share * slope:
            share /= 2
        point = np.clip(point + share * step, least, most)
    return tuple(float(factor) for factor in point)


class _Loss:
    """The loss of factors on the rows that are held out, and of how far they are from the usual ones."""

    def __init__(self, logits: Sequence[Floats], problem: Problem) -> None:
        self._layers: Floats = np.stack(logits).astype(np.float64)
        self._problem = problem
        self._targets = problem.targets[problem.held_out]
        self._weights = None if problem.weights is None else problem.weights[problem.held_out]
        self._prior = _PRIOR_ROWS / len(self._targets)

    def value(self, factors: Floats) -> float:
        """At these factors."""
        away = factors - _USUAL[len(factors)]
        return self._problem.loss(self._pooled(factors)) + self._prior * float(away @ away)

    def slopes(self, factors: Floats) -> tuple[Floats, Floats]:
        """The gradient, shape (layers,), and the matrix of second derivatives."""
        probabilities = self._problem.link.probabilities(self._pooled(factors))
        several = self._problem.link is SEVERAL
        spread, apart = probabilities, self._layers
        if several:
            spread = probabilities * (1 - probabilities)
        else:  # a softmax does not change with what all its logits have in common
            apart = apart - (probabilities * apart).sum(axis=2, keepdims=True)
        error = probabilities - self._targets
        gradient = np.array([self._mean(error * layer) for layer in self._layers])
        curvature = np.array([[self._mean(spread * a * b) for a in apart] for b in apart])
        prior = 2 * self._prior
        return gradient + prior * (factors - _USUAL[len(factors)]), curvature + prior * np.eye(len(factors))

    def _pooled(self, factors: Floats) -> Floats:
        return np.asarray(sum(factor * layer for factor, layer in zip(factors, self._layers, strict=True)))

    def _mean(self, values: Floats) -> float:
        """Of parts of the loss, shape (n, classes): see `Link.loss`."""
        if self._weights is not None and self._weights.ndim == 2:
            return float(np.average(values, axis=0, weights=self._weights).mean())
        labels = values.shape[1] if self._problem.link is SEVERAL else 1
        return float(np.average(values.sum(axis=1), weights=self._weights)) / labels


def _bounded_step(gradient: Floats, curvature: Floats, low: Floats, high: Floats) -> Floats:
    """Where a quadratic function is lowest between bounds around 0; at a bound by one coordinate after the other."""
    anywhere = np.linalg.solve(curvature, -gradient)
    step: Floats = np.clip(anywhere, low, high)
    for _ in range(0 if np.array_equal(step, anywhere) else _ROUNDS):
        for i in range(len(step)):
            slope = gradient[i] + curvature[i] @ step
            step[i] = np.clip(step[i] - slope / curvature[i, i], low[i], high[i])
    return step
