import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from cnnlab import mnist, starter
from cnnlab.digits import prepare
from cnnlab.experiment import DataSettings
from cnnlab.nn import network


@pytest.fixture(scope="module")
def shipped():
    return starter.load()


def test_what_ships_is_what_the_command_trains(shipped):
    experiment, weights = shipped
    assert experiment == starter.EXPERIMENT
    assert {key: array.shape for key, array in weights.items()} == experiment.architecture.weight_shapes
    assert all(array.dtype == np.float32 and np.isfinite(array).all() for array in weights.values())
    assert starter.WEIGHTS_FILE.stat().st_size + starter.EXPERIMENT_FILE.stat().st_size < 2_000_000


def test_loading_needs_no_tensorflow():
    program = (
        "import sys; from cnnlab import starter; starter.load(); print({'tensorflow', 'keras'} & sys.modules.keys())"
    )
    assert (
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout == "set()\n"
    )


def test_it_reads_the_test_images(shipped):
    test = mnist.load().test
    assert starter.accuracy(*shipped, mnist.normalise(test.images), test.labels) >= 0.992


def test_it_reads_drawings(shipped):
    images, labels = starter.drawn_digits(1000)
    assert np.bincount(labels).tolist() == [100] * 10
    assert starter.accuracy(*shipped, images, labels) >= 0.97


def test_it_reads_mnist_digits_redrawn_at_any_size_and_place(shipped):
    """As the Draw page does it: canvas, preparation, NumPy network."""
    experiment, weights = shipped
    rng = np.random.default_rng(0)
    test = mnist.load().test
    chosen = rng.choice(len(test.images), 300, replace=False)
    right = 0
    for original, label in zip(test.images[chosen, :, :, 0], test.labels[chosen], strict=True):
        size = rng.integers(60, 281)
        top, left = rng.integers(0, 281 - size, 2)
        rgba = np.zeros((280, 280, 4), np.uint8)
        rgba[..., 3] = 255
        redrawn = np.asarray(Image.fromarray(original).resize((size, size), Image.Resampling.BICUBIC))
        rgba[top : top + size, left : left + size, :3] = redrawn[..., np.newaxis]
        image = prepare.from_canvas(rgba)[..., np.newaxis]
        right += network.forward(experiment.architecture, weights, image)[-1].argmax() == label
    assert right >= 0.95 * len(chosen)


@pytest.fixture
def _still(monkeypatch):
    """Augmentation that changes nothing, for a test to change one thing."""
    for name, value in {"THICKER": 0, "TURN": 0, "SLANT": 0, "SCALE": 1, "SHIFT": 0}.items():
        monkeypatch.setattr(starter, name, (value, value))


def augmented(image):
    return starter.augment(image[np.newaxis, :, :, np.newaxis], np.random.default_rng(0))[0, :, :, 0]


def bar(top, left, height, width):
    image = np.zeros((28, 28), np.float32)
    image[top : top + height, left : left + width] = 1
    return image


@pytest.mark.usefixtures("_still")
@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SHIFT", 0, bar(10, 13, 8, 2)),
        ("SHIFT", 3, bar(7, 10, 8, 2)),
        ("TURN", 90, bar(13, 10, 2, 8)),
        ("SCALE", 2, bar(6, 12, 16, 4)),
        ("THICKER", 1, bar(9, 12, 9, 3)),
        ("THICKER", 2, bar(9, 12, 10, 4)),
        ("THICKER", -1, bar(10, 13, 7, 1)),
    ],
)
def test_augmentation_by_hand(monkeypatch, name, value, expected):
    monkeypatch.setattr(starter, name, (value, value))
    # Enlarged, the corners are 3/4 * 3/4 = 9/16 white; all others are exact.
    tolerance = 0.44 if name == "SCALE" else 1e-3
    np.testing.assert_allclose(augmented(bar(10, 13, 8, 2)), expected, atol=tolerance)


@pytest.mark.usefixtures("_still")
def test_slant_moves_the_top_against_the_bottom(monkeypatch):
    monkeypatch.setattr(starter, "SLANT", (0.25, 0.25))
    columns = augmented(bar(4, 13, 20, 2)) @ np.arange(28) / 2
    np.testing.assert_allclose(np.diff(columns[6:22]), -0.25, atol=0.05)


def test_every_image_is_augmented_differently_and_repeatably():
    images = mnist.normalise(np.repeat(mnist.load().train.images[:1], 8, axis=0))
    first, again = (starter.augment(images, np.random.default_rng(7)) for _ in range(2))
    assert first.shape == images.shape
    assert first.dtype == np.float32
    assert 0 <= first.min() <= first.max() <= 1 + 1e-6
    assert (first == again).all()
    assert all((first[0] != other).any() for other in first[1:])


def test_a_short_training_learns(capsys):
    short = replace(
        starter.EXPERIMENT,
        data=DataSettings(train_size=4_000, validation_size=1_000),
        training=replace(starter.EXPERIMENT.training, epochs=2),
    )
    weights = starter.train(short)
    test = mnist.load().test
    assert starter.accuracy(short, weights, mnist.normalise(test.images), test.labels) > 0.8
    assert capsys.readouterr().out.count("validation loss") == 2
