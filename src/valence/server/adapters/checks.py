"""Checks settings of the adapters that only the models can confirm."""

from __future__ import annotations

from valence.server.classifiers.registry import ModelFacts
from valence.server.settings import Settings, variable_of
from valence.system.errors import SettingsError


def check_answers(settings: Settings, model: ModelFacts) -> None:
    """Raises SettingsError if an attribute or a category is set to a label that the model doesn't have.

    Classifiers that aren't in the settings are left for the request: they may be made while the server runs.
    """
    for field in ("perspective_attributes", "openai_categories"):
        for answer in getattr(settings, field):
            if answer.classifier == model.name and answer.label not in model.labels:
                raise SettingsError(
                    f"{variable_of(field)}: {answer.name} is set to the label {answer.label!r}, which the model "
                    f"{model.name} doesn't have.",
                    hint=f"Its labels are {', '.join(model.labels)}.",
                )
