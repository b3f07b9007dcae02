"""What is in the data set: counted, averaged and compared by hand and by the obvious slow way."""

import numpy as np
import pytest

from cnnlab import mnist
from cnnlab.digits import statistics
from cnnlab.experiment import DataSettings

TRAIN = mnist.load().train


def split_of(pixels, labels):
    """One image for each number: all its pixels are that number."""
    images = np.zeros((len(pixels), 28, 28, 1), np.uint8) + np.array(pixels, np.uint8).reshape(-1, 1, 1, 1)
    return mnist.Split(images, np.array(labels, np.uint8))


SETTINGS = [DataSettings(), DataSettings(validation_size=0), DataSettings(100, 20_000), DataSettings(50_000, 10_000)]


@pytest.mark.parametrize("settings", SETTINGS)
def test_every_training_image_is_in_one_part_of_the_split(settings):
    parts = statistics.split(settings)
    assert [index for part in parts.values() for index in part] == list(range(60_000))
    assert len(parts["Training"]) == settings.num_train
    assert len(parts["Validation"]) == settings.validation_size


@pytest.mark.parametrize("settings", SETTINGS)
def test_balance_counts_every_image_once(settings):
    counts = statistics.balance(mnist.load(), settings)
    test = counts.pop("Test")
    assert [numbers.sum() for numbers in counts.values()] == [len(part) for part in statistics.split(settings).values()]
    np.testing.assert_array_equal(sum(counts.values()), np.bincount(TRAIN.labels))
    np.testing.assert_array_equal(test, np.bincount(mnist.load().test.labels))


def test_balance_of_the_parts_that_training_takes():
    """The first images are learned from, the last ones held back, those between are not used."""
    counts = statistics.balance(mnist.load(), DataSettings(train_size=1_000, validation_size=5_000))
    np.testing.assert_array_equal(counts["Training"], np.bincount(TRAIN.labels[:1_000]))
    np.testing.assert_array_equal(counts["Not used"], np.bincount(TRAIN.labels[1_000:-5_000]))
    np.testing.assert_array_equal(counts["Validation"], np.bincount(TRAIN.labels[-5_000:]))


def test_what_is_taught_are_the_first_labels_some_of_them_shuffled():
    settings = DataSettings(train_size=2_000, label_noise=0.5)
    labels, true = statistics.taught(TRAIN, settings, seed=3), TRAIN.labels[:2_000]
    assert 0.4 < np.mean(labels != true) < 0.5  # about a tenth of the shuffled ones keep their digit
    np.testing.assert_array_equal(np.bincount(labels), np.bincount(true))
    np.testing.assert_array_equal(labels, settings.labels(true, 3))  # as training has them
    np.testing.assert_array_equal(statistics.taught(TRAIN, DataSettings(train_size=2_000), seed=3), true)


def test_a_sample_is_of_one_digit_none_twice_and_repeats_with_its_seed():
    for digit in (None, 3):
        indices = statistics.sample(TRAIN.labels, digit, 50, seed=4)
        assert len(set(indices)) == 50
        assert indices.tolist() == statistics.sample(TRAIN.labels, digit, 50, seed=4).tolist()
        assert indices.tolist() != statistics.sample(TRAIN.labels, digit, 50, seed=5).tolist()
        assert set(TRAIN.labels[indices]) == ({3} if digit == 3 else set(range(10)))
    assert sorted(statistics.sample(np.array([1, 0, 1]), 1, 50, seed=0)) == [0, 2]


def test_the_means_of_a_world_of_twenty_images():
    split = split_of([*range(10), *range(10, 30, 2)], [*range(10), *range(10)])
    means = statistics.class_means(split)
    assert means.shape == (10, 28, 28)
    np.testing.assert_array_equal(means[:, 5, 5], [(digit + 10 + 2 * digit) / 2 for digit in range(10)])
    assert means.std(axis=(1, 2)).max() == 0


def test_all_means_together_are_the_mean_of_all():
    means, shares = statistics.class_means(TRAIN), np.bincount(TRAIN.labels) / len(TRAIN.labels)
    np.testing.assert_allclose(np.tensordot(shares, means, 1), TRAIN.images[..., 0].mean(axis=0), atol=1e-9)


def test_distances_to_means_are_those_to_images():
    images = TRAIN.images[:30]
    to_means = statistics.to_means(images[:10, ..., 0].astype(float), images)
    slow = np.stack([statistics.distances(mean, images) for mean in images[:10]], axis=1)
    np.testing.assert_allclose(to_means, slow, atol=0.01)


def test_distances_by_hand():
    """784 pixels that differ by d each: the root of 784 d^2 is 28 d. The largest, black to white, does not overflow."""
    split = split_of([0, 51, 255], [0, 1, 2])
    np.testing.assert_allclose(statistics.distances(split.images[0], split.images), [0, 28 * 0.2, 28])
    np.testing.assert_allclose(statistics.distances(split.images[2], split.images), [28, 28 * 0.8, 0])


def test_look_alikes_by_hand():
    split = split_of([10, 11, 13, 20, 16, 90, 12, 40], [7, 7, 7, 1, 7, 7, 7, 2])
    found = statistics.look_alikes(split, split.images[0], 7, without=0)
    assert found.indices.tolist() == [1, 6, 2, 4, 3]
    assert found.other == 3
    assert statistics.look_alikes(split, split.images[0], 7).indices[0] == 0


@pytest.mark.parametrize("index", [0, 59_999, 31_415])
def test_look_alikes_against_brute_force(index):
    pixels = mnist.normalise(TRAIN.images).reshape(60_000, -1)
    slow = np.array([np.linalg.norm(block - pixels[index], axis=1) for block in np.split(pixels, 60)]).ravel()
    found = statistics.look_alikes(TRAIN, TRAIN.images[index], int(TRAIN.labels[index]), without=index)
    np.testing.assert_allclose(found.distances, slow, atol=1e-4)
    slow[index] = np.inf
    assert found.indices.tolist() == np.argsort(slow)[:5].tolist()
    slow[TRAIN.labels == TRAIN.labels[index]] = np.inf
    assert found.other == slow.argmin()


IMAGE = TRAIN.images[0, ..., 0]


def test_the_preparation_of_one_image():
    steps = statistics.preparation(IMAGE, 5, DataSettings())
    assert [step.words for step in steps] == [
        ("uint8", "(28, 28)", "0 to 255"),
        ("float32", "(28, 28)", "0 to 1"),
        ("float32", "(28, 28, 1)", "0 to 1"),
        ("float32", "(1, 10)", "0 to 1"),
    ]
    *_, pixels, row = (step.array for step in steps)
    np.testing.assert_array_equal(np.round(pixels[..., 0] * 255), IMAGE)
    assert row.tolist() == [[0, 0, 0, 0, 0, 1, 0, 0, 0, 0]]


@pytest.mark.parametrize("normalise", [True, False])
@pytest.mark.parametrize("permute_pixels", [True, False])
def test_the_preparation_is_what_training_does_and_what_its_python_says(normalise, permute_pixels):
    settings = DataSettings(normalise=normalise, permute_pixels=permute_pixels)
    *steps, label = statistics.preparation(IMAGE, 5, settings)
    prepared = settings.prepare(mnist.normalise(IMAGE)[..., np.newaxis])
    np.testing.assert_array_equal(steps[-1].array, prepared)
    assert steps[-1].array.dtype == prepared.dtype == np.float32
    assert len(steps) == 3 + permute_pixels
    names = {"image": IMAGE, "normalise": mnist.normalise, "one_hot": mnist.one_hot, "np": np}
    for step in (*steps, label):
        exec(step.python, names)
    np.testing.assert_array_equal(names["x"], prepared)
    np.testing.assert_array_equal(names["y"], label.array)
