"""Four real training runs that ship with the project: one underfits, one fits, one overfits, one is held back.

    python -m cnnlab.lessons.recorded_runs

trains them afresh, on the first 1,000 images of MNIST, in about two minutes. Only the network and the learning rate
that it needs differ. Which of them does what is not written down anywhere: it is read off their curves.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from cnnlab.experiment import DataSettings, Experiment, TrainingSettings
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import HEAD, AveragePooling2D, Dense, Dropout, Flatten, Layer, convolution_block
from cnnlab.runs.records import BatchHistory, EpochHistory, History, names_of
from cnnlab.training.events import BatchEnd, EpochEnd, Event, Finished

FILE = Path(__file__).parents[1] / "assets" / "recorded_runs.npz"


def _experiment(learning_rate: float, *layers: Layer) -> Experiment:
    return Experiment(
        Architecture((*layers, HEAD)),
        DataSettings(train_size=1_000, validation_size=2_000),
        TrainingSettings("adam", learning_rate, batch_size=50, epochs=30),
    )


_WIDE, _NARROW = Dense(256, activation="relu"), Dense(128, activation="relu")
EXPERIMENTS: dict[str, Experiment] = {
    "Too small": _experiment(0.05, AveragePooling2D(7), Flatten()),
    "Fits": _experiment(0.002, *convolution_block(8, 5), *convolution_block(16, 5), Flatten(), Dropout(0.5)),
    "Too large": _experiment(0.002, Flatten(), _WIDE, _NARROW),
    "Too large, with dropout": _experiment(0.002, Flatten(), _WIDE, Dropout(0.6), _NARROW, Dropout(0.6)),
}
"""What was trained, by the names that the page shows."""


@dataclass(frozen=True, eq=False)
class RecordedRun:
    """A run that is over: what it was, its curves, and its accuracy on the 10,000 test images, 0 to 1."""

    experiment: Experiment
    history: History
    test_accuracy: float

    @property
    def best_epoch(self) -> int:
        """The epoch, from 1, after which the validation loss was lowest."""
        return int(self.history.epochs.val_loss.argmin()) + 1

    @property
    def gap(self) -> float:
        """How much lower the loss is on the training images than on the validation images at the end."""
        return float(self.history.epochs.val_loss[-1] - self.history.epochs.loss[-1])


@cache
def load() -> dict[str, RecordedRun]:
    """Return the recorded runs by name, in order. Raises ValueError when the file belongs to other experiments."""
    with np.load(FILE) as arrays:
        found = dict(arrays)
    runs = {}
    for name, experiment in EXPERIMENTS.items():
        if str(found.get(f"{name}/experiment")) != experiment.to_json():
            raise ValueError(
                f"`{FILE.name}` was not made from the experiment {name!r}. Make it: "
                "python -m cnnlab.lessons.recorded_runs"
            )
        history = History(
            BatchHistory(*(found[f"{name}/batches/{column}"] for column in names_of(BatchHistory))),
            EpochHistory(*(found[f"{name}/epochs/{column}"] for column in names_of(EpochHistory))),
        )
        runs[name] = RecordedRun(experiment, history, float(found[f"{name}/test_accuracy"]))
    return runs


def record(experiment: Experiment) -> dict[str, np.ndarray]:
    """Train once; return the columns of its curves, float64, and the test accuracy, as arrays with names."""
    from cnnlab.training import loop  # noqa: PLC0415 - the pages load the recorded runs, and never TensorFlow

    events: list[Event] = []
    loop.train(experiment, events.append)
    arrays = {"experiment": np.array(experiment.to_json())}
    for part, kind, names in (
        ("batches", BatchEnd, names_of(BatchHistory)),
        ("epochs", EpochEnd, names_of(EpochHistory)),
    ):
        own = [event for event in events if isinstance(event, kind)]
        arrays |= {f"{part}/{name}": np.array([getattr(event, name) for event in own], np.float64) for name in names}
    finished = next(event for event in events if isinstance(event, Finished))
    return arrays | {"test_accuracy": np.array(finished.test_accuracy)}


def main() -> None:
    """Train all of them and write the file."""
    recorded = {name: record(experiment) for name, experiment in EXPERIMENTS.items()}
    arrays = {f"{name}/{key}": array for name, run in recorded.items() for key, array in run.items()}
    np.savez_compressed(FILE, allow_pickle=False, **arrays)


if __name__ == "__main__":
    main()
