"""The server's settings: one frozen object, read once from the environment and checked before anything starts.

Each setting is declared here and nowhere else: its environment variable, default, limits and meaning. `valence
settings` and docs/settings.md are printed from these declarations. Knows nothing of Flask.
"""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from valence.errors import SettingsError
from valence.model.bundled import BUNDLED, BUNDLED_FOLDER
from valence.server.schemas.base import MOST_TEXTS
from valence.server.store.address import database_address

PREFIX = "VALENCE_"
_PAGE_HEAD = """\
# Settings

The server reads these environment variables when it starts. `valence serve` checks them all and names every fault at
once; `valence settings` prints this list. This page is made by `valence settings --markdown > docs/settings.md`.

| Variable | Default | Meaning |
|---|---|---|"""
# What must not be shown when it is wrong: it may hold a password.
_SECRET = {"VALENCE_DATABASE_URL", "DATABASE_URL", "VALENCE_REDIS_URL", "REDIS_URL"}
# What can be opened to everybody; what shows other people's words, or changes something, cannot.
Open = Literal["predict", "send-feedback", "read-metrics"]


@dataclass(frozen=True)
class ModelPath:
    """A model to serve: the name that callers ask for, and its folder."""

    name: str
    path: Path

    @classmethod
    def parse(cls, text: str) -> ModelPath:
        """From NAME=PATH, or from a PATH, whose last part is then the name.

        >>> ModelPath.parse("reviews=models/sst2")
        ModelPath(name='reviews', path=PosixPath('models/sst2'))
        >>> ModelPath.parse("models/sst2").name
        'sst2'
        """
        name, equals, path = text.partition("=")
        if not equals:
            return cls(Path(text).resolve().name, _model_path(text))
        if not name.strip() or not path.strip():
            raise ValueError(f"{text!r} is neither NAME=PATH nor a path")
        return cls(name.strip(), _model_path(path.strip()))

    def __str__(self) -> str:
        return f"{self.name}={self.path}"


class Settings(BaseSettings):
    """Everything that can be set. Make one with `load_settings`, which names faults by their variables."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, populate_by_name=True, extra="forbid"
    )

    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on; 0.0.0.0 for every interface.")
    port: int = Field(
        8000,
        ge=0,
        le=65535,
        validation_alias=AliasChoices("VALENCE_PORT", "PORT"),
        description="Port to listen on; 0 takes any free one. Heroku's PORT is read too.",
    )
    models: Annotated[tuple[ModelPath, ...], NoDecode] = Field(
        (ModelPath("bundled", BUNDLED_FOLDER),),
        min_length=1,
        description="Model folders to serve, separated by commas: each NAME=PATH, or a PATH whose last part is the "
        "name; the path bundled is the model in the package. The first one is the default model.",
    )
    default_model: str | None = Field(None, description="Name of the model that answers when a call names none.")
    max_text_chars: int = Field(20_000, ge=1, description="Characters (Unicode code points) that one text may have.")
    max_texts: int = Field(128, ge=1, le=MOST_TEXTS, description="Texts that one call may hold.")
    max_explained_texts: int = Field(
        8,
        ge=1,
        description="Texts that one call may hold when it asks for an explanation, which reads each text again for "
        "every word; of a longer text for every phrase or sentence, so that it reads at most 8,000 tokens again.",
    )
    max_body_bytes: int = Field(1_048_576, ge=1024, description="Bytes that the body of one call may have.")
    threads: int | None = Field(
        None, ge=1, le=256, description="Threads that compute scores; the process's share of the cores if not set."
    )
    server_threads: int = Field(
        16,
        ge=2,
        le=512,
        description="Calls answered at once, most of which wait for the model; others wait in line, and are refused "
        "with 503 once that takes half a second. More threads make larger batches, and longer waits for each other. "
        "Calls of more than 512 tokens do not count: each waits for the model in a further thread.",
    )
    queue_tokens: int = Field(
        262_144,
        ge=512,
        description="Tokens that calls of more than 512 may have waiting together, and those of fewer likewise; a call "
        "beyond them is refused at once with 503.",
    )
    answer_timeout_s: float = Field(
        25.0,
        gt=0,
        le=300,
        description="Seconds that a call may take; below the 30 s of Heroku's router. A call that would take longer, "
        "by its tokens and the speed that was measured, is refused at once.",
    )
    trusted_proxies: int = Field(
        0, ge=0, le=10, description="Proxies in front whose X-Forwarded headers are believed; 1 on Heroku."
    )
    data_folder: Path | None = Field(
        None, description="Folder for what the server keeps: its SQLite file, where no other database is named."
    )
    database_url: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("VALENCE_DATABASE_URL", "DATABASE_URL"),
        description="Address of the database for feedback and API keys, postgres://... or sqlite:///...; a SQLite file "
        "in the data folder if not set. Heroku's DATABASE_URL is read too.",
    )
    database_connections: int = Field(
        8,
        ge=1,
        le=100,
        description="Connections to PostgreSQL at most; with 8, two servers and a few commands fit a plan of 20.",
    )
    keep_feedback_texts: bool = Field(
        default=False,
        description="Whether the text is kept with feedback, where the person who sent it agreed; true or false.",
    )
    jobs: bool = Field(
        default=False,
        description="Whether files are taken and scored in the background, from keys with the scope score-files; their "
        "texts are in the database meanwhile; true or false.",
    )
    job_max_bytes: int = Field(8_388_608, ge=1024, description="Bytes that the file of one job may have.")
    job_max_rows: int = Field(100_000, ge=1, description="Rows that the file of one job may have.")
    jobs_per_key: int = Field(5, ge=1, description="Jobs that one key may have at once, finished ones included.")
    job_hours: int = Field(24, ge=1, le=720, description="Hours until a job is removed, with its file and its result.")
    without_key: Annotated[tuple[Open, ...], NoDecode] = Field(
        ("predict", "send-feedback"),
        description="What may be done without an API key, separated by commas: predict, send-feedback, read-metrics; "
        "none for nothing.",
    )
    calls_per_minute: int = Field(
        600, ge=0, description="Calls a minute from one address (with IPv6, one /64); 0 for no limit."
    )
    key_calls_per_minute: int = Field(6000, ge=0, description="Calls a minute with one API key; 0 for no limit.")
    tokens_per_minute: int = Field(
        240_000,
        ge=0,
        description="Tokens that calls from one address (with IPv6, one /64) may have computed in a minute, those that "
        "explanations read again included; 0 for no limit. A call that costs more by itself is refused with 422.",
    )
    key_tokens_per_minute: int = Field(
        2_400_000, ge=0, description="The same with one API key that has the scope predict; 0 for no limit."
    )
    feedback_per_minute: int = Field(
        30, ge=0, description="Pieces of feedback a minute from one address; 0 for no limit."
    )
    pages_per_minute: int = Field(
        3000, ge=0, description="Pages, their files and documents a minute to one address; 0 for no limit."
    )
    redis_url: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("VALENCE_REDIS_URL", "REDIS_URL"),
        description="Address of the Redis that counts calls for several servers together, redis://... or rediss://...; "
        "each counts by itself if not set. Heroku's REDIS_URL is read too.",
    )
    redis_verify: bool = Field(
        default=True,
        description="Whether the certificate of rediss://... is checked; Heroku's are self-signed, so false there.",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Other sites whose pages may call the API, separated by commas, such as https://example.org; "
        "* for every site.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="Shape of log lines; auto is text on a terminal and JSON elsewhere."
    )

    @field_validator("models", mode="before")
    @classmethod
    def _parse_models(cls, value: Any) -> Any:
        paths = _parts(value) if isinstance(value, str) else value
        return tuple(ModelPath.parse(path) if isinstance(path, str) else path for path in paths)

    @field_validator("database_url")
    @classmethod
    def _parse_database(cls, value: SecretStr | None) -> SecretStr | None:
        return value and SecretStr(database_address(value.get_secret_value()))

    @field_validator("redis_url")
    @classmethod
    def _parse_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(("redis://", "rediss://")):
            raise ValueError("this is no address of a Redis; write redis://:PASSWORD@HOST:PORT, or rediss://...")
        return value

    @field_validator("without_key", mode="before")
    @classmethod
    def _parse_open(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return () if value.strip() == "none" else tuple(_parts(value))

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _parse_origins(cls, value: Any) -> Any:
        origins = tuple(_parts(value)) if isinstance(value, str) else value
        for origin in origins:
            if origin != "*" and not _is_origin(origin):
                raise ValueError(f"{origin!r} is no origin; write scheme and host without a path: https://example.org")
        return origins

    @model_validator(mode="after")
    def _models_agree(self) -> Settings:
        names = [model.name for model in self.models]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{PREFIX}MODELS names {', '.join(twice)} more than once; give names with NAME=PATH")
        if self.default_model is not None and self.default_model not in names:
            raise ValueError(
                f"{PREFIX}DEFAULT_MODEL is {self.default_model!r}, but {PREFIX}MODELS has only {', '.join(names)}"
            )
        return self

    @property
    def default_name(self) -> str:
        """Name of the model that answers when a call names none."""
        return self.default_model or self.models[0].name

    @property
    def database_address(self) -> str:
        """Where feedback and keys are kept, password included: for opening it, never for showing it."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.data_folder or _data_folder()).expanduser().absolute() / 'valence.db'}"


def default_settings() -> Settings:
    """The defaults alone, whatever the environment says: for documents that must not depend on the machine."""
    return Settings.model_construct()


def load_settings(**given: Any) -> Settings:
    """Settings from the environment; what is given here (by a command's options, say) goes before it.

    Raises SettingsError that lists every fault, each with the variable that it came from.
    """
    faults = _misspelt(os.environ)
    try:
        settings = Settings(**given)
    except ValidationError as error:
        faults = [*map(_fault, error.errors()), *faults]
    if faults:
        raise SettingsError(
            "The settings are not right:\n" + "\n".join(f"  {fault}" for fault in faults) + "\n",
            way_out="`valence settings` lists every setting with its default and meaning.",
        )
    return settings


@dataclass(frozen=True)
class Described:
    """One setting, for people: its environment variable, its default as text, and what it means."""

    variable: str
    default: str
    meaning: str


def described_settings() -> list[Described]:
    """Every setting in the order of declaration."""
    fields = Settings.model_fields.items()
    return [Described(variable_of(name), _default_text(name, field), field.description or "") for name, field in fields]


def settings_page() -> str:
    """docs/settings.md, in Markdown."""
    rows = [f"| `{each.variable}` | {each.default} | {each.meaning} |" for each in described_settings()]
    return "\n".join([_PAGE_HEAD, *rows]) + "\n"


def variable_of(field: str) -> str:
    """The environment variable of a field.

    >>> variable_of("max_texts")
    'VALENCE_MAX_TEXTS'
    """
    return PREFIX + field.upper()


def _model_path(text: str) -> Path:
    """As `valence.model.bundled.model_path`, but for a missing model, which is told when it is loaded."""
    return BUNDLED_FOLDER if text == BUNDLED else Path(text)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _is_origin(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and not (parts.path or parts.query)


# Defaults that are made from something else, in words.
_DERIVED = {
    "models": "the bundled model",
    "default_model": "the first of VALENCE_MODELS",
    "data_folder": "server in VALENCE_HOME, else ~/.local/share/valence",
    "database_url": "SQLite",
}


def _data_folder() -> Path:
    """Not in VALENCE_HOME's own default, which is a cache and may be cleared at any time."""
    home = os.environ.get("VALENCE_HOME")
    if home:
        return Path(home) / "server"
    return Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share") / "valence"


def _default_text(name: str, field: FieldInfo) -> str:
    if name in _DERIVED:
        return _DERIVED[name]
    if field.default is None:
        return "not set"
    if isinstance(field.default, tuple):
        return ", ".join(field.default) or "none"
    return str(field.default).lower() if isinstance(field.default, bool) else str(field.default)


def _fault(error: Any) -> str:
    """One line for one of pydantic's errors; the place is a field's name or, under an alias, the variable itself."""
    message = str(error["msg"]).removeprefix("Value error, ")
    if not error["loc"]:
        return message
    place = str(error["loc"][0])
    variable = variable_of(place) if place in Settings.model_fields else place
    shown = "" if variable in _SECRET else f" (it is {error['input']!r})"
    return f"{variable}: {message}{shown}"


def _misspelt(environment: Any) -> list[str]:
    """A variable that is nearly a setting's name is a slip of the finger; pydantic would say nothing."""
    known = [described.variable for described in described_settings()]
    unknown = [name for name in environment if name.startswith(PREFIX) and name not in known]
    near = [(name, difflib.get_close_matches(name, known, n=1, cutoff=0.88)) for name in sorted(unknown)]
    return [f"{name}: no such setting; is {match[0]} meant?" for name, match in near if match]
