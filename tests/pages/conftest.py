"""Pages without a browser: Streamlit's AppTest, a run store for each test, and an engine that only notes its orders."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test, local_script_runner

from cnnlab.evaluation import predict
from cnnlab.experiment import Experiment
from cnnlab.explain import likeness
from cnnlab.runs.store import RunStore
from cnnlab.studies import campaign
from cnnlab.training.events import Orders, Start
from tests.pages.seen import PAGES, ROOT
from ui import cached


class _PagesManager(PagesManager):
    """AppTest forgets before each run that `st.navigation` was called; a server knows it after its first request."""


PagesManager.uses_pages_directory = False
app_test.PagesManager = _PagesManager
# AppTest looks for components in all installed packages, and compiles each page, for each visit; a server does so once.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
local_script_runner.ScriptCache = cache(ScriptCache)


class FakeEngine:
    """Takes orders and does not train; what it is asked to compute it computes at once."""

    def __init__(self, store: RunStore) -> None:
        self.state = "ready"
        self.num_workers = 1
        self.submitted: list[Experiment] = []
        self.starts: list[Start | None] = []
        self.are_background: list[bool] = []
        self.stopped: list[str] = []
        self.paused: list[str] = []
        self.resumed: list[str] = []
        self.until: list[int | None] = []
        self.learning_rates: list[float] = []
        self.told: dict[str, Orders] = {}
        self._store = store

    @property
    def live_runs(self) -> tuple[str, ...]:
        return tuple(info.id for info in self._store.list() if not info.is_over)

    def submit(self, experiment: Experiment, start: Start | None = None, *, is_background: bool = False) -> str:
        self.submitted.append(experiment)
        self.are_background.append(is_background)
        self.starts.append(start)
        return self._store.create(experiment, start).id

    def compute(self, function: Callable[..., object], *arguments: object) -> Future:
        answer = Future()
        try:
            answer.set_result(function(*arguments))
        except Exception as error:  # noqa: BLE001 - as the real one does
            answer.set_exception(error)
        return answer

    def stop(self, run_id: str) -> None:
        self.stopped.append(run_id)

    def delete(self, run_ids: Sequence[str]) -> None:
        self._store.delete(run_ids)

    def pause(self, run_id: str) -> None:
        self.paused.append(run_id)

    def resume(self, run_id: str, until: int | None = None, *, is_background: bool = False) -> None:
        del is_background
        self.resumed.append(run_id)
        self.until.append(until)
        self._store.get(run_id).queue()

    def step(self, run_id: str, every: int = 1) -> None:
        steps = self._store.get(run_id).history().batches.step
        done = int(steps[-1]) if len(steps) else 0
        self.resume(run_id, (done // every + 1) * every)

    def set_learning_rate(self, run_id: str, learning_rate: float) -> None:
        del run_id
        self.learning_rates.append(learning_rate)

    def orders(self, run_id: str) -> Orders | None:
        return self.told.get(run_id)

    def queue_position(self, run_id: str) -> int:
        del run_id
        return 1


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunStore]:
    """The store that the pages read, empty at first."""
    monkeypatch.setenv("CNNLAB_RUNS", str(tmp_path / "runs"))
    cached.store.clear()
    yield cached.store()
    cached.store.clear()


@pytest.fixture
def engine(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """The engine that the pages speak to."""
    fake = FakeEngine(store)
    monkeypatch.setattr(likeness, "NUM_DIGITS", 200)
    monkeypatch.setattr(likeness, "NUM_HELD_BACK", 200)
    monkeypatch.setattr(cached, "engine", lambda: fake)
    return fake


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes the engine long is answered at once, for tests of something else."""
    monkeypatch.setattr(predict, "predict", lambda *given: np.full((len(given[-1]), 10), 0.1, np.float32))
    monkeypatch.setattr(predict, "accuracy_under", lambda *_: np.linspace(1, 0, 21))
    monkeypatch.setattr(campaign, "seconds", lambda experiments: (2.0,) * len(experiments))


@pytest.fixture
def visit(engine: FakeEngine) -> Iterator[Callable[..., AppTest]]:
    """`visit(page, **query)` opens a page in a fresh session; no page may have raised by the end of the test."""
    del engine
    visitors: list[AppTest] = []

    def visit(page: str = "home", **query: str) -> AppTest:
        visitor = AppTest.from_file(ROOT / "app.py", default_timeout=60)
        visitors.append(visitor)
        if page != "home":
            visitor.switch_page(PAGES[page])
        visitor.query_params |= query
        return visitor.run()

    yield visit
    assert [error.value for visitor in visitors for error in visitor.exception] == []
