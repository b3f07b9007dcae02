import numpy as np
import pytest

from cnnlab.digits import prepare, strokes


def test_every_drawing_is_what_the_canvas_gives():
    for drawing, _ in strokes.drawings(200):
        assert drawing.shape == (280, 280, 4)
        assert drawing.dtype == np.uint8
        assert (drawing[..., 3] == 255).all()
        assert (drawing[..., 0] == drawing[..., 1]).all()
        assert drawing[..., 0].max() == 255
        edge = [drawing[0], drawing[-1], drawing[:, 0], drawing[:, -1]]
        assert not any(side[..., :3].any() for side in edge), "no part is off the canvas"


def test_the_same_seed_draws_the_same():
    first, again, other = (list(strokes.drawings(20, seed)) for seed in (1, 1, 2))
    assert [digit for _, digit in first] == [*range(10), *range(10)]
    assert all((a == b).all() for (a, _), (b, _) in zip(first, again, strict=True))
    assert not any((a == b).all() for (a, _), (b, _) in zip(first, other, strict=True))


def test_sizes_places_and_pens_vary():
    boxes = [prepare.ink_box(prepare.composite(drawing)) for drawing, _ in strokes.drawings(200)]
    heights = [rows.stop - rows.start for rows, _ in boxes]
    assert min(heights) < 100
    assert max(heights) > 200
    assert np.ptp([rows.start for rows, _ in boxes]) > 100
    assert np.ptp([columns.start for _, columns in boxes]) > 150


@pytest.mark.parametrize("pen", strokes.PEN)
def test_a_line_is_as_wide_as_the_pen_and_has_round_ends(pen):
    drawn = strokes.ink([np.array([[100.0, 50.0], [100.0, 150.0]])], pen)[..., 0] / 255
    assert drawn[100].sum() == pytest.approx(pen, abs=0.6)
    assert drawn.sum() == pytest.approx(100 * pen + np.pi * pen**2 / 4, rel=0.05)
    assert ((drawn > 0) & (drawn < 1)).any()


def test_smoothing_keeps_the_ends_and_the_points_given_twice():
    bend = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    corner = bend[[0, 1, 1, 2]]
    for points in (bend, corner):
        assert (strokes.smooth(points)[[0, -1]] == points[[0, -1]]).all()
    assert np.linalg.norm(strokes.smooth(bend) - [1, 0], axis=1).min() > 0.1
    assert np.linalg.norm(strokes.smooth(corner) - [1, 0], axis=1).min() == 0
