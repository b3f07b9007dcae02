"""Which digits excite a unit most: by hand, and the box of pixels by changing all others."""

import numpy as np
import pytest

from cnnlab import mnist
from cnnlab.experiment import Experiment
from cnnlab.explain.excitation import Box, box, most_exciting, unit_layers
from cnnlab.nn import network
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import AveragePooling2D, Conv2D, Dense, Flatten, GlobalAveragePooling2D, MaxPooling2D
from tests.architectures import make, valid_specs

HEAD = (Flatten(), Dense(10, activation="softmax"))


def random_weights(architecture, rng):
    return {name: rng.normal(0, 0.5, shape).astype(np.float32) for name, shape in architecture.weight_shapes.items()}


@pytest.mark.parametrize(
    ("layers", "cell", "expected"),
    [
        ((Conv2D(1, 5),), (3, 4), Box(3, 8, 4, 9)),
        ((Conv2D(1, 5, padding="same"),), (0, 27), Box(0, 3, 25, 28)),
        ((Conv2D(1, 3, strides=2, padding="same"),), (1, 13), Box(2, 5, 26, 28)),  # 28 even: the padding goes after
        ((Conv2D(1, 3, dilation_rate=3),), (2, 0), Box(2, 9, 0, 7)),
        ((Conv2D(1, 5), MaxPooling2D(2)), (1, 2), Box(2, 8, 4, 10)),
        ((Conv2D(1, 5), MaxPooling2D(2), Conv2D(1, 5)), (0, 7), Box(0, 14, 14, 28)),
    ],
)
def test_a_box_by_hand(layers, cell, expected):
    assert box(Architecture((*layers, *HEAD)), len(layers) - 1, *cell) == expected


def test_a_vector_sees_the_whole_picture():
    architecture = Architecture((Conv2D(2, 3), GlobalAveragePooling2D(), Dense(10, activation="softmax")))
    assert box(architecture, 1, 0, 0) == box(architecture, 2, 0, 0) == Box(0, 28, 0, 28)


@pytest.mark.parametrize("seed", range(25))
def test_pixels_outside_the_box_never_count(seed):
    rng = np.random.default_rng(seed)
    architecture = Architecture(make(valid_specs(rng)))
    weights = {name: np.abs(values) for name, values in random_weights(architecture, rng).items()}  # a variance is
    image = rng.random((28, 28, 1), np.float32)
    for index, summary in enumerate(architecture.summaries):
        if len(summary.output_shape) != 3:
            break
        row, column = (int(rng.integers(size)) for size in summary.output_shape[:2])
        seen = box(architecture, index, row, column)
        inside = np.zeros((28, 28, 1), bool)
        inside[seen.top : seen.bottom, seen.left : seen.right] = True
        changed = np.where(inside, image, rng.random((28, 28, 1), np.float32))

        def cell(picture, index=index, row=row, column=column):
            return network.trace(architecture, weights, picture)[index].pre_activation[row, column]

        np.testing.assert_array_equal(cell(image), cell(changed))


@pytest.mark.parametrize(
    "layers",
    [
        (Conv2D(2, 5), AveragePooling2D(2), Conv2D(3, 3)),
        (Conv2D(2, 4, strides=3, padding="same"), Conv2D(2, 3, padding="same")),
        (AveragePooling2D(3, strides=2, padding="same"), Conv2D(2, 3, dilation_rate=2, padding="same")),
    ],
)
def test_the_box_is_as_small_as_it_can_be(layers):
    """Positive kernels and no activation: the first and the last pixel of the box change the value."""
    architecture = Architecture((*layers, *HEAD))
    weights = {name: np.full(shape, 0.1, np.float32) for name, shape in architecture.weight_shapes.items()}
    index = len(layers) - 1
    height, width, _ = architecture.summaries[index].output_shape
    image = np.zeros((28, 28, 1), np.float32)
    for row, column in [(0, 0), (height - 1, width - 1), (height // 2, width // 2), (0, width - 1)]:
        seen = box(architecture, index, row, column)
        before = network.trace(architecture, weights, image)[index].output[row, column]
        for corner in [(seen.top, seen.left), (seen.bottom - 1, seen.right - 1)]:
            touched = image.copy()
            touched[corner] = 1
            assert (network.trace(architecture, weights, touched)[index].output[row, column] > before).all()


def brightest_pixel():
    """A network whose one filter is a copy of the picture, and whose units count ink (0) and nothing (the others)."""
    architecture = Architecture((Conv2D(1, 1, activation="relu"), *HEAD))
    weights = {name: np.zeros(shape, np.float32) for name, shape in architecture.weight_shapes.items()}
    weights["0/kernel"][:] = 1
    weights["2/kernel"][:, 0] = 1
    return Experiment(architecture), weights


def test_the_most_exciting_digits_of_a_network_made_by_hand():
    experiment, weights = brightest_pixel()
    images = mnist.load().test.images[:100, ..., 0].astype(np.float64) / 255
    found = most_exciting(experiment, weights, num_digits=100, num_best=4)
    assert sorted(found) == list(unit_layers(experiment.architecture)) == [0, 2]
    ink = images.sum(axis=(1, 2))
    assert found[2].indices[0].tolist() == np.argsort(-ink)[:4].tolist()
    np.testing.assert_allclose(found[2].values[0], np.sort(ink)[:-5:-1], rtol=1e-5)
    assert not found[2].cells.any()
    row, column = found[0].cells[0, 0]
    assert images[found[0].indices[0, 0], row, column] == pytest.approx(found[0].values[0, 0]) == 1.0
    assert box(experiment.architecture, 0, row, column) == Box(row, row + 1, column, column + 1)


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
