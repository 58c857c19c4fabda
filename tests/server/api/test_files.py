"""/api/v1/files: what is shown of a file, how little of that is read, and all its rows, as the page reads them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from flask.testing import FlaskClient

from tests.bulk.test_cases import ABOUT_LABELS
from tests.server.fakes import FakeScorer, bearer, served
from tests.tables.test_cases import CASES, FOLDER, name_of
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.classifiers.registry import Registry
from valence.server.jobs import whole_file
from valence.server.schemas.files import FileRows
from valence.server.settings import Settings
from valence.server.state import KEY

URL, READ = "/api/v1/files/preview", "/api/v1/files/read"
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
    bomb = gzip.compress(b"text,label\n" + b"a" * 34_000_000)
    for url in (URL, READ):
        answer = app.test_client().post(url, data=bomb, headers=headers)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid-file")


MEDIA_TYPES = {".tsv": "text/tab-separated-values", ".jsonl": "application/jsonl", ".txt": "text/plain"}


def _asked(client: FlaskClient, url: str, case: dict[str, Any]) -> Any:
    """The answer for a case's file, sent as the page sends it, without a key."""
    given = case.get("options", {})
    query: dict[str, str] = {
        name: given[name] for name in ("encoding", "separator", "sheet", "bad_rows") if name in given
    }
    if "columns" in given:
        query |= {"columns": ",".join(given["columns"]), "no_header": "true"}
    if url == URL:
        query |= {"label_separator": given["label_separator"]} if "label_separator" in given else {}
        query |= {"label_column": ",".join(given["label_columns"])} if "label_columns" in given else {}
    if "missing" in given:
        query["missing"] = ",".join(given["missing"])
    if "read" in case:
        query["text_column"] = case["read"]["text_column"]
    path = FOLDER / case["file"]
    media_type = MEDIA_TYPES.get(path.suffix, "application/octet-stream")
    return client.post(url, query_string=query, data=path.read_bytes(), content_type=media_type)


@pytest.mark.parametrize("case", [case for case in CASES if "read" in case], ids=name_of)
def test_the_page_reads_what_the_commands_read(client: FlaskClient, case: dict[str, Any]) -> None:
    expected = case["read"]
    shown = _asked(client, URL, case).get_json()
    assert (shown["columns"], shown["text_column"]) == (expected["columns"], expected["text_column"])
    assert shown["label_columns"] == expected["label_columns"]
    if shown["complete"]:
        assert {each["label"]: each["rows"] for each in shown["labels"]} == expected["labels"]
    assert shown["read_as"]["format"] == expected["kind"]
    answer = _asked(client, READ, case)
    assert answer.status_code == 200, answer.text
    whole = FileRows.model_validate(answer.get_json())
    assert (len(whole.rows), whole.rows_left_out) == (expected["rows"], expected.get("rows_unread", 0))
    assert whole.columns == expected["columns"]
    assert all(len(row.cells) == len(whole.columns) for row in whole.rows)
    column = whole.columns.index(whole.text_column)
    texts = [row.cells[column] if row.text is None else row.text for row in whole.rows]
    assert sum(not text.strip() for text in texts) <= expected.get("rows_without_text", 0)


@pytest.mark.parametrize(
    "case", [case for case in CASES if "error" in case and case["error"]["code"] not in ABOUT_LABELS], ids=name_of
)
def test_the_page_is_told_what_the_commands_tell(client: FlaskClient, case: dict[str, Any]) -> None:
    problem = _asked(client, READ, case).get_json()
    assert problem["code"] == "invalid-file"
    if "line" in case["error"]:
        assert f"line {case['error']['line']}" in problem["detail"]


def test_all_rows_come_with_their_places_and_texts(client: FlaskClient) -> None:
    content = "id;post\n1;> It is.\n2;> No.\n3;a;b\n4;Fine.\n"
    query = {"clean": "forum", "bad_rows": "skip"}
    answer = client.post(READ, query_string=query, data=content, content_type="text/csv")
    whole = answer.get_json()
    assert [row["place"] for row in whole["rows"]] == [2, 3, 5]
    assert [row["text"] for row in whole["rows"]] == ["", "", None]
    assert (whole["rows_left_out"], [out["place"] for out in whole["left_out"]]) == (1, [4])
    assert "line 4: 3 cell(s)" in whole["left_out"][0]["why"]
    assert whole["read_as"]["separator"] == ";"


def test_rows_of_json_are_given_all_keys(client: FlaskClient) -> None:
    lines = '{"text": "It came late."}\n{"text": "half \\ud83d", "n": 1.50, "tags": ["a", "b"]}\n'
    whole = client.post(READ, data=lines, content_type="application/jsonl").get_json()
    assert whole["columns"] == ["text", "n", "tags"]
    assert [row["cells"] for row in whole["rows"]] == [
        ["It came late.", "", ""],
        ["half \\ud83d", "1.50", '["a", "b"]'],
    ]
    assert whole["rows"][1]["text"] == "half \ud83d"


@pytest.mark.parametrize(
    ("lines", "columns"),
    [
        (["Well, that was late.", "A film; I liked it."], ["text"]),
        (["id;text", "1;It came late."], ["id", "text"]),
        (["__label__bad It came late."], ["text", "label"]),
    ],
)
def test_plain_text_has_a_text_in_each_line_unless_all_have_cells(
    client: FlaskClient, lines: list[str], columns: list[str]
) -> None:
    whole = client.post(READ, data="\n".join(lines), content_type="text/plain").get_json()
    assert whole["columns"] == columns


def test_what_is_offered_is_sent_back_as_it_is(client: FlaskClient) -> None:
    content = "text,label\nGood film,a\nDull\xe9 film,b,c\n> Yes.\nNo.,a\n> Oh.\nHm.,b\nNone,a\n".encode("cp1252")
    shown = client.post(URL, data=content, content_type="text/csv").get_json()
    said = [*shown["notes"], *shown["problems"], *shown["guesses"]]
    offered = [offer["parameters"] for each in said for offer in each["offers"]]
    assert all(each in offered for each in ({"bad_rows": "skip"}, {"encoding": "cp1252"}, {"missing": "None"})), offered
    assert not [note for note in said if "--" in str(note)]
    for parameters in (each for each in offered if None not in each.values()):
        answer = client.post(URL, query_string=parameters, data=content, content_type="text/csv")
        assert answer.status_code == 200 or answer.get_json()["code"] == "invalid-file", answer.text


def test_of_several_tables_in_an_archive_the_first_is_shown_and_another_can_be_read(client: FlaskClient) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("a.csv", "in/b, c.csv", "readme.txt"):
            archive.writestr(name, f"text,label\nfrom {name},x\n".replace("b, c", "b"))
    shown = client.post(URL, data=file.getvalue(), content_type="application/zip").get_json()
    assert (shown["read_as"]["member"], shown["read_as"]["members"]) == ("a.csv", ["a.csv", "in/b, c.csv"])
    (note,) = (note for note in shown["notes"] if note["code"] == "members-several")
    (offer,) = note["offers"]
    other = client.post(URL, query_string=offer["parameters"], data=file.getvalue(), content_type="application/zip")
    assert other.get_json()["first_rows"] == [["from in/b.csv", "x"]]
    assert other.get_json()["notes"] == []
    refused = client.post(READ, data=file.getvalue(), content_type="application/zip").get_json()
    assert "holds 2 tables: 'a.csv', 'in/b, c.csv'." in refused["detail"]
    assert offer in refused["offers"]
    whole = client.post(READ, query_string=offer["parameters"], data=file.getvalue(), content_type="application/zip")
    assert [row["cells"] for row in whole.get_json()["rows"]] == [["from in/b.csv", "x"]]


def test_rows_cost_tokens_and_too_many_are_refused(
    scorer: FakeScorer, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = settings.model_copy(update={"tokens_per_minute": 1500, "file_max_bytes": 20_000})
    client = create_app(few, registry=Registry([served(scorer)]), page_folder=tmp_path).test_client()
    answer = client.post(READ, data="text\n" + "A film\n" * 1000, content_type="text/csv")
    assert answer.status_code == 200
    answer = client.post(READ, data="text\n" + "A film\n" * 1000, content_type="text/csv")
    assert (answer.status_code, answer.get_json()["code"]) == (429, "too-many-tokens")
    answer = client.post(READ, data="text\n" + "A film\n" * 5000, content_type="text/csv")
    assert (answer.status_code, answer.get_json()["code"]) == (413, "body-too-large")
    monkeypatch.setattr(whole_file, "MOST_ROWS", 3)
    answer = client.post(READ, data="text\n" + "A film\n" * 4, content_type="text/csv")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "too-many-rows")


def test_a_workbook_whose_texts_would_not_fit_is_refused(
    scorer: FakeScorer, settings: Settings, tmp_path: Path
) -> None:
    small = settings.model_copy(update={"file_max_bytes": 50_000})
    client = create_app(small, registry=Registry([served(scorer)]), page_folder=tmp_path).test_client()
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_column(0, 0, ["text", *(f"{'A film ' * 400} {number}" for number in range(30))])
    assert len(file.getvalue()) < 20_000
    answer = client.post(READ, data=file.getvalue(), content_type="application/octet-stream")
    assert answer.status_code == 422
    assert "too large for a workbook" in answer.get_json()["detail"]
