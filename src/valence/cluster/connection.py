"""A Ray cluster, started on this machine or connected to, and work spread over it by Ray Data.

The one module that imports Ray, inside its functions.
"""

from __future__ import annotations

import logging
import os
import pickle
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from valence.errors import ClusterError, SettingsError
from valence.extras import how_to_install
from valence.inference.cores import available_cores

log = logging.getLogger(__name__)

LOCAL, RUNNING = "local", "auto"
# Tasks and receipts alone go through the store, and the model once, in pieces: by default Ray takes 30 % of the memory.
STORE_BYTES = 256 << 20
MOST_TASKS = 10_000  # of one pass: each costs the driver some kilobytes and milliseconds
_ADDRESS = re.compile(r"[\w.-]+:\d+|\[[0-9a-fA-F:]+\]:\d+")
# What a process has before it begins. glibc keeps an arena of free memory for each thread, and Ray's have many.
_ENVIRONMENT = {
    "MALLOC_ARENA_MAX": "2",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",  # would send the working folder to every worker under `uv run`
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",  # Ray's own words about workers that died; what matters is told here
    "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
    "RAY_TQDM": "0",
}


@dataclass(frozen=True)
class Cluster:
    """A cluster that is connected.

    Attributes:
        workers: processes that work at once, of one core each.
        words: where it is, for the log.
    """

    workers: int
    words: str

    def share(self, value: Any) -> Any:
        """Puts a value where every worker can `fetch` it once, and returns what stands for it."""
        return import_module("ray").put(value)

    def spread(self, work: type, arguments: Sequence[Any], tasks: Iterable[Any]) -> Iterator[Any]:
        """What `work(*arguments)(task)` returns of every task, in the order in which they end.

        One object of `work` in each worker, and one core for it. A task whose worker dies, or its machine, is given to
        another one, so it has to bear being begun twice. Tasks are handed out as workers become free. Raises
        ClusterError if Ray gives up, also at an exception of `work`.
        """
        ray, data = import_module("ray"), import_module("ray.data")
        packed = [{"task": pickle.dumps(each)} for each in tasks]
        if not packed:
            return
        context = data.DataContext.get_current()
        context.enable_progress_bars = False
        for name in ("ray", "ray.data"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        actors = data.ActorPoolStrategy(size=min(self.workers, len(packed)), max_tasks_in_flight_per_actor=2)
        results = data.from_items(packed, override_num_blocks=min(len(packed), MOST_TASKS)).map(
            _Unpacked, fn_constructor_args=(work, list(arguments)), compute=actors, num_cpus=1
        )
        try:
            for row in results.iter_rows():
                yield pickle.loads(row["result"])  # noqa: S301 - our own workers wrote it
        except ray.exceptions.RayError as error:
            raise ClusterError(
                f"The cluster has given up: {_first_line(error)}.",
                way_out="Give the same command again: what is finished is kept. Ray logs to /tmp/ray/session_latest.",
                code="cluster-failed",
            ) from error


class _Unpacked:
    """Work behind Ray Data's rows, in a worker."""

    def __init__(self, work: type, arguments: list[Any]) -> None:
        logging.getLogger("valence").setLevel(logging.ERROR)
        self._work = work(*arguments)

    def __call__(self, row: dict[str, Any]) -> dict[str, bytes]:
        return {"result": pickle.dumps(self._work(pickle.loads(row["task"])))}  # noqa: S301 - the driver wrote it


def fetch(shared: Any) -> Any:
    """In a worker: the value of what `Cluster.share` returned."""
    return import_module("ray").get(shared)


def host() -> str:
    """The name of the machine that this runs on."""
    import platform

    return platform.node()


@contextmanager
def connected(address: str, workers: int | None = None) -> Iterator[Cluster]:
    """A cluster for the length of the block.

    Args:
        address: "local" starts one on this machine, which ends with the block; "auto" is the one that RAY_ADDRESS names
            or that runs here; otherwise HOST:PORT.
        workers: at most so many at once; by default as many as there are cores in it.

    Raises SettingsError for an address that is none, ClusterError where nothing can be reached or started.
    """
    check(address)
    ray = _ray()
    already = ray.is_initialized()
    if not already:
        _start(ray, address, workers)
    try:
        cores = int(ray.cluster_resources().get("CPU", 0))
        if cores < 1:
            raise ClusterError(
                "The cluster has no core that is given to tasks.",
                way_out="Start its nodes with `ray start --num-cpus N`.",
                code="cluster-empty",
            )
        nodes = sum(bool(node["Alive"]) for node in ray.nodes())
        found = Cluster(workers or cores, "on this machine" if address == LOCAL else f"of {nodes} nodes")
        log.info("Ray cluster %s: %s workers.", found.words, f"{found.workers:,}")
        yield found
    finally:
        if not already:
            ray.shutdown()


def check(address: str) -> None:
    """Raises SettingsError for what is no address."""
    if address in {LOCAL, RUNNING} or _ADDRESS.fullmatch(address):
        return
    if address.startswith("ray://"):
        raise SettingsError(
            f"--cluster {address}: Ray Data does not run through Ray's client.",
            way_out="Give this command on a node of the cluster, or by `ray job submit`, with --cluster alone.",
            code="cluster-address",
        )
    raise SettingsError(
        f"--cluster {address}: that is neither local nor HOST:PORT.",
        way_out="Put the files before --cluster, or give the address: --cluster 10.0.0.1:6379, or --cluster local.",
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
            raise ClusterError(f"Ray could not be started on this machine: {_first_line(error)}.") from error
        where = "here, and RAY_ADDRESS names none" if address == RUNNING else f"at {address}"
        raise ClusterError(
            f"There is no Ray cluster {where} ({_first_line(error)}).",
            way_out="Start one: `ray start --head` on one machine, `ray start --address HOST:6379` on the others. "
            "Or use this machine's cores: --cluster local.",
        ) from error


def prepare_environment() -> None:
    """Sets what processes of Ray that are started from here find in their environment, where nobody has set it."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)


def _ray() -> Any:
    prepare_environment()
    try:
        return import_module("ray")
    except ImportError as error:
        raise ClusterError(
            "--cluster needs Ray, which is not installed.",
            way_out=f"On every machine of the cluster. {how_to_install('cluster')}",
            code="library-missing",
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300].rstrip(".")
