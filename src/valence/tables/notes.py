"""What a reader noticed in a file, which its user should know: reported, never acted on in silence."""

from __future__ import annotations

from dataclasses import dataclass

from valence.system.offers import Offer, advice


def counted(count: int, noun: str) -> str:
    """A number and what it counts.

    >>> counted(1, "row"), counted(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


@dataclass(frozen=True)
class Note:
    """One remark about a file.

    Attributes:
        code: for programs, such as "labels-alike".
        message: what was noticed, as a sentence without the file's name.
        hint: what to do; "" if there is nothing to do.
        offers: options that change it.
    """

    code: str
    message: str
    hint: str = ""
    offers: tuple[Offer, ...] = ()

    def __str__(self) -> str:
        return f"{self.message} {advice(self.hint, self.offers)}".strip()
