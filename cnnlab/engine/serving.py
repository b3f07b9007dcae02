"""The engine's own thread, in which all talk with the cluster is, so that no page ever waits for it.

When a worker dies, Dask gives its run to another one, which goes on from the run's checkpoint. When the cluster dies,
its runs are interrupted, and the next `submit` starts anew.

One rule: a live run, and what the store has of it, is only touched under the engine's lock, which nobody holds while
talking with the cluster. So orders are not lost, and a run that a page finds over is live no more.
"""

import atexit
import logging
import os
import threading
from asyncio import CancelledError
from contextlib import suppress
from dataclasses import replace
from typing import Any, Literal

from cnnlab.engine.cluster import (
    CONTACT_SECONDS,
    Cluster,
    ClusterLostError,
    LiveRun,
    NoTensorFlowError,
    Question,
    connect,
)
from cnnlab.engine.wire import decode
from cnnlab.runs.store import DamagedRunError, Run, RunState, RunStore, StoreError
from cnnlab.training.events import Event, Failed, Finished, Orders, Paused, RunStarted

LOOK_SECONDS = 0.1
IDLE_SECONDS = 1.0

State = Literal["starting", "warming up", "ready", "unable", "down"]

logger = logging.getLogger(__name__)


class Serving:
    """Drives a cluster in a thread of its own, until it dies or `_is_closing`."""

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

    def close(self) -> None:
        """Interrupt what runs and end the cluster if it is our own."""
        with self._lock:
            self._is_closing = True
        self._wake.set()
        self._thread.join(CONTACT_SECONDS)
        self._store.servers.leave()
        atexit.unregister(self.close)

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
            if "question" in message:
                self._tell(message["question"], message["share"])
            else:
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

    def _tell(self, key: str, share: float) -> None:
        """Let who waits for an answer know how much of it is done."""
        with self._lock:
            for question in self._questions:
                if question.task and question.task.key == key:
                    question.answer.share = share

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
