import numpy as np
import pytest

from cnnlab import mnist
from cnnlab.digits import prepare, strokes


def canvas(*rectangles):
    """A black canvas with white rectangles, each (top, left, height, width)."""
    rgba = np.zeros((280, 280, 4), np.uint8)
    rgba[..., 3] = 255
    for top, left, height, width in rectangles:
        rgba[top : top + height, left : left + width, :3] = 255
    return rgba


def field(top, left, height, width):
    image = np.zeros((28, 28), np.float32)
    image[top : top + height, left : left + width] = 1
    return image


@pytest.mark.parametrize("size", [1, 3, 40, 150])
@pytest.mark.parametrize("place", [(0, 0), (130, 5), (70, 130)])
def test_a_square_of_any_size_and_place_ends_in_the_middle_20_pixels_wide(size, place):
    image = prepare.from_canvas(canvas((*place, size, size)))
    assert image.dtype == np.float32
    np.testing.assert_allclose(image, field(4, 4, 20, 20), atol=1e-6)


def test_the_longer_side_becomes_20_and_proportions_stay():
    np.testing.assert_allclose(prepare.from_canvas(canvas((9, 200, 80, 20))), field(4, 12, 20, 5), atol=1e-6)
    np.testing.assert_allclose(prepare.from_canvas(canvas((9, 20, 1, 200))), field(14, 4, 1, 20), atol=1e-6)


def test_the_centre_of_mass_is_centred_not_the_box():
    # A T of 20x20: bar 20x4 at the top, stem 16x4. Mass 144, row (80 * 1.5 + 64 * 11.5) / 144 = 5.94 -> 14.
    image = prepare.from_canvas(canvas((50, 100, 16, 80), (66, 132, 64, 16)))
    expected = np.maximum(field(8, 4, 4, 20), field(12, 12, 16, 4))
    np.testing.assert_allclose(image[8:, :], expected[8:, :], atol=0.5)
    assert image[:7].max() == 0
    rows, columns = np.indices((28, 28))
    assert 13.5 <= np.average(rows, weights=image) <= 14.5
    assert 13.5 <= np.average(columns, weights=image) <= 14.5


def test_what_sticks_out_is_cut_off_and_does_not_come_in_on_the_other_side():
    # A heavy block with a long thin tail: the block is moved to the middle, the tail's end leaves the field.
    image = prepare.from_canvas(canvas((20, 100, 50, 50), (70, 124, 150, 2)))
    assert image[27].max() > 0
    assert image[:8].max() == 0


def test_edges_become_grey_means():
    crop = np.zeros((40, 40), np.float32)
    crop[:, :19] = 255  # the tenth pair of columns is half covered
    small = prepare.fit(crop)
    assert small.shape == (20, 20)
    assert 0 < small[10, 9] < 255
    assert (small[:, :8] == 255).all()
    assert (small[:, 11:] == 0).all()


def test_mnist_digits_come_back_as_they_are():
    for original in mnist.load().test.images[:500]:
        rgba = np.concatenate([np.repeat(original, 3, axis=2), np.full_like(original, 255)], axis=2)
        np.testing.assert_allclose(prepare.from_canvas(rgba), mnist.normalise(original[..., 0]), atol=1e-6)


def test_alpha_counts():
    rgba = np.zeros((1, 4, 4), np.uint8)
    rgba[0] = [[255, 255, 255, 255], [255, 255, 255, 51], [255, 255, 255, 0], [255, 0, 0, 255]]
    np.testing.assert_allclose(prepare.composite(rgba), [[255, 51, 0, 0.299 * 255]], rtol=1e-5)


def test_an_empty_canvas_is_none():
    assert prepare.from_canvas(canvas()) is None
    assert prepare.from_canvas(np.zeros((280, 280, 4), np.uint8)) is None
    black_on_nothing = np.zeros((280, 280, 4), np.uint8)
    black_on_nothing[100:150, 100:150, 3] = 255
    assert prepare.from_canvas(black_on_nothing) is None


def test_a_white_canvas_is_a_square():
    np.testing.assert_allclose(
        prepare.from_canvas(np.full((280, 280, 4), 255, np.uint8)), field(4, 4, 20, 20), atol=1e-6
    )


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros((280, 280, 3), np.uint8),
        np.zeros((280, 280), np.uint8),
        np.zeros((280, 280, 4)),
        np.zeros((1, 9, 9, 4)),
    ],
)
def test_other_arrays_are_refused(bad):
    with pytest.raises(ValueError, match=r"`rgba` must be .* \(height, width, 4\) and dtype uint8. Received: rgba of"):
        prepare.from_canvas(bad)


# Steps that are switched off


def naive(rgba):
    """The whole canvas brought to 28x28, as many tutorials do it."""
    return prepare.prepare(rgba, prepare.Preparation(crop=False, fit=False, centre=False)).image


def test_every_step_is_kept_and_the_last_is_what_the_network_sees():
    rgba = canvas((9, 200, 80, 20))
    steps = prepare.prepare(rgba)
    np.testing.assert_allclose(steps.grey, rgba[..., 0], rtol=1e-6)
    assert steps.ink.sum() == 80 * 20
    assert steps.box == (slice(9, 89), slice(200, 220))
    assert steps.crop.shape == (80, 20)
    assert steps.small.shape == (20, 5)
    np.testing.assert_allclose(steps.field, 255 * field(4, 12, 20, 5), atol=1e-4)
    np.testing.assert_array_equal(steps.image, prepare.from_canvas(rgba))


def test_without_any_step_the_canvas_is_made_smaller_as_it_is():
    np.testing.assert_allclose(naive(canvas((10, 200, 80, 20))), field(1, 20, 8, 2), atol=0.3)
    np.testing.assert_allclose(naive(canvas((10, 200, 80, 20))).sum(), 16, rtol=0.01)


def test_without_centring_the_digit_stays_where_it_was_drawn():
    image = prepare.prepare(canvas((0, 240, 40, 40)), prepare.Preparation(centre=False)).image
    np.testing.assert_allclose(image, field(0, 16, 12, 12), atol=1e-6)  # 20x20 about (2, 26), what sticks out is cut


def test_without_the_fit_to_20_the_digit_fills_the_field():
    np.testing.assert_allclose(
        prepare.prepare(canvas((60, 100, 40, 40)), prepare.Preparation(fit=False)).image, field(0, 0, 28, 28), atol=1e-6
    )


def test_without_anti_aliasing_there_are_no_greys():
    drawing = strokes.draw(8, np.random.default_rng(1)) // 255 * 255
    hard = prepare.prepare(drawing, prepare.Preparation(antialias=False)).image
    assert np.isin(hard, [0, 1]).all()
    assert not np.isin(prepare.from_canvas(drawing), [0, 1]).all()


def test_inverted_ink_is_all_there_is_around_the_digit():
    steps = prepare.prepare(canvas((60, 100, 40, 40)), prepare.Preparation(invert=True))
    assert steps.box == (slice(0, 280), slice(0, 280))
    assert steps.image.mean() > 0.4
    whole = prepare.prepare(canvas((0, 0, 280, 280)), prepare.Preparation(invert=True))
    assert not whole.image.any(), "nothing is left, and nothing is divided by zero"


def test_nothing_drawn_is_none_whatever_is_switched_off():
    assert prepare.prepare(canvas(), prepare.Preparation(invert=True, crop=False)) is None


def test_a_picture_becomes_a_drawing():
    original = mnist.load().test.images[0, ..., 0]
    np.testing.assert_allclose(prepare.from_canvas(prepare.to_canvas(original)), mnist.normalise(original), atol=1e-6)
