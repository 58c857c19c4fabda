"""`valence transfer --cluster` fits the head that one machine fits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.cluster.conftest import invoked
from valence.cluster.connection import Cluster
from valence.cluster.features import CHUNK, features_on
from valence.inference.engine import Engine
from valence.model.folder import ModelFolder
from valence.system.errors import TextError


def test_features_are_the_engine_s_in_order(cluster: Cluster, tiny_model: Path) -> None:
    texts = [f"{'very ' * (i % 40)}dull film {i}" for i in range(3 * CHUNK + 5)]
    for readout in ("final", "general"):
        found = features_on(cluster, tiny_model, texts, readout, "")
        np.testing.assert_allclose(found, Engine(tiny_model, threads=1).features(texts, readout), atol=1e-5)


def test_a_text_that_cannot_be_read_is_told(cluster: Cluster, tiny_model: Path) -> None:
    with pytest.raises(TextError, match=r"In the texts from number 512 of 600 .*Text 3 of 88"):
        features_on(cluster, tiny_model, [*["dull"] * 515, "", *["dull"] * 84], "final", "")


def test_the_same_head_is_fitted(cluster: Cluster, small_data: Path, tmp_path: Path) -> None:
    heads = []
    for name, more in (("here", []), ("there", ["--cluster", "local"])):
        data = ("--data", small_data / "SST-2", "--out", tmp_path / name, "--readout", "general")
        done = invoked("transfer", "--from", "bundled", *data, *more)
        assert done.exit_code == 0, done.output
        heads.append(ModelFolder(tmp_path / name).head().head)
    np.testing.assert_allclose(heads[0].weight, heads[1].weight, atol=1e-4)


def test_a_body_in_torch_is_refused(tiny_roberta: Path, cluster: Cluster, small_data: Path, tmp_path: Path) -> None:
    done = invoked(
        "transfer",
        "--from",
        tiny_roberta,
        "--data",
        small_data / "SST-2",
        "--out",
        tmp_path / "o",
        "--cluster",
        "local",
    )
    assert done.exit_code == 2
    assert "a cluster can only read an exported body" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--workers", "2"], "--workers needs --cluster"),
        (["--cluster", "local", "--train-layers", "2"], "this is for a frozen body"),
    ],
)
def test_options_that_do_nothing_are_refused(arguments: list[str], words: str) -> None:
    done = invoked("transfer", "--from", "bundled", "--out", "o", *arguments)
    assert done.exit_code == 2
    assert words in done.stderr
