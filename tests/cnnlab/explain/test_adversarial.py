"""Fooling a network that is known by heart, and the one that ships."""

import numpy as np
import pytest

from cnnlab import mnist, starter
from cnnlab.explain import adversarial
from cnnlab.explain.adversarial import every_pixel_a_little, few_pixels_a_lot
from cnnlab.explain.score import Reader

pytestmark = pytest.mark.usefixtures("one_thread")

WAYS = (every_pixel_a_little, few_pixels_a_lot)

# Class 0 likes the left pixel, class 1 the right one twice as much, class 2 neither; the others are out of it.
KERNEL = np.zeros((2, 10), np.float32)
KERNEL[:, 0], KERNEL[:, 1] = (1, 0), (0, 2)
BIAS = np.array([0.1, 0, -5, *[-99] * 7], np.float32)
LEFT = np.array([[1, 0]], np.float32)


def logits(image):
    return image.ravel() @ KERNEL + BIAS


def slope(image, direction):
    return (KERNEL @ direction).reshape(image.shape)


def test_every_pixel_moves_until_the_answer_flips():
    attempts = list(every_pixel_a_little(logits, slope, LEFT, step=0.1))
    np.testing.assert_array_equal(attempts[0].image, LEFT)
    np.testing.assert_allclose(attempts[1].image, [[0.9, 0.1]], atol=1e-6)
    last = attempts[-1]
    np.testing.assert_allclose(last.image, [[0.6, 0.4]], atol=1e-6)  # 0.6 + 0.1 < 2 * 0.4
    assert (last.read, last.is_there) == (1, True)
    assert last.distance(LEFT) == (pytest.approx(0.4), 2)
    assert not any(attempt.is_there for attempt in attempts[:-1])


def test_one_pixel_is_enough_where_it_counts_most():
    attempts = list(few_pixels_a_lot(logits, slope, LEFT))
    assert len(attempts) == 2
    np.testing.assert_array_equal(attempts[1].image, [[1, 1]])  # +2 for the right one beats -1 for the left one
    assert attempts[1].distance(LEFT) == (1, 1)


@pytest.mark.parametrize("way", WAYS)
def test_what_cannot_be_reached_ends(way):
    attempts = list(way(logits, slope, LEFT, target=3))
    assert not attempts[-1].is_there
    assert len(attempts) <= 1 + adversarial.MAX_STEPS


@pytest.mark.parametrize("way", WAYS)
def test_a_network_that_hears_nothing_ends_with_the_picture_in_bounds(way):
    last = list(way(lambda _: np.arange(10.0), lambda image, _: np.zeros_like(image), LEFT))[-1]
    assert not last.is_there
    assert ((last.image >= 0) & (last.image <= 1)).all()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("target", [None, 3])
def test_the_starter_is_fooled(way, target):
    reader = Reader.of(*starter.load())
    test = mnist.load().test
    for index in (0, 1, 5):
        image = mnist.normalise(test.images[index])[..., 0]
        first, *_, last = way(reader.logits, reader.slope, image, target)
        np.testing.assert_array_equal(first.image, image)
        assert first.read == test.labels[index]
        assert last.is_there
        assert last.read == int(reader.logits(last.image).argmax())
        assert last.read == target if target is not None else last.read != test.labels[index]
        assert last.image.dtype == np.float32
        assert ((last.image >= 0) & (last.image <= 1)).all()
        largest, count = last.distance(image)
        assert largest < 0.5 if way is every_pixel_a_little else count < 50
