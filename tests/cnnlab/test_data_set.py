"""What is in the data set: counted, averaged and compared by hand and by the obvious slow way."""

import numpy as np
import pytest

from cnnlab import data_set, mnist
from cnnlab.distortions import Distortion
from cnnlab.experiment import DataSettings

TRAIN = mnist.load().train


def split_of(pixels, labels):
    """One image for each number: all its pixels are that number."""
    images = np.zeros((len(pixels), 28, 28, 1), np.uint8) + np.array(pixels, np.uint8).reshape(-1, 1, 1, 1)
    return mnist.Split(images, np.array(labels, np.uint8))


@pytest.mark.parametrize("validation_size", [0, 1, 10_000])
def test_balance_counts_every_image_once(validation_size):
    counts = data_set.balance(mnist.load(), DataSettings(validation_size=validation_size))
    assert [numbers.sum() for numbers in counts.values()] == [60_000 - validation_size, validation_size, 10_000]
    np.testing.assert_array_equal(counts["Training"] + counts["Validation"], np.bincount(TRAIN.labels))
    np.testing.assert_array_equal(counts["Test"], np.bincount(mnist.load().test.labels))


def test_balance_of_the_parts_that_training_takes():
    """The first images are learned from, the last ones held back, those between are not used."""
    counts = data_set.balance(mnist.load(), DataSettings(train_size=1_000, validation_size=5_000))
    np.testing.assert_array_equal(counts["Training"], np.bincount(TRAIN.labels[:1_000]))
    np.testing.assert_array_equal(counts["Validation"], np.bincount(TRAIN.labels[-5_000:]))


def test_a_sample_is_of_one_digit_none_twice_and_repeats_with_its_seed():
    for digit in (None, 3):
        indices = data_set.sample(TRAIN.labels, digit, 50, seed=4)
        assert len(set(indices)) == 50
        assert indices.tolist() == data_set.sample(TRAIN.labels, digit, 50, seed=4).tolist()
        assert indices.tolist() != data_set.sample(TRAIN.labels, digit, 50, seed=5).tolist()
        assert set(TRAIN.labels[indices]) == ({3} if digit == 3 else set(range(10)))
    assert sorted(data_set.sample(np.array([1, 0, 1]), 1, 50, seed=0)) == [0, 2]


def test_the_means_of_a_world_of_twenty_images():
    split = split_of([*range(10), *range(10, 30, 2)], [*range(10), *range(10)])
    means = data_set.class_means(split)
    assert means.shape == (10, 28, 28)
    np.testing.assert_array_equal(means[:, 5, 5], [(digit + 10 + 2 * digit) / 2 for digit in range(10)])
    assert means.std(axis=(1, 2)).max() == 0


def test_all_means_together_are_the_mean_of_all():
    means, shares = data_set.class_means(TRAIN), np.bincount(TRAIN.labels) / len(TRAIN.labels)
    np.testing.assert_allclose(np.tensordot(shares, means, 1), TRAIN.images[..., 0].mean(axis=0), atol=1e-9)


def test_distances_by_hand():
    """784 pixels that differ by d each: the root of 784 d^2 is 28 d. The largest, black to white, does not overflow."""
    split = split_of([0, 51, 255], [0, 1, 2])
    np.testing.assert_allclose(data_set.distances(split.images[0], split.images), [0, 28 * 0.2, 28])
    np.testing.assert_allclose(data_set.distances(split.images[2], split.images), [28, 28 * 0.8, 0])


def test_look_alikes_by_hand():
    split = split_of([10, 11, 13, 20, 16, 90, 12, 40], [7, 7, 7, 1, 7, 7, 7, 2])
    found = data_set.look_alikes(split, split.images[0], 7, without=0)
    assert found.indices.tolist() == [1, 6, 2, 4, 3]
    assert found.other == 3
    assert data_set.look_alikes(split, split.images[0], 7).indices[0] == 0


@pytest.mark.parametrize("index", [0, 59_999, 31_415])
def test_look_alikes_against_brute_force(index):
    pixels = mnist.normalise(TRAIN.images).reshape(60_000, -1)
    slow = np.array([np.linalg.norm(block - pixels[index], axis=1) for block in np.split(pixels, 60)]).ravel()
    found = data_set.look_alikes(TRAIN, TRAIN.images[index], int(TRAIN.labels[index]), without=index)
    np.testing.assert_allclose(found.distances, slow, atol=1e-4)
    slow[index] = np.inf
    assert found.indices.tolist() == np.argsort(slow)[:5].tolist()
    slow[TRAIN.labels == TRAIN.labels[index]] = np.inf
    assert found.other == slow.argmin()


def test_the_preparation_of_one_image():
    image = TRAIN.images[0, ..., 0]
    steps = data_set.preparation(image, 5)
    assert [step.words for step in steps] == [
        ("uint8", "(28, 28)", "0 to 255"),
        ("float32", "(28, 28)", "0 to 1"),
        ("float32", "(28, 28, 1)", "0 to 1"),
        ("float32", "(1, 10)", "0 to 1"),
    ]
    *_, pixels, row = (step.array for step in steps)
    np.testing.assert_array_equal(np.round(pixels[..., 0] * 255), image)
    assert row.tolist() == [[0, 0, 0, 0, 0, 1, 0, 0, 0, 0]]


def test_the_python_of_the_preparation_does_what_is_shown():
    image = TRAIN.images[0, ..., 0]
    names = {"image": image, "normalise": mnist.normalise, "one_hot": mnist.one_hot}
    steps = data_set.preparation(image, 5)
    for step in steps:
        exec(step.python, names)
    np.testing.assert_array_equal(names["x"], steps[2].array)
    np.testing.assert_array_equal(names["y"], steps[3].array)


def test_forms_differ_repeat_with_their_seed_and_stay_pictures():
    image = mnist.normalise(TRAIN.images[0, ..., 0])
    largest = Distortion(turn=20, right=2, down=2, thicken=1, noise=0.2)
    forms = data_set.forms(image, largest, 12, seed=1)
    assert forms.shape == (12, 28, 28)
    assert forms.dtype == np.float32
    assert 0 <= forms.min() <= forms.max() <= 1
    assert len(np.unique(forms.reshape(12, -1), axis=0)) == 12
    np.testing.assert_array_equal(forms, data_set.forms(image, largest, 12, seed=1))
    assert (forms != data_set.forms(image, largest, 12, seed=2)).any()


def test_forms_with_nothing_allowed_are_the_image():
    image = mnist.normalise(TRAIN.images[0, ..., 0])
    np.testing.assert_array_equal(data_set.forms(image, Distortion(), 3, seed=0), [image] * 3)


def test_forms_go_as_far_as_allowed_in_both_directions():
    """The middle of a dot's ink tells how far it was shifted."""
    image = np.zeros((28, 28), np.float32)
    image[13:15, 13:15] = 1
    forms = data_set.forms(image, Distortion(right=3), 200, seed=0)
    shifts = (forms * (np.arange(28) - 13.5)).sum(axis=(1, 2)) / forms.sum(axis=(1, 2))
    assert -3.01 < shifts.min() < -2.8
    assert 2.8 < shifts.max() < 3.01
    assert abs(shifts.mean()) < 0.4
    downs = (forms * (np.arange(28) - 13.5)[:, None]).sum(axis=(1, 2)) / forms.sum(axis=(1, 2))
    assert abs(downs).max() < 0.01
