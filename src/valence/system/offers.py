"""Options that would read a file otherwise: held once, and written as a command's options or an API's parameters."""

from __future__ import annotations

import csv
import io
import itertools
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_REPEATED = frozenset(("label_column",))  # options that a command takes again for each value
_FLAGS = frozenset(("no_header",))

Value = str | tuple[str, ...] | None


@dataclass(frozen=True)
class Offer:
    """Options that would help, such as those that leave bad rows out.

    Attributes:
        purpose: what they do, as a sentence without its end: "To leave such rows out". May be empty.
        options: name, as the API's parameters have it -> value; several names as a tuple; None if the user must choose
            it. A flag has the value "true".
    """

    purpose: str
    options: Mapping[str, Value]

    def __str__(self) -> str:
        """As a command's options.

        >>> str(Offer("To leave such rows out", {"bad_rows": "skip"})), str(Offer("", {"text_column": None}))
        ('To leave such rows out: --bad-rows skip', '--text-column NAME')
        >>> str(Offer("", {"label_column": ("is rude", "angry")})), str(Offer("", {"columns": ("label", "text")}))
        ("--label-column 'is rude' --label-column angry", '--columns label,text')
        """
        return f"{self.purpose}: {_options(self)}" if self.purpose else _options(self)

    def as_json(self) -> dict[str, Any]:
        """With the API's parameters, whose values are as a query has them."""
        values = {name: listed(value) if isinstance(value, tuple) else value for name, value in self.options.items()}
        return {"purpose": self.purpose, "parameters": values}


def advice(hint: str, offers: Sequence[Offer]) -> str:
    """What to do, in the words of a command: a hint, and the options that are offered.

    >>> advice("Choose a sheet.", [Offer("To read it", {"sheet": "A"}), Offer("To read it", {"sheet": "B"})])
    'Choose a sheet. To read it: --sheet A, or --sheet B'
    """
    alternatives = [list(group) for _, group in itertools.groupby(offers, lambda offer: offer.purpose)]
    options = ". ".join(", or ".join((str(first), *map(_options, others))) for first, *others in alternatives)
    return " ".join(filter(None, (hint, options)))


def _options(offer: Offer) -> str:
    return " ".join(_as_option(name, value) for name, value in offer.options.items())


def _as_option(name: str, value: Value) -> str:
    option = f"--{name.replace('_', '-')}"
    if name in _FLAGS:
        return option
    if isinstance(value, tuple) and name in _REPEATED:
        return " ".join(f"{option} {_quoted(each)}" for each in value)
    written = listed(value) if isinstance(value, tuple) else value
    return f"{option} {'NAME' if written is None else _quoted(written)}"


def listed(names: Sequence[str]) -> str:
    """Names in a line of CSV, as an option or a parameter lists them.

    >>> listed(("a", "b, c")), names_in('a,"b, c"')
    ('a,"b, c"', ('a', 'b, c'))
    """
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(names)
    return line.getvalue()


def names_in(line: str | None) -> tuple[str, ...]:
    """Names that are separated by commas, as in a line of CSV."""
    return tuple(next(csv.reader([" ".join((line or "").splitlines())]), ()))  # csv raises at a line break


def _quoted(value: str) -> str:
    """A value for a shell."""
    return "$'\\t'" if value == "\t" else shlex.quote(value)
