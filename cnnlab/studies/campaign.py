"""Several experiments that belong together, a study's or a sweep's, and the runs in which they are trained.

Which runs those are is nowhere written down: they are the runs of the same experiments. So what was trained already,
by whomever, is not trained again, and a reload or another server finds everything.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from cnnlab.experiment import Experiment
from cnnlab.runs.store import RunInfo, RunState, RunStore, UnknownRunError
from cnnlab.training import pace

if TYPE_CHECKING:  # it loads Dask
    from cnnlab.engine.engine import Engine

BEST_FIRST = ("finished", "running", "queued", "paused", "failed", "interrupted", "stopped")
"""Of several runs of one experiment, that one stands for it whose state comes first here."""
SECONDS_AROUND = 1.5
"""Beside its updates a run builds its network, reads 10,000 test digits and is written to the disk."""

_one_at_a_time = Lock()  # looking for what is missing and submitting it is one step


def runs_of(experiments: Iterable[Experiment], store: RunStore) -> dict[Experiment, RunInfo]:
    """Find the run that stands for each experiment, as far as there is one: the newest of the best state.

    Runs that began from other weights, or whose learning rate was changed by hand, do not count.
    """
    wanted, found = set(experiments), dict[Experiment, RunInfo]()
    for info in store.list():
        experiment = info.experiment
        if experiment in wanted and info.state in BEST_FIRST and not info.learning_rates:
            known = found.get(experiment)
            is_better = known is None or BEST_FIRST.index(info.state) < BEST_FIRST.index(known.state)
            if is_better and _is_plain(info, store):
                found[experiment] = info
    return found


def train(experiments: Iterable[Experiment], store: RunStore, engine: "Engine") -> None:
    """Train what is not done and not under way, in order and behind all other runs. Raises StoreError."""
    wanted = dict.fromkeys(experiments)
    with _one_at_a_time:
        found = runs_of(wanted, store)
        for experiment in wanted:
            info = found.get(experiment)
            if info and info.state.can_go_on:
                try:
                    engine.resume(info.id, is_background=True)
                except ValueError:  # what it would go on from is damaged
                    engine.submit(experiment, is_background=True)
            elif not info or not (info.state.is_done or info.state.is_under_way):
                engine.submit(experiment, is_background=True)


def stop(runs: Iterable[RunInfo], engine: "Engine") -> None:
    """End what is under way, the last one first, so that none begins meanwhile."""
    for info in sorted(runs, key=lambda info: info.created, reverse=True):
        if info.state.is_under_way:
            with suppress(UnknownRunError):  # deleted just now
                engine.stop(info.id)


def num_updates(info: RunInfo, store: RunStore) -> int:
    """Return how many updates of a run are done."""
    if info.experiment and info.state.is_done:
        return info.experiment.num_steps
    try:
        steps = store.get(info.id).history().batches.step
    except ValueError:  # damaged, or deleted just now
        return 0
    return int(steps[-1]) if len(steps) else 0


def seconds_of(info: RunInfo) -> float | None:
    """Return how long a finished run took; None: it is not finished."""
    return info.seconds if info.state == RunState.FINISHED else None


def seconds(experiments: Sequence[Experiment]) -> tuple[float, ...]:
    """Measure how long each experiment will take on this machine, one after the other, before any is run. For workers.

    The one with the least work in an update and the one with the most are measured; the others lie between them.
    """
    work = [one.architecture.multiply_adds * one.training.batch_size for one in experiments]
    light, heavy = experiments[work.index(min(work))], experiments[work.index(max(work))]
    times = {one: pace.seconds_per_epoch(one) / one.batches_per_epoch for one in dict.fromkeys((light, heavy))}
    per_update = np.interp(work, [min(work), max(work)], [times[light], times[heavy]]).tolist()
    return tuple(each * one.num_steps + SECONDS_AROUND for each, one in zip(per_update, experiments, strict=True))


def _is_plain(info: RunInfo, store: RunStore) -> bool:
    """Whether a run began from the weights that its experiment begins from."""
    try:
        return not store.get(info.id).began_from_weights
    except UnknownRunError:  # deleted just now
        return False
