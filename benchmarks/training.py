"""Images learned from in a second: our loop over batches against `keras.Model.fit`.

The same model, images, batch size and optimizer. Both run two epochs and only the second counts: the first one builds
the graph. No validation; our loop reports every batch and makes a checkpoint at the end of the epoch.
"""

import time
from collections.abc import Iterator
from dataclasses import replace

from benchmarks import Row, in_turns
from cnnlab import mnist
from cnnlab.experiment import DataSettings, Experiment
from cnnlab.presets import PRESETS
from cnnlab.training.events import EpochEnd, Event, Orders

NAMES = ("Fast and good", "Study notes")
NUM_IMAGES = 3_000
EPOCHS = 2
ROUNDS = 9


def rows() -> Iterator[Row]:
    """One row a preset."""
    for name in NAMES:
        preset = PRESETS[name]
        experiment = replace(
            preset,
            data=DataSettings(train_size=NUM_IMAGES, validation_size=0),
            training=replace(preset.training, epochs=EPOCHS),
        )
        ours, fit = in_turns(lambda e=experiment: with_our_loop(e), lambda e=experiment: with_fit(e), rounds=ROUNDS)
        yield Row(f"cnnlab.training.loop.train, {name}", ours, "keras.Model.fit", fit, "images/s")


def with_our_loop(experiment: Experiment) -> float:
    """Images a second in the last epoch of `train`."""
    from cnnlab.training import loop  # noqa: PLC0415 - TensorFlow is imported when it is measured

    ends: list[float] = []

    def emit(event: Event) -> None:
        if isinstance(event, EpochEnd):
            ends.append(time.perf_counter())

    # Stopped after the last epoch it would still look at the test images, which is not what is measured here.
    loop.train(experiment, emit, lambda: Orders(should_stop=len(ends) == EPOCHS))
    return NUM_IMAGES / (ends[-1] - ends[-2])


def with_fit(experiment: Experiment) -> float:
    """Images a second in the last epoch of `fit`."""
    import keras  # noqa: PLC0415

    from cnnlab.training import keras_models  # noqa: PLC0415

    train = mnist.load().train
    images, targets = mnist.normalise(train.images[:NUM_IMAGES]), mnist.one_hot(train.labels[:NUM_IMAGES])
    ends: list[float] = []
    clock = keras.callbacks.LambdaCallback(on_epoch_end=lambda _epoch, _logs: ends.append(time.perf_counter()))
    keras_models.build(experiment).fit(
        images,
        targets,
        batch_size=experiment.training.batch_size,
        epochs=EPOCHS,
        shuffle=True,
        verbose=0,
        callbacks=[clock],
    )
    return NUM_IMAGES / (ends[-1] - ends[-2])
