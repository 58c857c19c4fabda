"""A Ray cluster, started on this machine or connected to, and work spread over its actors.

The only module that imports Ray, and only inside its functions: the import takes seconds.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from typing import Any

from valence.inference.cores import available_cores
from valence.system.errors import ClusterError, SettingsError
from valence.system.extras import how_to_install

log = logging.getLogger(__name__)

LOCAL, RUNNING = "local", "auto"
# Only tasks, receipts and the model go through Ray's object store; by default Ray would reserve 30% of the memory.
STORE_BYTES = 256 << 20
_ADDRESS = re.compile(r"[\w.-]+:\d+|\[[0-9a-fA-F:]+\]:\d+")
# Environment of Ray's processes. glibc keeps an arena of free memory per thread, and Ray starts many threads.
_ENVIRONMENT = {
    "MALLOC_ARENA_MAX": "2",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",  # under `uv run` it would send the working folder to every worker
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",  # no reports of workers that died: what matters is logged here
}


@dataclass(frozen=True)
class Cluster:
    """A connected cluster of `workers` processes, with one core each."""

    workers: int

    def share(self, value: Any) -> Any:
        """Stores a value where every worker can `fetch` it, and returns a reference to it."""
        return import_module("ray").put(value)

    def spread(self, work: type, arguments: Sequence[Any], tasks: Iterable[Any]) -> Iterator[Any]:
        """The results of `work(*arguments)(task)` for every task, in the order in which they finish.

        Each worker has one object of `work` and one core, and gets its next task when it has finished one. A task whose
        worker or machine dies is run again by another one, so it must be safe to repeat. Raises ClusterError if Ray
        gives up, or if `work` raises an exception.
        """
        ray = import_module("ray")
        remaining = iter(tasks)
        first = list(islice(remaining, self.workers))
        runner = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=-1)(TaskRunner)
        runners = [runner.remote(work, list(arguments)) for _ in first]
        pool = import_module("ray.util").ActorPool(runners)
        try:
            for task in first:
                pool.submit(_run_task, task)
            while pool.has_next():
                result = pool.get_next_unordered()
                for task in islice(remaining, 1):
                    pool.submit(_run_task, task)
                if idle := pool.pop_idle():
                    ray.kill(idle)  # its core may be the only one left for the runner of a machine that died
                yield result
        except ray.exceptions.RayError as error:
            raise ClusterError(
                f"The cluster gave up: {_first_line(error)}.",
                hint="Run the same command again: finished work is kept. Ray's log is in /tmp/ray/session_latest.",
                code="cluster-failed",
            ) from error
        finally:
            for each in runners:
                ray.kill(each)


class TaskRunner:
    """The actor of one worker process."""

    def __init__(self, work: type, arguments: list[Any]) -> None:
        logging.getLogger("valence").setLevel(logging.ERROR)
        self._work = work(*arguments)

    def run(self, task: Any) -> Any:
        return self._work(task)


def _run_task(runner: Any, task: Any) -> Any:
    return runner.run.remote(task)


def fetch(shared: Any) -> Any:
    """In a worker: the value that `Cluster.share` stored."""
    return import_module("ray").get(shared)


def host() -> str:
    """The name of the machine that this runs on."""
    import platform

    return platform.node()


@contextmanager
def connected(address: str, workers: int | None = None) -> Iterator[Cluster]:
    """A cluster, connected while the block runs.

    Args:
        address: "local" starts one on this machine and stops it after the block; "auto" is the one that RAY_ADDRESS
            names or that runs on this machine; otherwise HOST:PORT.
        workers: at most this many; by default one per core of the cluster.

    Raises SettingsError for an invalid address, and ClusterError if the cluster cannot be reached or started.
    """
    check(address)
    ray = _ray()
    was_connected = ray.is_initialized()
    if not was_connected:
        _start(ray, address, workers)
    try:
        cores = int(ray.cluster_resources().get("CPU", 0))
        if cores < 1:
            raise ClusterError(
                "The cluster has no cores for tasks.",
                hint="Start its nodes with `ray start --num-cpus N`.",
                code="cluster-empty",
            )
        nodes = sum(bool(node["Alive"]) for node in ray.nodes())
        cluster, where = Cluster(workers or cores), "on this machine" if address == LOCAL else f"of {nodes} nodes"
        log.info("Ray cluster %s: %s workers.", where, f"{cluster.workers:,}")
        yield cluster
    finally:
        if not was_connected:
            ray.shutdown()


def check(address: str) -> None:
    """Raises SettingsError for an invalid address."""
    if address in {LOCAL, RUNNING} or _ADDRESS.fullmatch(address):
        return
    if address.startswith("ray://"):
        raise SettingsError(
            f"--cluster {address}: ray:// addresses are not supported.",
            hint="Run the command on a node of the cluster, or with `ray job submit`, and --cluster alone.",
            code="cluster-address",
        )
    raise SettingsError(
        f"--cluster {address}: this is neither 'local' nor HOST:PORT.",
        hint="Put the files before --cluster, or give an address: --cluster 10.0.0.1:6379, or --cluster local.",
        code="cluster-address",
    )


def _start(ray: Any, address: str, workers: int | None) -> None:
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.CRITICAL}
    if address == LOCAL:
        local = {"num_cpus": workers or available_cores(), "include_dashboard": False}
        options |= {"address": "local", "object_store_memory": STORE_BYTES, **local}
    else:
        options["address"] = address
    try:
        ray.init(**options)
    except (ConnectionError, ValueError, RuntimeError, OSError, ray.exceptions.RayError) as error:
        if address == LOCAL:
            raise ClusterError(f"Ray cannot be started on this machine: {_first_line(error)}.") from error
        where = "here, and RAY_ADDRESS names none" if address == RUNNING else f"at {address}"
        raise ClusterError(
            f"There is no Ray cluster {where} ({_first_line(error)}).",
            hint="Start one: `ray start --head` on one machine, `ray start --address HOST:6379` on the others. "
            "Or use this machine's cores: --cluster local.",
        ) from error


def prepare_environment() -> None:
    """Sets the environment of the Ray processes that this process starts; variables that are set already stay."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)


def _ray() -> Any:
    prepare_environment()
    try:
        return import_module("ray")
    except ImportError as error:
        raise ClusterError(
            "--cluster needs Ray, which is not installed.",
            hint=f"It is needed on every machine of the cluster. {how_to_install('cluster')}",
            code="library-missing",
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300].rstrip(".")
