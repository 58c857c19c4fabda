"""`valence score --server`: a file as a job of a server, which has the classifiers that people teach there.

The server scores it, whatever happens here meanwhile; the job is deleted once its result is here, or the command is
stopped, so that no text stays on the server.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import httpx2
from tqdm import tqdm

from valence.bulk.request import ScoreOptions
from valence.system.errors import DataError, ServerUnreachableError, SettingsError
from valence.system.files import file_in_place_of
from valence.system.offers import Offer, listed
from valence.tables.answers import PREFIX
from valence.tables.decoding import STANDARD_INPUT, format_of

log = logging.getLogger(__name__)

KEY = "VALENCE_KEY"  # environment variable
_JOBS = "/api/v1/jobs"
_TIMEOUT_S, _POLL_S = 60.0, 1.0
_PATIENCE_S = 300.0  # that a server may be out of reach, or too busy, before the command gives up
_BLOCK = 1 << 20  # bytes
_MEDIA_TYPES = {"csv": "text/csv", "tsv": "text/tab-separated-values", "jsonl": "application/jsonl"}
# What `valence score` can do and a job can't, with what is allowed.
_ONLY_HERE = {"--prefix": ("prefix", PREFIX), "--restart": ("restart", False)}


@dataclass(frozen=True)
class ServerRequest:
    """What is asked of which server.

    Attributes:
        address: of the server, such as https://forum.example.org.
        key: an API key with the scope score-files.
        classifier: or another model; None for the server's default.
        source, out: the file, and where its result goes.
    """

    address: str
    key: str = field(repr=False)
    classifier: str | None
    source: Path
    out: Path
    options: ScoreOptions

    def check(self) -> None:
        """Raises SettingsError for what can't be asked of a server."""
        parts = urlsplit(self.address)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query:
            raise SettingsError(f"--server {self.address!r} is not an address such as https://forum.example.org.")
        if not self.key or not self.key.isascii() or not self.key.isprintable():
            raise SettingsError(
                f"The server needs an API key with the scope score-files in {KEY}, and there is "
                f"{'one with other characters than a key has' if self.key else 'none'}.",
                hint="Make one on the server: valence keys create NAME --scope score-files.",
                code="key-missing",
            )
        if self.source == STANDARD_INPUT or self.out == Path("-"):
            raise SettingsError("--server takes a file and writes a file, not standard input or output.")
        for option, (name, usual) in _ONLY_HERE.items():
            if getattr(self.options, name) != usual:
                raise SettingsError(f"{option} has no meaning with --server.", code="options-contradict")
        if self.options.reading.format not in {None, *_MEDIA_TYPES}:
            raise SettingsError(
                f"--format {self.options.reading.format} can't be sent to a server.",
                hint="Leave it out: the server detects the format.",
                code="options-contradict",
            )

    @property
    def query(self) -> dict[str, str]:
        """The job's parameters."""
        options, reading = self.options, self.options.reading
        given = {
            "model": self.classifier,
            "text_column": options.text_column,
            "encoding": reading.encoding,
            "separator": reading.separator,
            "sheet": reading.sheet,
            "member": reading.member,
            "no_header": None if reading.header else "true",
            "columns": listed(reading.columns),
            "missing": listed(options.missing),
            "bad_rows": options.bad_rows,
            "clean": options.clean,
        }
        return {name: value for name, value in given.items() if value}

    @property
    def media_type(self) -> str:
        """By the option or the name; the server looks at the content too."""
        named = self.options.reading.format or format_of(self.source)
        packed = self.source.suffix.lower() in {".gz", ".zst", ".zip"}
        return "application/octet-stream" if packed else _MEDIA_TYPES.get(named or "", "application/octet-stream")


def score_on_server(request: ServerRequest) -> None:
    """Scores the file. Raises SettingsError, DataError and ServerUnreachableError."""
    request.check()
    headers = {"Authorization": f"Bearer {request.key}", "User-Agent": "valence-score"}
    with httpx2.Client(base_url=request.address.rstrip("/"), headers=headers, timeout=_TIMEOUT_S) as client:
        server = _Server(client, request.address)
        with request.source.open("rb") as file:
            job = server.submit(file, request)
        try:
            _check_shape(job, request)
            rows = server.wait(job)
            with file_in_place_of(request.out) as out:
                server.download(job, out)
        finally:
            server.forget(job)
    left_out = f", {job['rows_left_out']:,} left out because they could not be read" if job["rows_left_out"] else ""
    log.info("%s: %s rows by %s%s.", request.out, f"{rows:,}", job["model"]["name"], left_out)


def _check_shape(job: dict[str, Any], request: ServerRequest) -> None:
    if format_of(request.out) != job["shape"] or request.out.suffix.lower() in {".gz", ".zst"}:
        raise SettingsError(
            f"The server answers this file as {job['shape']}, and --out is {request.out.name}.",
            hint=f"Name it with the ending .{job['shape']}.",
            code="options-contradict",
        )


class _Server:
    """Its jobs.

    Args:
        client: with the key.
        address: for messages.
    """

    def __init__(self, client: httpx2.Client, address: str) -> None:
        self._client, self._address = client, address

    def submit(self, file: IO[bytes], request: ServerRequest) -> dict[str, Any]:
        """The new job. Not tried again: it would be there twice."""
        headers = {"Content-Type": request.media_type}
        with self._mapped():
            answer = self._client.post(_JOBS, params=request.query, headers=headers, content=_blocks(file))
        return self._json(answer)

    def wait(self, job: dict[str, Any]) -> int:
        """Until it is done; how many rows it has."""
        with tqdm(total=job["rows"], unit="row", disable=None, delay=1) as progress:
            while job["state"] in {"waiting", "running"}:
                time.sleep(_POLL_S)
                job = self._json(self._patiently("GET", f"{_JOBS}/{job['id']}"))
                progress.update(job["rows_done"] - progress.n)
        if job["state"] == "failed":
            raise DataError(f"{self._address} could not score the file: {job['reason']}")
        return int(job["rows"])

    def download(self, job: dict[str, Any], out: IO[bytes]) -> None:
        """Writes the result."""
        with self._mapped(), self._client.stream("GET", f"{_JOBS}/{job['id']}/result") as answer:
            if answer.status_code != 200:
                answer.read()
                raise self._refused(answer)
            for block in answer.iter_bytes(_BLOCK):
                out.write(block)

    def forget(self, job: dict[str, Any]) -> None:
        """Deletes the job. If that fails, the server deletes it when it expires, which is logged."""
        answer = None
        with suppress(httpx2.HTTPError):
            answer = self._client.delete(f"{_JOBS}/{job['id']}")
        if answer is None or answer.status_code not in {204, 404}:
            log.warning("%s keeps the file until %s.", self._address, job["expires_at"])

    def _patiently(self, method: str, path: str) -> httpx2.Response:
        """Again while the server is out of reach or says that it is busy, for some minutes."""
        until = time.monotonic() + _PATIENCE_S
        while True:
            try:
                answer = self._client.request(method, path)
            except httpx2.TransportError:
                if time.monotonic() > until:
                    with self._mapped():
                        raise
                time.sleep(_POLL_S)
                continue
            if answer.status_code not in {429, 503} or time.monotonic() > until:
                return answer
            time.sleep(_wait_s(answer))

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise ServerUnreachableError(
                f"{self._address} does not answer: {error or type(error).__name__}.",
                hint="Check the address, and that the server runs.",
            ) from error

    def _json(self, answer: httpx2.Response) -> dict[str, Any]:
        if not answer.is_success:
            raise self._refused(answer)
        try:
            found: dict[str, Any] = answer.json()
        except ValueError as error:
            raise ServerUnreachableError(f"{self._address} answers, but not as a Valence server does.") from error
        return found

    def _refused(self, answer: httpx2.Response) -> SettingsError | DataError:
        """What the server says is wrong."""
        try:
            problem = answer.json()
            code, detail = str(problem["code"]), str(problem["detail"])
            offers = [Offer(offer["purpose"], offer["parameters"]) for offer in problem.get("offers", ())]
        except (ValueError, KeyError, TypeError):
            code, detail = "server-refused", f"status {answer.status_code}, and no reason that Valence knows"
            offers = []
        of_the_file = code in {"invalid-file", "too-many-rows", "body-too-large"}
        kind = DataError if of_the_file else SettingsError
        hint = f"Check the key in {KEY}." if answer.status_code in {401, 403} and code != "jobs-off" else ""
        return kind(f"{self._address}: {detail}", hint=hint, code=code, offers=offers)


def _wait_s(answer: httpx2.Response) -> float:
    """As long as a busy server asks for, up to half a minute; a proxy may name a date instead, which is not read."""
    asked = answer.headers.get("Retry-After", "")
    return min(float(asked), 30.0) if asked.isdecimal() else _POLL_S


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block
