"""The embedded engine: a child process that owns a Dask cluster on this machine and dies with its parent.

A child, because Dask's workers import again what they are spawned from, and inside Streamlit that would be the user's
page. `python -m cnnlab.engine.local_cluster` writes the scheduler's address as one line to stdout and lives until its
stdin ends, however its parent died. It listens on 127.0.0.1 only: who reaches a Dask scheduler can run code.

CNNLAB_WORKERS sets the number of worker processes that train, each one run at a time. One more computes what pages ask
for, beside training and not behind it.
"""

import logging
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import dask
from distributed import Nanny, Scheduler, SpecCluster
from threadpoolctl import threadpool_limits

MAX_WORKERS = 4

SETTINGS = {
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.tick.interval": "1s",
    "distributed.comm.timeouts.connect": "10s",
    "distributed.nanny.pre-spawn-environ": {"MKL_NUM_THREADS": 1, "OPENBLAS_NUM_THREADS": 1},
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.terminate": False,
    "distributed.worker.preload": ["cnnlab.engine.local_cluster"],
    "distributed.worker.profile.enabled": False,
}
"""Dask without what is meant for data frames, and at rest while it has nothing to do; a dead cluster is noticed soon.

Above all without its `MALLOC_TRIM_THRESHOLD_` of 64 kB, with which training takes twice as long: every update gave its
memory back to the system.
"""


def start() -> tuple[subprocess.Popen[str], str]:
    """Start the child; return its process and the scheduler's address.

    Raises:
        ConnectionError: when it ends instead.
        ValueError: when CNNLAB_WORKERS is not a number.
    """
    num_workers(num_cores())  # said here, where it reaches the page
    path = os.pathsep.join(filter(None, (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH"))))
    child = subprocess.Popen(
        [sys.executable, "-m", "cnnlab.engine.local_cluster"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
        start_new_session=True,  # Ctrl-C is for the server, which then closes stdin
    )
    address = child.stdout.readline().strip() if child.stdout else ""
    if not address:
        stop(child)
        raise ConnectionError(f"the cluster ended while starting (exit code {child.returncode})")
    return child, address


def stop(child: subprocess.Popen[str], seconds: float = 10) -> None:
    """End the child and its workers."""
    for pipe in (child.stdin, child.stdout):
        if pipe:
            pipe.close()
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def num_cores() -> int:
    """Return how many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def num_workers(cores: int) -> int:
    """Return CNNLAB_WORKERS if it is set, else one worker for two cores, at most 4. Raises ValueError."""
    wanted = os.environ.get("CNNLAB_WORKERS")
    if not wanted:
        return min(MAX_WORKERS, max(1, cores // 2))
    if not wanted.isdecimal() or int(wanted) < 1:
        raise ValueError(f"`CNNLAB_WORKERS` must be a whole number from 1. Received: CNNLAB_WORKERS={wanted}")
    return int(wanted)


@cache
def warm_up() -> None:
    """Make TensorFlow ready in this worker; once a process."""
    from cnnlab.training import loop  # noqa: PLC0415 - TensorFlow is for workers only

    loop.warm_up()


def dask_setup(worker: Any) -> None:  # noqa: ANN401
    """Prepare a worker, also one that a nanny restarted; Dask calls this because the module is preloaded."""
    if "compute" in worker.state.total_resources:
        threadpool_limits(1, user_api="blas")  # its matrices are too small to be shared among threads


def main() -> None:
    """Run the cluster until stdin ends."""
    address_line = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print does not go to a pipe that nobody reads
    workers = num_workers(num_cores())
    tensorflow = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_NUM_INTEROP_THREADS": "1"}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"), str(max(1, num_cores() // workers)))
    os.environ |= tensorflow | threads | os.environ  # what the user set stands
    dask.config.set(SETTINGS)
    scheduler = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    options = {
        "host": "127.0.0.1",
        "nthreads": 1,
        "memory_limit": 0,
        "dashboard": False,
        "silence_logs": logging.WARNING,
    }
    kinds = {"compute": "compute", **{f"train-{number}": "train" for number in range(workers)}}
    nannies = {name: {"cls": Nanny, "options": options | {"resources": {kind: 1}}} for name, kind in kinds.items()}
    with SpecCluster(nannies, {"cls": Scheduler, "options": scheduler}, silence_logs=logging.WARNING) as cluster:
        with address_line:
            print(cluster.scheduler_address, file=address_line)
        sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
