"""Sentences in UTF-16 units."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from valence.server.adapters.perspective.spans import by_sentence, utf16_length, whole


@given(st.text(alphabet="ab .!?\n😀👍🏽é。", max_size=60), st.integers(1, 5))
def test_spans_are_in_order_and_name_their_text(text: str, limit: int) -> None:
    units = text.encode("utf-16-le")
    spans = by_sentence(text, limit)
    assert len(spans) <= limit
    end = 0
    for span in spans:
        assert span.begin >= end
        end = span.end
        assert units[2 * span.begin : 2 * span.end].decode("utf-16-le") == span.text == span.text.strip()
    assert end <= utf16_length(text) == whole(text).end == len(units) // 2
