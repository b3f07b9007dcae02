"""Distorted digits: each by a hand case, and that nothing leaves [0, 1]."""

import numpy as np
import pytest

from cnnlab import mnist
from cnnlab.digits import distortions
from cnnlab.digits.distortions import RANGES, Distortion

DIGIT = mnist.normalise(mnist.load().test.images[0])[..., 0]


def dot(row, column):
    image = np.zeros((28, 28), np.float32)
    image[row, column] = 1
    return image


def test_nothing_done_changes_nothing():
    assert Distortion().is_none
    assert Distortion().apply(DIGIT) is DIGIT
    assert Distortion(seed=3).is_none


def test_a_turn_goes_against_the_clock_about_the_middle():
    np.testing.assert_allclose(distortions.move(dot(14, 20), 90, 0, 0), dot(7, 14), atol=1e-6)
    np.testing.assert_allclose(distortions.move(dot(14, 20), -90, 0, 0), dot(20, 13), atol=1e-6)
    np.testing.assert_allclose(distortions.move(DIGIT, 90, 0, 0), np.rot90(DIGIT), atol=1e-5)


def test_a_shift_goes_right_and_down_and_what_leaves_is_lost():
    np.testing.assert_allclose(distortions.move(dot(3, 4), 0, 2, 5), dot(8, 6), atol=1e-6)
    np.testing.assert_allclose(distortions.move(dot(3, 4), 0, 0.5, 0), (dot(3, 4) + dot(3, 5)) / 2, atol=1e-6)
    assert not distortions.move(dot(3, 4), 0, -5, 0).any()


def test_first_turned_then_shifted():
    np.testing.assert_allclose(distortions.move(dot(14, 20), 90, 3, 1), dot(8, 17), atol=1e-6)


def test_a_line_grows_by_turns_to_both_sides():
    line = np.zeros((6, 6), np.float32)
    line[:, 3] = 1
    assert np.flatnonzero(distortions.thicken(line, 1)[2]).tolist() == [2, 3]
    assert np.flatnonzero(distortions.thicken(line, 2)[2]).tolist() == [2, 3, 4]
    np.testing.assert_array_equal(distortions.thicken(line, 0.25)[2], [0, 0, 0.25, 1, 0, 0])
    assert not distortions.thicken(line, -1).any()
    np.testing.assert_array_equal(distortions.thicken(distortions.thicken(line, 2), -2), line)
    np.testing.assert_array_equal(distortions.thicken(line, 0), line)


def test_a_square_is_laid_over_the_middle():
    white = np.ones((28, 28), np.float32)
    covered = distortions.cover(white, 4)
    assert covered.sum() == 28 * 28 - 16
    assert not covered[12:16, 12:16].any()
    assert distortions.cover(white, 0).all()
    assert white.all()


def test_blur_spreads_ink_by_a_gaussian_and_keeps_it():
    blurred = distortions.blur(dot(14, 10), 1.5)
    assert blurred.dtype == np.float32
    assert blurred.sum() == pytest.approx(1)
    rows, columns = np.indices((28, 28))
    assert (blurred * rows).sum() == pytest.approx(14, abs=1e-4)
    assert (blurred * (columns - 10) ** 2).sum() == pytest.approx(1.5**2, abs=1e-3)
    weights = np.exp(-0.5 * np.arange(-20, 21) ** 2 / 1.5**2)
    one = np.exp(-0.5 / 1.5**2) / weights.sum()
    assert blurred[15, 9] == pytest.approx(one**2, rel=1e-5)
    np.testing.assert_allclose(distortions.blur(DIGIT, 0.8).T, distortions.blur(DIGIT.T, 0.8), atol=1e-6)


def test_blurred_ink_that_leaves_the_picture_is_lost_and_a_black_picture_stays_black():
    assert distortions.blur(dot(0, 14), 2).sum() == pytest.approx((1 + 1 / np.sqrt(2 * np.pi) / 2) / 2, rel=1e-3)
    assert not distortions.blur(np.zeros((28, 28), np.float32), 4).any()
    np.testing.assert_array_equal(distortions.blur(DIGIT, 0), DIGIT)


def test_a_blur_softens_what_is_covered_and_not_the_noise():
    white = np.ones((28, 28), np.float32)
    soft = Distortion(cover=8, blur=1).apply(white)
    assert soft[9, 14] == pytest.approx(0.7, abs=0.01)  # on both sides of the square's border
    assert soft[10, 14] == pytest.approx(0.3, abs=0.01)
    noisy = Distortion(blur=2, noise=0.1).apply(np.full((28, 28), 0.5, np.float32))[8:20, 8:20]
    assert noisy.std() == pytest.approx(0.1, rel=0.2)


def test_noise_has_its_amount_and_its_seed():
    grey = np.full((28, 28), 0.5, np.float32)
    noisy = Distortion(noise=0.1).apply(grey)
    assert (noisy - grey).std() == pytest.approx(0.1, rel=0.1)
    np.testing.assert_array_equal(noisy, Distortion(noise=0.1).apply(grey))
    assert not np.array_equal(noisy, Distortion(noise=0.1, seed=1).apply(grey))


@pytest.mark.parametrize("name", list(RANGES))
def test_a_sweep_goes_from_end_to_end_through_nothing(name):
    positions, pictures = distortions.positions(name), distortions.sweep(DIGIT, name, Distortion())
    low, high, *_ = RANGES[name]
    assert (positions[0], positions[-1]) == (low, high)
    assert pictures.shape == (len(positions), 28, 28)
    assert pictures.dtype == np.float32
    assert pictures.min() >= 0
    assert pictures.max() <= 1
    zero = int(np.flatnonzero(positions == 0)[0])
    np.testing.assert_array_equal(pictures[zero], DIGIT)
    assert not np.array_equal(pictures[-1], DIGIT)


def test_a_sweep_keeps_the_other_distortions():
    pictures = distortions.sweep(DIGIT, "right", Distortion(turn=90))
    np.testing.assert_allclose(pictures[10], np.rot90(DIGIT), atol=1e-5)


def test_what_is_too_far_is_refused():
    with pytest.raises(ValueError, match=r"`turn` must be from -90.0 to 90.0. Received: turn=91"):
        Distortion(turn=91)
    with pytest.raises(ValueError, match=r"`name` must be one of turn, .*. Received: name='seed'"):
        distortions.sweep(DIGIT, "seed", Distortion())
