"""Each journey of docs/architecture.md is in the code as it says: its functions exist, and each calls the next."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[2] / "docs"
sys.path.insert(0, str(DOCS))  # the map's journeys are in a file next to it
try:
    MAP = runpy.run_path(str(DOCS / "architecture.py"))
finally:
    sys.path.remove(str(DOCS))
STEPS = [
    pytest.param(journey, number, id=f"{journey.title}: {step.where}")
    for journey in MAP["JOURNEYS"]
    for number, step in enumerate(journey.steps)
]


@pytest.mark.parametrize(("journey", "number"), STEPS)
def test_each_step_is_called_by_one_before_it(journey: Any, number: int) -> None:
    step, place_of = journey.steps[number], MAP["place_of"]
    place = place_of(step.where)
    if step.command:
        assert "@click.command()" in place.source
        return
    if number == 0:  # asyncio calls it
        return
    earlier = [before.where for before in journey.steps[:number]]
    caller = step.seam or step.after or earlier[-1]
    assert step.seam or caller in earlier
    assert step.called in place_of(caller).names, f"{caller} no longer leads to {step.where}: docs/architecture.py"


def test_a_step_that_is_nowhere_is_named() -> None:
    with pytest.raises(LookupError, match=r"engine:Engine\.gone is in nowhere"):
        MAP["place_of"]("engine:Engine.gone")


def test_every_package_is_in_the_picture_once_and_no_arrow_goes_up() -> None:
    rooms = MAP["rooms"]()
    order = list(rooms)
    assert {"cli", "server", "model"} <= rooms.keys()
    picture = MAP["picture"]()
    for room, others in rooms.items():
        assert all(order.index(other) > order.index(room) for other in others)
        assert f" {room} -->" in picture or f"--> {room}\n" in picture
