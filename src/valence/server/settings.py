"""The server's settings: one frozen object, read once from the environment and checked before anything starts.

Each setting is declared here and nowhere else: its environment variable, default, limits and meaning. Their listings
(`valence.server.settings_reference`) are made from these declarations. Never imports Flask.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from valence.model.bundled import BUNDLED_FOLDER
from valence.server.adapter_settings import AdapterSettings
from valence.server.model_path import ModelPath
from valence.server.moderation_settings import ModerationSettings
from valence.server.schemas.base import MAX_TEXTS
from valence.server.store.address import database_address
from valence.system.errors import SettingsError
from valence.system.home import server_home
from valence.system.machine import Instructions

PREFIX = "VALENCE_"
# Never shown in an error: the value may contain a password.
_SECRET = {*"VALENCE_DATABASE_URL DATABASE_URL VALENCE_REDIS_URL REDIS_URL VALENCE_CORAL_SECRETS".split()}
_SECRET |= {"VALENCE_DISCOURSE_SECRETS", "VALENCE_CORAL_QUEUE_SECRETS"}
# Scopes that can be opened to everyone. Those that show other people's texts, or change something, can't.
Open = Literal["predict", "send-feedback", "read-metrics"]


class Settings(ModerationSettings, AdapterSettings):
    """Every setting. Create one with `load_settings`, which reports errors by their variables."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, populate_by_name=True, extra="forbid"
    )

    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on; 0.0.0.0 for every interface.")
    port: int = Field(
        8000,
        ge=0,
        le=65535,
        validation_alias=AliasChoices("VALENCE_PORT", "PORT"),
        description="Port to listen on; 0 picks any free port. Heroku's PORT is read too.",
    )
    models: Annotated[tuple[ModelPath, ...], NoDecode] = Field(
        (ModelPath("bundled", BUNDLED_FOLDER),),
        min_length=1,
        description="Model folders to serve, separated by commas: NAME=PATH, or a PATH whose last part is the name. "
        "`bundled` is the model in the package, `sentiment` adds neutral. The first is the default.",
    )
    default_model: str | None = Field(None, description="Name of the model used when a request doesn't name one.")
    max_text_chars: int = Field(20_480, ge=1, description="Maximum characters (Unicode code points) in one text.")
    max_texts: int = Field(128, ge=1, le=MAX_TEXTS, description="Maximum texts in one request.")
    max_explained_texts: int = Field(
        8,
        ge=1,
        description="Maximum texts in one request with `explain`. An explanation scores the text again without each "
        "word (in a longer text, each phrase or sentence): at most 10,000 more tokens per text.",
    )
    max_body_bytes: int = Field(1_048_576, ge=1024, description="Maximum bytes in a request body.")
    threads: int | None = Field(
        None, ge=1, le=256, description="Threads that compute scores; if not set, one per core that is available."
    )
    instructions: Instructions | None = Field(
        None,
        description="Instructions of the processor that scores are computed with: portable, avx2, avx-vnni, "
        "avx512-vnni, amx, neon-dot or neon-i8mm. If not set, the fastest that the computer has. All give the same "
        "scores, to the last bit. The commands read it too.",
    )
    server_threads: int = Field(
        16,
        ge=2,
        le=512,
        description="Requests handled at the same time, most of which wait for the model. Further requests queue and "
        "get a 503 if the wait exceeds half a second. More threads make larger batches and longer waits. Requests of "
        "more than 512 tokens don't count: each waits for the model in a thread of its own.",
    )
    queue_tokens: int = Field(
        262_144,
        ge=512,
        description="Maximum tokens waiting to be scored, counted separately for requests of up to 512 tokens and for "
        "longer ones. Further requests get a 503 at once.",
    )
    answer_timeout_s: float = Field(
        25.0,
        gt=0,
        le=300,
        description="Maximum seconds for one request; keep it below the 30 s of Heroku's router. A request that would "
        "take longer, judging by its tokens and the measured speed, is refused at once.",
    )
    trusted_proxies: int = Field(0, ge=0, le=10, description="Trusted proxies in front (X-Forwarded); 1 on Heroku.")
    data_folder: Path | None = Field(None, description="Folder for the SQLite database, if no other database is set.")
    database_url: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("VALENCE_DATABASE_URL", "DATABASE_URL"),
        description="URL of the database for feedback, API keys and jobs: postgres://... or sqlite:///...; if not set, "
        "a SQLite file in the data folder. Heroku's DATABASE_URL is read too.",
    )
    database_connections: int = Field(
        8,
        ge=1,
        le=100,
        description="Maximum connections to PostgreSQL; with 8, two servers and a few commands fit a plan with 20.",
    )
    keep_feedback_texts: bool = Field(
        default=False,
        description="Whether to store the text with feedback if the person who sent it agreed; true or false.",
    )
    file_max_bytes: int = Field(33_554_432, ge=1024, description="Maximum bytes in a file that is read, not stored.")
    jobs: bool = Field(
        default=False,
        description="Whether to accept files and score them in the background, for keys with the scope score-files; "
        "their texts are in the database meanwhile. true or false.",
    )
    job_max_bytes: int = Field(8_388_608, ge=1024, description="Maximum bytes in the file of one job.")
    job_max_rows: int = Field(100_000, ge=1, description="Maximum rows in the file of one job.")
    jobs_per_key: int = Field(5, ge=1, description="Maximum jobs of one key, including finished ones.")
    job_hours: int = Field(24, ge=1, le=720, description="Hours until a job is deleted, with its file and its result.")
    without_key: Annotated[tuple[Open, ...], NoDecode] = Field(
        ("predict", "send-feedback"),
        description="What is allowed without an API key, separated by commas: predict, send-feedback, read-metrics; "
        "or none.",
    )
    calls_per_minute: int = Field(
        600, ge=0, description="Requests per minute from one IP address (IPv6: one /64); 0 for no limit."
    )
    key_calls_per_minute: int = Field(6000, ge=0, description="Requests per minute with one API key; 0 for no limit.")
    tokens_per_minute: int = Field(
        240_000,
        ge=0,
        description="Tokens per minute from one IP address (IPv6: one /64), including those that explanations score "
        "again; 0 for no limit. A single request that costs more gets a 422.",
    )
    key_tokens_per_minute: int = Field(
        2_400_000, ge=0, description="Tokens per minute with one API key that has the scope predict; 0 for no limit."
    )
    feedback_per_minute: int = Field(
        30, ge=0, description="Feedback submissions per minute from one IP address; 0 for no limit."
    )
    pages_per_minute: int = Field(
        3000, ge=0, description="Pages and files of the site per minute to one IP address; 0 for no limit."
    )
    redis_url: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("VALENCE_REDIS_URL", "REDIS_URL"),
        description="URL of a Redis that shares rate limits between several servers: redis://... or rediss://...; if "
        "not set, each server counts on its own. Heroku's REDIS_URL is read too.",
    )
    redis_verify: bool = Field(
        default=True,
        description="Whether to verify the TLS certificate of rediss://...; false on Heroku, which signs its own.",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Origins of other sites that may call the API from a browser, separated by commas, such as "
        "https://example.org; * for every site.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Minimum level to log.")
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="Format of log lines; auto is text on a terminal and JSON elsewhere."
    )
    max_classifiers: int = Field(
        20,
        ge=0,
        le=1000,
        description="Maximum classifiers that keys with the scope classifiers may create; 0 for none.",
    )
    session_hours: int = Field(
        72, ge=1, le=8760, description="Hours until a browser that signed in with a key must sign in again."
    )
    max_examples: int = Field(25_000, ge=1, le=1_000_000, description="Maximum examples of one classifier.")

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
            raise ValueError("not a Redis URL; write redis://:PASSWORD@HOST:PORT or rediss://...")
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
                raise ValueError(
                    f"{origin!r} isn't an origin; write the scheme and host without a path: https://example.org"
                )
        return origins

    @model_validator(mode="after")
    def _models_agree(self) -> Settings:
        names = [model.name for model in self.models]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(
                f"{PREFIX}MODELS contains {', '.join(twice)} more than once; give each a name with NAME=PATH"
            )
        if self.default_model is not None and self.default_model not in names:
            raise ValueError(
                f"{PREFIX}DEFAULT_MODEL is {self.default_model!r}, but {PREFIX}MODELS contains only {', '.join(names)}"
            )
        return self

    @property
    def default_name(self) -> str:
        """Name of the model used when a request doesn't name one."""
        return self.default_model or self.models[0].name

    @property
    def database_address(self) -> str:
        """URL of the database, including the password: use it to connect, never show it."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.data_folder or server_home()).expanduser().absolute() / 'valence.db'}"


def default_settings() -> Settings:
    """The defaults, ignoring the environment: for documents that must not depend on the machine."""
    return Settings.model_construct()


def load_settings(**given: Any) -> Settings:
    """Settings from the environment; `given` ones, such as a command's options, take precedence.

    Raises SettingsError that lists every error with its variable.
    """
    faults = _misspelt(os.environ)
    try:
        settings = Settings(**given)
    except ValidationError as error:
        faults = [*map(_fault, error.errors()), *faults]
    if faults:
        raise SettingsError(
            "Some settings aren't valid:\n" + "\n".join(f"  {fault}" for fault in faults) + "\n",
            hint="`valence settings` lists every setting with its default and meaning.",
        )
    return settings


def variable_of(field: str) -> str:
    """The environment variable of a field.

    >>> variable_of("max_texts")
    'VALENCE_MAX_TEXTS'
    """
    return PREFIX + field.upper()


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _is_origin(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and not (parts.path or parts.query)


def _fault(error: Any) -> str:
    """One line for one of pydantic's errors; its location is a field's name or, with an alias, the variable itself."""
    message = str(error["msg"]).removeprefix("Value error, ")
    if not error["loc"]:
        return message
    place = str(error["loc"][0])
    variable = variable_of(place) if place in Settings.model_fields else place
    shown = "" if variable in _SECRET else f" (it is {error['input']!r})"
    return f"{variable}: {message}{shown}"


def _misspelt(environment: Any) -> list[str]:
    """Reports variables that are nearly a setting's name, which pydantic ignores."""
    known = [variable_of(field) for field in Settings.model_fields]
    unknown = [name for name in environment if name.startswith(PREFIX) and name not in known]
    near = [(name, difflib.get_close_matches(name, known, n=1, cutoff=0.88)) for name in sorted(unknown)]
    return [f"{name}: no such setting; did you mean {match[0]}?" for name, match in near if match]
