"""Where training runs: never in this process, always on a Dask cluster. One Engine a server.

    engine = Engine(store)              # returns at once, the cluster starts meanwhile
    run_id = engine.submit(experiment)  # returns at once; from now on look at store.get(run_id)

Without an address the engine starts the cluster of `local_cluster`; with one, or with the environment variable
CNNLAB_SCHEDULER (`tcp://host:8786`), it joins a cluster whose workers can import cnnlab and have one thread each
(`dask worker --nthreads 1 --memory-limit 0 --preload cnnlab.engine.local_cluster ...`). Who reaches a Dask scheduler
can run code on it: use TLS (`tls://host:8786`), with certificates set in Dask's own configuration.

All talk with the cluster is in one thread, so no page ever waits for it. When a worker dies, Dask gives its run to
another one, which goes on from the run's checkpoint. When the cluster dies, its runs are interrupted, and the next
`submit` starts anew.

One rule: a live run, and what the store has of it, is only touched under the engine's lock, which nobody holds while
talking with the cluster. So orders are not lost, and a run that a page finds over is live no more.
"""

import atexit
import logging
import os
import threading
from asyncio import CancelledError
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from typing import Any, Literal, TypeVar

from cnnlab.engine.cluster import (
    CONTACT_SECONDS,
    Cluster,
    ClusterLostError,
    LiveRun,
    NoTensorFlowError,
    Question,
    WorkerDiedError,
    connect,
)
from cnnlab.engine.wire import decode
from cnnlab.experiment import Experiment
from cnnlab.limits import check_limit
from cnnlab.runs.store import DamagedRunError, Run, RunState, RunStore, StoreError
from cnnlab.training.events import Event, Failed, Finished, Orders, Paused, RunStarted, Start

__all__ = ["ClusterLostError", "Engine", "WorkerDiedError"]

T = TypeVar("T")

LOOK_SECONDS = 0.1
IDLE_SECONDS = 1.0

State = Literal["starting", "warming up", "ready", "unable", "down"]

logger = logging.getLogger(__name__)


class Engine:
    """Submits runs to a cluster and stores what they tell. Its methods may be called from any thread.

    `state` says how the cluster is, `problem` why it is down or unable to train, `num_workers` how many runs are
    trained at once.
    """

    def __init__(self, store: RunStore, address: str | None = None) -> None:
        self.state: State = "starting"
        self.problem: str | None = None
        self.num_workers = 1
        self._store = store
        self._address = address or os.environ.get("CNNLAB_SCHEDULER") or None
        self._live: dict[str, LiveRun] = {}
        self._leaving: list[LiveRun] = []  # deleted while paused: they still have a worker
        self._questions: list[Question] = []
        self._lock = threading.RLock()  # over these three, and over what the store has of live runs
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
            waiting = [live.run.id for live in self._in_turn() if live.attempt is None]
        return waiting.index(run_id) + 1 if run_id in waiting else None

    def submit(self, experiment: Experiment, start: Start | None = None, *, is_background: bool = False) -> str:
        """Begin to train, from `start` if given, when a worker is free; return the run's id. Raises StoreError.

        A run in the background waits until no other one does.
        """
        run = self._store.create(experiment, start)
        self._enter(LiveRun(run, experiment, None, start, is_background=is_background))
        return run.id

    def pause(self, run_id: str) -> None:
        """Let a run pause soon. Nothing happens to one that is paused or over. Raises ValueError for an unknown one."""
        self._order_live(run_id, pause_at=0)

    def resume(self, run_id: str, until: int | None = None, *, is_background: bool = False) -> None:
        """Go on with a paused or interrupted run; pause again after `until` updates of the whole run, None: never.

        Raises ValueError when there is nothing to go on with.
        """
        self._order(run_id, is_background=is_background, pause_at=until)

    def step(self, run_id: str, every: int = 1) -> None:
        """Go on until the next multiple of `every` updates after what is done and what was ordered, and pause there.

        So two calls are two steps, whether the first was done meanwhile or not. Raises ValueError as `resume` does.
        """
        with self._lock:
            steps, live = self._store.get(run_id).history().batches.step, self._live.get(run_id)
            ordered = live.orders.pause_at if live else None
            done = max(int(steps[-1]) if len(steps) else 0, ordered or 0)
            self._order(run_id, pause_at=(done // every + 1) * every)

    def stop(self, run_id: str) -> None:
        """Let a run end soon, its network kept. Nothing happens to a run that is over. Raises ValueError."""
        self._order_live(run_id, RunState.PAUSED, should_stop=True)

    def set_learning_rate(self, run_id: str, learning_rate: float) -> None:
        """Train with another learning rate from the next update on. Raises ValueError."""
        check_limit("learning_rate", learning_rate, float)
        with self._lock:
            stays_paused: dict[str, Any] = {} if run_id in self._live else {"pause_at": 0}
            self._order(run_id, learning_rate=learning_rate, **stays_paused)

    def delete(self, run_ids: Sequence[str]) -> None:
        """Put runs aside, as `RunStore.delete` does; a paused one leaves its worker. Raises ValueError or OSError."""
        with self._lock:
            for run_id in run_ids:
                if (live := self._live.get(run_id)) and (live.paused_at is None or live.has_new_orders()):
                    raise ValueError(f"A run that is not over cannot be deleted: stop it first. Received: run={run_id}")
            self._store.delete(run_ids)
            for live in [self._live.pop(run_id) for run_id in run_ids if run_id in self._live]:
                live.orders = Orders(pause_at=0, should_leave=True)
                self._leaving.append(live)
        self._wake.set()

    def orders(self, run_id: str) -> Orders | None:
        """Return a run's newest orders, which its worker may not know yet; None: it has none and waits for none."""
        with self._lock:
            live = self._live.get(run_id)
            return live.orders if live else None

    def _order_live(self, run_id: str, *states: RunState, **orders: Any) -> None:  # noqa: ANN401 - of Orders
        """Give orders to a run that is live, or in one of these states; nothing happens to another one."""
        with self._lock:
            if run_id in self._live or self._store.get(run_id).info.state in states:
                self._order(run_id, **orders)

    def _order(self, run_id: str, *, is_background: bool = False, **orders: Any) -> None:  # noqa: ANN401
        """Give a run other orders; one that has left its worker is entered again from its checkpoint."""
        with self._lock:  # two clicks resume once
            live = self._live.get(run_id)
            if live:
                live.orders = replace(live.orders, should_leave=False, **orders)
            else:
                self._enter_again(self._store.get(run_id), Orders(**orders), is_background=is_background)
        self._wake.set()

    def _enter_again(self, run: Run, orders: Orders, *, is_background: bool) -> None:
        info = run.info
        if not info.state.can_go_on or info.experiment is None:
            raise ValueError(f"Only a paused or interrupted run can go on. Received: a run that is {info.state}")
        if not info.is_over and run.is_elsewhere:
            raise ValueError("This run is paused on another server that is still there: let it go on there")
        checkpoint, start = run.checkpoint(), run.start()
        with suppress(OSError):  # the first event says it again
            run.queue()
        self._enter(LiveRun(run, info.experiment, checkpoint, start, orders=orders, is_background=is_background))

    def compute(self, function: Callable[..., T], *arguments: object) -> Future[T]:
        """Compute `function(*arguments)`, of a module that a worker can import, beside training and not behind it.

        The future ends with what the function returns or raises, with WorkerDiedError where two workers died of it, or
        with ClusterLostError, unless it is cancelled.
        """
        question = Question(function, arguments)
        with self._lock:
            self._questions.append(question)
            self._begin_again()
        self._wake.set()
        return question.answer

    def close(self) -> None:
        """Interrupt what runs and end the cluster if it is our own."""
        with self._lock:
            self._is_closing = True
        self._wake.set()
        self._thread.join(CONTACT_SECONDS)
        self._store.servers.leave()
        atexit.unregister(self.close)

    def _in_turn(self) -> list[LiveRun]:
        """All runs in the order in which they come to a worker: the background last."""
        return sorted(self._live.values(), key=lambda live: live.is_background)

    def _enter(self, live: LiveRun) -> None:
        with self._lock:
            self._live[live.run.id] = live
            self._begin_again()
        self._wake.set()

    def _begin_again(self) -> None:
        if self.state == "down" and not self._is_closing:
            self._start()

    def _start(self) -> None:
        self.state, self.problem = "starting", None
        self._thread = threading.Thread(target=self._serve, name="cnnlab-engine", daemon=True)
        self._thread.start()

    # What follows happens in the engine's own thread.

    def _serve(self) -> None:
        """Drive a cluster until it dies or the engine is closed."""
        problem, was_there = "The server was stopped before this run was finished.", False
        try:
            with connect(self._address) as cluster:
                self.state, was_there = "warming up", True
                while not self._is_closing:
                    self._look(cluster)
                    is_busy = self._live or self._questions or self.state == "warming up"
                    self._wake.wait(LOOK_SECONDS if is_busy else IDLE_SECONDS)
                    self._wake.clear()
                with self._lock:
                    given_up = [*self._live.values(), *self._leaving]
                    for live in given_up:
                        live.orders = Orders(should_stop=True)
                for live in given_up:
                    cluster.give_orders(live)
        except (Exception, CancelledError) as error:  # whatever it is, the runs are kept and the page says why
            logger.exception("The training engine is down")
            problem = f"The training engine is down: {error or type(error).__name__}."
        with self._lock:
            live_runs, is_lost = self._live, self._is_closing or not was_there
            lost = [live for live in live_runs.values() if is_lost or live.was_moved or live.future]
            self._live = {name: live for name, live in live_runs.items() if live not in lost}
            questions, self._questions, self._leaving = self._questions, [], []
            for live in lost:
                if live.paused_at is None:
                    live.run.end(RunState.INTERRUPTED, problem)
            self.state, self.problem = "down", problem
            for live in self._live.values():  # they have not begun, so they can wait for another cluster, once
                live.was_moved = True
            if self._live:
                self._start()
        for question in questions:
            question.fail(ClusterLostError(problem))

    def _look(self, cluster: Cluster) -> None:
        """Do what was asked, store what has come."""
        cluster.check()
        self._answer(cluster)
        self._let_go(cluster)
        with self._lock:
            runs = list(self._live.values())
        for live in runs:
            if live.orders.should_stop and live.attempt is None and not live.run.info.started:
                self._end(cluster, live, RunState.STOPPED, "It was stopped before it began.")
            elif live.future:
                cluster.give_orders(live)
        self._begin(cluster)
        silent = [live for live in runs if live.future and live.future.done()]  # before the last messages are fetched
        for message in cluster.messages():
            self._receive(cluster, message)
        for live in silent:
            if self._is_live(live):
                self._end_silent(cluster, live)
        if self.state == "warming up":
            self._look_whether_warm(cluster)

    def _look_whether_warm(self, cluster: Cluster) -> None:
        try:
            if cluster.is_warm():
                self.state = "ready"
        except NoTensorFlowError as error:
            self.problem, self.state = str(error), "unable"

    def _answer(self, cluster: Cluster) -> None:
        """Have questions answered, and forget those that are."""
        with self._lock:
            questions = list(self._questions)
        for question in questions:
            if cluster.answer(question):
                with self._lock:
                    self._questions.remove(question)

    def _let_go(self, cluster: Cluster) -> None:
        """Have runs that were deleted leave their workers."""
        with self._lock:
            leaving = list(self._leaving)
        for live in leaving:
            cluster.give_orders(live)
            if live.future.done():
                with self._lock:
                    self._leaving.remove(live)
                cluster.forget(live)

    def _begin(self, cluster: Cluster) -> None:
        """Give the cluster as many runs as it has free workers; the others wait here, all until it is warm."""
        is_warming_up = self.state == "warming up"
        with self._lock:
            waiting = [live for live in self._in_turn() if live.future is None]
            num_running = len(self._live) - len(waiting) + len(self._leaving)
        if cluster.is_worn():
            if num_running:
                return
            self.state = "warming up"
            cluster.renew()
        self.num_workers = cluster.num_workers()
        num_free = 0 if is_warming_up else self.num_workers - num_running
        if self.state == "unable" and self.problem:
            for live in waiting:
                self._end(cluster, live, RunState.INTERRUPTED, self.problem)
            return
        for live in waiting[: max(0, num_free)]:
            cluster.begin(live)
        if len(waiting) > num_free:  # who is paused makes room
            with self._lock:
                for live in self._live.values():
                    if live.paused_at is not None and not live.has_new_orders():
                        live.orders = replace(live.orders, should_leave=True)

    def _receive(self, cluster: Cluster, message: dict[str, Any]) -> None:
        """Store the events of a run, unless they come from a worker that was given up."""
        with self._lock:
            live, attempt = self._live.get(message["run"]), message["attempt"]
            if live is None or live.key != message["key"] or attempt in live.dead_attempts:
                return
            if live.attempt not in (None, attempt):
                live.dead_attempts.add(live.attempt)
            live.attempt = attempt
            for event in map(decode, message["events"]):
                self._record(live, event)
            is_over = not self._is_live(live)
        if is_over:
            cluster.forget(live)

    def _record(self, live: LiveRun, event: Event) -> None:
        try:
            live.run.record(event)
        except (StoreError, DamagedRunError) as error:
            live.orders = Orders(should_stop=True)
            live.reason = f"The run was stopped. {error}"
        if isinstance(event, Paused | RunStarted):
            live.paused_at = event.step if isinstance(event, Paused) else None
        if isinstance(event, Finished | Failed):
            if live.reason:
                live.run.end(RunState.STOPPED, live.reason)
            del self._live[live.run.id]

    def _is_live(self, live: LiveRun) -> bool:
        """Whether this still stands for its run, which may have been deleted and brought back."""
        with self._lock:
            return self._live.get(live.run.id) is live

    def _end(self, cluster: Cluster, live: LiveRun, state: RunState, reason: str) -> None:
        with self._lock:
            if not self._is_live(live):
                return
            live.run.end(state, reason)
            del self._live[live.run.id]  # first: should the cluster be dead, the run is over all the same
        cluster.forget(live)

    def _end_silent(self, cluster: Cluster, live: LiveRun) -> None:
        """End a run whose task is over without a last word: it was lost, or it has left its worker while paused."""
        if live.paused_at is None:
            self._end(cluster, live, RunState.INTERRUPTED, cluster.reason(live))
            return
        with self._lock:
            if not self._is_live(live):
                return
            del self._live[live.run.id]
            if live.has_new_orders():
                orders = replace(live.orders, should_leave=False)
                try:
                    self._enter_again(live.run, orders, is_background=live.is_background)
                except ValueError as error:  # DamagedRunError is one
                    live.run.end(RunState.INTERRUPTED, str(error))
        cluster.forget(live)
