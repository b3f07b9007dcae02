"""Likeness: real digits pass, whoever drew them; what is no digit mostly does not."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from cnnlab import mnist, starter
from cnnlab.digits import prepare, strokes
from cnnlab.experiment import DataSettings, Experiment
from cnnlab.explain import likeness
from cnnlab.explain.likeness import Likeness, form, hidden
from cnnlab.nn import network
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import HEAD, Dense, Flatten
from tests.networks import random_weights

EXPERIMENT, WEIGHTS = starter.load()
TEST, TRAIN = mnist.load().test, mnist.load().train


@pytest.fixture(scope="module")
def shipped():
    return Likeness.load(starter.LIKENESS_FILE)


def ranks(found, images, experiment=EXPERIMENT, weights=WEIGHTS):
    """How unlike images, float32 (n, 28, 28), are."""
    traces = [
        network.trace(experiment.architecture, weights, experiment.data.prepare(image[..., np.newaxis]))
        for image in images
    ]
    return np.array(
        [found.rank(image, hidden(experiment.architecture, trace)) for image, trace in zip(images, traces, strict=True)]
    )


def polyline(*lines, pen=16):
    """A drawing of straight lines, each `x y x y ...`, as the network sees it."""
    return prepare.from_canvas(strokes.ink([np.array(line.split(), float).reshape(-1, 2) for line in lines], pen))


def letter(name):
    sheet = Image.new("L", (280, 280))
    ImageDraw.Draw(sheet).text((40, 20), name, fill=255, font=ImageFont.load_default(200))
    return prepare.from_canvas(prepare.to_canvas(np.asarray(sheet)))


def test_what_ships_was_made_of_the_starter_s_weights(shipped):
    assert len(shipped.places) == likeness.NUM_DIGITS
    assert len(shipped.held_back) == likeness.NUM_HELD_BACK
    for index in range(10):
        traces = network.trace(EXPERIMENT.architecture, WEIGHTS, mnist.normalise(TRAIN.images[index]))
        place = shipped.principal.project(hidden(EXPERIMENT.architecture, traces))
        np.testing.assert_allclose(shipped.places[index], place, atol=2e-3)


def test_digits_pass_whoever_drew_them(shipped):
    assert (ranks(shipped, mnist.normalise(TEST.images[:300, ..., 0])) <= likeness.PASS).mean() >= 0.97
    drawings = np.array([prepare.from_canvas(drawing) for drawing, _ in strokes.drawings(100)])
    assert (ranks(shipped, drawings) <= likeness.PASS).mean() >= 0.97


@pytest.mark.parametrize("pen", [6, 20, 40])
def test_a_tap_is_unlike_a_digit(shipped, pen):
    assert ranks(shipped, [polyline("140 140 140 140", pen=pen)]) == 1


def test_most_of_what_is_no_digit_is_told(shipped):
    shapes = {
        "A": polyline("60 240 140 40 220 240", "95 160 185 160"),
        "M": polyline("40 240 60 40 140 160 220 40 240 240"),
        "K": polyline("70 40 70 240", "200 40 70 150 200 240"),
        "plus": polyline("40 140 240 140", "140 40 140 240"),
        "minus": polyline("40 140 240 140"),
        "star": polyline("140 30 210 240 30 110 250 110 70 240 140 30"),
        "square": polyline("50 50 230 50 230 230 50 230 50 50"),
        "tick": polyline("50 160 110 230 240 50"),
        "equals": polyline("50 100 230 100", "50 180 230 180"),
    } | {name: letter(name) for name in "CDEFGHKLMNPRTUVWXY"}
    told = ranks(shipped, list(shapes.values())) > likeness.PASS
    assert told.mean() >= 0.6, [name for name, is_told in zip(shapes, told, strict=True) if not is_told]


def test_any_network_has_a_likeness(monkeypatch, tmp_path):
    monkeypatch.setattr(likeness, "NUM_DIGITS", 150)
    monkeypatch.setattr(likeness, "NUM_HELD_BACK", 100)
    images = mnist.normalise(TRAIN.images[:3, ..., 0])
    for layers in ((Flatten(), HEAD), (Flatten(), Dense(5, activation="relu"), HEAD)):
        for data in (DataSettings(), DataSettings(train_size=100, normalise=False, permute_pixels=True)):
            experiment = Experiment(Architecture(layers), data)
            weights = random_weights(experiment.architecture, np.random.default_rng(0))
            found = Likeness.of(experiment, weights)
            assert len(found.places) == min(150, data.num_train)
            np.testing.assert_array_equal(ranks(found, images, experiment, weights), 0)
            found.save(tmp_path / "likeness.npz")
            again = Likeness.load(tmp_path / "likeness.npz")
            np.testing.assert_array_equal(again.held_back, found.held_back)
            weights["1/kernel"] = np.zeros_like(weights["1/kernel"])  # every picture gives the same: nothing is told
            assert ranks(Likeness.of(experiment, weights), images, experiment, weights).max() <= likeness.PASS


def test_form_by_hand():
    image = np.zeros((28, 28), np.float32)
    image[4:9, 4:9] = image[20:22, 20:22] = 1
    assert form(image).tolist() == [3, 2]
    assert form(np.zeros((28, 28))).tolist() == [0, 0]
