"""What answers attributes: the settings first, then what was chosen, on every server within the poll."""

from __future__ import annotations

import pytest

from valence.server.adapter_settings import Answer
from valence.server.attribute_map import POLL_S, AttributeMap
from valence.server.store import attribute_rows
from valence.server.store.database import Database
from valence.system.errors import StoreError

FIXED = Answer.parse("TOXICITY=a:toxic")
CHOSEN = Answer.parse("INSULT=b:insult")


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_settings_win_and_what_nothing_answers_stays_unknown(database: Database) -> None:
    attribute_rows.put(database, CHOSEN, "me", most=9)
    attribute_rows.put(database, Answer.parse("TOXICITY=b:other"), "me", most=9)
    attributes = AttributeMap((FIXED,), database)
    assert [attributes.find(name) for name in ("TOXICITY", "INSULT", "SPAM")] == [FIXED, CHOSEN, None]
    assert attributes.stored() == (CHOSEN,)


def test_another_servers_choice_is_seen_within_the_poll(database: Database) -> None:
    clock = Clock()
    attributes = AttributeMap((), database, clock=clock)
    assert not attributes.any()
    attribute_rows.put(database, CHOSEN, "another server", most=9)
    assert attributes.find("INSULT") is None  # not read for every request
    clock.now += POLL_S
    assert attributes.find("INSULT") == CHOSEN
    attribute_rows.remove(database, "INSULT")
    attributes.forget()
    assert attributes.find("INSULT") is None


def test_while_the_database_is_away_what_was_read_holds(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    attribute_rows.put(database, CHOSEN, "me", most=9)
    clock = Clock()
    attributes, fresh = (AttributeMap((FIXED,), database, clock=clock) for _ in range(2))
    assert attributes.find("INSULT") == CHOSEN

    def away(_: Database) -> tuple[Answer, ...]:
        raise StoreError("The database is away.")

    monkeypatch.setattr(attribute_rows, "every", away)
    clock.now += POLL_S
    assert attributes.find("INSULT") == CHOSEN
    assert fresh.find("TOXICITY") == FIXED, "the settings need no database"
    with pytest.raises(StoreError):
        fresh.find("INSULT")


def test_there_are_only_so_many(database: Database) -> None:
    assert attribute_rows.put(database, CHOSEN, "me", most=1)
    assert attribute_rows.put(database, Answer.parse("INSULT=c:insult"), "me", most=1), "it replaces the first"
    assert not attribute_rows.put(database, Answer.parse("SPAM=c:spam"), "me", most=1)
    assert attribute_rows.every(database) == (Answer.parse("INSULT=c:insult"),)
