"""Architecture -> keras.Model, and weights to and from it. Imports TensorFlow: for workers only."""

import tempfile
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from random import Random

import keras
import numpy as np
import tensorflow as tf

from cnnlab.experiment import KERAS_OPTIMIZERS, DataSettings, Experiment, TrainingSettings
from cnnlab.limits import SIDE
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import SOBEL, Conv2D, Dense, Dropout, Layer, sobel
from cnnlab.nn.weights import Weights

AUGMENTATION = (
    keras.layers.RandomTranslation,
    keras.layers.RandomRotation,
    keras.layers.RandomZoom,
    keras.layers.GaussianNoise,
)


def build(experiment: Experiment) -> keras.Model:
    """Make and compile the Keras model of an experiment, its first weights drawn from the experiment's seed.

    They are those that `keras.utils.set_random_seed(seed)` gives a plain script. That would seed Python's own
    generator, from which other threads of a worker draw as well, so here each layer is given its seed, in the order in
    which Keras would have drawn them: the network's layers, then those that change the images while training.
    """
    seeds = Random(experiment.seed)
    layers = _layers(experiment.architecture, seeds)
    model = _sequential(experiment.architecture, [*augmentation(experiment.data, seeds), *layers])
    model.compile(optimizer=optimizer(experiment.training), loss=experiment.training.loss, metrics=["accuracy"])
    model.optimizer.build(model.trainable_variables)  # so that a checkpoint or a file holds its state from the start
    return model


def updates(model: keras.Model) -> Callable[[np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Make a function that trains on several batches in one call, each as `train_on_batch` does, bit for bit.

    It takes images, float32 (n, batch, 28, 28, 1), targets, float32 (n, batch, 10), and learning rates, float32 (n,),
    and returns each batch's own loss and accuracy, float32 (n,) each. In between, TensorFlow does not return to Python.
    """
    shapes = (None, None, *model.input_shape[1:]), (None, None, *model.output_shape[1:]), (None,)

    def train(images: tf.Tensor, targets: tf.Tensor, rates: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        count = tf.shape(rates)[0]
        losses, accuracies = (tf.TensorArray(tf.float32, count) for _ in range(2))
        for index in tf.range(count):
            model.optimizer.learning_rate.assign(rates[index])
            for metric in model.metrics:  # so that the figures are this batch's own
                metric.reset_state()
            figures = model.train_step((images[index], targets[index]))
            losses = losses.write(index, figures["loss"])
            accuracies = accuracies.write(index, figures["accuracy"])
        return losses.stack(), accuracies.stack()

    compiled = tf.function(train, input_signature=[tf.TensorSpec(shape) for shape in shapes])

    def update(images: np.ndarray, targets: np.ndarray, rates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        losses, accuracies = compiled(images, targets, rates)
        return losses.numpy(), accuracies.numpy()

    return update


def stack(architecture: Architecture, seed: int = 0) -> keras.Model:
    """Make the layers of an architecture, each named by its index and type: '0_Conv2D'."""
    return _sequential(architecture, _layers(architecture, Random(seed)))


def _sequential(architecture: Architecture, layers: list[keras.layers.Layer]) -> keras.Model:
    """Put layers in a row; the last ones are those of the architecture."""
    model = keras.Sequential([keras.Input(architecture.input_shape), *layers])
    for layer, made in zip(reversed(architecture.layers), reversed(model.layers), strict=False):
        if getattr(layer, "kernel_initializer", None) == SOBEL:
            made.kernel.assign(sobel(*made.kernel.shape[1:]))
    return model


def _layers(architecture: Architecture, seeds: Random) -> list[keras.layers.Layer]:
    layers = []
    for index, layer in enumerate(architecture.layers):
        random: dict[str, object] = {}
        if isinstance(layer, Conv2D | Dense) and layer.kernel_initializer != "zeros":  # all others draw numbers
            name = "glorot_uniform" if layer.kernel_initializer == SOBEL else layer.kernel_initializer
            random["kernel_initializer"] = type(keras.initializers.get(name))(seed=_layer_seed(seeds))
        elif isinstance(layer, Dropout):
            random["seed"] = _layer_seed(seeds)
        layers.append(keras_layer(layer, name=f"{index}_{type(layer).__name__}", **random))
    return layers


def augmentation(data: DataSettings, seeds: Random) -> list[keras.layers.Layer]:
    """Make the layers that change each image at random while training, and only then."""
    shift, black = data.shift / SIDE, {"fill_mode": "constant"}
    kinds = {
        "shift": (data.shift, partial(keras.layers.RandomTranslation, shift, shift, **black)),
        "rotation": (data.rotation, partial(keras.layers.RandomRotation, data.rotation / 360, **black)),
        "zoom": (data.zoom, partial(keras.layers.RandomZoom, data.zoom, **black)),
        "noise": (data.noise, partial(keras.layers.GaussianNoise, data.noise)),
    }
    return [make(seed=_layer_seed(seeds), name=name) for name, (amount, make) in kinds.items() if amount]


def _layer_seed(seeds: Random) -> int:
    """The next seed, as Keras draws one for a layer that is given none."""
    return seeds.randint(1, 10**9)


def keras_layer(layer: Layer, **more: object) -> keras.layers.Layer:
    """Make one Keras layer: names and parameters are the same on both sides; `more` are those of Keras alone."""
    settings = asdict(layer)
    if isinstance(layer, Conv2D | Dense):
        l1, l2 = settings.pop("l1"), settings.pop("l2")
        settings["kernel_regularizer"] = keras.regularizers.L1L2(l1, l2) if l1 or l2 else None
    return getattr(keras.layers, type(layer).__name__)(**settings | more)


def network_layers(model: keras.Model) -> list[keras.layers.Layer]:
    """The layers of the architecture, without those of `augmentation`."""
    return [layer for layer in model.layers if not isinstance(layer, AUGMENTATION)]


def optimizer(training: TrainingSettings) -> keras.optimizers.Optimizer:
    """Make the optimizer that the settings name."""
    kind, _, more = KERAS_OPTIMIZERS[training.optimizer]
    return getattr(keras.optimizers, kind)(training.learning_rate, **more)


def weights_of(model: keras.Model) -> Weights:
    """All weights of a model by '<layer index>/<Keras name>', as float32 copies."""
    return Weights((name, variable.numpy().astype(np.float32)) for name, variable in _variables(model).items())


def set_weights(model: keras.Model, weights: Weights) -> None:
    """Put weights into a model of the same architecture, in place. Raises ValueError when they do not belong to it."""
    own = _variables(model)
    if own.keys() != weights.keys():
        raise ValueError(f"`weights` must be {', '.join(own)}. Received: {', '.join(weights)}")
    for key, weight in own.items():
        weight.assign(weights[key])


def _variables(model: keras.Model) -> dict[str, keras.Variable]:
    layers = enumerate(network_layers(model))
    return {f"{index}/{variable.name}": variable for index, layer in layers for variable in layer.weights}


def to_bytes(model: keras.Model) -> bytes:
    """The content of a `.keras` file with the model, its weights and its optimizer."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return path.read_bytes()
