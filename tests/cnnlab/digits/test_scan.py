import numpy as np
import pytest

from cnnlab import starter
from cnnlab.digits import prepare, scan, strokes
from cnnlab.nn import network


def drawn(number):
    """A drawing's ink and its digit: uint8 (280, 280)."""
    rgba, digit = list(strokes.drawings(number + 1, seed=5))[number]
    return rgba[..., 0], digit


def photo(ink, *, light=True, shade=0.0, noise=3.0, pen=0.75, ruled=0, squared=0, shadow=0.0):
    """The drawing as a camera might see it: grey paper, darker towards one corner, dark ink, noise.

    `ruled`, `squared`: every so many pixels there is a line, turned a little. `shadow`: over one part, with an edge.
    """
    rows, columns = np.indices(ink.shape)
    sheet = 205 * (1 - shade * (rows + columns) / 2 / max(ink.shape))
    lines = np.zeros(ink.shape, bool)
    for step, along in ((ruled or squared, rows + 0.06 * columns), (squared, columns - 0.06 * rows)):
        lines |= (along % step < 2) if step else False
    sheet = np.where(lines, 0.7 * sheet, sheet) * np.where(rows + 2 * columns > 1.6 * len(ink), 1 - shadow, 1)
    picture = sheet * (1 - pen * ink / 255) + np.random.default_rng(0).normal(0, noise, ink.shape)
    return np.clip(picture if light else 255 - picture, 0, 255).astype(np.uint8)


def overlap(one, other):
    """Intersection over union of two masks."""
    return (one & other).sum() / (one | other).sum()


@pytest.mark.parametrize("light", [True, False])
@pytest.mark.parametrize("shade", [0, 0.5])
def test_ink_is_found_on_light_and_dark_paper_in_even_and_uneven_light(light, shade):
    for number in range(10):
        ink, _ = drawn(number)
        found = scan.to_ink(photo(ink, light=light, shade=shade))
        assert scan.is_light(photo(ink, light=light, shade=shade)) == light
        assert overlap(found >= 128, ink >= 128) > 0.8


@pytest.mark.parametrize(
    "sheet",
    [
        {"shade": 0.4},
        {"noise": 12},
        {"squared": 25},
        {"ruled": 60, "noise": 6},
        {"shadow": 0.4},
        {"pen": 0.45, "squared": 40, "shade": 0.4},
    ],
    ids=str,
)
def test_a_photographed_digit_is_read_as_the_drawn_one(sheet):
    experiment, weights = starter.load()
    right = 0
    for number in range(10):
        ink, digit = drawn(number)
        image = prepare.from_canvas(prepare.to_canvas(scan.to_ink(photo(ink, **sheet))))
        answer = network.forward(experiment.architecture, weights, experiment.data.prepare(image[..., np.newaxis]))[-1]
        right += int(answer.argmax()) == digit
    assert right >= 9


def test_a_large_picture_becomes_smaller_and_noisy_paper_is_black():
    blank = photo(np.zeros((400, 800)), noise=12)
    assert scan.to_ink(blank).shape == (160, 320)
    assert not scan.to_ink(blank).any()


@pytest.mark.parametrize("value", [0, 100, 255])
def test_a_picture_without_ink_becomes_black(value):
    noise = np.random.default_rng(1).integers(-3, 4, (60, 80))
    blank = np.clip(value + noise, 0, 255).astype(np.uint8)
    assert not scan.to_ink(blank).any()
    assert not scan.to_ink(np.full((1, 1), value, np.uint8)).any()


def test_ink_on_black_keeps_its_shape():
    ink, _ = drawn(3)
    assert overlap(scan.to_ink(ink) >= 128, ink >= 128) > 0.95


def test_the_threshold_stands_between_two_groups():
    values = np.concatenate([np.full(900, 10.0), np.full(100, 200.0)])
    assert 10 < scan.otsu(values) < 200
