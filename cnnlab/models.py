"""Architecture -> keras.Model, and weights both ways. Imports TensorFlow: for workers, never for the web process."""

import tempfile
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np

from cnnlab.architecture import Architecture, Layer
from cnnlab.events import Weights
from cnnlab.experiment import Experiment, TrainingSettings

MOMENTUM = 0.9


def build(experiment: Experiment) -> keras.Model:
    """Make and compile the Keras model of an experiment, its first weights drawn from the experiment's seed.

    Seeds Python's, NumPy's and TensorFlow's global generators on the way, which is how Keras seeds its layers.
    """
    keras.utils.set_random_seed(experiment.seed)
    model = stack(experiment.architecture)
    model.compile(optimizer=optimizer(experiment.training), loss=experiment.training.loss, metrics=["accuracy"])
    model.optimizer.build(model.trainable_variables)  # so that a checkpoint or a file holds its state from the start
    return model


def stack(architecture: Architecture) -> keras.Model:
    """Make the layers of an architecture, each named by its index and type: '0_Conv2D'."""
    layers = [keras_layer(layer, f"{index}_{type(layer).__name__}") for index, layer in enumerate(architecture.layers)]
    return keras.Sequential([keras.Input(architecture.input_shape), *layers])


def keras_layer(layer: Layer, name: str | None = None) -> keras.layers.Layer:
    """Make one Keras layer: names and parameters are the same on both sides."""
    return getattr(keras.layers, type(layer).__name__)(**asdict(layer), name=name)


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
