"""Bodies that come in pieces, slowly, or not at all."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import ClientDisconnected

from valence.server import arriving
from valence.server.arriving import ROOM, Body, Rest, gathered

LEFT = {"type": "http.disconnect"}


class Client:
    """Sends pieces of a body as uvicorn hands them over; after the last it says nothing, or that it has left."""

    def __init__(self, *pieces: bytes, ends: bool = True, leaves: bool = False, pause_s: float = 0.0) -> None:
        self.pieces, self.ends, self.leaves, self.pause_s = list(pieces), ends, leaves, pause_s

    async def __call__(self) -> dict[str, Any]:
        await asyncio.sleep(self.pause_s)
        if self.pieces:
            piece = self.pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(self.pieces) or not self.ends}
        if self.leaves:
            return LEFT
        await asyncio.sleep(3600)
        raise AssertionError("waited for an hour")


def _gathered(client: Client, declared: int = 0) -> Body | None:
    return asyncio.run(gathered(client, declared))


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=8), st.sampled_from([0, ROOM + 1]))
def test_however_a_body_is_cut_it_is_read_whole(pieces: list[bytes], declared: int) -> None:
    async def read() -> bytes:
        client = Client(*pieces)
        body = await gathered(client, declared)
        assert body is not None
        assert body.whole is not bool(declared)
        stream = io.BufferedReader(Rest(body, client, asyncio.get_running_loop()))
        return await asyncio.to_thread(stream.read)

    assert asyncio.run(read()) == b"".join(pieces)


def test_what_does_not_fit_is_left_to_a_thread() -> None:
    head_says_so = _gathered(Client(b"x"), ROOM + 1)
    assert head_says_so is not None
    assert (head_says_so.whole, head_says_so.read) == (False, 0)
    in_chunks = _gathered(Client(*[b"x" * 50_000] * 4), 0)
    assert in_chunks is not None
    assert (in_chunks.whole, in_chunks.read) == (False, 100_000)


def test_whoever_leaves_before_the_body_is_whole_is_not_answered() -> None:
    assert _gathered(Client(b"{", ends=False, leaves=True)) is None


def test_a_body_that_stops_coming_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "PATIENCE_S", 0.05)
    assert _gathered(Client(b"{", ends=False)) is None


def test_a_body_may_take_as_long_as_its_bytes_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "PATIENCE_S", 0.2)
    steady, slow = [b"x" * 1_000] * 6, [b"x"] * 30
    monkeypatch.setattr(arriving, "RATE", 10_000)  # a piece is good for a tenth of a second
    assert _gathered(Client(*steady, pause_s=0.05)) is not None
    assert _gathered(Client(*slow, pause_s=0.05)) is None


@pytest.mark.parametrize("client", [Client(b"ab", ends=False), Client(b"ab", ends=False, leaves=True)])
def test_a_thread_that_reads_on_is_told_when_no_more_comes(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    async def read() -> None:
        body = await gathered(client, ROOM + 1)
        assert body is not None
        monkeypatch.setattr(arriving, "PATIENCE_S", 0.05)
        stream = Rest(body, client, asyncio.get_running_loop())
        assert await asyncio.to_thread(stream.read, 2) == b"ab"
        await asyncio.to_thread(stream.read, 2)

    with pytest.raises(ClientDisconnected):
        asyncio.run(read())
