"""The runs: listing them, and opening their page, with 1,000 of them against 10."""

import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks import Row, in_turns, milliseconds
from cnnlab.presets import PRESETS
from cnnlab.runs.store import RunStore
from cnnlab.training.events import EpochEnd

FEW, MANY = 10, 1_000
ROUNDS = 7
APP, PAGE = Path(__file__).parents[1] / "app.py", "pages/runs.py"
PATIENCE_SECONDS = 60


def rows() -> Iterator[Row]:
    """As a page that is opened again does it, and as a server that was just started."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = (store_of(Path(folder) / str(n), n) for n in (FEW, MANY))
        against = f"{FEW} runs"
        of_many, of_few = milliseconds(many.list, few.list)
        yield Row(f"RunStore.list, known: {MANY:,} runs", of_many, against, of_few)
        of_many, of_few = milliseconds(lambda: RunStore(many.root).list(), lambda: RunStore(few.root).list())
        yield Row(f"RunStore.list, new server: {MANY:,} runs", of_many, against, of_few)
        of_many, of_few = in_turns(lambda: page(many.root), lambda: page(few.root), rounds=ROUNDS)
        yield Row(f"Runs page, opened: {MANY:,} runs", of_many, against, of_few)


def store_of(root: Path, num_runs: int) -> RunStore:
    """Make a store with so many finished runs: of every preset, all of another seed."""
    store, presets = RunStore(root), list(PRESETS.values())
    for seed in range(num_runs):
        run = store.create(replace(presets[seed % len(presets)], seed=seed))
        run.record(EpochEnd(10, 0, 0.5, 0.9, 0.5, 0.8 + 0.1 * seed / num_runs))
        run.end("finished")
    return store


def page(root: Path) -> float:
    """Open the Runs page for a new visitor of a server that knows its runs; return the milliseconds."""
    from streamlit.testing.v1 import AppTest  # noqa: PLC0415 - imported when it is measured

    from ui import cached  # noqa: PLC0415

    def visit() -> float:
        visitor = AppTest.from_file(APP, default_timeout=PATIENCE_SECONDS)
        visitor.switch_page(PAGE)
        start = time.perf_counter()
        visitor.run()
        if visitor.exception or not visitor.dataframe:
            raise RuntimeError(f"The page was not shown: {visitor.exception}")
        return (time.perf_counter() - start) * 1_000

    os.environ["CNNLAB_RUNS"] = str(root)
    cached.store.clear()
    cached.engine = lambda: None  # the page does not ask for it
    visit()
    return visit()
