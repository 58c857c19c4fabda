"""Common parts of the API's schemas."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

# Maximum texts in one request, whatever the settings allow: a longer list is refused before its items are validated.
MAX_TEXTS = 10_000


# Names that clients send: of a model, a version, a label. Limited, because responses and logs repeat them.
MAX_NAME_CHARS = 1000


Name = Annotated[str, Field(max_length=MAX_NAME_CHARS)]


class Wire(BaseModel):
    """Rejects unknown fields, so that a misspelt one is an error.

    Responses always contain every field, and the OpenAPI document says so: clients needn't handle missing ones.
    """

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)
