"""Climbing uphill from noise: scores rise, the seed decides, and a flat score leaves the noise as it is."""

import itertools

import numpy as np
import pytest

from cnnlab.explain.feature_visualisation import NOISE, RATE, Regularisation, ascend, uphill, waking
from cnnlab.explain.score import Reader, Score, class_direction, unit_direction
from cnnlab.nn.operations import softmax
from cnnlab.starter import load

pytestmark = pytest.mark.usefixtures("one_thread")

NONE = Regularisation(blur=0, decay=0, jitter=0)
WANTED = np.zeros((6, 5), np.float32)
WANTED[2:4, 1:3] = 1


def likeness(image):
    """score = sum of the wanted pixels, less that of the others"""
    slope = 2 * WANTED - 1
    return float((slope * image).sum()), slope


def flat(image):
    return 0.0, np.zeros_like(image)


def test_what_is_wanted_becomes_white_and_the_rest_black():
    *_, last = ascend(likeness, WANTED.shape, 10, 0, NONE)
    np.testing.assert_allclose(last, WANTED, atol=1e-6)


def test_the_first_picture_is_dark_noise_and_the_score_rises_to_the_end():
    images = list(ascend(likeness, WANTED.shape, 5, 3, NONE))
    assert len(images) == 6
    assert 0 <= images[0].min() < images[0].max() <= NOISE
    scores = [likeness(image)[0] for image in images]
    assert all(later >= earlier for earlier, later in itertools.pairwise(scores))
    assert scores[-1] > scores[0]


def test_a_step_has_its_length_and_a_flat_place_none():
    assert np.linalg.norm(uphill(np.random.default_rng(0).normal(size=(4, 4)))) == pytest.approx(RATE)
    assert not uphill(np.zeros((4, 4), np.float32)).any()


def test_the_seed_decides():
    pictures = [list(ascend(likeness, (6, 5), 3, seed, Regularisation()))[-1] for seed in (0, 0, 1)]
    np.testing.assert_array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])


def test_regularisation_alone_smooths_and_pales_to_nothing():
    first, *_, last = ascend(flat, (6, 5), 60, 0, Regularisation(blur=0.5, decay=0.05, jitter=0))
    assert last.mean() == pytest.approx(first.mean() * 0.95**60, rel=0.05)
    assert last.std() / last.mean() < 0.05 < first.std() / first.mean()
    _, unchanged = ascend(flat, (6, 5), 1, 0, NONE)
    np.testing.assert_array_equal(unchanged, first)


def test_jitter_moves_the_question_and_not_the_picture():
    *_, last = ascend(likeness, WANTED.shape, 40, 0, Regularisation(blur=0, decay=0, jitter=1))
    assert last[WANTED > 0].mean() > last[WANTED == 0].mean() + 0.2


def test_a_silent_unit_is_woken_by_its_sum():
    followed = waking(flat, likeness)
    assert followed(WANTED)[0] == 0
    np.testing.assert_array_equal(followed(WANTED)[1], likeness(WANTED)[1])
    np.testing.assert_array_equal(waking(likeness, flat)(WANTED)[1], likeness(WANTED)[1])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"blur": 1.5}, r"`blur` must be from 0 to 1. Received: blur=1.5"),
        ({"decay": -1}, r"`decay` must be from 0 to 1. Received: decay=-1"),
        ({"jitter": -1}, r"`jitter` must be at least 0. Received: jitter=-1"),
    ],
)
def test_bad_regularisation_is_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Regularisation(**settings)


def test_the_starters_ideal_digits_are_read_as_such():
    reader = Reader.of(*load())
    for digit in range(0, 10, 3):
        *_, last = ascend(Score(reader, class_direction(digit)).gradient, (28, 28), 40, 0, Regularisation())
        read = softmax(reader.logits(last))
        assert read.argmax() == digit
        assert read[digit] > 0.99
        assert last.min() >= 0
        assert last.max() <= 1


def test_a_filter_answers_more_to_its_picture_than_to_noise():
    reader = Reader.of(*load())
    shape = reader.architecture.summaries[0].output_shape
    score, before = (Score(reader, unit_direction(shape, 0), 0, of_output) for of_output in (True, False))
    first, *_, last = ascend(waking(score.gradient, before.gradient), (28, 28), 20, 0, Regularisation())
    assert score.value(last) > 5 * score.value(first)
