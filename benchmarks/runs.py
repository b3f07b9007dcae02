"""Listing the runs: a folder of 1,000 against one of 10."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import Row, milliseconds
from cnnlab.presets import DEFAULT, PRESETS
from cnnlab.runs import RunStore

FEW, MANY = 10, 1_000


def rows() -> Iterator[Row]:
    """As a page that is opened again does it, and as a server that was just started."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = (store_of(Path(folder) / str(n), n) for n in (FEW, MANY))
        against = f"{FEW} runs"
        of_many, of_few = milliseconds(many.list, few.list)
        yield Row(f"RunStore.list, known: {MANY:,} runs", of_many, against, of_few)
        of_many, of_few = milliseconds(lambda: RunStore(many.root).list(), lambda: RunStore(few.root).list())
        yield Row(f"RunStore.list, new server: {MANY:,} runs", of_many, against, of_few)


def store_of(root: Path, num_runs: int) -> RunStore:
    """Make a store with so many finished runs."""
    store = RunStore(root)
    for _ in range(num_runs):
        store.create(PRESETS[DEFAULT]).end("finished")
    return store
