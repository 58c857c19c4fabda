"""Scores a file: one thread reads blocks, one thread per core scores them, and they are written in order."""

from __future__ import annotations

import functools
import logging
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, replace
from typing import Any

from tqdm import tqdm

from valence.bulk.answers_file import JsonAnswers, write_file
from valence.bulk.blocks import Block, Problem, chained
from valence.bulk.output import FileOutput, Finish, Output, StandardOutput, State, problems_of
from valence.bulk.request import STANDARD_OUTPUT, ScoreRequest, Source, source_of
from valence.bulk.scoring import Result, Score, Scored, cleaning, results, with_problems
from valence.inference.engine import Engine
from valence.system.errors import DataError
from valence.system.progress import Bar
from valence.system.version import __version__
from valence.tables.answers import WITHOUT_TEXT, Added
from valence.tables.decoding import shown
from valence.tables.grid import Unread, stopped_by
from valence.tables.noticed import missing_note
from valence.tables.parquet_writer import ArrowAnswers
from valence.tables.shape import Shape
from valence.tables.writers import TextWriter, in_pieces, text_writer

log = logging.getLogger(__name__)

COMMIT_S = 2.0  # a kill loses at most this much work; fsync is cheap at this interval
NO_SCORE = "To give such rows no score"
LOGGED_PROBLEMS = 20  # to standard error; all of them go into the file next to the output


def score_file(request: ScoreRequest, engine: Engine, workers: int) -> State:
    """Scores the file with a single-threaded engine in several workers; returns the counts of the whole output.

    Resumes an interrupted run, if there is one. Raises DataError and SettingsError; what has been written is kept for
    the next run.
    """
    clean = request.clean or engine.fitted.cleaning
    added = Added(request.prefix, several=engine.fitted.labels.multi_label)
    with source_of(request, added) as source:
        log.info("%s: texts from %r (%s).", shown(request.path), source.rows.text_column, source.rows.why)
        with ExitStack() as stack:
            writer, finish = _writer(request, source, added)
            output, state = _output(request, source, engine, writer, finish, stack)
            if not state.done:
                blocks, position = _unwritten(source, state)
                run = _Run(request, source, writer, output, state, position)
                state = run.through(blocks, cleaning(engine.answers, clean), workers)
            output.finish()
        _log_summary(request, state, source.rows.text_column)
    return state


def _writer(request: ScoreRequest, source: Source, added: Added) -> tuple[TextWriter, Finish | None]:
    """What writes the blocks, and what makes the final file of them at the end, if that is another."""
    table = source.table
    kind = request.written_format(table)
    if in_pieces(kind, table):
        return text_writer(kind, Shape.of(table), added), None
    kept = ArrowAnswers(added) if kind == "parquet" else JsonAnswers()
    return kept, functools.partial(write_file, request, added, kind, kept)


def _output(
    request: ScoreRequest,
    source: Source,
    engine: Engine,
    writer: TextWriter,
    finish: Finish | None,
    stack: ExitStack,
) -> tuple[Output, State]:
    if request.out == STANDARD_OUTPUT:
        output = StandardOutput()
        output.write(writer.head(), [])
        return output, State()
    settings = {
        "Valence": __version__,
        "input": shown(request.path),
        "model": f"{engine.body_version} {engine.head_version}",
        "text column": source.rows.text_column,
        "prefix": request.prefix,
        "cleaning": request.clean or engine.fitted.cleaning,
        "missing words": list(request.missing),
        "layout": {
            **asdict(source.table.understood),
            "columns": list(source.table.columns or ()),
            "schema": str(getattr(source.table, "schema", "")),
        },
    }
    file = FileOutput(
        request.out, settings, unit=source.table.unit, head=writer.head(), finish=finish, restart=request.restart
    )
    return stack.enter_context(file), file.state


def _unwritten(source: Source, state: State) -> tuple[Iterator[Block], int]:
    """The unwritten blocks, and the position of the first. Raises DataError if the others have changed."""
    blocks, digest, position = source.blocks(), "", 0
    for _ in range(state.blocks):
        block = next(blocks, None)
        digest = chained(digest, block.digest) if block else ""
        position = block.position if block else 0
    if digest != state.digest:
        raise DataError(
            "The part of this file that an interrupted run has scored has changed since.",
            hint="Restore the file, or use --restart to start again.",
            code="resume-mismatch",
        )
    return blocks, position


class _Run:
    """One run, from the first unwritten block to the end of the input."""

    def __init__(
        self, request: ScoreRequest, source: Source, writer: TextWriter, output: Output, state: State, position: int
    ) -> None:
        self._request, self._source, self._writer, self._output = request, source, writer, output
        self._state, self._position = state, position
        self._new_rows = 0
        self._logged = 0

    def through(self, blocks: Iterable[Block], score: Score, workers: int) -> State:
        if self._state.blocks:
            log.info("Resuming after %s rows that are already scored.", f"{self._state.rows:,}")
        committed = time.monotonic()
        with self._bar() as bar:
            for scored in _scored(blocks, score, workers, self._where):
                self._write(scored)
                self._show(bar, scored[0])
                if time.monotonic() - committed > COMMIT_S:
                    self._output.commit(self._state)
                    committed = time.monotonic()
        self._state = replace(self._state, done=True)
        self._output.commit(self._state)
        return self._state

    def _write(self, scored: Scored) -> None:
        block, answers, problems = scored
        for problem in problems:
            if self._request.bad_rows == "stop":
                self._output.commit(self._state)
                raise stopped_by(Unread(problem.place, problem.error))
            self._log(problem)
        self._output.write(self._writer.encoded(block.rows, answers), problems)
        before, unread = self._state, sum(not problem.kept for problem in problems)
        unscored = len(problems) - unread
        self._state = State(
            blocks=before.blocks + 1,
            digest=chained(before.digest, block.digest),
            rows=before.rows + len(answers),
            blank=before.blank + sum(answer.error in WITHOUT_TEXT for answer in answers),
            unscored=before.unscored + unscored,
            unread=before.unread + unread,
            words=dict(Counter(before.words) + Counter(block.words)) if block.words else before.words,
        )
        self._new_rows += len(answers)

    def _where(self, place: int) -> str:
        return f"{shown(self._request.path)}, {self._source.table.unit} {place}"

    def _log(self, problem: Problem) -> None:
        self._logged += 1
        if self._logged <= LOGGED_PROBLEMS or self._request.out == STANDARD_OUTPUT:
            what = "kept without a score" if problem.kept else "left out"
            with tqdm.external_write_mode(file=sys.stderr):
                log.warning("%s (%s)", problem.error.message, what)
        elif self._logged == LOGGED_PROBLEMS + 1:
            with tqdm.external_write_mode(file=sys.stderr):
                log.warning("Further such rows are listed only in %s.", problems_of(self._request.out).name)

    def _bar(self) -> Any:
        size = self._source.progress.size
        return Bar(
            total=size,
            initial=self._position,  # rows of an interrupted run do not count for the remaining time
            unit="",
            desc="scoring",
            bar_format="{desc} {percentage:3.0f}% |{bar:20}| {postfix}, {remaining} left"
            if size
            else "{desc} {postfix}",
            mininterval=0.2 if sys.stderr.isatty() else 30.0,
            file=sys.stderr,
            leave=False,
            delay=1.0,
        )

    def _show(self, bar: Any, block: Block) -> None:
        elapsed = max(bar.format_dict["elapsed"], 1e-9)
        bar.set_postfix_str(f"{self._state.rows:,} rows, {self._new_rows / elapsed:,.0f} rows/s", refresh=False)
        bar.update(block.position - bar.n)


def _scored(blocks: Iterable[Block], score: Score, workers: int, where: Callable[[int], str]) -> Iterator[Scored]:
    """The blocks in order, with their answers. At most two more than the workers are held at once."""
    waiting = deque[tuple[Block, Future[list[Result]]]]()

    def oldest() -> Scored:
        block, future = waiting.popleft()
        return with_problems(block, future.result(), where)

    with ThreadPoolExecutor(workers, thread_name_prefix="score") as pool:
        try:
            for block in blocks:
                waiting.append((block, pool.submit(results, block.texts, score)))
                if len(waiting) > workers + 1:
                    yield oldest()
            while waiting:
                yield oldest()
        finally:
            pool.shutdown(cancel_futures=True)


def _log_summary(request: ScoreRequest, state: State, text_column: str) -> None:
    parts = [f"{state.rows:,} rows"]
    for count, words in (
        (state.blank, "without a text of their own"),
        (state.unscored, "whose text could not be scored"),
        (state.unread, "more left out because they could not be read"),
    ):
        if count:
            parts.append(f"{count:,} {words}")
    log.info("%s: %s.", "standard output" if request.out == STANDARD_OUTPUT else request.out, ", ".join(parts))
    if (state.unread or state.unscored) and request.out != STANDARD_OUTPUT:
        log.info("The rows and their problems are listed in %s", problems_of(request.out))
    if state.words:
        log.warning("%s", missing_note(text_column, state.words, "text", NO_SCORE))
