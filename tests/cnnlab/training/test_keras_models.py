import json
import os
import random
import re
import subprocess
import sys
from dataclasses import asdict, replace
from random import Random

import keras
import numpy as np
import pytest

from cnnlab.experiment import OPTIMIZERS, DataSettings, Experiment, TrainingSettings
from cnnlab.nn import network
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import INITIALIZERS, LAYERS, Conv2D, Dense, Flatten
from cnnlab.presets import PRESETS
from cnnlab.training import keras_models
from tests.architectures import HEAD, make, valid_specs, wild_specs
from tests.networks import random_weights

CNNLAB_ALONE_REFUSES = {
    "a value out of the app's limits": r"must be (a whole number|a number|one of)|from 1 to 12 layers",
    "Dense on a map": r"Dense needs a vector",
    "an end that is not ten probabilities": r"the last layer must be Dense\(10|no layers yet",
    "too many parameters": r"has [\d,]+ parameters",
    "too many multiply-adds": r"has [\d,]+ multiply-adds",
}
"""What Keras would build and cnnlab does not, with the message that says so."""


def keras_model(specs):
    layers = [getattr(keras.layers, name)(**_without_ours(parameters)) for name, parameters in specs]
    return keras.Sequential([keras.Input((28, 28, 1)), *layers])


def _without_ours(parameters):
    """`l1` and `l2` are no parameters of a Keras layer; with factors of 0 there is no regularizer."""
    return {name: value for name, value in parameters.items() if name not in ("l1", "l2")}


def verdict_of_cnnlab(specs):
    try:
        return Architecture(make(specs)), ""
    except ValueError as error:
        return None, str(error)


def verdict_of_keras(specs):
    try:
        return keras_model(specs)
    except (ValueError, TypeError, ZeroDivisionError):
        return None


def test_what_cnnlab_accepts_keras_builds_alike_and_what_keras_refuses_cnnlab_refuses():
    rng = np.random.default_rng(20261122)
    valid = [valid_specs(rng) for _ in range(300)]
    wild = [wild_specs(rng) for _ in range(200)]
    refused_by_keras = 0
    for specs in [*valid, *wild]:
        architecture, message = verdict_of_cnnlab(specs)
        model = verdict_of_keras(specs)
        if model is None:
            refused_by_keras += 1
            assert architecture is None, specs
        elif architecture is None:
            assert any(re.search(pattern, message) for pattern in CNNLAB_ALONE_REFUSES.values()), (specs, message)
        else:
            assert [layer.output.shape[1:] for layer in model.layers] == [
                summary.output_shape for summary in architecture.summaries
            ], specs
            assert [layer.count_params() for layer in model.layers] == [
                summary.num_parameters for summary in architecture.summaries
            ], specs
            assert sum(int(np.prod(w.shape)) for w in model.trainable_weights) == sum(
                summary.num_trainable for summary in architecture.summaries
            )
        assert specs not in valid or architecture is not None, (specs, message)
    assert refused_by_keras > 50  # otherwise half of this test says nothing


@pytest.mark.parametrize(
    ("reason", "specs"),
    [
        ("a value out of the app's limits", [("Conv2D", {"filters": 129, "kernel_size": 3}), ("Flatten", {}), HEAD]),
        ("a value out of the app's limits", [("Dropout", {"rate": 0.95}), ("Flatten", {}), HEAD]),
        ("a value out of the app's limits", [("Flatten", {})] * 12 + [HEAD]),
        ("Dense on a map", [("Dense", {"units": 4}), ("Flatten", {}), HEAD]),
        ("an end that is not ten probabilities", [("Flatten", {}), ("Dense", {"units": 10})]),
        ("an end that is not ten probabilities", []),
        (
            "too many parameters",
            [("Conv2D", {"filters": 8, "kernel_size": 1}), ("Flatten", {}), ("Dense", {"units": 512}), HEAD],
        ),
        (
            "too many multiply-adds",
            [("Conv2D", {"filters": 64, "kernel_size": 11})] * 2 + [("GlobalAveragePooling2D", {}), HEAD],
        ),
    ],
)
def test_what_cnnlab_alone_refuses(reason, specs):
    assert verdict_of_keras(specs) is not None
    architecture, message = verdict_of_cnnlab(specs)
    assert architecture is None
    assert re.search(CNNLAB_ALONE_REFUSES[reason], message)


def test_every_reason_has_its_test():
    marks = test_what_cnnlab_alone_refuses.pytestmark[0].args[1]
    assert {reason for reason, _ in marks} == set(CNNLAB_ALONE_REFUSES)


@pytest.mark.filterwarnings("ignore:You are using a softmax over axis")  # a softmax over one channel is drawn, too
def test_every_layer_of_the_numpy_network_equals_keras():
    rng = np.random.default_rng(1)
    seen = set()
    for _ in range(60):
        architecture = Architecture(make(valid_specs(rng)))
        seen |= {type(layer).__name__ for layer in architecture.layers}
        model = keras_models.stack(architecture)
        weights = random_weights(architecture, rng)
        keras_models.set_weights(model, weights)
        assert keras_models.weights_of(model).keys() == architecture.weight_shapes.keys()
        image = rng.random((28, 28, 1), dtype=np.float32)
        theirs = keras.Model(model.inputs, [layer.output for layer in model.layers])([image[None]], training=False)
        ours = network.forward(architecture, weights, image)
        assert len(ours) == len(theirs)
        for layer, a, b in zip(architecture.layers, ours, theirs, strict=True):
            b = np.asarray(b)[0]  # noqa: PLW2901
            assert a.shape == b.shape
            assert a.dtype == np.float32
            assert np.abs(a - b).max() <= 1e-5 * max(1, np.abs(b).max()), layer
    assert seen == set(LAYERS)


def test_the_seed_decides_the_first_weights():
    first, again = (keras_models.weights_of(keras_models.build(PRESETS["Tiny"])) for _ in range(2))
    other = keras_models.weights_of(keras_models.build(Experiment(PRESETS["Tiny"].architecture, seed=1)))
    for key in first:
        np.testing.assert_array_equal(first[key], again[key])
    assert not np.array_equal(first["0/kernel"], other["0/kernel"])


def plain_keras(experiment):
    """What anyone would write: the global seed, then the layers."""
    keras.utils.set_random_seed(experiment.seed)
    model = keras_model([(type(layer).__name__, asdict(layer)) for layer in experiment.architecture.layers])
    model.compile(optimizer="sgd", loss="categorical_crossentropy")
    return model


@pytest.mark.parametrize("name", list(PRESETS))
def test_weights_and_dropout_are_those_of_a_plain_keras_script(name):
    """Although ours do not use the global generators, from which a worker's other threads draw, too."""
    experiment = Experiment(PRESETS[name].architecture, seed=3)
    images = np.random.default_rng(0).random((8, 28, 28, 1), dtype=np.float32)
    ours, theirs = keras_models.build(experiment), plain_keras(experiment)
    for key, value in keras_models.weights_of(theirs).items():
        np.testing.assert_array_equal(keras_models.weights_of(ours)[key], value)
    np.testing.assert_array_equal(ours(images, training=True), theirs(images, training=True))


@pytest.mark.parametrize("name", INITIALIZERS)
def test_initializers_are_those_of_a_plain_keras_script(name):
    layers = (Conv2D(4, 5, kernel_initializer=name), Flatten(), Dense(10, "softmax", kernel_initializer=name))
    experiment = Experiment(Architecture(layers), seed=3)
    theirs = keras_models.weights_of(plain_keras(experiment))
    for key, value in keras_models.weights_of(keras_models.build(experiment)).items():
        np.testing.assert_array_equal(theirs[key], value)
        assert value.any() == (key.endswith("kernel") and name != "zeros")


def test_sobel_kernels_find_edges_from_four_sides_and_can_be_frozen():
    layers = (Conv2D(6, 5, kernel_initializer="sobel", trainable=False), Flatten(), Dense(10, "softmax"))
    experiment = Experiment(Architecture(layers))
    model = keras_models.build(experiment)
    kernel = keras_models.weights_of(model)["0/kernel"]
    np.testing.assert_array_equal(kernel[..., 0, 0][1:4, 1:4], np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 4)
    np.testing.assert_array_equal(kernel[..., 1], -kernel[..., 0])
    np.testing.assert_array_equal(kernel[..., 2], kernel[..., 0].transpose(1, 0, 2))
    np.testing.assert_array_equal(kernel[..., 4], kernel[..., 0])
    assert not kernel[[0, 4]].any()
    summary = experiment.architecture.summaries[0]
    assert (summary.num_trainable, summary.num_other) == (0, 5 * 5 * 6 + 6)
    images = np.random.default_rng(0).random((8, 28, 28, 1), dtype=np.float32)
    model.train_on_batch(images, np.eye(10, dtype=np.float32)[:8])
    after = keras_models.weights_of(model)
    np.testing.assert_array_equal(after["0/kernel"], kernel)
    assert after["2/bias"].any()
    with pytest.raises(ValueError, match="`kernel_size` must be at least 3 for Sobel's kernels"):
        Conv2D(6, 2, kernel_initializer="sobel")


def test_regularizers_add_to_the_loss_what_they_should():
    layers = (Flatten(), Dense(10, "softmax", l1=0.01, l2=0.02))
    model = keras_models.build(Experiment(Architecture(layers)))
    kernel = keras_models.weights_of(model)["1/kernel"].astype(np.float64)
    (added,) = model.losses
    assert float(added) == pytest.approx(0.01 * np.abs(kernel).sum() + 0.02 * (kernel**2).sum(), rel=1e-5)


AUGMENTED = DataSettings(shift=3, rotation=20, zoom=0.2, noise=0.1)


def test_images_are_changed_while_training_only_and_the_first_weights_stay_the_same():
    plain, changing = (keras_models.build(replace(PRESETS["Tiny"], data=data)) for data in (DataSettings(), AUGMENTED))
    names = [layer.name for layer in changing.layers if layer not in keras_models.network_layers(changing)]
    assert names == ["shift", "rotation", "zoom", "noise"]
    for key, value in keras_models.weights_of(plain).items():
        np.testing.assert_array_equal(keras_models.weights_of(changing)[key], value)
    images = np.random.default_rng(0).random((8, 28, 28, 1), dtype=np.float32)
    np.testing.assert_array_equal(plain(images, training=False), changing(images, training=False))
    assert np.abs(np.asarray(plain(images, training=True) - changing(images, training=True))).max() > 1e-3
    keras_models.set_weights(changing, {key: value * 0 for key, value in keras_models.weights_of(plain).items()})
    assert not any(value.any() for value in keras_models.weights_of(changing).values())


def test_images_move_as_far_as_they_are_told():
    dot = np.zeros((400, 28, 28, 1), np.float32)
    dot[:, 14, 14] = 1
    (layer,) = keras_models.augmentation(DataSettings(shift=3), Random(0))
    places = np.argwhere(np.asarray(layer(dot, training=True))[..., 0] > 0.5)[:, 1:] - 14
    assert np.abs(places).max() == 3
    assert places.min() == -3
    (layer,) = keras_models.augmentation(DataSettings(noise=0.1), Random(0))
    assert np.std(np.asarray(layer(dot, training=True)) - dot) == pytest.approx(0.1, rel=0.02)


def test_the_global_generators_decide_nothing():
    random.seed(1)
    first = keras_models.weights_of(keras_models.build(PRESETS["Fast and good"]))
    random.seed(2)
    np.random.seed(2)  # noqa: NPY002 - the global one is the point
    again = keras_models.weights_of(keras_models.build(PRESETS["Fast and good"]))
    for key, value in first.items():
        np.testing.assert_array_equal(again[key], value)


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_every_optimizer_is_built_with_its_learning_rate(name):
    optimizer = keras_models.optimizer(TrainingSettings(optimizer=name, learning_rate=0.123))
    assert float(optimizer.learning_rate) == pytest.approx(0.123)
    assert (getattr(optimizer, "momentum", 0) == 0.9) == (name == "sgd_momentum")


def test_foreign_weights_are_refused():
    model = keras_models.build(PRESETS["Tiny"])
    with pytest.raises(ValueError, match=r"`weights` must be 0/kernel, 0/bias, 3/kernel, 3/bias"):
        keras_models.set_weights(model, {"0/kernel": np.zeros(1)})


def test_a_saved_model_can_be_loaded_and_answers_alike(tmp_path):
    model = keras_models.build(PRESETS["LeNet-5"])
    (tmp_path / "model.keras").write_bytes(keras_models.to_bytes(model))
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    images = np.random.default_rng(0).random((3, 28, 28, 1), dtype=np.float32)
    np.testing.assert_array_equal(model.predict(images, verbose=0), loaded.predict(images, verbose=0))


SETTINGS = """
import json, os, pathlib, sys
folder, module = sys.argv[1:]
pathlib.Path(folder, "keras.json").write_text(json.dumps(json.loads(os.environ["OF_USER"])))
__import__(module)
import keras
settings = keras.config
print(settings.backend(), settings.floatx(), settings.epsilon(), settings.image_data_format(), settings.dtype_policy().name)
print(settings.max_epochs(), settings.max_steps_per_epoch())
"""


@pytest.mark.parametrize(
    ("module", "of_user"),
    [
        ("loop", {"floatx": "float16", "epsilon": 0.1, "backend": "jax", "image_data_format": "channels_first"}),
        ("keras_models", {"floatx": "not one that Keras knows"}),
    ],
)
def test_a_users_own_settings_of_keras_do_not_count(tmp_path, module, of_user):
    asked = {"KERAS_BACKEND": "torch", "KERAS_MAX_EPOCHS": "1", "KERAS_MAX_STEPS_PER_EPOCH": "1"}
    command = [sys.executable, "-c", SETTINGS, str(tmp_path), f"cnnlab.training.{module}"]
    env = os.environ | asked | {"KERAS_HOME": str(tmp_path), "OF_USER": json.dumps(of_user)}
    printed = subprocess.run(command, capture_output=True, text=True, check=True, env=env).stdout
    assert printed.split() == ["tensorflow", "float32", "1e-07", "channels_last", "float32", "None", "None"]
