"""POST /api/v1/files/preview: what is shown of a file, and how little of it is read."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import xlsxwriter
from flask.testing import FlaskClient

from tests.server.fakes import FakeScorer, bearer, served
from tests.tables.test_cases import FOLDER
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.classifiers.registry import Registry
from valence.server.settings import Settings
from valence.server.state import KEY

URL = "/api/v1/files/preview"
CSV = "text;label\nIt came late.;bad\nThank you all!;good\n;good\nNever again here.;\nFine by me.;good\n"


def test_a_file_is_shown_as_it_would_be_read(client: FlaskClient, admin: dict[str, str]) -> None:
    answer = client.post(URL, data=CSV, headers={**admin, "Content-Type": "text/csv"})
    assert answer.status_code == 200, answer.text
    shown = answer.get_json()
    assert (shown["rows"], shown["complete"], shown["columns"]) == (5, True, ["text", "label"])
    assert (shown["read_as"]["format"], shown["read_as"]["separator"]) == ("csv", ";")
    assert shown["labels"] == [{"label": "good", "rows": 2}, {"label": "bad", "rows": 1}]
    assert {out["why"]: out["rows"] for out in shown["left_out"]} == {"have no text": 1, "have no label": 1}
    assert shown["first_rows"][2] == [None, "good"]


def test_the_query_says_how_it_is_read(client: FlaskClient, admin: dict[str, str]) -> None:
    query = "?no_header=true&columns=label,text&separator=|&encoding=cp1252&missing=-&clean=forum&bad_rows=skip"
    content = "bad|caf\xe9 noir ici\ngood|[quote]Oui oui oui.[/quote]\n-|Non non non.\na|b|c\n"
    answer = client.post(URL + query, data=content.encode("cp1252"), headers={**admin, "Content-Type": "text/csv"})
    assert answer.status_code == 200, answer.text
    shown = answer.get_json()
    assert shown["columns"] == ["label", "text"]
    assert shown["first_rows"][0] == ["bad", "caf\xe9 noir ici"]
    assert {out["why"] for out in shown["left_out"]} == {
        "cannot be read",
        "have nothing but quotes, code or a signature",
        "have no label",
    }


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/jsonl", '{"text": "A film", "label": "a"}\n'),
        ("application/json", '[{"text": "A film", "label": "a"}]'),
        ("text/tab-separated-values", "text\tlabel\nA film\ta\n"),
    ],
)
def test_other_formats(client: FlaskClient, admin: dict[str, str], kind: str, content: str) -> None:
    shown = client.post(URL, data=content, headers={**admin, "Content-Type": kind}).get_json()
    assert (shown["columns"], shown["first_rows"]) == (["text", "label"], [["A film", "a"]])


def test_a_workbook(client: FlaskClient, admin: dict[str, str]) -> None:
    book = (FOLDER / "28c_workbook.xlsx").read_bytes()
    headers = {**admin, "Content-Type": "application/octet-stream"}
    shown = client.post(f"{URL}?sheet=Comments&label_column=label", data=book, headers=headers).get_json()
    assert (shown["rows"], shown["read_as"]["format"], shown["read_as"]["sheet"]) == (12, "xlsx", "Comments")


def test_of_several_filled_sheets_the_first_is_shown_and_the_others_are_named(
    client: FlaskClient, admin: dict[str, str]
) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for title in ("Comments", "Old ones", "Empty"):
            book.add_worksheet(title).write_row(0, 0, ["text", "label"] if title != "Empty" else [])
            book.get_worksheet_by_name(title).write_row(1, 0, [f"from {title}", "a"] if title != "Empty" else [])
    headers = {**admin, "Content-Type": "application/octet-stream"}
    shown = client.post(URL, data=file.getvalue(), headers=headers).get_json()
    assert (shown["read_as"]["sheet"], shown["first_rows"]) == ("Comments", [["from Comments", "a"]])
    assert [note["message"] for note in shown["notes"]] == ["Sheet 'Comments' was read; also filled: 'Old ones'."]
    shown = client.post(f"{URL}?sheet=Old+ones", data=file.getvalue(), headers=headers).get_json()
    assert (shown["first_rows"], shown["notes"]) == ([["from Old ones", "a"]], [])


@pytest.mark.parametrize(
    ("query", "content", "code"),
    [
        ("", b"text,label\n\xff\xfe\xff,a\n", "invalid-file"),
        ("", b"\x89PNG\r\n\x1a\n\0\0", "invalid-file"),
        ("?separator=%22", b"text,label\n", "invalid-fields"),
        ("?no_header=true", b"text,label\n", "invalid-fields"),
        ("?columns=a,b", b"text,label\n", "invalid-fields"),
        ("?colour=1", b"text,label\n", "invalid-fields"),
    ],
)
def test_what_cannot_be_read_is_a_problem(
    client: FlaskClient, admin: dict[str, str], query: str, content: bytes, code: str
) -> None:
    answer = client.post(URL + query, data=content, headers={**admin, "Content-Type": "text/csv"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, code)


def test_only_the_beginning_is_read_and_no_bomb_is_unpacked(
    scorer: FakeScorer, settings: Settings, tmp_path: Path
) -> None:
    import gzip

    app = create_app(settings, registry=Registry([served(scorer)]), page_folder=tmp_path)
    key = bearer(keys.create(app.extensions[KEY].database, "a program", ["score-files"]))
    headers = {**key, "Content-Type": "text/csv"}
    many = "text,label\n" + "A film,good\nDull,bad\n" * 1000
    shown = app.test_client().post(URL, data=many, headers=headers).get_json()
    assert (shown["rows"], shown["complete"]) == (1000, False)
    long = "text,label\n" + f"{'A film ' * 10_000},good\n" * 50
    assert app.test_client().post(URL, data=long, headers=headers).get_json()["rows"] == 15
    bomb = gzip.compress(b"text,label\n" + b"a" * 30_000_000)
    answer = app.test_client().post(URL, data=bomb, headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid-file")


def test_it_needs_a_key_and_a_server_that_takes_files(
    client: FlaskClient, settings: Settings, scorer: FakeScorer, tmp_path: Path
) -> None:
    answer = client.post(URL, data=CSV, headers={"Content-Type": "text/csv"})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "key-missing")
    closed = create_app(
        settings.model_copy(update={"jobs": False}), registry=Registry([served(scorer)]), page_folder=tmp_path
    )
    key = bearer(keys.create(closed.extensions[KEY].database, "a program", ["score-files"]))
    answer = closed.test_client().post(URL, data=CSV, headers={**key, "Content-Type": "text/csv"})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "jobs-off")
