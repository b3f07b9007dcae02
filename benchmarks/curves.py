"""A tick of the live curves in Python: a long run against a short one.

The longest run there can be has 112,500 batches. Of a tick's work, sending it and drawing it are not measured here.
"""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks import Row, milliseconds
from cnnlab.presets import DEFAULT, PRESETS
from cnnlab.runs.records import BatchHistory, names_of, to_line
from cnnlab.runs.store import Run, RunStore
from cnnlab.training.events import BatchEnd, RunStarted
from ui.components import encode
from ui.components.curves import means, thin

FEW, MANY = 1_000, 100_000


def rows() -> Iterator[Row]:
    """Reading the history, and making of it what the browser is given."""
    with tempfile.TemporaryDirectory() as folder:
        stores = {n: RunStore(Path(folder) / str(n)) for n in (FEW, MANY)}
        short, long = (run_of(store, n) for n, store in stores.items())
        against = f"{FEW:,} batches"

        many, few = milliseconds(prepare(long), prepare(short))
        yield Row(f"thin, means, encode: {MANY:,} batches", many, against, few)

        many, few = milliseconds(one_more(long), one_more(short))
        yield Row(f"history after one more batch: {MANY:,}", many, against, few)

        many, few = milliseconds(long.history, short.history)
        yield Row(f"history, nothing new: {MANY:,}", many, against, few)

        many, few = milliseconds(*(lambda n=n, run=run: RunStore(stores[n].root).get(run.id).history()
                                   for n, run in ((MANY, long), (FEW, short))))  # fmt: skip
        yield Row(f"history in a new server: {MANY:,}", many, against, few)


def run_of(store: RunStore, num_batches: int) -> Run:
    """Make a run that has trained on so many batches."""
    run = store.create(PRESETS[DEFAULT])
    run.record(RunStarted(0, 60_000, 0, 3_750, 30))
    rng = np.random.default_rng(0)
    losses, accuracies = rng.uniform(0, 2, num_batches), rng.integers(0, 17, num_batches) / 16
    lines = (
        to_line(BatchEnd(index + 1, index // 3_750, float(loss), float(accuracy), 2_500.0))
        for index, (loss, accuracy) in enumerate(zip(losses, accuracies, strict=True))
    )
    run.fill({"history.csv": ",".join(names_of(BatchHistory)).encode() + b"\n" + b"".join(lines)})
    return run


def prepare(run: Run) -> Callable[[], object]:
    """What `ui.components.curves.curves` does before it hands over to Streamlit."""
    batches = run.history().batches
    step, values = batches.step.astype(int), np.stack([batches.loss, batches.accuracy], axis=1)

    def tick() -> list[str]:
        thin_step, thin_values = thin(step, values)
        mean_step, mean_values = means(step, values)
        return [encode(series) for series in (thin_step, *thin_values.T, mean_step, *mean_values.T)]

    return tick


def one_more(run: Run) -> Callable[[], object]:
    """The worker has done another batch, and the page looks at the history."""
    step = len(run.history().batches.step)

    def tick() -> object:
        nonlocal step
        step += 1
        run.record(BatchEnd(step, 0, 0.5, 0.9, 2_500.0))
        return run.history()

    return tick
