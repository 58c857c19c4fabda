"""What a community wishes for."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from valence.system.errors import SettingsError

Kind = Literal["precision", "recall", "load"]
MOST_LOAD = 1_000_000  # a day


@dataclass(frozen=True)
class Wish:
    """A wish.

    Attributes:
        kind: what `value` is: the least share of flags that are right ("precision"), the least share of bad comments
            that are flagged or read by a person ("recall"), or the most flags a day, on average ("load").
        value: above 0, and below 1 where it is a share.

    Raises SettingsError for another value.
    """

    kind: Kind
    value: float

    def __post_init__(self) -> None:
        most = MOST_LOAD if self.kind == "load" else 1
        if not 0 < self.value < most:
            raise SettingsError(
                f"A wish for {self.kind} cannot have the value {self.value:g}.",
                hint=f"Give a number above 0 and below {most:,}.",
                code="wish-unknown",
            )

    def __str__(self) -> str:
        """In words.

        >>> str(Wish("precision", 0.9)), str(Wish("recall", 0.95)), str(Wish("load", 30))
        ('9 of 10 flags are right', 'miss at most 1 in 20', 'at most 30 flags a day')
        >>> str(Wish("precision", 0.9999)), str(Wish("load", 1))
        ('9999 of 10000 flags are right', 'at most 1 flag a day')
        """
        if self.kind == "load":
            return f"at most {self.value:.10g} flag{'' if self.value == 1 else 's'} a day"
        if self.kind == "recall":
            missed = _in_short(Fraction(1) - Fraction(self.value))
            return f"miss at most {missed.numerator} in {missed.denominator}"
        share = _in_short(Fraction(self.value))
        return f"{share.numerator} of {share.denominator} flags are right"


def _in_short(share: Fraction) -> Fraction:
    """About the share, in small numbers, but neither 0 nor 1."""
    most = 1000
    while (short := share.limit_denominator(most)) in {0, 1}:
        most *= 10
    return short
