"""Where training runs: never in this process, always on a Dask cluster. One Engine a server.

    engine = Engine(store)                  # returns at once, the cluster starts meanwhile
    run_id = engine.submit(experiment)      # returns at once; from now on look at store.get(run_id)
    engine.stop(run_id)                     # soon; the network so far is kept
    engine.resume(run_id)                   # an interrupted run goes on from its checkpoint
    engine.state, engine.problem            # "starting", "warming up", "ready" or "down", and why it is down
    engine.live_runs                        # ids of all runs that are not over, in the order of submission
    engine.queue_position(run_id)           # 1: the next to begin; None: it is not waiting
    engine.close()

Without an address the engine starts the cluster of `cnnlab.local_cluster`; with one, or with the environment variable
CNNLAB_SCHEDULER (`tcp://host:8786`), it joins a cluster whose workers can import cnnlab and have one thread each
(`dask worker --nthreads 1 --memory-limit 0 --preload cnnlab.local_cluster ...`). Who reaches a Dask scheduler can run
code on it: use TLS (`tls://host:8786`), for which certificates are set in Dask's own configuration.

All talk with the cluster is in one thread, so no page ever waits for it. A worker is told an experiment and loads MNIST
by itself; its events come back through one queue. When a worker dies, Dask gives its run to another one, which goes on
from the checkpoint in the run's Variable. When the cluster dies, its runs are interrupted, and the next `submit` starts
anew.
"""

import atexit
import logging
import os
import secrets
import threading
from asyncio import CancelledError
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from subprocess import Popen
from typing import Any, Literal, cast

import dask
from distributed import Client, Event, Queue, Variable, get_client
from distributed.scheduler import KilledWorker

from cnnlab import local_cluster
from cnnlab.events import Checkpoint, Failed, Finished
from cnnlab.experiment import Experiment
from cnnlab.messages import Outbox, asked_at_most_every, decode, encode
from cnnlab.runs import DamagedRunError, Run, RunStore, StoreError

LOOK_SECONDS = 0.1
IDLE_SECONDS = 1.0
CONNECT_SECONDS = 10
STOP_SECONDS = 1 / 3
RUNS_PER_WORKER = 20
CONTACT_SECONDS = 30
MAX_MESSAGES = 200

State = Literal["starting", "warming up", "ready", "down"]

logger = logging.getLogger(__name__)


class ClusterLostError(RuntimeError):
    """The cluster has died or cannot be reached."""


@dataclass(eq=False)
class _LiveRun:
    """A run that is not over. `attempt` names the worker's task that speaks for it; None: it has not begun."""

    run: Run
    experiment: Experiment
    checkpoint: Checkpoint | None
    key: str
    future: Any = None
    attempt: str | None = None
    dead_attempts: set[str] = field(default_factory=set)
    should_stop: bool = False
    was_told_to_stop: bool = False
    was_moved: bool = False
    reason: str | None = None


class Engine:
    """Submits runs to a cluster and stores what they tell. Its methods may be called from any thread."""

    def __init__(self, store: RunStore, address: str | None = None) -> None:
        self.state: State = "starting"
        self.problem: str | None = None
        self._store = store
        self._address = address or os.environ.get("CNNLAB_SCHEDULER") or None
        self._live: dict[str, _LiveRun] = {}
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._is_closing = False
        store.mark_interrupted()
        atexit.register(self.close)
        self._start()

    @property
    def live_runs(self) -> tuple[str, ...]:
        """Runs that are not over, in the order in which they were submitted."""
        with self._lock:
            return tuple(self._live)

    def queue_position(self, run_id: str) -> int | None:
        """Return 1 for the next run to begin, 2 for the one after; None for a run that is not waiting."""
        with self._lock:
            waiting = [name for name, live in self._live.items() if live.attempt is None]
        return waiting.index(run_id) + 1 if run_id in waiting else None

    def submit(self, experiment: Experiment) -> str:
        """Begin to train as soon as a worker is free; return the run's id. Raises StoreError."""
        run = self._store.create(experiment)
        self._enter(run, experiment, None)
        return run.id

    def resume(self, run_id: str) -> None:
        """Go on with an interrupted run from its checkpoint. Raises ValueError when there is nothing to go on with."""
        with self._lock:  # two clicks resume once
            run = self._store.get(run_id)
            info = run.info
            if info.state != "interrupted" or info.experiment is None:
                raise ValueError(f"Only an interrupted run can be resumed. Received: a run that is {info.state}")
            checkpoint = run.checkpoint()
            run.queue()
            self._enter(run, info.experiment, checkpoint)

    def stop(self, run_id: str) -> None:
        """Let a run end soon, its network kept. Nothing happens to a run that is over."""
        with self._lock:
            if run_id in self._live:
                self._live[run_id].should_stop = True
        self._wake.set()

    def close(self) -> None:
        """Interrupt what runs and end the cluster if it is our own."""
        self._is_closing = True
        self._wake.set()
        self._thread.join(CONTACT_SECONDS)
        atexit.unregister(self.close)

    def _enter(self, run: Run, experiment: Experiment, checkpoint: Checkpoint | None) -> None:
        key = f"cnnlab-run-{run.id}-{secrets.token_hex(4)}"
        with self._lock:
            self._live[run.id] = _LiveRun(run, experiment, checkpoint, key)
            if self.state == "down" and not self._is_closing:
                self._start()
        self._wake.set()

    def _start(self) -> None:
        self.state, self.problem = "starting", None
        self._thread = threading.Thread(target=self._serve, name="cnnlab-engine", daemon=True)
        self._thread.start()

    # What follows happens in the engine's own thread.

    def _serve(self) -> None:
        """Drive a cluster until it dies or the engine is closed."""
        problem, was_there = "The server was stopped before this run was finished.", False
        try:
            with _connect(self._address) as cluster:
                self.state, was_there = "warming up", True
                while not self._is_closing:
                    self._look(cluster)
                    self._wake.wait(LOOK_SECONDS if self._live or self.state == "warming up" else IDLE_SECONDS)
                    self._wake.clear()
                for live in self._live.values():
                    cluster.tell_to_stop(live)
        except (Exception, CancelledError) as error:  # whatever it is, the runs are kept and the learner is told
            logger.exception("The training engine is down")
            problem = f"The training engine is down: {error or type(error).__name__}."
        with self._lock:
            lost = [
                live
                for live in self._live.values()
                if self._is_closing or live.was_moved or not was_there or live.future
            ]
            self._live = {name: live for name, live in self._live.items() if live not in lost}
            self.state, self.problem = "down", problem
            for live in self._live.values():  # they have not begun, so they can wait for another cluster, once
                live.was_moved = True
            if self._live:
                self._start()
        for live in lost:
            with suppress(DamagedRunError):
                live.run.end("interrupted", problem)

    def _look(self, cluster: "_Cluster") -> None:
        """Do what was asked, store what was told."""
        cluster.check()
        with self._lock:
            runs = list(self._live.values())
        for live in runs:
            if live.should_stop and live.attempt is None:
                self._end(cluster, live, "stopped", "It was stopped before it began.")
            elif live.should_stop:
                cluster.tell_to_stop(live)
        self._begin(cluster)
        silent = [live for live in runs if live.future and live.future.done()]  # before the last messages are fetched
        for message in cluster.messages():
            self._receive(cluster, message)
        for live in silent:
            if live.run.id in self._live:
                self._end(cluster, live, "interrupted", cluster.reason(live))
        if self.state == "warming up" and cluster.is_warm():
            self.state = "ready"

    def _begin(self, cluster: "_Cluster") -> None:
        """Give the cluster as many runs as it has free workers; the others wait here."""
        with self._lock:
            waiting = [live for live in self._live.values() if live.future is None]
            num_running = len(self._live) - len(waiting)
        if cluster.is_worn():
            if num_running:
                return
            self.state = "warming up"
            cluster.renew()
        if waiting:
            for live in waiting[: max(0, cluster.num_workers() - num_running)]:
                cluster.begin(live)

    def _receive(self, cluster: "_Cluster", message: dict[str, Any]) -> None:
        """Store the events of a run, unless they come from a worker that was given up."""
        live, attempt = self._live.get(message["run"]), message["attempt"]
        if live is None or live.key != message["key"] or attempt in live.dead_attempts:
            return
        if live.attempt not in (None, attempt):
            live.dead_attempts.add(live.attempt)
        live.attempt = attempt
        for event in map(decode, message["events"]):
            try:
                live.run.record(event)
            except (StoreError, DamagedRunError) as error:
                live.should_stop, live.reason = True, f"The run was stopped. {error}"
            if isinstance(event, Finished) and live.reason:
                self._end(cluster, live, "stopped", live.reason)
            elif isinstance(event, Finished | Failed):
                self._forget(cluster, live)

    def _end(self, cluster: "_Cluster", live: _LiveRun, state: str, reason: str) -> None:
        with suppress(DamagedRunError):
            live.run.end(state, reason)
        self._forget(cluster, live)

    def _forget(self, cluster: "_Cluster", live: _LiveRun) -> None:
        with self._lock:
            del self._live[live.run.id]  # first: should the cluster be dead, the run is over all the same
        cluster.forget(live)


class _Cluster:
    """A connection to a Dask cluster, used by one thread."""

    def __init__(self, client: Client, child: Popen[str] | None) -> None:
        self._client, self._child = client, child
        self._queue = Queue(f"cnnlab-{secrets.token_hex(8)}", client=client, maxsize=MAX_MESSAGES)
        self._warm_up()

    def _warm_up(self) -> None:
        workers = self._client.nthreads()
        self._runs_left = RUNS_PER_WORKER * max(1, len(workers))
        self._warm_ups = [
            self._client.submit(local_cluster.warm_up, workers=[worker], allow_other_workers=True, pure=False)
            for worker in workers
        ]

    def num_workers(self) -> int:
        """Return how many runs can be trained at once, one a worker; 1 while there is no worker yet."""
        return max(1, len(self._client.nthreads()))

    def is_worn(self) -> bool:
        """Whether our own workers have trained so much that they should be replaced: Keras leaks 10 MB a model."""
        return self._child is not None and self._runs_left <= 0

    def renew(self) -> None:
        """Replace the workers, none of which may be at work."""
        self._client.restart_workers(list(self._client.nthreads()))
        self._warm_up()

    def check(self) -> None:
        """Raise ConnectionError when the cluster has died."""
        if self._client.status != "running" or (self._child and self._child.poll() is not None):
            raise ConnectionError

    def is_warm(self) -> bool:
        """Whether TensorFlow is loaded in all workers that there were at the beginning."""
        self._warm_ups = [future for future in self._warm_ups if not future.done()]
        return not self._warm_ups

    def begin(self, live: _LiveRun) -> None:
        """Give a run to the next free worker."""
        checkpoint = encode(live.checkpoint) if live.checkpoint else None
        Variable(live.key, client=self._client).set(checkpoint)
        live.checkpoint = None
        self._runs_left -= 1
        arguments = live.run.id, live.experiment.to_json(), live.key, self._queue.name
        live.future = self._client.submit(_train, *arguments, key=live.key, pure=False)

    def tell_to_stop(self, live: _LiveRun) -> None:
        """Let a run end itself."""
        if not live.was_told_to_stop:
            live.was_told_to_stop = True
            Event(live.key, client=self._client).set()

    def messages(self) -> tuple[dict[str, Any], ...]:
        """Fetch what the workers have sent since."""
        return tuple(self._queue.get(batch=True))

    def reason(self, live: _LiveRun) -> str:
        """Say why a run came to its end without a word."""
        error = live.future.exception() if live.future.status == "error" else "its task was cancelled"
        if isinstance(error, KilledWorker):
            return "The process that trains died several times in this run; perhaps the computer is out of memory."
        return f"The process that trained this run was lost: {error}."

    def forget(self, live: _LiveRun) -> None:
        """Clean up after a run. Should its task still be running, it sends to nobody until it ends itself."""
        if live.attempt is None:
            self.tell_to_stop(live)
        elif live.was_told_to_stop:
            Event(live.key, client=self._client).clear()
        if live.future:
            live.future.release()
        Variable(live.key, client=self._client).delete()


@contextmanager
def _connect(address: str | None) -> Iterator[_Cluster]:
    """Connect to the cluster at `address`, or to one of our own. Raises ClusterLostError."""
    dask.config.set({"distributed.comm.timeouts.connect": f"{CONNECT_SECONDS}s"})
    child, scheduler = None, address
    try:
        if not scheduler:
            child, scheduler = local_cluster.start()
        with Client(scheduler, set_as_default=False, name="cnnlab") as client:
            yield _Cluster(client, child)
    except OSError as error:  # ConnectionError, TimeoutError and Dask's CommClosedError are
        what = f"no contact with the cluster at {address}" if address else "its process has died"
        raise ClusterLostError(what) from error
    finally:
        if child:
            local_cluster.stop(child)


def _train(run_id: str, experiment: str, key: str, queue: str) -> None:
    """Train, on a worker: the task that Dask runs, and runs again elsewhere when its worker dies."""
    from cnnlab import training  # noqa: PLC0415 - TensorFlow is for workers only

    client = get_client()
    messages = Queue(queue, client=client, maxsize=MAX_MESSAGES)
    checkpoint, should_stop = Variable(key, client=client), Event(key, client=client)
    attempt = secrets.token_hex(8)

    def send(events: list[dict[str, Any]]) -> None:
        message = {"run": run_id, "key": key, "attempt": attempt, "events": events}
        messages.put(message, timeout=CONTACT_SECONDS)  # a server that no longer listens ends the run

    outbox = Outbox(send, checkpoint.set)
    try:
        saved = checkpoint.get(timeout=CONTACT_SECONDS)
        training.train(
            Experiment.from_json(experiment),
            outbox.emit,
            asked_at_most_every(STOP_SECONDS, should_stop.is_set),
            cast("Checkpoint | None", decode(saved) if saved else None),
        )
    except Exception as error:
        outbox.emit(Failed(outbox.step, f"Training was ended by an error: {type(error).__name__}: {error}"))
        raise
    finally:
        messages.close()
