"""comments:analyze and comments:suggestscore: scores, spans, options, and errors with Perspective's errorType."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.server.adapters.renamed import renamed
from tests.server.fakes import FACTS, FULL, LIMIT, FakeScorer, bearer, served
from valence.inference.batching import Batcher
from valence.inference.engine import Engine
from valence.server.adapter_settings import Answer
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.auth.scopes import Scope
from valence.server.classifiers.bodies import HeadScorer
from valence.server.classifiers.registry import Registry, ServedModel
from valence.server.settings import Settings, default_settings
from valence.server.state import KEY
from valence.server.store import classifier_rows, example_rows, feedback_rows
from valence.server.store.example_rows import Wanted

ANALYZE = "/v1alpha1/comments:analyze"
SUGGEST = "/v1alpha1/comments:suggestscore"


def comment(text: str, *attributes: str, **more: Any) -> dict[str, Any]:
    return {"comment": {"text": text}, "requestedAttributes": {name: {} for name in attributes or ["TOXICITY"]}, **more}


def score(value: float) -> dict[str, Any]:
    return {"value": pytest.approx(value), "type": "PROBABILITY"}


def test_an_attribute_has_the_probability_of_its_label(client: FlaskClient) -> None:
    answer = client.post(ANALYZE, json=comment("bad 😀", "TOXICITY", "PRAISE", languages=["en"], clientToken="c1"))
    assert answer.get_json() == {
        "attributeScores": {
            "TOXICITY": {
                "spanScores": [{"begin": 0, "end": 6, "score": score(0.6)}],
                "summaryScore": score(0.6),
            },
            "PRAISE": {"spanScores": [{"begin": 0, "end": 6, "score": score(0.4)}], "summaryScore": score(0.4)},
        },
        "languages": ["en"],
        "detectedLanguages": ["en"],
        "clientToken": "c1",
    }


def test_spans_are_sentences_in_utf16_units(client: FlaskClient) -> None:
    text = "So good 😀! Then bad. 👍🏽 good"
    answer = client.post(ANALYZE, json=comment(text, "TOXICITY", spanAnnotations=True)).get_json()
    spans = answer["attributeScores"]["TOXICITY"]["spanScores"]
    units = text.encode("utf-16-le")
    parts = [units[2 * span["begin"] : 2 * span["end"]].decode("utf-16-le") for span in spans]
    assert parts == ["So good 😀! Then bad.", "👍🏽 good"], "at most as many as a request may have texts"
    assert spans[-1]["score"] == score(0.1)


def test_all_attributes_of_a_classifier_come_from_one_pass(app: Flask, scorer: FakeScorer) -> None:
    passes: list[list[str]] = []
    scorer.score = lambda texts, **more: passes.append(list(texts)) or FakeScorer.score(scorer, texts)  # type: ignore[method-assign, func-returns-value]
    answer = app.test_client().post(ANALYZE, json=comment("bad", "TOXICITY", "PRAISE"))
    assert (answer.status_code, passes) == (200, [["bad"]])


def test_a_score_below_its_threshold_is_left_out(client: FlaskClient) -> None:
    body = comment("Good. bad", spanAnnotations=True)
    body["requestedAttributes"] = {"TOXICITY": {"scoreThreshold": 0.5}, "PRAISE": {"scoreThreshold": 0.99}}
    scores = client.post(ANALYZE, json=body).get_json()["attributeScores"]
    assert list(scores) == ["TOXICITY"]
    body["requestedAttributes"] = {"TOXICITY": {"scoreThreshold": 0.61}}
    assert client.post(ANALYZE, json=body).get_json()["attributeScores"] == {}


@pytest.mark.parametrize(
    "more",
    [
        {"doNotStore": True, "sessionId": "s1", "communityId": "forum", "unknownField": 1},
        {"context": {"entries": [{"text": "parent", "type": "PLAIN_TEXT"}]}},
        {"context": {"articleAndParentComment": {"article": {"text": "a"}, "parentComment": {"text": "b"}}}},
        {"languages": ["en-US"]},
        {"languages": None, "clientToken": None},
    ],
)
def test_options_that_change_no_score_are_accepted(client: FlaskClient, more: dict[str, Any]) -> None:
    assert client.post(ANALYZE, json=comment("bad", **more)).status_code == 200


def test_unsupported_attributes_can_be_dropped(client: FlaskClient) -> None:
    names = ("TOXICITY", "THREAT")
    dropped = client.post(ANALYZE, json=comment("bad", *names, dropUnsupportedAttributes=True))
    assert list(dropped.get_json()["attributeScores"]) == ["TOXICITY"]
    assert client.post(ANALYZE, json=comment("bad", *names)).status_code == 400
    assert client.post(ANALYZE, json=comment("bad", "THREAT", dropUnsupportedAttributes=True)).status_code == 400


BOTH: dict[str, Any] = {"entries": [], "articleAndParentComment": {}}
WRONG: list[tuple[dict[str, Any], str, str]] = [
    (comment(" "), "COMMENT_EMPTY", "Comment must be non-empty."),
    ({"requestedAttributes": {"TOXICITY": {}}}, "COMMENT_EMPTY", "Comment must be non-empty."),
    (comment("x" * (LIMIT + 1)), "COMMENT_TOO_LONG", "characters"),
    ({"comment": {"text": "bad"}}, "NO_REQUESTED_ATTRIBUTES", "Missing requested_attributes"),
    (comment("bad", "THREAT"), "INVALID_REQUEST", "Unknown requested attribute: THREAT"),
    (comment("bad", "MIXED"), "INVALID_REQUEST", "VALENCE_PERSPECTIVE_ATTRIBUTES"),
    (comment("bad", languages=["xx"]), "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE", "request languages: xx"),
    (comment("muy bueno"), "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE", "another language"),
    (comment("bad", context=BOTH), "INVALID_REQUEST", "Only one"),
    ({**comment("bad"), "comment": {"text": "bad", "type": "HTML"}}, "INVALID_REQUEST", "comment.type"),
    ({**comment("bad"), "requestedAttributes": {"TOXICITY": {"scoreType": "RAW"}}}, "INVALID_REQUEST", "scoreType"),
    ({**comment("bad"), "requestedAttributes": {"TOXICITY": {"scoreThreshold": 2}}}, "INVALID_REQUEST", "Threshold"),
]


@pytest.mark.parametrize(("body", "kind", "message"), WRONG)
def test_each_error_has_perspectives_type(client: FlaskClient, body: dict[str, Any], kind: str, message: str) -> None:
    answer = client.post(ANALYZE, json=body)
    error = answer.get_json()["error"]
    assert (answer.status_code, error["code"], error["status"]) == (400, 400, "INVALID_ARGUMENT")
    assert message in error["message"]
    (detail,) = error["details"]
    assert detail["errorType"] == kind
    assert detail["@type"] == "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"
    if "languages" in body:
        expected = {"detectedLanguages": ["xx"], "attribute": "TOXICITY"}
        assert detail["languageNotSupportedByAttributeError"] == expected


def test_an_attribute_of_a_classifier_that_is_not_there_is_no_score(client: FlaskClient) -> None:
    answer = client.post(ANALYZE, json=comment("bad", "HATE"))
    assert (answer.status_code, answer.get_json()["error"]["status"]) == (404, "NOT_FOUND")
    assert "The attribute HATE is set to the classifier 'other'" in answer.get_json()["error"]["message"]
    suggested = {"comment": {"text": "bad"}, "attributeScores": {"HATE": {"summaryScore": {"value": 1}}}}
    assert client.post(SUGGEST, json=suggested).get_json() == answer.get_json()


@pytest.mark.parametrize("wrong", ["HATE", "MIXED"])
def test_an_attribute_that_is_set_to_something_missing_can_be_dropped(client: FlaskClient, wrong: str) -> None:
    dropped = client.post(ANALYZE, json=comment("bad", wrong, "TOXICITY", dropUnsupportedAttributes=True))
    assert list(dropped.get_json()["attributeScores"]) == ["TOXICITY"]
    alone = client.post(ANALYZE, json=comment("bad", wrong, dropUnsupportedAttributes=True))
    assert wrong in alone.get_json()["error"]["message"]


@pytest.mark.parametrize(
    ("call", "status", "name"),
    [
        ({"data": b"{", "content_type": "application/json"}, 400, "INVALID_ARGUMENT"),
        ({"data": b"x" * 3000, "content_type": "application/json"}, 413, "INVALID_ARGUMENT"),
        ({"data": b"{}", "content_type": "text/html"}, 415, "INVALID_ARGUMENT"),
        ({"path": SUGGEST, "data": b"{}", "content_type": "text/plain"}, 415, "INVALID_ARGUMENT"),
        ({"path": "/v1alpha1/comments:nothing", "json": {}}, 404, "NOT_FOUND"),
        ({"path": "/$discovery/rest?version=v2", "method": "GET"}, 404, "NOT_FOUND"),
        ({"method": "GET"}, 405, "NOT_FOUND"),
    ],
)
def test_errors_of_the_framework_are_googles_too(
    client: FlaskClient, call: dict[str, Any], status: int, name: str
) -> None:
    answer = client.open(**{"path": ANALYZE, "method": "POST", **call})
    assert (answer.status_code, answer.get_json()["error"]["status"]) == (status, name)


@pytest.mark.parametrize("kind", ["text/plain;charset=UTF-8", None])
@pytest.mark.parametrize(
    ("origin", "status"), [(None, 200), ("https://forum.example", 200), ("https://evil.example", 415)]
)
def test_json_without_its_content_type_is_read_unless_a_foreign_page_sends_it(
    scorer: FakeScorer, settings: Settings, kind: str | None, origin: str | None, status: int
) -> None:
    """As `fetch` sends a string: a page of any site may do so without asking."""
    changed = settings.model_copy(update={"cors_origins": ("https://forum.example",)})
    client = create_app(changed, registry=Registry([served(scorer)])).test_client()
    headers = {"Origin": origin} if origin else {}
    answer = client.post(ANALYZE, data=json.dumps(comment("bad")), content_type=kind, headers=headers)
    assert answer.status_code == status


def test_a_full_queue_and_a_limit(client: FlaskClient, scorer: FakeScorer, settings: Settings) -> None:
    scorer.failure = FULL
    full = client.post(ANALYZE, json=comment("bad"))
    assert (full.status_code, full.get_json()["error"]["status"]) == (503, "UNAVAILABLE")
    scorer.failure = None
    slow = settings.model_copy(update={"calls_per_minute": 1})
    client = create_app(slow, registry=Registry([served(scorer)])).test_client()
    client.post(ANALYZE, json=comment("bad"))
    refused = client.post(ANALYZE, json=comment("bad"))
    assert (refused.status_code, refused.get_json()["error"]["status"]) == (429, "RESOURCE_EXHAUSTED")


def test_a_comment_that_a_client_has_cut_is_read() -> None:
    """Perspective reads 20 KB, so its clients cut comments there."""
    assert default_settings().max_text_chars >= 20 * 1024


@pytest.mark.parametrize("languages", [("*",), ("de", "en")])
def test_the_settings_say_which_languages(scorer: FakeScorer, settings: Settings, languages: tuple[str, ...]) -> None:
    changed = settings.model_copy(update={"perspective_languages": languages})
    client = create_app(changed, registry=Registry([served(scorer)])).test_client()
    assert client.post(ANALYZE, json=comment("bad", languages=["de"])).status_code == 200
    unnamed = client.post(ANALYZE, json=comment("bad")).get_json()
    assert unnamed["languages"] == ["und" if languages == ("*",) else "de"]


@pytest.mark.parametrize("sent", ["query", "bearer", "header"])
def test_a_key_comes_in_the_query_or_in_a_header(closed: Flask, sent: str) -> None:
    key = keys.create(closed.extensions[KEY].database, "me", ["predict"])

    def ask(key: str) -> tuple[int, str]:
        path = f"{ANALYZE}?key={key}&alt=json" if sent == "query" else ANALYZE
        headers = {"bearer": {"Authorization": f"Bearer {key}"}, "header": {"X-API-KEY": key}}.get(sent, {})
        answer = closed.test_client().post(path, json=comment("bad"), headers=headers)
        return answer.status_code, answer.get_json().get("error", {}).get("status", "")

    assert ask(key) == (200, "")
    assert ask("AIza-of-google") == (401, "UNAUTHENTICATED")
    assert ask("") == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("key", ["", "AIza-of-google"])
def test_an_open_server_needs_no_key_and_takes_that_of_google(client: FlaskClient, key: str) -> None:
    assert client.post(f"{ANALYZE}?key={key}", json=comment("bad")).status_code == 200


def test_without_attributes_there_is_no_address(scorer: FakeScorer, settings: Settings) -> None:
    off = settings.model_copy(update={"perspective_attributes": ()})
    client = create_app(off, registry=Registry([served(scorer)])).test_client()
    for answer in (client.post(ANALYZE, json=comment("bad")), client.get("/$discovery/rest?version=v1alpha1")):
        assert (answer.status_code, answer.get_json()["error"]["status"]) == (404, "NOT_FOUND")


def test_attributes_of_several_classifiers_on_one_body_come_from_one_pass(settings: Settings, tiny_model: Path) -> None:
    batcher = Batcher(Engine(tiny_model, threads=1))
    head = batcher.engine.fitted
    names = [f"taught{number}" for number in range(5)]
    models = [ServedModel(replace(FACTS, name=name), HeadScorer(batcher, head)) for name in names]
    answers = tuple(Answer.parse(f"{name.upper()}={name}:negative") for name in names)
    app = create_app(settings.model_copy(update={"perspective_attributes": answers}), registry=Registry(models))
    runs: list[int] = []
    batcher.watch(lambda run: runs.append(run.windows))
    try:
        answer = app.test_client().post(ANALYZE, json=comment("bad", *(name.upper() for name in names)))
    finally:
        batcher.close()
    assert len(answer.get_json()["attributeScores"]) == 5
    assert runs == [1]


# Suggested scores


def suggestion(text: str, value: float, **more: Any) -> dict[str, Any]:
    scores = {"TOXICITY": {"summaryScore": {"value": value}}}
    return {"comment": {"text": text}, "attributeScores": scores, "languages": ["en"], **more}


@pytest.mark.parametrize("keeps", [True, False])
def test_a_suggestion_becomes_feedback_with_its_text_where_texts_are_kept(
    scorer: FakeScorer, settings: Settings, *, keeps: bool
) -> None:
    app = create_app(settings.model_copy(update={"keep_feedback_texts": keeps}), registry=Registry([served(scorer)]))
    body = suggestion("good", 1, clientToken="comment:1", communityId="Coral:https://site")
    answer = app.test_client().post(f"{SUGGEST}?key=x", json=body)
    assert answer.get_json() == {"clientToken": "comment:1", "detectedLanguages": ["en"], "requestedLanguages": ["en"]}
    (row,) = feedback_rows.page(app.extensions[KEY].database, limit=9)
    assert (row.model, row.predicted, row.correct, row.label) == ("fake", "positive", False, "negative")
    assert row.text == ("good" if keeps else None)


def test_suggestions_without_a_name_for_the_comment_replace_none(app: Flask) -> None:
    for token in (None, "", ""):
        app.test_client().post(SUGGEST, json=suggestion("bad", 1, clientToken=token))
    assert len(feedback_rows.page(app.extensions[KEY].database, limit=9)) == 3


def test_a_second_suggestion_for_a_comment_replaces_the_first_of_the_same_sender(app: Flask, closed: Flask) -> None:
    database, client = app.extensions[KEY].database, app.test_client()
    for value in (1, 0):
        client.post(SUGGEST, json=suggestion("bad", value, clientToken="comment:1"))
    client.post(SUGGEST, json=suggestion("bad", 1))
    key = keys.create(database, "another", ["send-feedback"])
    client.post(f"{SUGGEST}?key={key}", json=suggestion("bad", 1, clientToken="comment:1"))
    rows = feedback_rows.page(database, limit=9)
    assert [(row.correct, row.label) for row in rows] == [(True, "negative"), (True, "negative"), (False, "positive")]


@pytest.mark.parametrize(
    ("scopes", "keeps", "taught"),
    [
        (["classifiers", "send-feedback"], True, True),
        (["classifiers", "send-feedback"], False, False),
        (["send-feedback"], True, False),
    ],
)
def test_a_suggestion_teaches_the_classifier_if_the_key_may_and_texts_are_kept(
    settings: Settings, scopes: list[Scope], *, keeps: bool, taught: bool
) -> None:
    changed = {"keep_feedback_texts": keeps, "perspective_attributes": (Answer.parse("TOXICITY=fake:removed"),)}
    app = create_app(settings.model_copy(update=changed), registry=renamed("kept", "removed"))
    database = app.extensions[KEY].database
    owner = bearer(keys.create(database, "owner", ["classifiers"]))
    # Models of the settings go first, so a classifier can't be created with the name of one: this one is renamed later.
    made = {"name": "forum", "labels": ["removed", "kept"]}
    assert app.test_client().post("/api/v1/classifiers", json=made, headers=owner).status_code == 201
    (classifier,) = classifier_rows.every(database)
    classifier_rows.change(database, classifier.id, {"name": "fake"})
    key = keys.create(database, "Coral", scopes)
    for text, value in (("rude words", 1), ("kind words", 0), ("rude words", 1)):
        answer = app.test_client().post(f"{SUGGEST}?key={key}", json=suggestion(text, value, clientToken=text))
        assert answer.status_code == 200
    examples = [(row.text, row.labels) for row in example_rows.every(database, classifier.id, Wanted())]
    kept = sorted(row.label or "" for row in feedback_rows.page(database, limit=9))
    if taught:
        assert sorted(examples) == [("kind words", '["kept"]'), ("rude words", '["removed"]')]
        assert not kept
    else:
        assert not examples
        assert kept == ["kept", "removed"]


def test_a_suggestion_for_a_label_that_a_taught_classifier_lacks_is_refused(settings: Settings) -> None:
    changed = {"keep_feedback_texts": True, "perspective_attributes": (Answer.parse("TOXICITY=forum:toxic"),)}
    app = create_app(settings.model_copy(update=changed), registry=renamed("kept", "removed"))
    key = keys.create(app.extensions[KEY].database, "owner", ["classifiers", "send-feedback"])
    made = {"name": "forum", "labels": ["removed", "kept"]}
    assert app.test_client().post("/api/v1/classifiers", json=made, headers=bearer(key)).status_code == 201
    refused = app.test_client().post(f"{SUGGEST}?key={key}", json=suggestion("rude words", 1))
    assert refused.status_code == 400
    assert "VALENCE_PERSPECTIVE_ATTRIBUTES" in refused.get_json()["error"]["message"]


def test_not_this_label_says_nothing_about_another_one_of_three(settings: Settings) -> None:
    answers = (Answer.parse("TOXICITY=fake:a"), Answer.parse("INSULT=fake:c"))
    app = create_app(settings.model_copy(update={"perspective_attributes": answers}), registry=renamed("a", "b", "c"))
    body = {"comment": {"text": "bad"}, "attributeScores": {"TOXICITY": {"summaryScore": {"value": 0}}}}
    assert app.test_client().post(SUGGEST, json=body).status_code == 200
    assert not feedback_rows.page(app.extensions[KEY].database, limit=9)
    body["attributeScores"] = {"INSULT": {"summaryScore": {"value": 0}}}
    assert app.test_client().post(SUGGEST, json=body).status_code == 200
    (row,) = feedback_rows.page(app.extensions[KEY].database, limit=9)
    assert (row.correct, row.label) == (False, None)


def test_a_suggestion_needs_the_scope_of_feedback_and_counts_as_feedback(
    closed: Flask, scorer: FakeScorer, settings: Settings
) -> None:
    key = keys.create(closed.extensions[KEY].database, "me", ["predict"])
    refused = closed.test_client().post(f"{SUGGEST}?key={key}", json=suggestion("bad", 1))
    assert (refused.status_code, refused.get_json()["error"]["status"]) == (403, "PERMISSION_DENIED")
    slow = settings.model_copy(update={"feedback_per_minute": 1})
    client = create_app(slow, registry=Registry([served(scorer)])).test_client()
    assert [client.post(SUGGEST, json=suggestion("bad", 1)).status_code for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(
    ("scores", "kind"),
    [
        ({}, "NO_REQUESTED_ATTRIBUTES"),
        (None, "NO_REQUESTED_ATTRIBUTES"),
        ({"THREAT": {"summaryScore": {"value": 1}}}, "INVALID_REQUEST"),
        ({"TOXICITY": {}}, "INVALID_REQUEST"),
        ({"TOXICITY": {"summaryScore": {"value": 7}}}, "INVALID_REQUEST"),
    ],
)
def test_a_wrong_suggestion_is_refused(client: FlaskClient, scores: Any, kind: str) -> None:
    answer = client.post(SUGGEST, json={"comment": {"text": "bad"}, "attributeScores": scores})
    assert answer.status_code == 400
    assert answer.get_json()["error"]["details"][0]["errorType"] == kind


@pytest.mark.parametrize("scopes", [["send-feedback"], ["classifiers", "send-feedback"]])
def test_a_suggestion_that_is_too_long_has_perspectives_error(app: Flask, scopes: list[Scope]) -> None:
    key = keys.create(app.extensions[KEY].database, "Coral", scopes)
    answer = app.test_client().post(f"{SUGGEST}?key={key}", json=suggestion("x" * (LIMIT + 1), 1))
    error = answer.get_json()["error"]
    assert (answer.status_code, error["details"][0]["errorType"]) == (400, "COMMENT_TOO_LONG")
    assert error["message"].startswith("Comment text too long")


def test_corals_requests_as_its_server_sends_them(client: FlaskClient) -> None:
    """`formatBody` in services/perspective/perspective.ts of coralproject/talk."""
    request = {
        "comment": {"text": "bad"},
        "doNotStore": True,
        "requestedAttributes": {"TOXICITY": {}},
        "languages": ["en"],
    }
    sent = {"data": json.dumps(request, separators=(",", ":")), "content_type": "application/json"}
    answer = client.post(f"{ANALYZE}?key=any", **sent).get_json()
    assert answer["attributeScores"]["TOXICITY"]["summaryScore"]["value"] == pytest.approx(0.6)
    feedback = {
        "comment": {"text": "bad"},
        "context": {"entries": [{"text": '{"story_url":"https://site/story"}'}]},
        "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}},
        "clientToken": "comment:5f1",
        "communityId": "Coral:https://site",
        "languages": ["en"],
    }
    sent["data"] = json.dumps(feedback, separators=(",", ":"))
    assert client.post(f"{SUGGEST}?key=any", **sent).get_json()["clientToken"] == "comment:5f1"
