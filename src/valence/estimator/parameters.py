"""The estimator's parameters and weights, checked before any text is read."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from valence.data.texts import cells_of
from valence.model.folder import FINAL, GENERAL
from valence.model.offsets import OBJECTIVES
from valence.system.errors import DataError, SettingsError

if TYPE_CHECKING:
    from valence.model.results import Result

BALANCED = "balanced"
AUTO = "auto"


def check_parameters(body: object, readout: object, class_weight: object, optimise: object, seed: object) -> None:
    """Raises SettingsError for the first parameter that cannot be used, whatever the data are."""
    if not isinstance(body, (str, Path)) or not str(body):
        raise _wrong("body", body, "'bundled', a model folder, or a base by name, path or Hub id")
    if readout not in {AUTO, FINAL, GENERAL}:
        raise _wrong("readout", readout, f"{AUTO!r}, {FINAL!r} or {GENERAL!r}")
    if class_weight is not None and class_weight != BALANCED and not isinstance(class_weight, Mapping):
        raise _wrong("class_weight", class_weight, f"{BALANCED!r}, None, or a dict of a weight for each label")
    if isinstance(class_weight, Mapping):
        for label, weight in class_weight.items():
            if not _is_number(weight) or not 0 < float(weight) < float("inf"):
                raise _wrong(f"class_weight[{label!r}]", weight, "a number above 0")
    if optimise is not None and optimise not in OBJECTIVES:
        raise _wrong("optimise", optimise, f"{', '.join(map(repr, OBJECTIVES))} or None")
    if not isinstance(seed, numbers.Integral) or isinstance(seed, bool) or seed < 0:
        raise _wrong("seed", seed, "a whole number from 0 on")


def class_weights(
    given: str | Mapping[Any, float] | None, classes: npt.NDArray[Any], *, multi_label: bool
) -> str | dict[int, float] | None:
    """By the classes' numbers; a class that the dict leaves out weighs 1.

    Raises SettingsError for a label that is not there, and for a dict where a text may have several labels.
    """
    if given is None or isinstance(given, str):
        return given
    if multi_label:
        raise SettingsError(
            "class_weight is a dict, and these texts have several labels each.",
            hint=f"Give class_weight={BALANCED!r} or None; each label is then weighed by itself.",
            code="parameter-invalid",
        )
    numbers_of = {label: i for i, label in enumerate(classes.tolist())}
    unknown = [label for label in given if label not in numbers_of]
    if unknown:
        raise SettingsError(
            f"class_weight names {unknown[0]!r}, which is none of the labels: {', '.join(map(repr, numbers_of))}.",
            hint="Use the labels exactly as in y, with the same type.",
            code="parameter-invalid",
        )
    return {i: float(given.get(label, 1.0)) for label, i in numbers_of.items()}


def row_weights(given: object, rows: int) -> npt.NDArray[np.float64] | None:
    """`sample_weight` as float64 of shape (rows,). Raises DataError for a negative weight, and if all are 0."""
    if given is None:
        return None
    cells = [given] * rows if _is_number(given) else cells_of(given)
    try:
        weights = np.asarray(cells, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise _wrong_weights(f"holds what is no number ({error})") from error
    if weights.shape != (rows,):
        raise _wrong_weights(f"has shape {weights.shape}, and there are {rows} texts")
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise _wrong_weights("holds a weight that is negative, infinite or missing")
    if not weights.any():
        raise _wrong_weights("is zero for every text")
    return weights


def results_of(given: object) -> list[Result]:
    """`save`'s results, read. Raises SettingsError for anything but a list of what `evaluate` returned."""
    from pydantic import ValidationError  # only here, so that the import stays quick

    from valence.model.results import Result

    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        raise _wrong_results(f"results is {type(given).__name__}, not a list")
    found = []
    for i, result in enumerate(given):
        try:
            found.append(Result.model_validate(result))
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            where = f"results[{i}]" + "".join(f"[{key!r}]" for key in problem["loc"])
            raise _wrong_results(f"{where}: {problem['msg']}") from error
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _wrong(name: str, value: object, expected: str) -> SettingsError:
    return SettingsError(f"{name} is {value!r}.", hint=f"It must be {expected}.", code="parameter-invalid")


def _wrong_results(what: str) -> SettingsError:
    return SettingsError(f"{what}.", hint="Give a list of what `evaluate` returned.", code="parameter-invalid")


def _wrong_weights(what: str) -> DataError:
    return DataError(f"sample_weight {what}.", hint="Give one number from 0 on for each text.", code="weights-invalid")
