import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from cnnlab.digits import prepare, segment, strokes


def beside_each_other(*numbers, seed=0):
    """Drawings of digits side by side, each with all its strokes: uint8 (280, 280 n, 4)."""
    rng = np.random.default_rng(seed)
    return np.concatenate([strokes.draw(number, rng) for number in numbers], axis=1)


@pytest.mark.parametrize("seed", range(6))
def test_digits_of_any_size_and_place_are_cut_apart(seed):
    rgba = beside_each_other(2, 0, 2, 6, 4, 5, 7, 1, 8, 9, 3, seed=seed)
    found = segment.split(rgba)
    assert len(found) == 11
    for index, digit in enumerate(found):
        alone = rgba[:, 280 * index : 280 * (index + 1)]
        np.testing.assert_allclose(prepare.from_canvas(digit.rgba), prepare.from_canvas(alone), atol=1e-6)
        assert digit.rgba[digit.box].sum(dtype=int) == digit.rgba.sum(dtype=int)


def sheet(*rectangles):
    rgba = np.zeros((100, 200, 4), np.uint8)
    for top, left, height, width in rectangles:
        rgba[top : top + height, left : left + width] = 255
    return rgba


def boxes(rgba):
    return [tuple((part.start, part.stop) for part in digit.box) for digit in segment.split(rgba)]


def test_strokes_above_each_other_are_one_digit_and_beside_each_other_two():
    assert boxes(sheet((10, 10, 20, 40), (40, 15, 40, 40))) == [((10, 80), (10, 55))]
    assert boxes(sheet((10, 10, 60, 20), (10, 40, 60, 20))) == [((10, 70), (10, 30)), ((10, 70), (40, 60))]


def test_a_slanted_digit_may_reach_over_its_neighbour():
    assert len(boxes(sheet((10, 10, 60, 30), (75, 35, 20, 30)))) == 2


def test_a_bridge_joins_what_stood_apart():
    left, right, roof = (40, 10, 40, 10), (40, 60, 40, 10), (10, 5, 10, 70)
    assert len(boxes(sheet(left, right))) == 2
    assert len(boxes(sheet(left, right, roof))) == 1


def test_a_speck_is_no_digit():
    assert boxes(sheet((10, 10, 80, 20), (50, 100, 6, 6))) == [((10, 90), (10, 30))]


def test_nothing_drawn_has_no_digits():
    assert segment.split(sheet()) == ()


@given(arrays(bool, st.tuples(st.integers(1, 12), st.integers(1, 12))))
def test_a_digit_is_made_of_whole_pieces_of_ink(ink):
    pieces, _ = ndimage.label(ink, np.ones((3, 3)))
    for digit in segment.split(np.where(ink[..., np.newaxis], np.uint8(255), np.zeros(4, np.uint8))):
        mine = digit.rgba[..., 3] > 0
        assert ink[mine].all()
        assert set(pieces[mine]).isdisjoint(pieces[ink & ~mine])


def test_ink_that_touches_at_a_corner_is_one_piece():
    assert boxes(sheet((10, 10, 20, 20), (30, 30, 20, 20))) == [((10, 50), (10, 50))]
