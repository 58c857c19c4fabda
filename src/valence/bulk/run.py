"""Scores a file: one thread reads blocks, one thread per core scores them, and they are written in order."""

from __future__ import annotations

import functools
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

from valence.bulk.answers_file import JsonAnswers, write_file
from valence.bulk.blocks import Block, chained
from valence.bulk.counts import Counts, ProblemLog, progress_bar
from valence.bulk.output import FileOutput, StandardOutput, State, problems_of
from valence.bulk.request import STANDARD_OUTPUT, ScoreRequest, Source, source_of
from valence.bulk.scoring import Result, Score, Scored, cleaning, results, with_problems
from valence.inference.engine import Engine
from valence.system.errors import DataError
from valence.tables.answers import Added
from valence.tables.decoding import shown
from valence.tables.grid import stopped_by
from valence.tables.parquet_writer import ArrowAnswers
from valence.tables.writers import Writer, in_pieces, writer_to

log = logging.getLogger(__name__)

COMMIT_S = 2.0  # a kill loses at most this much work; fsync is cheap at this interval


def score_file(request: ScoreRequest, engine: Engine, workers: int) -> Counts:
    """Scores the file with a single-threaded engine in several workers; returns the counts of the whole output.

    Resumes an interrupted run, if there is one. Raises DataError and SettingsError; what has been written is kept for
    the next run.
    """
    added = Added(request.prefix, several=engine.fitted.labels.multi_label)
    with source_of(request, added) as source:
        log.info("%s: texts from %r (%s).", shown(request.path), source.rows.text_column, source.rows.why)
        kind = request.written_format(source.table)
        final = in_pieces(kind, source.table)
        with _output(request, source, engine, final=final) as output:
            if final:
                writer: Any = writer_to(output, kind, source.table, added, begun=output.begun)
                finish = None
            else:
                writer = ArrowAnswers(added, output) if kind == "parquet" else JsonAnswers(output)
                finish = functools.partial(write_file, request, added, kind, writer)
            state = output.state
            if not state.done:
                blocks, position = _unwritten(source, state)
                score = cleaning(engine.answers, request.clean or engine.fitted.cleaning)
                state = _Run(request, source, writer, output, position).through(blocks, score, workers)
            output.finish(finish)
        for note in source.table.notes:
            if not any("label_column" in offer.options for offer in note.offers):
                log.warning("%s: %s", shown(request.path), note)
        to = "standard output" if request.out == STANDARD_OUTPUT else request.out
        state.counts.report(to, "rows", source.rows.text_column, _problems_of(request))
    return state.counts


@contextmanager
def _output(
    request: ScoreRequest, source: Source, engine: Engine, *, final: bool
) -> Iterator[FileOutput | StandardOutput]:
    if request.out == STANDARD_OUTPUT:
        yield StandardOutput()
        return
    layout = {"columns": list(source.table.columns or ()), "schema": str(getattr(source.table, "schema", ""))}
    settings = {
        **request.settings(engine),
        "input": shown(request.path),
        "text column": source.rows.text_column,
        "layout": {**asdict(source.table.understood), **layout},
    }
    with FileOutput(request.out, settings, unit=source.table.unit, final=final, restart=request.restart) as output:
        yield output


def _problems_of(request: ScoreRequest) -> str | None:
    return None if request.out == STANDARD_OUTPUT else str(problems_of(request.out))


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
    """One run, from the first unwritten block, which is at `position`, to the end of the input."""

    def __init__(
        self,
        request: ScoreRequest,
        source: Source,
        writer: Writer,
        output: FileOutput | StandardOutput,
        position: int,
    ) -> None:
        self._request, self._source, self._writer, self._output = request, source, writer, output
        self._state, self._position = output.state, position
        self._new_rows = 0
        self._problems = ProblemLog(_problems_of(request))

    def through(self, blocks: Iterable[Block], score: Score, workers: int) -> State:
        if self._state.blocks:
            log.info("Resuming after %s rows that are already scored.", f"{self._state.counts.rows:,}")
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
        if problems and self._request.bad_rows == "stop":
            self._output.commit(self._state)
            raise stopped_by(problems[0].error)
        for problem in problems:
            self._problems.add(problem.error.message, kept=problem.kept)
        self._writer.write(block.rows, answers)
        self._output.list_problems(problems)
        before, counts = self._state, Counts.of(scored)
        self._state = State(before.blocks + 1, chained(before.digest, block.digest), before.counts + counts)
        self._new_rows += counts.rows

    def _where(self, place: int) -> str:
        return f"{shown(self._request.path)}, {self._source.table.unit} {place}"

    def _bar(self) -> Any:
        size = self._source.progress.size
        return progress_bar(
            total=size,
            initial=self._position,  # rows of an interrupted run do not count for the remaining time
            unit="",
            desc="scoring",
            bar_format="{desc} {percentage:3.0f}% |{bar:20}| {postfix}, {remaining} left"
            if size
            else "{desc} {postfix}",
        )

    def _show(self, bar: Any, block: Block) -> None:
        elapsed = max(bar.format_dict["elapsed"], 1e-9)
        bar.set_postfix_str(f"{self._state.counts.rows:,} rows, {self._new_rows / elapsed:,.0f} rows/s", refresh=False)
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
