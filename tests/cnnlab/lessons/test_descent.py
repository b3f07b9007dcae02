import keras
import numpy as np
import pytest

from cnnlab import mnist
from cnnlab.lessons import descent
from cnnlab.lessons.small_problems import four_by_four, sixteen_pixels, zero_or_six
from cnnlab.nn import operations as ops

KERAS = {
    "sgd": keras.optimizers.SGD,
    "sgd_momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "rmsprop": keras.optimizers.RMSprop,
    "adam": keras.optimizers.Adam,
}
START = np.array([0.4, 1.9])


def bowl(weights, step):
    """A slope that also depends on the step, as that of batches does."""
    return np.array([[1.0, 0.4], [0.4, 3.0]]) @ weights - (0.3, -0.2) + 0.1 * (step % 3)


@pytest.mark.parametrize("rate", [0.001, 0.1, 0.5])
@pytest.mark.parametrize("name", descent.OPTIMIZERS)
def test_every_step_equals_keras(name, rate):
    path = descent.roll(name, bowl, START, rate, 30)
    variable, optimizer = keras.Variable(START, dtype="float64"), KERAS[name](rate)
    optimizer.build([variable])
    for step in range(30):
        gradient = keras.ops.convert_to_tensor(bowl(path[step], step), dtype="float64")
        optimizer.apply([gradient], [variable])
        # Keras computes Adam's corrections in float32
        np.testing.assert_allclose(path[step + 1], np.asarray(variable), rtol=1e-6, atol=3e-4 * rate)


def test_two_steps_by_hand():
    def slope(weights, step):
        del step
        return 2 * weights  # of the loss w * w

    one = np.array([1.0])
    np.testing.assert_allclose(descent.roll("sgd", slope, one, 0.1, 2)[:, 0], [1, 0.8, 0.64])
    # velocity -0.2, then 0.9 * -0.2 - 0.16
    np.testing.assert_allclose(descent.roll("sgd_momentum", slope, one, 0.1, 2)[:, 0], [1, 0.8, 0.46])
    # mean square 0.1 * 4, so the step is 0.1 * 2 / sqrt(0.4)
    np.testing.assert_allclose(
        descent.roll("rmsprop", slope, one, 0.1, 1)[:, 0], [1, 1 - 0.2 / np.sqrt(0.4)], rtol=1e-6
    )
    # Adam's first step has the length of the learning rate, however steep it is
    np.testing.assert_allclose(descent.roll("adam", lambda w, _: 1e4 * w, one, 0.1, 1)[:, 0], [1, 0.9], rtol=1e-6)


def test_nothing_is_changed_in_place():
    start, gradient = START.copy(), np.array([1.0, 2.0])
    for step in descent.OPTIMIZERS.values():
        weights, memory = step(start, gradient, None, 0.1)
        before = weights.copy()
        step(weights, gradient, memory, 0.1)
        np.testing.assert_array_equal(weights, before)
    np.testing.assert_array_equal(start, START)
    np.testing.assert_array_equal(gradient, [1, 2])


def test_what_diverges_is_held():
    path = descent.roll("sgd", lambda weights, _: -100 * weights, START, 1.0, 50)
    assert np.isfinite(path).all()
    assert np.abs(path).max() == descent.FARTHEST


def test_an_unknown_optimizer_is_told():
    with pytest.raises(ValueError, match=r"`optimizer` must be one of sgd, sgd_momentum, rmsprop, adam\. Received"):
        descent.roll("newton", bowl, START, 0.1, 1)


@pytest.mark.parametrize(
    ("losses", "first"),
    [([3, 2, 1, 1], 2), ([1, 1], 0), ([3, 1, 3], None), ([3, 1, 2, 1], 3), ([5, 4], None)],
)
def test_arrival_is_where_the_loss_stays_low(losses, first):
    assert descent.arrival(np.array(losses), 1) == first


# Zero or six


def test_the_loss_is_the_mean_squared_error():
    problem = zero_or_six()
    grid = np.stack(np.meshgrid([-2.0, 0.0, 1.5], [0.5, 3.0]), axis=-1)
    losses, accuracies = problem.loss(grid), problem.accuracy(grid)
    assert losses.shape == accuracies.shape == (2, 3)
    for place in np.ndindex(2, 3):
        output = problem.inputs @ grid[place]
        np.testing.assert_allclose(losses[place], np.mean((output - problem.targets) ** 2), rtol=1e-9)
        assert accuracies[place] == np.mean(np.sign(output) == problem.targets)


def test_the_gradient_equals_finite_differences():
    problem = zero_or_six()
    moves = 1e-5 * np.eye(2)
    numeric = [(problem.loss(START + move) - problem.loss(START - move)) / 2e-5 for move in moves]
    np.testing.assert_allclose(problem.gradient(START), numeric, rtol=1e-6)


def test_the_problem_is_made_of_real_digits():
    problem = zero_or_six()
    assert problem.inputs.shape == (2_000, 2)
    assert (problem.targets == -1).sum() == (problem.targets == 1).sum() == 1_000
    zero = mnist.load().train.images[np.flatnonzero(mnist.load().train.labels == 0)[0], 4:24, 4:24, 0] / 25.5
    np.testing.assert_allclose(problem.inputs[0], [zero[:10].mean(), zero[10:].mean()], rtol=1e-5)


def test_the_best_weights_are_the_lowest_point_and_tell_digits_apart():
    problem = zero_or_six()
    np.testing.assert_allclose(problem.gradient(problem.best), 0, atol=1e-9)
    assert problem.loss(problem.best + 0.01) > problem.loss(problem.best)
    assert problem.accuracy(problem.best) > 0.9


def test_sgd_diverges_above_two_over_the_curvature():
    problem = zero_or_six()
    limit = 2 / problem.curvatures[1]
    below, above = (problem.loss(problem.path("sgd", START, limit * by, 100, None)) for by in (0.95, 1.05))
    assert below[-1] < below[0]
    assert above[-1] > 100 * above[0]


def test_batches_see_every_digit_once_an_epoch():
    problem = zero_or_six()
    full = problem.path("sgd", START, 0.001, 1, None)
    np.testing.assert_allclose(full[1], START - 0.001 * problem.gradient(START))
    small = problem.path("sgd", START, 1e-9, 100, 20)
    # with steps that small the weights stand still, so an epoch's steps add up to 100 full ones
    np.testing.assert_allclose(small[-1] - START, -100e-9 * problem.gradient(START), rtol=1e-3)


# Sixteen pixels


def test_four_by_four_is_average_pooling():
    image = mnist.load().test.images[0]
    pooled = ops.average_pooling2d(mnist.normalise(image), 7)
    np.testing.assert_allclose(four_by_four(image), pooled, atol=1e-6)


def test_sixteen_pixels_read_most_digits():
    test = mnist.load().test
    probabilities = sixteen_pixels().probabilities(test.images)
    assert probabilities.shape == (10_000, 10)
    assert (probabilities.argmax(axis=1) == test.labels).mean() > 0.7
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(sixteen_pixels().probabilities(test.images[7]), probabilities[7], rtol=1e-4)
