"""Pages without a browser: Streamlit's AppTest, a run store for each test, and an engine that only notes its orders."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.events import Start
from cnnlab.experiment import Experiment
from cnnlab.runs import RunStore
from tests.app.seen import PAGES, ROOT
from ui import cached


class FakeEngine:
    """Takes orders and does not train; what it is asked to compute it computes at once."""

    def __init__(self, store: RunStore) -> None:
        self.state = "ready"
        self.submitted: list[Experiment] = []
        self.starts: list[Start | None] = []
        self.stopped: list[str] = []
        self.resumed: list[str] = []
        self._store = store

    @property
    def live_runs(self) -> tuple[str, ...]:
        return tuple(info.id for info in self._store.list() if not info.is_over)

    def submit(self, experiment: Experiment, start: Start | None = None) -> str:
        self.submitted.append(experiment)
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

    def resume(self, run_id: str) -> None:
        self.resumed.append(run_id)
        self._store.get(run_id).queue()

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
    monkeypatch.setattr(cached, "engine", lambda: fake)
    return fake


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
