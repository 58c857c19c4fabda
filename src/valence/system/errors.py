"""Every error that Valence raises on purpose, as one tree.

    ValenceError
    ├── DataError          a data set or a user's file: missing, damaged, unreadable, mislabelled
    ├── BaseModelError     a pre-trained base: unreachable, altered, or no encoder
    ├── ModelFolderError   a saved model: missing, damaged, mismatched, or written by a newer Valence
    ├── EngineMissingError the engine in C was not built, or cannot be loaded
    ├── TextError          a text that cannot be scored
    ├── SettingsError      a setting or a command's option
    ├── ClusterError       a Ray cluster that cannot be reached, started or used
    ├── OutputError        what a command makes cannot be written: no room on the disk, or no right to
    ├── DeployError        a step on the way to the web that failed, or cannot be taken
    ├── PortInUseError     the address to serve on is taken
    ├── CallerGoneError    nobody waits for the answer any more
    ├── OverloadedError    more work than the engine's bounded queue takes
    │   └── TooCostlyError  one call is more work than may be done for a call
    └── StoreError         the server's database: out of reach, not writable, or of another version

Each carries a machine-readable `code`, a message that says what is wrong and where, a `hint` that says what to do
about it, and `offers`: options that would help. Foreign errors (files, JSON, ONNX, the Hub, the database) are mapped to
these where they enter.
"""

from __future__ import annotations

from collections.abc import Sequence

from valence.system.offers import Offer, advice

__all__ = [
    "BaseModelError",
    "CallerGoneError",
    "ClusterError",
    "DataError",
    "DeployError",
    "EngineMissingError",
    "ModelFolderError",
    "OutputError",
    "OverloadedError",
    "PortInUseError",
    "SettingsError",
    "StoreError",
    "TextError",
    "TooCostlyError",
    "ValenceError",
]


class ValenceError(Exception):
    """Base of the tree.

    >>> error = DataError("t.csv, line 7: the label is empty.", hint="Give every row a label.", code="label-empty")
    >>> str(error)
    't.csv, line 7: the label is empty. Give every row a label.'
    >>> error.code
    'label-empty'
    """

    default_code = "valence-error"

    def __init__(self, message: str, *, hint: str = "", code: str = "", offers: Sequence[Offer] = ()) -> None:
        self.message = message
        self.hint = hint
        self.code = code or self.default_code
        self.offers = tuple(offers)
        super().__init__(f"{message} {self.advice}".strip())

    @property
    def advice(self) -> str:
        """The hint, and the options that are offered, as a command has them."""
        return advice(self.hint, self.offers)


class DataError(ValenceError, ValueError):
    """A data set or a user's file is missing, damaged, unreadable or mislabelled.

    It is also a ValueError, which scikit-learn's tools expect for invalid data.
    """

    default_code = "data-error"


class BaseModelError(ValenceError):
    """A pre-trained base cannot be downloaded, has been altered, or is not an encoder."""

    default_code = "base-error"


class ModelFolderError(ValenceError):
    """A saved model is missing, damaged, inconsistent, or was written by a newer Valence."""

    default_code = "model-error"


class EngineMissingError(ValenceError):
    """The engine in C was not built, or cannot be loaded."""

    default_code = "engine-missing"


class TextError(ValenceError, ValueError):
    """A text cannot be scored."""

    default_code = "text-error"


class SettingsError(ValenceError):
    """A setting or a command-line option is invalid."""

    default_code = "settings-error"


class ClusterError(ValenceError):
    """A Ray cluster cannot be reached, started or used."""

    default_code = "cluster-unavailable"


class OutputError(ValenceError):
    """A command's output cannot be written: the disk is full, or permissions are missing."""

    default_code = "output-unwritable"


class DeployError(ValenceError):
    """A step of a deployment failed or cannot be run."""

    default_code = "deploy-error"


class PortInUseError(ValenceError):
    """The address to serve on is already in use."""

    default_code = "port-in-use"


class ServerUnreachableError(ValenceError):
    """The server does not answer."""

    default_code = "server-unreachable"


class CallerGoneError(ValenceError):
    """The caller has disconnected."""

    default_code = "bad-request"


class OverloadedError(ValenceError):
    """The queue is full. `retry_after_s` is the number of seconds after which asking again makes sense."""

    default_code = "overloaded"

    def __init__(self, message: str, *, retry_after_s: int = 1, hint: str = "") -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message, hint=hint)


class TooCostlyError(OverloadedError):
    """One call alone is more work than may be done for a call, so that asking again later does not help."""

    default_code = "too-costly"


class StoreError(ValenceError):
    """The server's database cannot be reached or written, or has another version."""

    default_code = "store-unavailable"
