"""Which digits excite a unit most, and what it saw of them: by hand."""

import numpy as np
import pytest

from cnnlab import mnist
from cnnlab.experiment import Experiment
from cnnlab.explain.excitation import mean_patches, most_exciting, search
from cnnlab.lessons.named_kernels import KERNEL_PRESETS
from cnnlab.nn import network
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Conv2D, Dense, Flatten, MaxPooling2D
from cnnlab.nn.receptive_field import Box
from cnnlab.nn.weights import Weights

HEAD = (Flatten(), Dense(10, activation="softmax"))


def random_weights(architecture, rng):
    return Weights(
        (name, rng.normal(0, 0.5, shape).astype(np.float32)) for name, shape in architecture.weight_shapes.items()
    )


def brightest_pixel():
    """A network whose one filter is a copy of the picture, and whose units count ink (0) and nothing (the others)."""
    architecture = Architecture((Conv2D(1, 1, activation="relu"), *HEAD))
    weights = Weights((name, np.zeros(shape, np.float32)) for name, shape in architecture.weight_shapes.items())
    weights["0/kernel"][:] = 1
    weights["2/kernel"][:, 0] = 1
    return Experiment(architecture), weights


def test_the_most_exciting_digits_of_a_network_made_by_hand():
    experiment, weights = brightest_pixel()
    images = mnist.load().test.images[:100, ..., 0].astype(np.float64) / 255
    found = most_exciting(experiment, weights, num_digits=100, num_best=4)
    assert sorted(found) == list(experiment.architecture.with_kernels) == [0, 2]
    ink = images.sum(axis=(1, 2))
    assert found[2].indices[0].tolist() == np.argsort(-ink)[:4].tolist()
    np.testing.assert_allclose(found[2].values[0], np.sort(ink)[:-5:-1], rtol=1e-5)
    assert not found[2].cells.any()
    row, column = found[0].cells[0, 0]
    assert images[found[0].indices[0, 0], row, column] == pytest.approx(found[0].values[0, 0]) == 1.0
    assert experiment.architecture.summaries[0].seen((row, column, 0)) == Box(row, row + 1, column, column + 1)


def test_the_values_are_those_of_the_network_and_no_other_digit_has_more():
    rng = np.random.default_rng(0)
    architecture = Architecture((Conv2D(3, 5, padding="same", activation="relu"), MaxPooling2D(2), *HEAD))
    experiment, weights = Experiment(architecture), random_weights(architecture, rng)
    images = experiment.data.prepare(mnist.normalise(mnist.load().test.images[:60]))
    found = most_exciting(experiment, weights, num_digits=60, num_best=5)[0]
    maps = np.stack([network.trace(architecture, weights, image)[0].pre_activation for image in images])
    for unit in range(3):
        for index, value, (row, column) in zip(found.indices[unit], found.values[unit], found.cells[unit], strict=True):
            assert maps[index, row, column, unit] == value
        others = np.delete(maps[..., unit], found.indices[unit], axis=0)
        assert others.max() <= found.values[unit].min()


def test_mean_patches_are_what_a_filter_looks_for():
    architecture = Architecture((Conv2D(2, 3), Flatten(), Dense(10, activation="softmax")))
    rng = np.random.default_rng(0)
    weights = random_weights(architecture, rng)
    dot, edge = (KERNEL_PRESETS[name].kernel(3, 1)[..., 0] for name in ("Laplacian", "Sobel x"))
    weights["0/kernel"] = np.stack([-dot, edge], axis=-1)
    images = np.zeros((4, 28, 28, 1), np.float32)
    images[0, 10, 12] = 1
    images[1, 20, 5] = 1
    images[2:, :, 14:] = 1
    found = search(architecture, weights, images, num_best=2)[0]
    patches = mean_patches(architecture.summaries[0], found, images)
    assert patches.shape == (2, 3, 3)
    assert patches.dtype == np.float32
    np.testing.assert_array_equal(patches[0], [[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    np.testing.assert_array_equal(patches[1], [[0, 0, 1]] * 3)
