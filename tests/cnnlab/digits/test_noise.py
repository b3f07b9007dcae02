"""Noise, and what pooling leaves of it: by hand, against theory, and reproducible."""

import numpy as np
import pytest

from cnnlab.digits.noise import NOISES, Deviation, add_noise, pooling_deviations
from cnnlab.nn.operations import average_pooling2d, max_pooling2d

PAPER = np.full((8, 100, 100), 0.5, np.float32)


@pytest.mark.parametrize("kind", NOISES)
@pytest.mark.parametrize("clip", [True, False])
def test_noise_is_reproducible_and_keeps_form(kind, clip):
    image = np.linspace(0, 1, 400, dtype=np.float32).reshape(20, 20)
    noisy = add_noise(image, kind, 0.3, 7, clip=clip)
    assert noisy.shape == image.shape
    assert noisy.dtype == np.float32
    np.testing.assert_array_equal(noisy, add_noise(image, kind, 0.3, 7, clip=clip))
    assert not np.array_equal(noisy, add_noise(image, kind, 0.3, 8, clip=clip))
    np.testing.assert_array_equal(add_noise(image, kind, 0.0, 7, clip=clip), image)
    if clip:
        assert noisy.min() >= 0
        assert noisy.max() <= 1


def test_each_kind_does_what_it_says():
    difference = add_noise(PAPER, "Gaussian", 0.1, 0, clip=False) - PAPER
    assert difference.mean() == pytest.approx(0, abs=0.002)
    assert difference.std() == pytest.approx(0.1, rel=0.02)
    for kind, value in (("Salt", 1), ("Pepper", 0)):
        noisy = add_noise(PAPER, kind, 0.2, 0)
        assert set(np.unique(noisy)) == {np.float32(0.5), np.float32(value)}
        assert (noisy == value).mean() == pytest.approx(0.2, abs=0.01)


def test_unclipped_gaussian_noise_leaves_the_range():
    noisy = add_noise(np.zeros((50, 50), np.float32), "Gaussian", 0.3, 0, clip=False)
    assert noisy.min() < 0


@pytest.mark.parametrize(
    ("kind", "amount", "message"),
    [
        ("Rain", 0.1, "`kind` must be one of Gaussian, Salt, Pepper. Received: kind='Rain'"),
        ("Salt", 0.6, "`amount` must be from 0 to 0.5. Received: amount=0.6"),
        ("Salt", -0.1, "`amount` must be from 0 to 0.5. Received: amount=-0.1"),
    ],
)
def test_bad_settings_are_told(kind, amount, message):
    with pytest.raises(ValueError, match=message):
        add_noise(PAPER, kind, amount, 0)


def test_deviation_by_hand():
    deviation = Deviation.between(np.zeros(4), np.array([1.0, 1.0, 3.0, 3.0]))
    assert deviation == Deviation(2.0, 1.0, pytest.approx(np.sqrt(5)))


def test_on_flat_paper_theory_says_how_much_is_left():
    """Four equal pixels: the maximum is 1.03 standard deviations too bright (Tippett), the mean keeps a half."""
    result = pooling_deviations(PAPER, "Gaussian", 0.1, range(2), clip=False)
    assert result["input"].rmse == pytest.approx(0.1, rel=0.02)
    assert result["max"].bias == pytest.approx(0.103, rel=0.02)
    assert result["max"].std == pytest.approx(0.0701, rel=0.02)
    assert result["average"].bias == pytest.approx(0, abs=0.002)
    assert result["average"].rmse == pytest.approx(0.05, rel=0.02)


def test_it_is_pool_of_noisy_minus_pool_of_clean():
    images = np.random.default_rng(1).random((3, 9, 9), np.float32)
    result = pooling_deviations(images, "Salt", 0.2, [4], pool_size=3, strides=2)
    clean = np.moveaxis(images, 0, 2)
    noisy = add_noise(clean, "Salt", 0.2, 4)
    assert result["max"] == Deviation.between(max_pooling2d(clean, 3, 2), max_pooling2d(noisy, 3, 2))
    assert result["average"] == Deviation.between(average_pooling2d(clean, 3, 2), average_pooling2d(noisy, 3, 2))
    for deviation in result.values():
        assert deviation.rmse**2 == pytest.approx(deviation.bias**2 + deviation.std**2)


def test_the_maximum_forgets_pepper_on_paper_and_keeps_salt():
    pepper, salt = (pooling_deviations(PAPER, kind, 0.1, [0]) for kind in ("Pepper", "Salt"))
    assert pepper["max"].rmse < 0.1 * pepper["input"].rmse
    assert salt["max"].rmse > salt["input"].rmse
