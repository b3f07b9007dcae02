"""Which runs belong to some experiments, and what is done about those that are missing."""

import threading
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest

from cnnlab.presets import PRESETS
from cnnlab.runs.store import RunState, RunStore, UnknownRunError
from cnnlab.studies import campaign
from cnnlab.training import pace
from cnnlab.training.events import LearningRateSet, Start
from tests.pages.runs import TINY, make_run, some_training

OTHER = replace(TINY, seed=1)


class Notes:
    """An engine that only notes what it is told."""

    def __init__(self):
        self.told = []

    def submit(self, experiment, *, is_background=False):
        assert is_background
        self.told.append(("submit", experiment.seed))
        return "a run"

    def resume(self, run_id, *, is_background=False):
        assert is_background
        if self.told == ["damaged"]:
            raise ValueError
        self.told.append(("resume", run_id))

    def stop(self, run_id):
        self.told.append(("stop", run_id))


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path)


@pytest.fixture
def engine():
    return Notes()


def test_runs_are_found_by_what_they_are(store):
    run = make_run(store, "finished")
    store.create(replace(TINY, seed=9))
    assert {one: info.id for one, info in campaign.runs_of([TINY, OTHER], store).items()} == {TINY: run.id}


@pytest.mark.parametrize("worse", ["stopped", "interrupted", "failed", "paused", "queued", "running"])
def test_a_finished_run_stands_for_the_others(store, worse):
    best = make_run(store, "finished")
    make_run(store, worse)
    assert campaign.runs_of([TINY], store)[TINY].id == best.id


def test_of_equals_the_newest_stands(store):
    make_run(store, "finished")
    newest = make_run(store, "finished")
    assert campaign.runs_of([TINY], store)[TINY].id == newest.id


def test_runs_in_which_more_was_done_do_not_count(store):
    by_hand = store.create(TINY)
    for event in [*some_training(), LearningRateSet(4, 0.5)]:
        by_hand.record(event)
    weights = {"0/kernel": np.zeros(1, np.float32)}
    store.create(TINY, Start(weights, np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.int64)))
    assert campaign.runs_of([TINY], store) == {}


def test_a_damaged_run_is_none(store):
    run = make_run(store, "finished")
    run._files.write("state.json", b"{")
    assert campaign.runs_of([TINY], store) == {}


def test_a_run_that_is_deleted_meanwhile_is_none(store, monkeypatch):
    run = make_run(store, "finished")
    info = run.info
    store.delete([run.id])
    monkeypatch.setattr(store, "list", lambda: [info])
    assert campaign.runs_of([TINY], store) == {}
    assert campaign.num_updates(replace(info, state=RunState.STOPPED), store) == 0


@pytest.mark.parametrize(
    ("state", "what"),
    [
        ("finished", None),
        ("failed", None),
        ("queued", None),
        ("running", None),
        ("paused", "resume"),
        ("interrupted", "resume"),
        ("stopped", "submit"),
    ],
)
def test_only_what_is_missing_is_trained(store, engine, state, what):
    run = make_run(store, state)
    campaign.train([TINY, OTHER], store, engine)
    first = {None: [], "resume": [("resume", run.id)], "submit": [("submit", TINY.seed)]}[what]
    assert engine.told == [*first, ("submit", 1)]


def test_what_cannot_go_on_is_trained_afresh(store, engine):
    make_run(store, "interrupted")
    engine.told = ["damaged"]
    campaign.train([TINY], store, engine)
    assert engine.told == ["damaged", ("submit", TINY.seed)]


def test_the_last_one_is_stopped_first(store, engine):
    runs = [make_run(store, state) for state in ("finished", "running", "queued", "paused")]
    campaign.stop([run.info for run in runs], engine)
    assert {told[1] for told in engine.told} == {runs[1].id, runs[2].id}
    created = [store.get(run_id).info.created for _, run_id in engine.told]
    assert created == sorted(created, reverse=True)


def test_updates_and_seconds_of_a_run(store):
    finished, running = make_run(store, "finished"), make_run(store, "running")
    assert campaign.num_updates(finished.info, store) == TINY.num_steps
    assert campaign.num_updates(running.info, store) == 4
    assert campaign.num_updates(make_run(store, "queued").info, store) == 0
    assert campaign.seconds_of(finished.info) >= 0
    assert campaign.seconds_of(running.info) is None
    running._files.write("history.csv", b"nonsense\n1,2\n")
    assert campaign.num_updates(running.info, store) == 0


def test_the_time_lies_between_those_of_the_lightest_and_the_heaviest(monkeypatch):
    timed = []

    def seconds_per_epoch(experiment):
        timed.append(experiment)
        return experiment.batches_per_epoch * (2.0 if experiment.architecture == heavy.architecture else 1.0)

    monkeypatch.setattr(pace, "seconds_per_epoch", seconds_per_epoch)
    light, heavy = PRESETS["Tiny"], replace(TINY, architecture=PRESETS["Study notes"].architecture)
    between = replace(TINY, architecture=PRESETS["LeNet-5"].architecture)
    one, middle, most = campaign.seconds([light, between, heavy])
    assert set(timed) == {light, heavy}
    assert one == light.num_steps + campaign.SECONDS_AROUND
    assert most == 2 * heavy.num_steps + campaign.SECONDS_AROUND
    assert one < middle < most
    assert campaign.seconds([light, replace(light, seed=4)]) == (one, one)


def test_four_who_press_at_once_train_each_experiment_once(store, monkeypatch):
    experiments, look = [replace(TINY, seed=seed) for seed in range(6)], store.list
    together = threading.Barrier(4)

    def slow_list():
        found = look()
        with suppress(threading.BrokenBarrierError):
            together.wait(0.2)  # until all have looked, where they can
        return found

    class Submits(Notes):
        def submit(self, experiment, *, is_background=False):
            super().submit(experiment, is_background=is_background)
            return store.create(experiment).id

    monkeypatch.setattr(store, "list", slow_list)
    engine = Submits()
    visitors = [threading.Thread(target=campaign.train, args=(experiments, store, engine)) for _ in range(4)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert sorted(told[1] for told in engine.told) == [0, 1, 2, 3, 4, 5]


def test_what_is_asked_for_twice_is_trained_once(store, engine):
    campaign.train([TINY, OTHER, TINY], store, engine)
    assert engine.told == [("submit", TINY.seed), ("submit", 1)]


def test_what_is_deleted_meanwhile_is_not_stopped(store, engine, monkeypatch):
    info = make_run(store, "running").info

    def stop(run_id):
        raise UnknownRunError(run_id)

    monkeypatch.setattr(engine, "stop", stop)
    campaign.stop([info], engine)
