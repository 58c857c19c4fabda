"""What every schema of the API shares."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

# Texts in one call, whatever the settings allow: a list is refused before its items are looked at.
MOST_TEXTS = 10_000


# What a caller names: a model, a version, a label. Longer ones are refused, so that no answer or log repeats them.
MOST_NAME = 1000


Name = Annotated[str, Field(max_length=MOST_NAME)]


class Wire(BaseModel):
    """Unknown fields are refused, so that a misspelt one is an error and not silence.

    What we answer always holds every field, so the document says so: a client need not guess which may be left out.
    """

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)
