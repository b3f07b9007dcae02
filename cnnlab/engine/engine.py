"""Where training runs: never in this process, always on a Dask cluster. One Engine a server.

    engine = Engine(store)              # returns at once, the cluster starts meanwhile
    run_id = engine.submit(experiment)  # returns at once; from now on look at store.get(run_id)

Without an address the engine starts the cluster of `local_cluster`; with one, or with the environment variable
CNNLAB_SCHEDULER (`tcp://host:8786`), it joins a cluster whose workers can import cnnlab and have one thread each
(`dask worker --nthreads 1 --memory-limit 0 --preload cnnlab.engine.local_cluster ...`). Who reaches a Dask scheduler
can run code on it: use TLS (`tls://host:8786`), with certificates set in Dask's own configuration.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from cnnlab.engine.cluster import Answer, ClusterLostError, LiveRun, Question, WorkerDiedError
from cnnlab.engine.serving import Serving
from cnnlab.experiment import Experiment
from cnnlab.limits import check_limit
from cnnlab.runs.store import RunState
from cnnlab.training.events import Orders, Start

__all__ = ["Answer", "ClusterLostError", "Engine", "WorkerDiedError"]

T = TypeVar("T")


class Engine(Serving):
    """Submits runs to a cluster and stores what they tell. Its methods may be called from any thread.

    `state` says how the cluster is, `problem` why it is down or unable to train, `num_workers` how many runs are
    trained at once.
    """

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

    def compute(self, function: Callable[..., T], *arguments: object) -> Answer[T]:
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
