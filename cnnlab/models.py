"""Architecture -> keras.Model, and weights both ways. Imports TensorFlow: for workers, never for the web process."""

import tempfile
from dataclasses import asdict
from pathlib import Path
from random import Random

import keras
import numpy as np

from cnnlab.architecture import Architecture, Conv2D, Dense, Dropout, Layer
from cnnlab.events import Weights
from cnnlab.experiment import Experiment, TrainingSettings

MOMENTUM = 0.9


def build(experiment: Experiment) -> keras.Model:
    """Make and compile the Keras model of an experiment, its first weights drawn from the experiment's seed.

    They are those that `keras.utils.set_random_seed(seed)` gives a plain script. That would seed Python's own
    generator, from which other threads of a worker draw as well, so here each layer is given its seed, in the order in
    which Keras would have drawn them.
    """
    model = stack(experiment.architecture, experiment.seed)
    model.compile(optimizer=optimizer(experiment.training), loss=experiment.training.loss, metrics=["accuracy"])
    model.optimizer.build(model.trainable_variables)  # so that a checkpoint or a file holds its state from the start
    return model


def stack(architecture: Architecture, seed: int = 0) -> keras.Model:
    """Make the layers of an architecture, each named by its index and type: '0_Conv2D'."""
    seeds = Random(seed)
    layers = []
    for index, layer in enumerate(architecture.layers):
        random: dict[str, object] = {}
        if isinstance(layer, Conv2D | Dense):
            random["kernel_initializer"] = keras.initializers.GlorotUniform(_layer_seed(seeds))
        elif isinstance(layer, Dropout):
            random["seed"] = _layer_seed(seeds)
        layers.append(keras_layer(layer, name=f"{index}_{type(layer).__name__}", **random))
    return keras.Sequential([keras.Input(architecture.input_shape), *layers])


def _layer_seed(seeds: Random) -> int:
    """The next seed, as Keras draws one for a layer that is given none."""
    return seeds.randint(1, 10**9)


def keras_layer(layer: Layer, **more: object) -> keras.layers.Layer:
    """Make one Keras layer: names and parameters are the same on both sides; `more` are those of Keras alone."""
    return getattr(keras.layers, type(layer).__name__)(**asdict(layer), **more)


def optimizer(training: TrainingSettings) -> keras.optimizers.Optimizer:
    """Make the optimizer that the settings name."""
    kinds = {
        "sgd": keras.optimizers.SGD,
        "sgd_momentum": lambda learning_rate: keras.optimizers.SGD(learning_rate, momentum=MOMENTUM),
        "rmsprop": keras.optimizers.RMSprop,
        "adam": keras.optimizers.Adam,
        "adamw": keras.optimizers.AdamW,
        "adagrad": keras.optimizers.Adagrad,
    }
    return kinds[training.optimizer](learning_rate=training.learning_rate)


def weights_of(model: keras.Model) -> Weights:
    """All weights of a model by '<layer index>/<Keras name>', as float32 copies."""
    return {
        f"{index}/{weight.name}": weight.numpy().astype(np.float32)
        for index, layer in enumerate(model.layers)
        for weight in layer.weights
    }


def set_weights(model: keras.Model, weights: Weights) -> None:
    """Put weights into a model of the same architecture, in place. Raises ValueError when they do not belong to it."""
    own = {f"{index}/{weight.name}": weight for index, layer in enumerate(model.layers) for weight in layer.weights}
    if own.keys() != weights.keys():
        raise ValueError(f"`weights` must be {', '.join(own)}. Received: {', '.join(weights)}")
    for key, weight in own.items():
        weight.assign(weights[key])


def to_bytes(model: keras.Model) -> bytes:
    """The content of a `.keras` file with the model, its weights and its optimizer."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return path.read_bytes()
