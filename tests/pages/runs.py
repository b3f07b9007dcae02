"""Runs in every state, written as the engine would write them, without TensorFlow."""

import json

import numpy as np

from cnnlab.experiment import Experiment
from cnnlab.nn.weights import Weights
from cnnlab.presets import PRESETS
from cnnlab.runs.files import to_npz
from cnnlab.runs.store import Run, RunStore
from cnnlab.training.events import (
    BatchEnd,
    Checkpoint,
    EpochEnd,
    Event,
    Failed,
    Finished,
    Paused,
    RunStarted,
    WeightsSnapshot,
)

TINY = PRESETS["Tiny"]
MODEL = b"a .keras file"
REASON = "The training engine is down: its process has died."


def weights_of(experiment: Experiment = TINY) -> Weights:
    rng = np.random.default_rng(0)
    shapes = experiment.architecture.weight_shapes
    return Weights((name, rng.normal(0, 0.1, shape).astype(np.float32)) for name, shape in shapes.items())


def some_training(num_steps: int = 4) -> list[Event]:
    """A run's first events: two batches an epoch, as if there were 200 training images."""
    events: list[Event] = [RunStarted(0, 200, 100, 2, 3), WeightsSnapshot(0, weights_of())]
    for step in range(1, num_steps + 1):
        epoch = (step - 1) // 2
        events.append(BatchEnd(step, epoch, 2 / step, 0.1 * step, 1000.0))
        if step % 2 == 0:
            events.append(EpochEnd(step, epoch, 1 / step, 0.2 * step, 1 / step, 0.2 * step))
    return events


def checkpoint() -> Checkpoint:
    return Checkpoint(4, 2, 0, 0.0, 0.0, (np.zeros(2, np.float32),), (np.zeros(2, np.float32),))


def finished(*, stopped: bool = False) -> Finished:
    answers = np.full((10_000, 10), 0.1, np.float32)
    return Finished(4, stopped, 0.1234, 0.9876, answers, weights_of(), MODEL)


def broken_run(store: RunStore) -> Run:
    """A run whose last update broke it, as versions that did not look have stored it: finished, with NaN."""
    run = make_run(store, "finished")
    weights = {name: value * np.float32(np.nan) for name, value in weights_of().items()}
    run.record(WeightsSnapshot(4, Weights(weights)))
    state = json.loads(run._files.read("state.json") or b"") | {"test_loss": np.nan, "test_accuracy": 0.098}
    run._files.write("state.json", json.dumps(state).encode())
    run._files.write("evaluation.npz", to_npz({"probabilities": np.full((10_000, 10), np.nan, np.float32)}))
    return run


def make_run(store: RunStore, state: str) -> Run:
    """A run of "Tiny" that has come to be in this state."""
    run = store.create(TINY)
    for event in [] if state == "queued" else some_training():
        run.record(event)
    if state in ("finished", "stopped"):
        run.record(finished(stopped=state == "stopped"))
    elif state == "failed":
        run.record(Failed(4, "Training was ended by an error: the loss is not a number."))
    elif state == "paused":
        run.record(checkpoint())
        run.record(Paused(4))
    elif state == "interrupted":
        run.record(checkpoint())
        run.end("interrupted", REASON)
    return run
