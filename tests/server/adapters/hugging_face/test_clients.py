"""Hugging Face's own Python client, unmodified but for the address."""

from __future__ import annotations

import pytest
from huggingface_hub import InferenceClient
from huggingface_hub.errors import HfHubHTTPError


def test_the_client_reads_every_label(url: str) -> None:
    client = InferenceClient(model=f"{url}/models/fake")
    answer = client.text_classification("good")
    assert [(item.label, round(item.score, 6)) for item in answer] == [("positive", 0.9), ("negative", 0.1)]
    assert [item.label for item in client.text_classification("good", top_k=1)] == ["positive"]


@pytest.mark.parametrize(
    ("path", "text", "status", "message"),
    [
        ("/models/nothing", "good", 404, "There is no model 'nothing'"),
        ("/models/fake", " ", 422, "The text is empty"),
        ("/predict", "good", 422, "/models/NAME"),
    ],
)
def test_its_exception_has_our_message(url: str, path: str, text: str, status: int, message: str) -> None:
    with pytest.raises(HfHubHTTPError, match=message) as raised:
        InferenceClient(model=url + path).text_classification(text)
    assert raised.value.response.status_code == status
    assert raised.value.request_id


def test_a_wrong_key_and_the_limit(closed_url: str, limited_url: str) -> None:
    with pytest.raises(HfHubHTTPError, match="unknown, expired or revoked") as wrong:
        InferenceClient(model=f"{closed_url}/models/fake", token="hf_other").text_classification("good")
    assert wrong.value.response.status_code == 401
    client = InferenceClient(model=f"{limited_url}/models/fake")
    client.text_classification("good")
    with pytest.raises(HfHubHTTPError, match="More than 1 requests per minute") as refused:
        client.text_classification("good")
    assert refused.value.response.status_code == 429
