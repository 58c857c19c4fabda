"""The report and the pictures: complete, loading nothing, and safe from what texts and labels hold."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.evaluation.made_up import CURVE, result_of, scored
from valence.evaluation import plots
from valence.evaluation.charts import charts
from valence.evaluation.comparison import compare
from valence.evaluation.report import render
from valence.model.results import KnownFailure, Result, Results
from valence.system.errors import SettingsError


class _Page(HTMLParser):
    """What a page has in it: tags, ids, addresses."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name in {"href", "src", "xlink:href"}:
                self.links.append(value or "")


@pytest.fixture(scope="module")
def page() -> str:
    first, second = scored(), scored(skill=2.0)
    results = [result_of(first, name="one", curve=CURVE), result_of(second, name="two")]
    paired = [compare(first, second, names=("one", "two"), data="made-up", split="test")]
    mistake = KnownFailure(
        text="<script>alert(1)</script> & so on", truth="positive", predicted="negative", probability=0.99
    )
    return render("one, two", Results(results=results), paired, {"two": [mistake]})


def test_it_has_a_table_for_every_chart_and_loads_nothing(page: str) -> None:
    found = _Page(page)
    assert found.tags.count("svg") == 13  # six charts of each result, and the first one's learning curve
    assert found.tags.count("table") >= found.tags.count("svg")
    assert "script" not in found.tags
    assert all(link.startswith("#") for link in found.links)
    assert {link[1:] for link in found.links} <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))
    assert not re.findall(r"url\((?!#)", page)
    regions = re.findall(r'role="region" aria-label="([^"]+)"', page)
    assert len(regions) == len(set(regions))


def test_texts_stay_texts(page: str) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; so on" in page


def test_it_follows_the_readers_colours(page: str) -> None:
    assert "prefers-color-scheme: dark" in page
    for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        assert "var(--chart-ink)" in svg
        assert not re.findall(r"(?:fill|stroke): #(?!000000|ffffff)", svg)


def test_it_says_how_the_models_differ(page: str) -> None:
    assert "two compared with one" in page
    assert "McNemar: p =" in page


def test_no_texts_are_shown_where_none_were_asked_for() -> None:
    rows = scored()
    html = render("one", Results(results=[result_of(rows)]))
    assert "Most confident mistakes" not in html
    assert not any(f">{text}<" in html for text in rows.texts)


@pytest.mark.parametrize("classes", [2, 5, 21])
def test_every_chart_is_written_as_png_and_svg(tmp_path: Path, classes: int) -> None:
    result = Result.model_validate_json(result_of(scored(classes=classes), curve=CURVE).model_dump_json())
    written = plots.write(tmp_path / "plots", result)
    keys = [chart.key for chart in charts(result)]
    assert len(keys) == len(set(keys)) == {2: 7, 5: 11, 21: 3}[classes]
    assert sorted(path.name for path in written) == sorted(f"{key}.{kind}" for key in keys for kind in ("png", "svg"))
    for path in written:
        if path.suffix == ".svg":
            ET.parse(path)
        else:
            assert path.read_bytes().startswith(b"\x89PNG")


def test_labels_that_mean_something_to_html_or_mathematics_are_only_words() -> None:
    rows = scored()
    odd: Any = ("<b>$x^2$</b>", 'a "quoted" & $\\frac$')
    html = render("odd", Results(results=[result_of(replace(rows, labels=odd))]))
    assert "<b>$x^2$</b>" not in html
    assert "&lt;b&gt;$x^2$&lt;/b&gt;" in html


def test_a_result_of_an_older_valence_has_fewer_charts() -> None:
    new = result_of(scored()).as_json()
    needed = ("name", "data", "split", "rows", "metrics", "confusion", "command", "data_checksum", "seed")
    kept = (*needed, "wall_time_s", "trained_parameters", "peak_memory_mb", "processor")
    old = Result.model_validate({key: new[key] for key in kept})
    assert old.as_json().keys() == set(kept)
    assert charts(old) == []
    assert "Accuracy" in render("old", Results(results=[old]))


def test_without_matplotlib_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match="matplotlib") as caught:
        render("one", Results(results=[result_of(scored())]))
    assert "pip install -e '.[train]'" in caught.value.hint


def test_another_method_on_the_same_rows_is_beside_the_model() -> None:
    own, rival = result_of(scored(), name="made-up: own"), result_of(scored(skill=1.0), name="made-up: TF-IDF")
    html = render("own", Results(results=[own], comparisons=[rival]))
    assert f'<th scope="row">made-up: TF-IDF</th><td>{100 * rival.accuracy.value:.1f} (' in html
    assert "Other methods on the same rows" not in render("own", Results(results=[own]))
