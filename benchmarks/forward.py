"""One image through the network of the study notes: NumPy, as the pages do it, against Keras."""

from collections.abc import Iterator

import numpy as np

from benchmarks import Row, milliseconds
from cnnlab import mnist
from cnnlab.digits import prepare, strokes
from cnnlab.nn import network
from cnnlab.presets import PRESETS


def rows() -> Iterator[Row]:
    """What a stroke costs: preparing the drawing, and reading it."""
    from cnnlab.training import keras_models  # noqa: PLC0415 - TensorFlow is imported when it is measured

    experiment = PRESETS["Study notes"]
    model = keras_models.build(experiment)
    weights = keras_models.weights_of(model)
    image = mnist.normalise(mnist.load().test.images[0])
    image_batch = image[np.newaxis]
    drawing = strokes.draw(3, np.random.default_rng(0))

    ours, predict, call, prepared = milliseconds(
        lambda: network.forward(experiment.architecture, weights, image),
        lambda: model.predict(image_batch, verbose=0),
        lambda: np.asarray(model(image_batch)),
        lambda: prepare.from_canvas(drawing),
    )
    yield Row("network.forward", ours, "model.predict", predict)
    yield Row("network.forward", ours, "model(x)", call)
    yield Row("digits.from_canvas", prepared, "network.forward", ours)
