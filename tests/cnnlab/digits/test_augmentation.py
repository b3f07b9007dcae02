"""The preview of augmentation is what training does: held to Keras's own layers, which are those of `models`."""

from random import Random

import keras
import numpy as np
import pytest

from cnnlab import mnist
from cnnlab.digits import augmentation
from cnnlab.digits.augmentation import Drawn
from cnnlab.experiment import DataSettings
from cnnlab.training import keras_models

TRAIN = mnist.load().train
MANY = 4_000


def some_images(count):
    return mnist.normalise(TRAIN.images[:count, ..., 0])


def drawn(count, *, shift=(0.0, 0.0), turn=0.0, zoom=1.0, noise=0.0):
    """The same for each of `count` images."""
    return Drawn(np.tile(shift, (count, 1)), np.full(count, turn), np.full(count, zoom), noise, seed=0)


def by_keras(settings, images, seed=0):
    """What the layers of a model make of images while training, and what they have drawn for it."""
    shift, turn, zoom = np.zeros((len(images), 2)), np.zeros(len(images)), np.ones(len(images))
    batch = keras.ops.convert_to_tensor(images[..., np.newaxis])
    for layer in keras_models.augmentation(settings, Random(seed)):
        if layer.name == "noise":
            continue
        transformation = layer.get_random_transformation(batch, training=True)
        batch = layer.transform_images(batch, transformation, training=True)
        if layer.name == "shift":
            shift = np.asarray(transformation["translations"])
        elif layer.name == "rotation":
            turn = np.asarray(transformation["angle"])
        else:
            zoom = np.asarray(transformation["height_zoom"])[:, 0]
    return np.asarray(batch)[..., 0], Drawn(shift, turn, zoom, 0.0, 0)


@pytest.mark.parametrize(
    "settings",
    [
        DataSettings(shift=3),
        DataSettings(shift=8),
        DataSettings(rotation=45),
        DataSettings(zoom=0.5),
        DataSettings(shift=2, rotation=15, zoom=0.2),
    ],
)
def test_the_same_amounts_give_keras_pictures(settings):
    images = some_images(200)
    pictures, amounts = by_keras(settings, images)
    np.testing.assert_allclose(augmentation.apply(images, amounts), pictures, atol=2e-4)
    assert abs(pictures - images).max() > 0.5


@pytest.mark.parametrize("settings", [DataSettings(shift=3, rotation=20, zoom=0.4), DataSettings(shift=8, zoom=0.5)])
def test_amounts_are_drawn_from_keras_ranges(settings):
    """Least, mean and largest of many draws; each is uniform, so that they are sharp."""
    own = Drawn.by(settings, MANY, seed=1)
    _, keras_ = by_keras(settings, np.zeros((MANY, 28, 28), np.float32))
    for name in ("shift", "turn", "zoom"):
        ours, theirs = getattr(own, name), getattr(keras_, name)
        width = np.ptp(theirs)
        assert ours.shape == theirs.shape
        for measure in (np.min, np.mean, np.max, np.std):
            np.testing.assert_allclose(measure(ours, axis=0), measure(theirs, axis=0), atol=0.03 * width)


def test_noise_is_that_of_keras():
    images = np.full((100, 28, 28), 0.5, np.float32)
    settings = DataSettings(noise=0.3)
    (layer,) = keras_models.augmentation(settings, Random(0))
    theirs = np.asarray(layer(images, training=True))
    ours = augmentation.apply(images, Drawn.by(settings, 100, seed=0))
    for measure in (np.mean, np.std):
        assert measure(ours) == pytest.approx(measure(theirs), abs=0.01)
    for pictures in (ours, theirs):  # neither clips
        assert pictures.min() < 0
        assert pictures.max() > 1


def test_a_dot_goes_right_and_down():
    image = np.zeros((1, 28, 28), np.float32)
    image[0, 10, 12] = 1
    moved = augmentation.apply(image, drawn(1, shift=(3.0, 5.0)))
    assert moved[0, 15, 15] == 1
    halfway = augmentation.apply(image, drawn(1, shift=(0.5, 0.0)))[0]
    assert halfway[10, 12:14].tolist() == [0.5, 0.5]
    assert halfway.sum() == 1


def test_a_quarter_turn_is_against_the_clock_and_leaves_the_middle():
    images = some_images(5)
    np.testing.assert_allclose(
        augmentation.apply(images, drawn(5, turn=90.0)), np.rot90(images, axes=(1, 2)), atol=1e-5
    )


def test_zoom_above_one_makes_smaller_about_the_middle():
    square = np.zeros((1, 28, 28), np.float32)
    square[0, 4:24, 4:24] = 1
    small = augmentation.apply(square, drawn(1, zoom=2.0))[0]
    np.testing.assert_allclose(small.sum(), square.sum() / 4, rtol=0.02)
    np.testing.assert_array_equal(small, small[::-1, ::-1])


def test_what_leaves_the_picture_is_lost_and_black_comes_in():
    white = np.ones((1, 28, 28), np.float32)
    moved = augmentation.apply(white, drawn(1, shift=(-6.0, 0.0)))[0]
    assert (moved[:, :22] == 1).all()
    assert (moved[:, 22:] == 0).all()
    assert (augmentation.apply(white, drawn(1, shift=(0.0, 100.0))) == 0).all()


def test_with_nothing_allowed_an_image_stays_as_it_is():
    images = some_images(7)
    np.testing.assert_array_equal(augmentation.apply(images, Drawn.by(DataSettings(), 7, seed=0)), images)


def test_the_same_seed_draws_the_same_and_another_one_does_not():
    settings = DataSettings(shift=2, rotation=10, zoom=0.1, noise=0.1)
    images = np.repeat(some_images(1), 12, axis=0)
    first = augmentation.apply(images, Drawn.by(settings, 12, seed=1))
    assert len(np.unique(first.reshape(12, -1), axis=0)) == 12
    np.testing.assert_array_equal(first, augmentation.apply(images, Drawn.by(settings, 12, seed=1)))
    assert (first != augmentation.apply(images, Drawn.by(settings, 12, seed=2))).any()
    assert first.dtype == np.float32


def test_what_was_done_is_told_in_signs():
    assert drawn(1, shift=(2.06, -0.44), turn=7.4, zoom=1 / 0.93).words(0) == "→2.1 ↑0.4 ↺7° x0.93"
    assert drawn(1, shift=(-1.0, 0.5)).words(0) == "←1.0 ↓0.5"
    assert drawn(1, turn=-3.0).words(0) == "↻3°"
    assert drawn(1).words(0) == ""
