"""Axes are at right angles, and the first ones are those along which rows vary most."""

from __future__ import annotations

import numpy as np
import pytest

from valence.fitting import axes
from valence.fitting.axes import principal_axes

DRAW = np.random.default_rng(5)


@pytest.mark.parametrize("most", [8, 60], ids=["some", "all"])
def test_axes_are_at_right_angles_and_the_first_are_principal(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(axes, "_MOST", most)
    mix = np.linalg.qr(DRAW.normal(size=(60, 60)))[0]
    rows = (DRAW.normal(size=(300, 60)) * np.geomspace(30, 0.1, 60) @ mix).astype(np.float32)
    products = rows.T @ rows
    found = principal_axes(products)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.T @ found, np.eye(60), atol=1e-4)
    along = np.sort(np.diag(found.T @ products @ found))[::-1][:3]
    np.testing.assert_allclose(along, np.sort(np.linalg.eigvalsh(products))[::-1][:3], rtol=0.02)
    np.testing.assert_array_equal(found, principal_axes(products))
