import keras
import numpy as np
import pytest

from cnnlab.nn import operations as ops

GRID = np.arange(1, 17, dtype=np.float32).reshape(4, 4, 1)


def random(*shape):
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def close(ours, theirs):
    theirs = np.asarray(theirs)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5 * max(1, np.abs(theirs).max()))


def test_convolution_by_hand():
    kernel = np.array([[1, 0], [0, -1]], np.float32).reshape(2, 2, 1, 1)
    # each value less its lower right neighbour, which is 5 more, and a bias of 2
    np.testing.assert_array_equal(ops.conv2d(GRID, kernel, np.array([2], np.float32)), np.full((3, 3, 1), -3))
    cell = ops.conv2d_at(GRID, kernel, np.array([2], np.float32), row=1, column=2, filter_index=0)
    np.testing.assert_array_equal(cell.patch[:, :, 0], [[7, 8], [11, 12]])
    np.testing.assert_array_equal(cell.products[:, :, 0], [[7, 0], [0, -12]])
    assert (cell.bias, cell.output) == (2, -3)


WINDOWS = [
    (kernel, strides, padding, dilation)
    for kernel in (1, 2, 3, 5)
    for strides in (1, 2, 3)
    for padding in ("valid", "same")
    for dilation in (1, 2, 3)
    if (strides == 1 or dilation == 1) and (padding == "same" or (kernel - 1) * dilation < 8)
]


@pytest.mark.parametrize(("kernel_size", "strides", "padding", "dilation"), WINDOWS)
def test_convolution_equals_keras_and_its_one_cell_form(kernel_size, strides, padding, dilation):
    image, kernel, bias = random(9, 8, 3), random(kernel_size, kernel_size, 3, 4), random(4)
    settings = {"strides": strides, "padding": padding, "dilation_rate": dilation}
    fast = ops.conv2d(image, kernel, bias, **settings)
    close(fast, keras.ops.conv(image[None], kernel, **settings)[0] + bias)
    assert fast.dtype == np.float32
    cells = [
        [
            [ops.conv2d_at(image, kernel, bias, r, c, f, **settings).output for f in range(4)]
            for c in range(fast.shape[1])
        ]
        for r in range(fast.shape[0])
    ]
    close(np.array(cells), fast)


def test_pooling_by_hand():
    np.testing.assert_array_equal(ops.max_pooling2d(GRID)[:, :, 0], [[6, 8], [14, 16]])
    np.testing.assert_array_equal(ops.average_pooling2d(GRID)[:, :, 0], [[3.5, 5.5], [11.5, 13.5]])
    cell = ops.max_pooling2d_at(GRID, row=0, column=1, channel=0)
    np.testing.assert_array_equal(cell.patch, [[3, 4], [7, 8]])
    assert (cell.winner, cell.output) == ((1, 1), 8)
    assert ops.average_pooling2d_at(GRID, row=0, column=1, channel=0).output == 5.5


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [None, 1, 2, 4])
@pytest.mark.parametrize("pool_size", [1, 2, 3, 5])
def test_pooling_equals_keras_and_its_one_cell_form(pool_size, strides, padding):
    image = random(9, 7, 2) - 3  # all negative, so that a padding of 0 would win
    for ours, one_cell, mode in (
        (ops.max_pooling2d, ops.max_pooling2d_at, keras.ops.max_pool),
        (ops.average_pooling2d, ops.average_pooling2d_at, keras.ops.average_pool),
    ):
        fast = ours(image, pool_size, strides, padding)
        close(fast, mode(image[None], pool_size, strides or pool_size, padding)[0])
        assert fast.dtype == np.float32
        for (row, column, channel), value in np.ndenumerate(fast):
            cell = one_cell(image, row, column, channel, pool_size, strides, padding)
            assert cell.output == pytest.approx(value, abs=1e-5)
            assert cell.winner is None or cell.patch[cell.winner] == cell.output


def test_a_tie_is_won_by_the_first_cell():
    assert ops.max_pooling2d_at(np.zeros((2, 2, 1), np.float32), 0, 0, 0).winner == (0, 0)


def test_broken_values_stay_visible():
    image = np.full((4, 4, 1), np.nan, np.float32)
    assert np.isnan(ops.average_pooling2d(image, padding="same")).all()
    assert np.isnan(ops.max_pooling2d(image, padding="same")).all()


def test_global_average_pooling_is_the_mean_of_each_channel():
    image = random(5, 4, 3)
    close(ops.global_average_pooling2d(image), keras.layers.GlobalAveragePooling2D()(image[None])[0])
    np.testing.assert_array_equal(ops.global_average_pooling2d(GRID), [8.5])


def test_batch_normalization_equals_keras():
    image, gamma, beta, mean = random(4, 4, 3), random(3), random(3) + 1, random(3) - 1
    variance = np.abs(random(3))
    layer = keras.layers.BatchNormalization()
    layer.build((None, 4, 4, 3))
    layer.set_weights([gamma, beta, mean, variance])
    close(ops.batch_normalization(image, gamma, beta, mean, variance), layer(image[None], training=False)[0])
    # by hand: variance 1 - epsilon gives a standard deviation of 1
    one = np.ones(1, np.float32)
    close(ops.batch_normalization(np.array([5], np.float32), 2 * one, 3 * one, 4 * one, 0.999 * one), [5.0])


def test_flatten_runs_over_rows_then_columns_then_channels():
    image = random(3, 4, 2)
    flat = ops.flatten(image)
    for (row, column, channel), value in np.ndenumerate(image):
        assert flat[(row * 4 + column) * 2 + channel] == value
    close(flat, keras.layers.Flatten()(image[None])[0])


def test_dense_by_hand_and_by_keras():
    values, kernel, bias = (
        np.array([1, 2], np.float32),
        np.array([[3, 0], [4, -1]], np.float32),
        np.array([1, 1], np.float32),
    )
    np.testing.assert_array_equal(ops.dense(values, kernel, bias), [12, -1])
    many, weights = random(50), random(50, 7)
    close(ops.dense(many, weights, bias[0]), keras.ops.matmul(many[None], weights)[0] + 1)


def test_dropout_zeroes_the_rate_and_keeps_the_mean():
    values = np.ones(100_000, np.float32)
    dropped = ops.dropout(values, 0.3, np.random.default_rng(0))
    assert set(np.unique(dropped)) == {np.float32(0), np.float32(1 / np.float32(0.7))}
    assert np.mean(dropped == 0) == pytest.approx(0.3, abs=0.01)
    assert dropped.mean() == pytest.approx(1, abs=0.01)
    np.testing.assert_array_equal(ops.dropout(values, 0.0, np.random.default_rng(0)), values)
    assert dropped.dtype == np.float32


@pytest.mark.parametrize("name", list(ops.ACTIVATIONS))
def test_activations_equal_keras(name):
    values = np.linspace(-100, 100, 401, dtype=np.float32)
    ours = ops.ACTIVATIONS[name](values)
    close(ours, getattr(keras.activations, name)(values))
    assert ours.dtype == np.float32


def test_softmax_sums_to_one_and_keeps_the_order():
    probabilities = ops.softmax(np.array([1000, 999, 0], np.float32))
    assert probabilities.sum() == pytest.approx(1)
    assert probabilities[0] / probabilities[1] == pytest.approx(np.e, rel=1e-5)
    rows = ops.softmax(random(3, 4, 5))
    close(rows.sum(axis=-1), np.ones((3, 4)))
