"""How long training will take on this machine: measured with the very network, before it is trained. For workers.

Multiply-adds alone do not tell: the presets do from 0.1 to 5 thousand million of them a second on one machine. So some
updates and some looks at other images are timed. Means and not medians: where a network waits for others to compute,
half of all updates are quick, and the other half take the time.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from cnnlab import mnist
from cnnlab.experiment import DataSettings, Experiment, TrainingSettings

WARM_UP_UPDATES = 2
"""In the first ones TensorFlow builds its graph, which a run does once."""
MAX_UPDATES, AT_ONCE = 60, 10
MAX_SECONDS = 1.0
LOOK_SIZE = 500
"""Images that a run looks at at once."""
NUM_LOOKS = 4
NUM_TEST_IMAGES = 10_000


@dataclass(frozen=True)
class Pace:
    """How fast one network is trained, in seconds.

    `start` is what a run does once: making the network and TensorFlow's graphs. `update` is one change of the weights,
    `begin_looking` what each evaluation needs before its first images, `look` each 500 images of it.
    """

    start: float
    update: float
    begin_looking: float
    look: float

    def looking(self, num_images: int) -> float:
        """One evaluation."""
        return self.begin_looking + num_images / LOOK_SIZE * self.look if num_images else 0.0

    def epoch(self, experiment: Experiment) -> float:
        """One epoch: all updates, and the validation at its end."""
        return experiment.batches_per_epoch * self.update + self.looking(experiment.data.validation_size)

    def run(self, experiment: Experiment, num_updates: int | None = None) -> float:
        """A run from its start to its test at the end; of the whole experiment, or of so many updates."""
        num_updates = experiment.num_steps if num_updates is None else num_updates
        epochs = num_updates / experiment.batches_per_epoch
        return self.start + epochs * self.epoch(experiment) + self.looking(NUM_TEST_IMAGES)


def alike(experiment: Experiment) -> Experiment:
    """Return the experiment that stands for all those with the same pace, whatever their epochs, seeds and rates."""
    data, training, most = experiment.data, experiment.training, {"shift": 1, "rotation": 1, "zoom": 0.1, "noise": 0.1}
    changes: dict[str, Any] = {name: min(getattr(data, name), value) for name, value in most.items()}
    settings = DataSettings(normalise=data.normalise, permute_pixels=data.permute_pixels, **changes)
    batch_size = min(training.batch_size, data.num_train)
    recipe = TrainingSettings(optimizer=training.optimizer, loss=training.loss, batch_size=batch_size)
    return Experiment(experiment.architecture, settings, recipe)


def measure(experiment: Experiment, again: int = 0) -> Pace:
    """Train a network like this one for a second or so, and throw it away; `again` only tells questions apart."""
    del again
    from cnnlab.training import keras_models  # noqa: PLC0415 - the web process never imports TensorFlow

    began = time.perf_counter()
    model = keras_models.build(experiment)
    data, train = experiment.data, mnist.load().train
    targets, rng = mnist.one_hot(train.labels), np.random.default_rng(0)

    def images(count: int) -> tuple[np.ndarray, np.ndarray]:
        some = rng.integers(len(targets), size=count)
        return data.prepare(mnist.normalise(train.images[some])), targets[some]

    learn = keras_models.updates(model)

    def update(count: int = AT_ONCE) -> None:
        size = experiment.training.batch_size
        pixels, goals = (array.reshape(count, size, *array.shape[1:]) for array in images(count * size))
        learn(pixels, goals, np.zeros(count, np.float32))

    def look(count: int) -> None:
        model.evaluate(*images(count), batch_size=LOOK_SIZE, verbose=0)

    for _ in range(WARM_UP_UPDATES):
        update(1)
    look(LOOK_SIZE)
    start = time.perf_counter() - began
    one = _seconds(update, MAX_UPDATES // AT_ONCE) / AT_ONCE
    once, longer = (_seconds(partial(look, count * LOOK_SIZE), 1) for count in (1, 1 + NUM_LOOKS))
    each = max(0.0, longer - once) / NUM_LOOKS
    return Pace(start, one, max(0.0, once - each), each)


def seconds_per_epoch(experiment: Experiment) -> float:
    """Measure what an epoch takes on this machine as busy as it is, in seconds."""
    return measure(alike(experiment)).epoch(experiment)


def _seconds(act: Callable[[], object], times: int) -> float:
    """The mean time of doing something some times, MAX_SECONDS at most: waiting for others belongs to it."""
    began = now = time.perf_counter()
    done = 0
    while done < times and now - began < MAX_SECONDS:
        act()
        now, done = time.perf_counter(), done + 1
    return (now - began) / done
