"""Fixtures that several folders of tests share."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]

settings.register_profile("untimed", deadline=None)  # how long a case takes says more of the machine than of the code
settings.load_profile("untimed")


# Slow by what they are given: the rest of what "slow" means is marked at the tests.
_POSTGRESQL_AGAIN = "again with PostgreSQL; tests/server/store has what differs between databases"
_RAY = "starts Ray, whose workers take seconds to come up"


@pytest.hookimpl(tryfirst=True)  # before pytest leaves out what `-m` leaves out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what its fixtures make slow. A slow test says why; one that does not is an error."""
    for item in items:
        if {"cluster", "nodes"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow(reason=_RAY))
        if _is_again_with_postgresql(item):
            item.add_marker(pytest.mark.slow(reason=_POSTGRESQL_AGAIN))
        mark = item.get_closest_marker("slow")
        if mark is not None and not mark.kwargs.get("reason"):
            raise pytest.UsageError(f"{item.nodeid}: say why it is slow: @pytest.mark.slow(reason=...)")


def _is_again_with_postgresql(item: pytest.Item) -> bool:
    given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    return given.get("address") == "postgresql" and "store" not in item.path.parts


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole model folder, small and quick, made once per run. Read only: copy it before you change it."""
    from tests.models import build_tiny_model

    return build_tiny_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def tiny_roberta(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base in the file layout of FacebookAI/roberta-base, with random weights."""
    from tests.bases import build_tiny_roberta

    return build_tiny_roberta(tmp_path_factory.mktemp("bases") / "tiny-roberta")


@pytest.fixture(scope="session")
def small_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with aclImdb/ and SST-2/, a few hundred made-up rows in the original layouts."""
    folder = tmp_path_factory.mktemp("data")
    subprocess.run([sys.executable, ROOT / "runs" / "small_data.py", folder], check=True)
    return folder


@pytest.fixture(scope="session")
def postgresql_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a real PostgreSQL server, started once."""
    from tests.server.databases import postgresql

    with postgresql(tmp_path_factory.mktemp("postgresql")) as uri:
        yield uri


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty database; whatever uses it is tested with both kinds."""
    from tests.server.databases import address_of_file, new_database
    from valence.server.store.address import database_address

    if request.param == "sqlite":
        return address_of_file(tmp_path / "valence.db")
    return database_address(new_database(request.getfixturevalue("postgresql_uri")))


@pytest.fixture(scope="session", autouse=True)
def _no_home_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What fixtures of a module or a session make is not made in the user's home either."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VALENCE_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's data and caches."""
    monkeypatch.setenv("VALENCE_HOME", str(tmp_path_factory.mktemp("home")))
    for name in ("DATABASE_URL", "REDIS_URL"):  # of whatever else runs on this machine
        monkeypatch.delenv(name, raising=False)
