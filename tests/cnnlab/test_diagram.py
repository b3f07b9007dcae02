import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from cnnlab.architecture import Conv2D, Dense, Flatten, MaxPooling2D, check
from cnnlab.diagram import PIXEL, PLANE, svg
from cnnlab.presets import EXAMPLE_DRAFTS, PRESETS
from ui.colours import LAYERS

SVG = "{http://www.w3.org/2000/svg}"


def drawn(layers):
    return ET.fromstring(svg(check(layers).summaries, LAYERS))


def box(polygon):
    points = [tuple(map(float, point.split(","))) for point in polygon.get("points").split()]
    (left, right), (top, bottom) = ((min(side), max(side)) for side in zip(*points, strict=True))
    return left, top, right, bottom


def fronts(root, layer):
    """The front of each stack of this layer type: as wide as its planes are many, as high as its maps."""
    faces = [face for face in root.iter(f"{SVG}polygon") if face.get("fill") == LAYERS[layer]]
    return [box(face) for face in faces if face.get("fill-opacity") == "0.75"]


def test_stacks_are_to_scale():
    root = drawn((Conv2D(8, 5), MaxPooling2D(2), Conv2D(32, 3), Flatten(), Dense(10, "softmax")))
    sizes = [(right - left, bottom - top) for left, top, right, bottom in fronts(root, "Conv2D")]
    assert sizes == [pytest.approx((8 * PLANE, 24 * PIXEL), abs=0.2), pytest.approx((32 * PLANE, 10 * PIXEL), abs=0.2)]


def test_it_says_in_words_what_it_shows():
    root = drawn(PRESETS["Tiny"].architecture.layers)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == (
        "The network to scale: Input 28 x 28 x 1, Conv2D 12 x 12 x 4, MaxPooling2D 6 x 6 x 4, Flatten 144, Dense 10"
    )
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert texts[:4] == ["Input", "28 x 28 x 1", "Conv2D", "12 x 12 x 4"]
    assert texts[-2:] == ["Dense", "10"]


@pytest.mark.parametrize(
    "layers", [*(preset.architecture.layers for preset in PRESETS.values()), *EXAMPLE_DRAFTS.values(), ()]
)
def test_nothing_overlaps_or_is_cut_off(layers):
    root = drawn(layers)
    width, height = (float(root.get(side)) for side in ("width", "height"))
    for polygon in root.iter(f"{SVG}polygon"):
        left, top, right, bottom = box(polygon)
        assert 0 <= left <= right <= width
        assert 0 <= top <= bottom <= height
    places = [float(text.get("x")) for text in root.iter(f"{SVG}text")][::2]
    assert all(later - earlier > 40 for earlier, later in pairwise(places))
    assert len(places) == len(check(layers).summaries) + 1


def test_a_network_at_the_limits_is_small_enough_for_a_page():
    layers = (*[Conv2D(128, 1)] * 4, Flatten(), Dense(10, "softmax"))
    assert len(svg(check(layers).summaries, LAYERS)) < 100_000
