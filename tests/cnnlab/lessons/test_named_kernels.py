"""Kernels with a name, what happens when a picture moves, and what learned kernels look for."""

import numpy as np
import pytest

from cnnlab.lessons.named_kernels import (
    KERNEL_PRESETS,
    LUMA,
    SIZES,
    Agreement,
    binomial,
    edge_share,
    moved_along,
    resize,
    shift,
    turn,
)
from cnnlab.nn.operations import conv2d

NO_BIAS = np.zeros(1, np.float32)
PRESETS = [(name, channels) for name, preset in KERNEL_PRESETS.items() for channels in (3,) if preset] + [
    (name, 1) for name, preset in KERNEL_PRESETS.items() if not preset.colour_only
]


@pytest.mark.parametrize(("name", "channels"), PRESETS)
def test_a_preset_is_one_filter_at_every_size_that_it_has(name, channels):
    preset = KERNEL_PRESETS[name]
    for size in range(preset.smallest, SIZES[1] + 1):
        kernel = preset.kernel(size, channels)
        assert kernel.shape == (size, size, channels, 1)
        assert kernel.dtype == np.float32
        assert np.abs(kernel).max() > 0
        if channels == 3:
            planes = [kernel[:, :, plane, 0] for plane in range(3)]
            assert not np.array_equal(planes[0], planes[1])


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("Identity", [[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        ("Box blur", np.full((3, 3), 1 / 9)),
        ("Gaussian", np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16),
        ("Sharpen", [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        ("Sobel x", [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
        ("Sobel y", [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
        ("Laplacian", [[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
        ("Emboss", [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
    ],
)
def test_3_x_3_kernels_are_those_of_the_books(name, rows):
    np.testing.assert_allclose(KERNEL_PRESETS[name].kernel(3, 1)[:, :, 0, 0], rows, rtol=1e-6)


@pytest.mark.parametrize("size", range(1, 8))
def test_identity_gives_the_picture_back_and_blurs_keep_its_brightness(size):
    image = np.random.default_rng(size).random((12, 12, 1), np.float32)
    same = conv2d(image, KERNEL_PRESETS["Identity"].kernel(size, 1), NO_BIAS, padding="same")
    np.testing.assert_allclose(same, image, rtol=1e-6)
    for name in ("Box blur", "Gaussian"):
        assert KERNEL_PRESETS[name].kernel(size, 1).sum() == pytest.approx(1, rel=1e-6)


@pytest.mark.parametrize("size", range(2, 8))
def test_edge_finders_answer_to_their_edge_and_not_to_paper(size):
    image = np.zeros((16, 16, 1), np.float32)
    image[:, 8:] = 1  # dark on the left, bright on the right
    along = conv2d(image, KERNEL_PRESETS["Sobel x"].kernel(size, 1), NO_BIAS)
    across = conv2d(image, KERNEL_PRESETS["Sobel y"].kernel(size, 1), NO_BIAS)
    assert along.max() > 0
    assert along.min() >= -1e-6
    np.testing.assert_allclose(across, 0, atol=1e-5)
    np.testing.assert_allclose(along[:, 0], 0, atol=1e-5)


def test_the_red_one_answers_to_red_and_not_to_white():
    kernel = KERNEL_PRESETS["Red"].kernel(1, 3)
    colours = np.array([[[1, 0, 0], [1, 1, 1], [0, 1, 0], [0, 0, 1]]], np.float32)
    np.testing.assert_allclose(conv2d(colours, kernel, NO_BIAS).ravel(), [1, 0, -0.5, -0.5], atol=1e-6)


def test_on_a_colour_picture_edges_are_those_of_its_brightness():
    image = np.random.default_rng(0).random((9, 9, 3), np.float32)
    grey = (image @ np.array(LUMA, np.float32))[..., np.newaxis]
    of_colour, of_grey = (
        conv2d(picture, KERNEL_PRESETS["Sobel x"].kernel(3, channels), NO_BIAS)
        for picture, channels in ((image, 3), (grey, 1))
    )
    np.testing.assert_allclose(of_colour, of_grey, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "size", "channels", "message"),
    [
        ("Sobel x", 1, 1, "`size` must be from 2 to 7. Received: size=1"),
        ("Identity", 8, 1, "`size` must be from 1 to 7. Received: size=8"),
        ("Red", 3, 1, r"`channels` must be one of \(3,\). Received: channels=1"),
        ("Emboss", 3, 2, r"`channels` must be one of \(1, 3\). Received: channels=2"),
    ],
)
def test_what_a_preset_does_not_have(name, size, channels, message):
    with pytest.raises(ValueError, match=message):
        KERNEL_PRESETS[name].kernel(size, channels)


def test_resize_keeps_the_middle():
    kernel = np.arange(1, 10).reshape(3, 3)
    np.testing.assert_array_equal(resize(kernel, 5)[1:4, 1:4], kernel)
    assert resize(kernel, 5).sum() == kernel.sum()
    assert resize(kernel, 1).tolist() == [[5]]
    assert resize(kernel, 2).tolist() == [[5, 6], [8, 9]]
    assert resize(kernel[..., np.newaxis], 4).shape == (4, 4, 1)
    np.testing.assert_array_equal(resize(resize(kernel, 6), 3), kernel)


def test_turn_and_binomial_by_hand():
    assert turn(np.array([[1, 2], [3, 4]])).tolist() == [[4, 3], [2, 1]]
    assert binomial(1).tolist() == [1]
    assert binomial(5).tolist() == [1, 4, 6, 4, 1]


def test_a_dot_shows_that_the_layer_computes_a_correlation():
    kernel = np.arange(1, 10, dtype=np.float32).reshape(3, 3, 1, 1)
    dot = np.zeros((5, 5, 1), np.float32)
    dot[2, 2] = 1
    np.testing.assert_array_equal(conv2d(dot, kernel, NO_BIAS)[..., 0], turn(kernel)[..., 0, 0])
    np.testing.assert_array_equal(conv2d(dot, turn(kernel), NO_BIAS)[..., 0], kernel[..., 0, 0])


def test_shift_by_hand():
    image = np.array([[1, 2, 3], [4, 5, 6]])
    assert shift(image, 1, 1).tolist() == [[0, 0, 0], [0, 1, 2]]
    assert shift(image, 0, 0).tolist() == image.tolist()


@pytest.mark.parametrize(("down", "right"), [(0, 0), (1, 0), (3, 5)])
def test_the_map_moves_along_exactly_with_a_stride_of_1(down, right):
    image = np.random.default_rng(0).random((14, 14, 1), np.float32)
    kernel = KERNEL_PRESETS["Emboss"].kernel(3, 1)
    maps = [conv2d(picture, kernel, NO_BIAS)[..., 0] for picture in (image, shift(image, down, right))]
    agreement = moved_along(*maps, down, right)
    assert agreement == Agreement((12 - down) * (12 - right), (12 - down) * (12 - right), 0.0)


def test_with_a_stride_of_2_only_even_shifts_move_the_map():
    image = np.random.default_rng(0).random((14, 14, 1), np.float32)
    kernel = KERNEL_PRESETS["Emboss"].kernel(3, 1)
    maps = [conv2d(shift(image, 0, right), kernel, NO_BIAS, 2)[..., 0] for right in range(3)]
    odd, even = moved_along(maps[0], maps[1], 0, 0), moved_along(maps[0], maps[2], 0, 1)
    assert odd.equal < odd.compared
    assert even.equal == even.compared == 6 * 5


def test_blank_paper_is_not_counted():
    assert moved_along(np.full((3, 3), 0.5), np.full((3, 3), 0.5), 0, 0, blank=0.5) == Agreement(0, 0, 0.0)


def test_edge_share_of_an_edge_a_line_and_nothing():
    row = np.arange(5.0)
    assert edge_share(np.tile(row, (5, 1))) == pytest.approx(1)
    assert edge_share(np.tile([0, 0, 1, 0, 0], (5, 1))) == pytest.approx(0, abs=1e-12)
    assert edge_share(np.zeros((5, 5))) == 0
