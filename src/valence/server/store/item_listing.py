"""Pages of items: in an order, with filters, and in a time that doesn't grow with the queue.

An index gives the order, and filters are looked at item by item. So that a filter which fits hardly any item doesn't
read a million of them, a page looks through some thousands at most; it may then hold few items, or none, though more
follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from valence.server.store.database import Database
from valence.server.store.moderation_tables import Item

MOST_LOOKED_AT = 20_000  # items for one page

Order = Literal["score", "lowest", "newest", "oldest"]


def is_by_score(order: Order) -> bool:
    return order in {"score", "lowest"}


class Place(NamedTuple):
    """Where in an order an item stands: what it is sorted by, and its number."""

    value: Any
    number: int


class Page(NamedTuple):
    """Items, and the place after which the next page begins; None after the last one."""

    items: Sequence[Item]
    next: Place | None


@dataclass(frozen=True)
class Wanted:
    """Which items are listed; None for any.

    Attributes:
        states: of the items.
        label: that the classifier gave, as JSON writes it; blind items are left out, because the filter would show
            their label.
        text: that they contain, in any case of ASCII letters.
    """

    states: Sequence[str]
    label: str | None = None
    author: str | None = None
    thread: str | None = None
    why: str | None = None
    text: str | None = None

    @property
    def few(self) -> bool:
        """Whether only few items can be meant, which an index of their own has."""
        return self.author is not None or self.thread is not None

    @property
    def looks_at_each(self) -> bool:
        """Whether there are filters that no index answers."""
        return self.label is not None or self.why is not None or self.text is not None

    def fits(self) -> list[ColumnElement[bool]]:
        shown = or_(~Item.blind, Item.state == "decided")
        conditions: list[ColumnElement[bool]] = []
        if self.label is not None:
            conditions += [_is_given(self.label), shown]
        if self.author is not None:
            conditions.append(Item.author == self.author)
        if self.thread is not None:
            conditions.append(Item.thread == self.thread)
        if self.why is not None:
            conditions += [Item.blind.is_(True)] if self.why == "blind" else [Item.why == self.why, shown]
        if self.text is not None:
            conditions.append(Item.text.icontains(self.text, autoescape=True))
        return conditions


def _is_given(label: str) -> ColumnElement[bool]:
    """Whether the classifier gave this label, which is in JSON: an answer has these before the probabilities of all."""
    escaped = label.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return Item.answer.like(f'%{escaped}%], "probabilities": %', escape="/")


def page(
    database: Database, classifier: str, wanted: Wanted, *, order: Order, after: Place | None = None, limit: int
) -> Page:
    """The first items in this order after a place, at most `limit`. Raises StoreError."""
    listing = _Listing(classifier, wanted, order, after)
    found: list[Item] = []
    ends: list[Place] = []
    with database.reading() as session:
        # One query for each state: with several, the index wouldn't give the order, and all items would be sorted.
        for state in wanted.states:
            end = listing.end(session, state)
            of_state = listing.first(session, state, end, limit + 1)
            found += of_state
            if end is not None and len(of_state) <= limit:
                ends.append(end)
    return listing.joined(found, ends, limit)


@dataclass(frozen=True)
class _Listing:
    classifier: str
    wanted: Wanted
    order: Order
    after: Place | None

    def end(self, session: Session, state: str) -> Place | None:
        """The last item of a state that a page looks at; None if it looks at all."""
        if self.wanted.few or not self.wanted.looks_at_each:
            return None
        place = self._in_order(select(self._column, Item.number).where(*self._of(state)))
        last = session.execute(place.offset(MOST_LOOKED_AT // len(self.wanted.states) - 1).limit(1)).first()
        return None if last is None else Place(*last)

    def first(self, session: Session, state: str, end: Place | None, limit: int) -> Sequence[Item]:
        """The first items of a state that fit, up to `end`."""
        query = self._in_order(select(Item).where(*self._of(state), *self.wanted.fits()), few=self.wanted.few)
        if end is not None:
            query = query.where(self._up_to(end))
        return session.scalars(query.limit(limit)).all()

    def _of(self, state: str) -> tuple[ColumnElement[bool], ...]:
        return Item.classifier == self.classifier, Item.state == state

    def joined(self, found: list[Item], ends: Sequence[Place], limit: int) -> Page:
        """The items of all states; those beyond the place up to which one state was looked through come later."""
        place = attrgetter(self._column.key, "number")
        items = sorted(found, key=place, reverse=self._falls)
        end = (max if self._falls else min)(ends, default=None)
        if end is not None:
            items = [item for item in items if (place(item) >= end if self._falls else place(item) <= end)]
        if len(items) > limit:
            return Page(items[:limit], Place(*place(items[limit - 1])))
        return Page(items, end)

    @property
    def _column(self) -> Any:
        return Item.rank if is_by_score(self.order) else Item.posted_at

    @property
    def _falls(self) -> bool:
        return self.order in {"score", "newest"}

    def _in_order(self, query: Select[Any], *, few: bool = False) -> Select[Any]:
        """`few`: whether it is cheaper to sort what is found than to look through all items in their order."""
        column = self._column
        if few:  # SQLite, which has no statistics, takes the order's index otherwise
            column = func.coalesce(column, column)
        order = (column.desc(), Item.number.desc()) if self._falls else (column, Item.number)
        query = query.order_by(*order)
        return query if self.after is None else query.where(self._beyond(self.after))

    def _compared(self, end: Place) -> tuple[Any, Any]:
        """An item's place and a given one. Compared as rows, because an index answers that at once."""
        column = self._column
        return tuple_(column, Item.number), tuple_(literal(end.value, column.type), literal(end.number))

    def _beyond(self, end: Place) -> ColumnElement[bool]:
        place, given = self._compared(end)
        beyond: ColumnElement[bool] = place < given if self._falls else place > given
        return beyond

    def _up_to(self, end: Place) -> ColumnElement[bool]:
        place, given = self._compared(end)
        up_to: ColumnElement[bool] = place >= given if self._falls else place <= given
        return up_to
