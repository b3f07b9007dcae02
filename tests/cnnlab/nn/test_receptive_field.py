"""What a value is made from: boxes of pixels by hand, and by changing all other pixels."""

import numpy as np
import pytest

from cnnlab.nn import network
from cnnlab.nn.architecture import Architecture, check
from cnnlab.nn.layers import (
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
)
from cnnlab.nn.receptive_field import Box
from cnnlab.nn.weights import Weights
from cnnlab.presets import DEFAULT, PRESETS
from tests.architectures import make, valid_specs
from tests.networks import random_weights

HEAD = (Flatten(), Dense(10, activation="softmax"))


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
    assert Architecture((*layers, *HEAD)).summaries[-3].seen((*cell, 0)) == expected


def test_a_vector_sees_the_whole_picture():
    architecture = Architecture((Conv2D(2, 3), GlobalAveragePooling2D(), Dense(10, activation="softmax")))
    assert [summary.seen((0,)) for summary in architecture.summaries[1:]] == [Box(0, 28, 0, 28)] * 2


@pytest.mark.parametrize("seed", range(25))
def test_pixels_outside_the_box_never_count(seed):
    rng = np.random.default_rng(seed)
    architecture = Architecture(make(valid_specs(rng)))
    weights = Weights(
        (name, np.abs(values)) for name, values in random_weights(architecture, rng).items()
    )  # a variance is
    image = rng.random((28, 28, 1), np.float32)
    for index, summary in enumerate(architecture.summaries):
        if len(summary.output_shape) != 3:
            break
        row, column = (int(rng.integers(size)) for size in summary.output_shape[:2])
        seen = summary.seen((row, column, 0))
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
    weights = Weights((name, np.full(shape, 0.1, np.float32)) for name, shape in architecture.weight_shapes.items())
    index = len(layers) - 1
    height, width, _ = architecture.summaries[index].output_shape
    image = np.zeros((28, 28, 1), np.float32)
    for row, column in [(0, 0), (height - 1, width - 1), (height // 2, width // 2), (0, width - 1)]:
        seen = architecture.summaries[index].seen((row, column, 0))
        before = network.trace(architecture, weights, image)[index].output[row, column]
        for corner in [(seen.top, seen.left), (seen.bottom - 1, seen.right - 1)]:
            touched = image.copy()
            touched[corner] = 1
            assert (network.trace(architecture, weights, touched)[index].output[row, column] > before).all()


def test_flatten_and_dropout_keep_what_their_inputs_see_and_dense_sees_all_of_them():
    summaries = PRESETS[DEFAULT].architecture.summaries
    assert [summary.receptive_field for summary in summaries] == [5, 6, 10, 12, 12, 12, 28]


def test_dense_and_global_pooling_see_no_pixel_that_none_of_their_inputs_sees():
    for head in ((Flatten(), Dropout(0.5), Dense(10)), (GlobalAveragePooling2D(), BatchNormalization(), Dense(10))):
        summaries = check((Conv2D(2, 5, strides=4), *head)).summaries  # 6 windows: 5 + 5 * 4 = 25 pixels
        assert summaries[-1].receptive_field == 25
        assert summaries[-1].seen((3,)) == Box(0, 25, 0, 25)


def test_a_flattened_value_sees_what_it_saw_in_its_map():
    maps, flat, dropped, _ = check((Conv2D(3, 5, strides=4), Flatten(), Dropout(0.5), Dense(10))).summaries
    for position in np.ndindex(*maps.output_shape):
        unit = int(np.ravel_multi_index(position, maps.output_shape))
        assert maps.seen(position) == flat.seen((unit,)) == dropped.seen((unit,))


@pytest.mark.parametrize(
    ("layers", "centre", "step"),
    [
        ((Conv2D(1, 2),), 0.5, 1),
        ((Conv2D(16, 5),), 2, 1),  # the middle of the first 5 x 5 patch
        ((Conv2D(16, 5), MaxPooling2D(2)), 2.5, 2),
        ((Conv2D(16, 5), MaxPooling2D(2), Conv2D(64, 5)), 6.5, 2),
        ((Conv2D(1, 5, padding="same"),), 0, 1),
    ],
)
def test_where_a_map_lies_on_the_picture(layers, centre, step):
    rows = check(layers).summaries[-1].rows
    assert (rows.centre, rows.step) == (centre, step)


def test_a_network_may_begin_with_a_vector():
    (only,) = check((Dense(10),), (16,)).summaries
    assert (only.output_shape, only.num_trainable) == ((10,), 170)
