"""How long an epoch will take on this machine: measured with the very network, before it is trained. For workers."""

import time
from collections.abc import Callable
from statistics import median

import numpy as np

from cnnlab import mnist
from cnnlab.experiment import Experiment

WARM_UP_BATCHES = 2
"""In the first ones TensorFlow builds its graph, which a run does once."""
MAX_BATCHES = 30
MAX_SECONDS = 1.0
LOOK_SIZE = 500
"""Validation images that a run looks at at once."""


def seconds_per_epoch(experiment: Experiment) -> float:
    """Measure some updates and one look at validation images; return what an epoch takes at this pace, in seconds.

    The network that is trained for it is thrown away. What else the machine does meanwhile is measured along.
    """
    from cnnlab import models  # noqa: PLC0415 - the web process never imports TensorFlow

    model = models.build(experiment)
    data, train = experiment.data, mnist.load().train
    targets, rng = mnist.one_hot(train.labels), np.random.default_rng(0)

    def on(act: Callable[..., object], num_images: int) -> Callable[[], object]:
        def with_some_images() -> None:
            some = rng.integers(len(targets), size=num_images)
            act(data.prepare(mnist.normalise(train.images[some])), targets[some])

        return with_some_images

    size = min(experiment.training.batch_size, data.num_train)
    updates = _seconds(on(model.train_on_batch, size)) * experiment.batches_per_epoch
    looks = data.validation_size / LOOK_SIZE
    return updates + _seconds(on(model.test_on_batch, LOOK_SIZE)) * looks if looks else updates


def _seconds(act: Callable[[], object]) -> float:
    """The median of several times, each after the other."""
    for _ in range(WARM_UP_BATCHES):
        act()
    began, seconds = time.perf_counter(), list[float]()
    while len(seconds) < MAX_BATCHES and time.perf_counter() - began < MAX_SECONDS:
        start = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - start)
    return median(seconds)
