"""Explanations of networks whose answer is known by reasoning, and of ones that have nothing to say."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from cnnlab import mnist, starter
from cnnlab.explain import attribution
from cnnlab.explain.score import Reader, Score, class_direction, unit_direction
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Conv2D, Dense, Flatten, MaxPooling2D
from cnnlab.nn.weights import Weights

pytestmark = pytest.mark.usefixtures("one_thread")

WEIGHTS = np.array([[1, -2], [3, 0]], np.float32)
IMAGE = np.array([[0.5, 1], [0, 1]], np.float32)


def straight_line(image):
    """score = sum(WEIGHTS * image) + 7"""
    return float((WEIGHTS * image).sum()) + 7, WEIGHTS


def bowl(image):
    """score = sum(image^2)"""
    return float((image**2).sum()), 2 * image


def dead(image):
    return 0.0, np.zeros_like(image)


def test_a_straight_line_is_explained_by_its_weights():
    np.testing.assert_array_equal(attribution.saliency(straight_line, IMAGE), WEIGHTS)
    np.testing.assert_allclose(attribution.smooth_grad(straight_line, IMAGE), WEIGHTS)
    np.testing.assert_array_equal(attribution.gradient_times_input(straight_line, IMAGE), [[0.5, -2], [0, 0]])
    integrated = attribution.integrated_gradients(straight_line, IMAGE)
    np.testing.assert_allclose(integrated.pixels, [[0.5, -2], [0, 0]])
    assert (integrated.total, integrated.difference) == (-1.5, -1.5)
    assert integrated.is_complete


def test_integrated_gradients_of_a_bowl_are_its_squares():
    """The midpoint rule is exact for straight slopes."""
    integrated = attribution.integrated_gradients(bowl, IMAGE, steps=4)
    np.testing.assert_allclose(integrated.pixels, IMAGE**2)
    assert integrated.total == pytest.approx(integrated.difference)


def test_what_is_left_out_is_told():
    def wrong(image):
        return bowl(image)[0], bowl(image)[1] * 1.02

    told = attribution.integrated_gradients(wrong, IMAGE)
    assert not told.is_complete
    assert told.steps == attribution.MAX_STEPS


def test_a_kink_is_met_by_more_steps():
    """score = 100 max(0, mean - 0.123): the slope jumps on the way."""

    def kinked(image):
        over = float(image.mean()) - 0.123
        return 100 * max(over, 0.0), np.full_like(image, 25 * (over > 0))

    few = attribution.integrated_gradients(kinked, IMAGE, steps=2, max_steps=2)
    more = attribution.integrated_gradients(kinked, IMAGE, steps=2)
    assert not few.is_complete
    assert more.is_complete
    assert 2 < more.steps < attribution.MAX_STEPS


def test_smooth_grad_is_the_mean_over_noise_and_the_seed_decides_it():
    def steep_only_above_one(image):
        return 0.0, (image > 1).astype(np.float32)

    smooth = attribution.smooth_grad(steep_only_above_one, IMAGE, num_samples=400, noise=0.1)
    np.testing.assert_allclose(smooth, [[0, 0.5], [0, 0.5]], atol=0.1)
    again = attribution.smooth_grad(steep_only_above_one, IMAGE, num_samples=400, noise=0.1)
    other = attribution.smooth_grad(steep_only_above_one, IMAGE, num_samples=400, noise=0.1, seed=1)
    np.testing.assert_array_equal(smooth, again)
    assert not np.array_equal(smooth, other)


def test_grad_cam_by_hand():
    maps = np.array([[[1, 5], [2, 0]]], np.float32)  # (1, 2, 2)
    gradients = np.array([[[2, -1], [4, -1]]], np.float32)  # means 3 and -1
    np.testing.assert_array_equal(attribution.grad_cam(maps, gradients), [[0, 6]])  # 3 - 5 is below zero


def test_occlusion_by_hand():
    drops = attribution.occlusion(lambda image: straight_line(image)[0], IMAGE, patch=1, stride=1)
    np.testing.assert_array_equal(drops, WEIGHTS * IMAGE)
    whole = attribution.occlusion(lambda image: straight_line(image)[0], IMAGE, patch=2, stride=1)
    np.testing.assert_array_equal(whole, np.full((2, 2), -1.5))


def test_occlusion_reaches_every_pixel():
    image = np.ones((7, 5), np.float32)
    drops = attribution.occlusion(lambda image: float(image.sum()), image, patch=2, stride=2)
    np.testing.assert_array_equal(drops, np.full((7, 5), 4))


@pytest.mark.parametrize(("patch", "stride"), [(0, 1), (3, 1), (2, 0), (1, 2)])
def test_a_patch_that_does_not_fit_is_refused(patch, stride):
    with pytest.raises(ValueError, match=r"`patch` must be at least 1 .* Received: patch="):
        attribution.occlusion(lambda _: 0.0, IMAGE, patch, stride)


def test_shuffled_weights_are_the_same_numbers():
    weights = starter.load()[1]
    shuffled = attribution.shuffled(weights)
    for key, value in weights.items():
        assert shuffled[key].dtype == np.float32
        np.testing.assert_array_equal(np.sort(shuffled[key].ravel()), np.sort(value.ravel()))
    assert not np.array_equal(shuffled["0/kernel"], weights["0/kernel"])


def test_rank_correlation_is_that_of_scipy():
    rng = np.random.default_rng(0)
    one = rng.integers(0, 5, (6, 6)).astype(np.float32)
    other = one + rng.normal(size=one.shape)
    assert attribution.rank_correlation(one, other) == pytest.approx(spearmanr(one.ravel(), other.ravel())[0])
    assert attribution.rank_correlation(one, -one) == pytest.approx(-1)
    assert attribution.rank_correlation(one, np.ones_like(one)) == 0


# A network that sees one thing: a bright pixel with a dark one to its right, on the left half for class 3 and on the
# right half for class 5.
EDGE = Architecture((Conv2D(1, 2, activation="relu"), MaxPooling2D(9), Flatten(), Dense(10, activation="softmax")))


def edge_weights():
    kernel = np.array([[1, -1], [1, -1]], np.float32).reshape(2, 2, 1, 1) / 2
    dense = np.zeros((3, 3, 10), np.float32)
    dense[:, 0, 3] = dense[:, 2, 5] = 1
    return Weights(
        {
            "0/kernel": kernel,
            "0/bias": np.zeros(1, np.float32),
            "3/kernel": dense.reshape(9, 10),
            "3/bias": np.zeros(10, np.float32),
        }
    )


def edge_score(digit, against=None):
    return Score(Reader(EDGE, edge_weights()), class_direction(digit, against))


def edge_image():
    """A bar whose right edge lies on the left half."""
    image = np.zeros((28, 28), np.float32)
    image[3:7, 4] = 1
    return image


def test_a_made_network_is_explained_as_it_was_made():
    image, score = edge_image(), edge_score(3)
    assert score.value(image) == 1
    slopes = attribution.saliency(score.gradient, image)
    assert np.argwhere(slopes > 0).tolist() == [[3, 4], [4, 4]]  # the first winner of the pool
    assert np.argwhere(slopes < 0).tolist() == [[3, 5], [4, 5]]
    integrated = attribution.integrated_gradients(score.gradient, image)
    assert integrated.is_complete
    assert np.argwhere(integrated.pixels).tolist() == [[3, 4], [4, 4]]
    np.testing.assert_allclose(integrated.pixels[3:5, 4], 0.5)
    assert not attribution.saliency(edge_score(5).gradient, image).any()


def test_two_classes_contrasted_are_the_difference_of_both():
    image = edge_image() + edge_image()[:, ::-1]
    both = [attribution.saliency(edge_score(digit).gradient, image) for digit in (3, 5)]
    np.testing.assert_array_equal(attribution.saliency(edge_score(3, 5).gradient, image), both[0] - both[1])
    assert both[0].any()
    assert both[1].any()


def test_grad_cam_of_a_made_network_points_at_the_edge():
    image = edge_image()
    grid = attribution.grad_cam(*edge_score(3).at_layer(image, 0))
    assert grid.shape == (27, 27)
    assert np.argwhere(grid == grid.max()).tolist() == [[3, 4], [4, 4], [5, 4]]


def test_occlusion_of_a_made_network_falls_at_the_edge():
    image = np.zeros((28, 28), np.float32)
    image[3:5, 4] = 1  # one place only
    drops = attribution.occlusion(edge_score(3).value, image, patch=1, stride=1)
    assert np.argwhere(drops).tolist() == [[3, 4], [4, 4]]
    np.testing.assert_allclose(drops[3:5, 4], 0.5)


@pytest.mark.parametrize("image", [np.zeros((28, 28), np.float32), np.ones((28, 28), np.float32)])
def test_blank_and_constant_pictures_give_numbers(image):
    for reader in (Reader.of(*starter.load()), Reader(EDGE, edge_weights())):
        score = Score(reader, class_direction(3))
        for found in (
            attribution.saliency(score.gradient, image),
            attribution.smooth_grad(score.gradient, image, 3),
            attribution.gradient_times_input(score.gradient, image),
            attribution.integrated_gradients(score.gradient, image, 8, 8).pixels,
            attribution.occlusion(score.value, image, 8, 8),
        ):
            assert found.shape == (28, 28)
            assert np.isfinite(found).all()


def test_a_dead_network_gives_zeros():
    image = edge_image()
    assert not attribution.saliency(dead, image).any()
    assert not attribution.smooth_grad(dead, image).any()
    assert not attribution.occlusion(lambda image: dead(image)[0], image).any()
    integrated = attribution.integrated_gradients(dead, image)
    assert (integrated.total, integrated.difference, integrated.is_complete) == (0, 0, True)
    all_negative = -np.ones((4, 4, 2), np.float32)
    assert not attribution.grad_cam(all_negative, np.ones_like(all_negative)).any()
    assert not attribution.spread(np.zeros((4, 4), np.float32), 2, 6, 28).any()


def test_a_grid_is_spread_where_it_looks_and_fades_beyond():
    grid = np.zeros((3, 3), np.float32)
    grid[0, 2] = 1
    found = attribution.spread(grid, 6, 4, 28)
    assert found.shape == (28, 28)
    assert found.dtype == np.float32
    assert np.argwhere(found == 1).tolist() == [[6, 14]]
    np.testing.assert_allclose(found[6, 10:19], [0, 0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25, 0])
    assert not found[11:].any()


def test_integrated_gradients_of_the_starter_are_complete():
    reader = Reader.of(*starter.load())
    test = mnist.load().test
    for index in range(8):
        score = Score(reader, class_direction((int(test.labels[index]) + 3 * (index % 2)) % 10))
        integrated = attribution.integrated_gradients(score.gradient, mnist.normalise(test.images[index])[..., 0])
        assert abs(integrated.total - integrated.difference) <= 0.01 * max(1, abs(integrated.difference)), index


def test_what_a_score_is_scaled_by_counts_in_its_slope():
    image = edge_image()
    plain, scaled = edge_score(3), Score(Reader(EDGE, edge_weights(), scale=255), class_direction(3))
    assert scaled.value(image) == 255 * plain.value(image)
    np.testing.assert_allclose(scaled.gradient(image)[1], 255 * plain.gradient(image)[1])


def test_the_direction_of_a_unit_is_its_mean():
    assert (unit_direction((4, 5, 3), 1) == np.array([0, 1 / 20, 0], np.float32)).all()
    assert unit_direction((3,), 2).tolist() == [0, 0, 1]
    assert class_direction(4, 4).tolist() == [0] * 10


def test_weight_gradients_of_a_made_network_by_hand():
    found = edge_score(3).weight_gradients(edge_image())
    assert set(found) == {"0/kernel", "0/bias", "3/kernel", "3/bias"}
    np.testing.assert_array_equal(found["3/bias"], class_direction(3))
    np.testing.assert_array_equal(found["0/kernel"][..., 0, 0], [[1, 0], [1, 0]])  # the patch that won the pool
    assert found["0/bias"].tolist() == [1]
    assert found["3/kernel"][:, 3].reshape(3, 3)[0, 0] == 1
