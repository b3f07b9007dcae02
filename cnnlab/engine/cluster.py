"""A connection to a Dask cluster, used by one thread: trains runs on its workers, and computes what pages ask for.

Workers can be set apart for a kind of work, "train" or "compute", by a Dask resource of that name; where none is, every
worker does both.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from subprocess import Popen
from typing import Any, TypeVar, cast

import dask
from distributed import Client, Queue, Variable, get_client
from distributed.scheduler import KilledWorker

from cnnlab import progress
from cnnlab.engine import local_cluster
from cnnlab.engine.wire import Line, Outbox, decode, encode
from cnnlab.experiment import Experiment
from cnnlab.runs.store import Run
from cnnlab.training.events import Checkpoint, Failed, Orders, Start

T = TypeVar("T")

CONNECT_SECONDS = 10
ORDERS_SECONDS, SHARE_SECONDS = 0.2, 0.3
RUNS_PER_WORKER = 20
CONTACT_SECONDS = 30
MAX_MESSAGES = 200
DIED = "The process that computes it died of it each time; perhaps the computer is out of memory."
QUESTION_TRIES, WARM_UP_TRIES = 2, 3
"""So many workers may die of it; a run may kill more (Dask's `allowed-failures`), and goes on from its checkpoint."""


class ClusterLostError(RuntimeError):
    """The cluster has died or cannot be reached."""


class WorkerDiedError(RuntimeError):
    """Every worker that tried has died of it."""


class NoTensorFlowError(RuntimeError):
    """No worker can load TensorFlow."""


class Answer(Future[T]):
    """What a question will be answered. `share`: how much of it is done, 0 to 1; written by the engine's thread."""

    share = 0.0


@dataclass(eq=False)
class Question:
    """A function to be called on the cluster. `task` is None until a worker was given it."""

    function: Callable[..., Any]
    arguments: tuple[object, ...]
    answer: "Answer[Any]" = field(default_factory=Answer)
    task: Any = None

    def fail(self, error: BaseException) -> None:
        """End with an error, unless it has ended or nobody waits any more."""
        if not self.answer.done() and (self.answer.running() or self.answer.set_running_or_notify_cancel()):
            self.answer.set_exception(error)


@dataclass(eq=False)
class LiveRun:
    """A run that is not over; touched under the engine's lock.

    `attempt` names the worker's task that speaks for it; None: it has not begun.

    `key` is a name of its own for every time that a run is given to the cluster. `orders` are those that it is to have,
    `given` those that its worker was given last. `paused_at`: the step at which it is paused, None while it trains.
    """

    run: Run
    experiment: Experiment
    checkpoint: Checkpoint | None
    start: Start | None
    future: Any = None
    attempt: str | None = None
    dead_attempts: set[str] = field(default_factory=set)
    orders: Orders = field(default_factory=Orders)
    given: Orders | None = None
    paused_at: int | None = None
    was_moved: bool = False
    reason: str | None = None
    is_background: bool = False
    """It lets the others pass."""

    def has_new_orders(self) -> bool:
        """Whether it is paused and has orders which it has not obeyed."""
        orders, rates = self.orders, self.run.info.learning_rates
        goes_on = self.paused_at is not None and (orders.pause_at is None or orders.pause_at > self.paused_at)
        return goes_on or orders.should_stop or orders.learning_rate not in (None, *(rate for _, rate in rates[-1:]))

    def __post_init__(self) -> None:
        self.key = f"cnnlab-run-{self.run.id}-{secrets.token_hex(4)}"


class Cluster:
    """A connection to a Dask cluster, used by one thread."""

    def __init__(self, client: Client, child: Popen[str] | None) -> None:
        self._client, self._child = client, child
        self._queue = Queue(f"cnnlab-{secrets.token_hex(8)}", client=client, maxsize=MAX_MESSAGES)
        self._kinds = {kind for worker in self._workers().values() for kind in worker["resources"]}
        self._warm_up()

    def _workers(self, kind: str | None = None) -> dict[str, Any]:
        """What the scheduler knows of each worker by its address: of all, or of those that do this kind of work."""
        workers = self._client.scheduler_info()["workers"]
        return {name: worker for name, worker in workers.items() if not self._need(kind) or kind in worker["resources"]}

    def _need(self, kind: str | None) -> dict[str, int]:
        """The resources that a task of this kind asks for."""
        return {kind: 1} if kind and kind in self._kinds else {}

    def _warm_up(self) -> None:
        num_workers = self.num_workers()
        self._runs_left = RUNS_PER_WORKER * num_workers
        self._warm_ups = [self._try(WARM_UP_TRIES, "train", local_cluster.warm_up) for _ in range(num_workers)]

    def num_workers(self) -> int:
        """Return how many runs can be trained at once, one a worker; 1 while there is no worker yet."""
        return max(1, len(self._workers("train")))

    def is_worn(self) -> bool:
        """Whether our own workers have trained so much that they should be replaced: Keras leaks 10 MB a model."""
        return self._child is not None and self._runs_left <= 0

    def renew(self) -> None:
        """Replace the workers, none of which may be at work."""
        self._client.restart_workers(list(self._workers("train")))
        self._warm_up()

    def check(self) -> None:
        """Raise ConnectionError when the cluster has died."""
        if self._client.status != "running" or (self._child and self._child.poll() is not None):
            raise ConnectionError

    def is_warm(self) -> bool:
        """Whether a worker has loaded TensorFlow. Raises NoTensorFlowError when none can."""
        if self._warm_ups and all(future.status == "error" for future in self._warm_ups):
            error = self._warm_ups[0].exception()
            died = f"the process that loads it died {WARM_UP_TRIES} times. Is the processor too old for it (no AVX)?"
            why = died if isinstance(error, WorkerDiedError | KilledWorker) else f"{type(error).__name__}: {error}"
            raise NoTensorFlowError(f"Nothing can be trained here, because TensorFlow cannot be loaded: {why}")
        if any(future.status == "finished" for future in self._warm_ups):
            self._warm_ups = []  # who still loads it goes on
        return not self._warm_ups

    def begin(self, live: LiveRun) -> None:
        """Give a run to the next free worker."""
        checkpoint = encode(live.checkpoint) if live.checkpoint else None
        Variable(live.key, client=self._client).set(checkpoint)
        live.checkpoint = None
        self.give_orders(live)
        self._runs_left -= 1
        arguments = live.run.id, live.experiment.to_json(), live.start, live.key, self._queue.name
        live.future = self._client.submit(
            _train, *arguments, key=live.key, pure=False, resources=self._need("train") or None
        )

    def answer(self, question: Question) -> bool:
        """Give a question to a worker, or fetch its answer; return whether it is settled."""
        answer, task = question.answer, question.task
        if task is None:
            if answer.set_running_or_notify_cancel():
                question.task = self._try(QUESTION_TRIES, "compute", question.function, *question.arguments)
            return question.task is None
        if not task.done():
            return False
        if task.status == "finished":
            answer.set_result(task.result())
        else:
            error = task.exception() if task.status == "error" else ClusterLostError("its task was cancelled")
            answer.set_exception(WorkerDiedError(DIED) if isinstance(error, KilledWorker) else error)
        self._release(task)
        return True

    def _try(self, tries: int, kind: str, function: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401
        """Have a worker call a function; when it dies of it another one, but not more than `tries`."""
        key, need = f"cnnlab-{secrets.token_hex(8)}", self._need(kind) or None
        Variable(key, client=self._client).set(0)
        call = _call, self._queue.name, key, tries, function, *arguments
        return self._client.submit(*call, key=key, pure=False, resources=need)

    def _release(self, task: Any) -> None:  # noqa: ANN401 - a distributed.Future
        task.release()
        Variable(task.key, client=self._client).delete()

    def give_orders(self, live: LiveRun) -> None:
        """Give a run its orders, if they are new."""
        orders = live.orders
        if live.given != orders:
            live.given = orders
            self._orders(live).set(asdict(orders))

    def messages(self) -> tuple[dict[str, Any], ...]:
        """Fetch what the workers have sent since."""
        return tuple(self._queue.get(batch=True))

    def reason(self, live: LiveRun) -> str:
        """Say why a run came to its end without a word."""
        error = live.future.exception() if live.future.status == "error" else "its task was cancelled"
        if isinstance(error, KilledWorker):
            return "The process that trains died several times in this run; perhaps the computer is out of memory."
        return f"The process that trained this run was lost: {error}."

    def forget(self, live: LiveRun) -> None:
        """Clean up after a run. Should its task still be running, it sends to nobody until it ends itself."""
        if live.future:
            live.future.release()
        Variable(live.key, client=self._client).delete()
        self._orders(live).delete()

    def _orders(self, live: LiveRun) -> Variable:
        return Variable(f"{live.key}-orders", client=self._client)


@contextmanager
def connect(address: str | None) -> Iterator[Cluster]:
    """Connect to the cluster at `address`, or to one of our own. Raises ClusterLostError."""
    dask.config.set({"distributed.comm.timeouts.connect": f"{CONNECT_SECONDS}s"})
    child, scheduler = None, address
    try:
        if not scheduler:
            child, scheduler = local_cluster.start()
        with Client(scheduler, set_as_default=False, name="cnnlab") as client:
            yield Cluster(client, child)
    except OSError as error:  # ConnectionError, TimeoutError and Dask's CommClosedError are
        what = f"no contact with the cluster at {address}" if address else "its process has died"
        raise ClusterLostError(what) from error
    finally:
        if child:
            local_cluster.stop(child)


def _call(queue: str, key: str, tries: int, function: Callable[..., T], *arguments: object) -> T:
    """Call a function, on a worker. Raises WorkerDiedError when so many have died of it."""
    client = get_client()
    tried, told = Variable(key, client=client), time.monotonic()  # what is done soon tells nothing

    def tell(share: float) -> None:
        nonlocal told
        if time.monotonic() - told >= SHARE_SECONDS:
            messages = Queue(queue, client=client, maxsize=MAX_MESSAGES)
            messages.put({"question": key, "share": share}, timeout=CONTACT_SECONDS)
            messages.close()
            told = time.monotonic()

    count = tried.get(timeout=CONTACT_SECONDS)
    if count == tries:
        raise WorkerDiedError(DIED)
    tried.set(count + 1)
    try:
        with progress.listen(tell):
            return function(*arguments)
    finally:
        tried.set(count)


def _train(run_id: str, experiment: str, start: Start | None, key: str, queue: str) -> None:
    """Train, on a worker: the task that Dask runs, and runs again elsewhere when its worker dies."""
    from cnnlab.training import loop  # noqa: PLC0415 - TensorFlow is for workers only

    client = get_client()
    messages = Queue(queue, client=client, maxsize=MAX_MESSAGES)
    checkpoint, newest = Variable(key, client=client), Variable(f"{key}-orders", client=client)
    attempt = secrets.token_hex(8)

    def send(events: list[dict[str, Any]]) -> None:
        message = {"run": run_id, "key": key, "attempt": attempt, "events": events}
        messages.put(message, timeout=CONTACT_SECONDS)  # a server that no longer listens ends the run

    def orders() -> Orders:
        try:
            return Orders(**newest.get(timeout=CONTACT_SECONDS))
        except TimeoutError:  # the run was given up
            return Orders(should_stop=True)

    line = Line()
    outbox = Outbox(partial(line.give, send), partial(line.give, checkpoint.set))
    try:
        saved = checkpoint.get(timeout=CONTACT_SECONDS)
        loop.train(
            Experiment.from_json(experiment),
            outbox.emit,
            line.asks(ORDERS_SECONDS, orders),
            cast("Checkpoint | None", decode(saved) if saved else None),
            start,
        )
        line.wait()
    except Exception as error:
        outbox.emit(Failed(outbox.step, f"Training was ended by an error: {type(error).__name__}: {error}"))
        line.wait()
        raise
    finally:
        line.close()
        messages.close()
