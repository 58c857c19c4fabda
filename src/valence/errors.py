"""Every error that Valence raises on purpose, as one tree.

    ValenceError
    ├── DataError          a data set or a user's file: missing, damaged, unreadable, mislabelled
    ├── BaseModelError     a pre-trained base: unreachable, altered, or no encoder
    ├── ModelFolderError   a saved model: missing, damaged, mismatched, or written by a newer Valence
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

Each carries a machine-readable `code`, a message that says what is wrong and where, and a `hint` that says what to
do about it. Foreign errors (files, JSON, ONNX, the Hub, the database) are mapped to these where they enter.
"""

from __future__ import annotations

__all__ = [
    "BaseModelError",
    "CallerGoneError",
    "ClusterError",
    "DataError",
    "DeployError",
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

    def __init__(self, message: str, *, hint: str = "", code: str = "") -> None:
        self.message = message
        self.hint = hint
        self.code = code or self.default_code
        super().__init__(f"{message} {hint}".strip())


class DataError(ValenceError, ValueError):  # also a ValueError, as scikit-learn's tools expect of wrong data
    """A data set or a file of texts is missing, damaged or in a format that Valence does not read."""

    default_code = "data-error"


class BaseModelError(ValenceError):
    """A base model cannot be found, or its files are damaged."""

    default_code = "base-error"


class ModelFolderError(ValenceError):
    """A model folder is incomplete, damaged, too new, or does not fit what it is used for."""

    default_code = "model-error"


class TextError(ValenceError, ValueError):
    """A text cannot be scored; the code says why."""

    default_code = "text-error"


class SettingsError(ValenceError):
    """An option or a setting is wrong, or contradicts another."""

    default_code = "settings-error"


class ClusterError(ValenceError):
    default_code = "cluster-unavailable"


class OutputError(ValenceError):
    """Output cannot be written: the disk is full, or the place accepts no files."""

    default_code = "output-unwritable"


class DeployError(ValenceError):
    default_code = "deploy-error"


class PortInUseError(ValenceError):
    default_code = "port-in-use"


class ServerUnreachableError(ValenceError):
    default_code = "server-unreachable"


class CallerGoneError(ValenceError):
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
    default_code = "store-unavailable"
