"""What all visitors share: the run store, the engine, the starter network, and what was read or computed lately."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future
from dataclasses import is_dataclass
from threading import Lock
from typing import Any, TypeVar

import numpy as np
import streamlit as st

from cnnlab import starter
from cnnlab.engine.engine import Engine
from cnnlab.experiment import Experiment
from cnnlab.explain.likeness import Likeness
from cnnlab.nn.weights import Weights
from cnnlab.runs.store import Run, RunStore

T = TypeVar("T")
MAX_WEIGHTS_BYTES = 256 * 2**20
ENTRY_BYTES = 2_000
"""What an entry of a cache is taken for beside its arrays."""


class Cache:
    """The latest results by their keys, as many as fit into `max_bytes`, and at least one. For all visitors.

    Any thread may ask; the lock is held only to look up, so that others do not wait for a result that is being made.
    An entry goes when it is the oldest and room is needed, or when whoever asks for its key calls `forget`.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._results: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._sizes: dict[Hashable, int] = {}  # of those that are done
        self._lock = Lock()

    def future(self, key: Hashable, begin: Callable[[], Future[T]]) -> Future[T]:
        """Return the result that there is or will be; `begin` is called only where there is none."""
        with self._lock:
            if key not in self._results:
                self._results[key] = begin()
            self._results.move_to_end(key)
            found = self._results[key]
            for known, result in self._results.items():
                if known not in self._sizes and result.done():
                    self._sizes[known] = 0 if result.cancelled() or result.exception() else _num_bytes(result.result())
            while len(self._results) > 1 and self._num_bytes() > self.max_bytes:
                self._sizes.pop(self._results.popitem(last=False)[0], None)
            return found

    def value(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` gives or gave before; who asks meanwhile waits for it. What it raises is not kept."""
        mine: Future[T] = Future()
        result = self.future(key, lambda: mine)
        if result is mine:
            try:
                mine.set_result(make())
            except BaseException as error:
                self.forget(key)
                mine.set_exception(error)
                raise
        return result.result()

    def forget(self, key: Hashable) -> None:
        """Have it made anew the next time."""
        with self._lock:
            self._results.pop(key, None)
            self._sizes.pop(key, None)

    def _num_bytes(self) -> int:
        return ENTRY_BYTES * len(self._results) + sum(self._sizes.values())


def _num_bytes(value: object) -> int:
    """What the arrays in a value take, in containers and dataclasses too."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, Mapping):
        return sum(map(_num_bytes, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(_num_bytes, value))
    return sum(map(_num_bytes, vars(value).values())) if is_dataclass(value) else 0


@st.cache_resource(show_spinner=False)
def store() -> RunStore:
    """All runs."""
    runs = RunStore.default()
    runs.empty_bin()
    return runs


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """Where training runs. Starting it takes seconds and happens beside the page."""
    return Engine(store())


@st.cache_resource(show_spinner=False)
def starter_network() -> tuple[Experiment, Weights]:
    """The network that ships with the project."""
    return starter.load()


@st.cache_resource(show_spinner=False)
def starter_likeness() -> Likeness:
    """What the starter network made of digits, for drawings to be compared with."""
    return Likeness.load(starter.LIKENESS_FILE)


@st.cache_resource(show_spinner=False)
def weights() -> Cache:
    """The weights that were read lately, by run, step and the stamp of their file."""
    return Cache(MAX_WEIGHTS_BYTES)


def weights_of(run: Run, step: int | None = None) -> Weights | None:
    """Return a run's weights after `step` updates, or the newest, read once; None: there are none.

    Raises:
        ValueError: if they cannot be read, or do not belong to the run's network.
    """
    step = max(run.snapshot_steps(), default=0) if step is None else step

    def read() -> Weights | None:
        found, experiment = run.weights(step), run.info.experiment
        if found is not None and experiment is not None:
            found.check(experiment.architecture)
        return found

    stamp = run.snapshot_stamp(step)
    return weights().value((run.id, step, stamp), read) if stamp else read()
