import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy as np
import pytest

from cnnlab import mnist
from cnnlab.design.diagram import PIXEL, PLANE, TALLEST, svg
from cnnlab.nn.architecture import check
from cnnlab.nn.layers import (
    LAYERS,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    dimensions,
)
from cnnlab.presets import EXAMPLE_DRAFTS, PRESETS
from ui import colours

SVG = "{http://www.w3.org/2000/svg}"


def drawn(layers):
    return ET.fromstring(svg(check(layers).summaries, colours.LAYERS))


def box(polygon):
    points = [tuple(map(float, point.split(","))) for point in polygon.get("points").split()]
    (left, right), (top, bottom) = ((min(side), max(side)) for side in zip(*points, strict=True))
    return left, top, right, bottom


def fronts(root, layer):
    """The front of each stack of this layer type: as wide as its planes are many, as high as its maps."""
    faces = [face for face in root.iter(f"{SVG}polygon") if face.get("fill") == colours.LAYERS[layer]]
    return [box(face) for face in faces if face.get("fill-opacity") == "0.75"]


def test_stacks_are_to_scale():
    root = drawn((Conv2D(8, 5), MaxPooling2D(2), Conv2D(32, 3), Flatten(), Dense(10, "softmax")))
    sizes = [(right - left, bottom - top) for left, top, right, bottom in fronts(root, "Conv2D")]
    assert sizes == [pytest.approx((8 * PLANE, 24 * PIXEL), abs=0.2), pytest.approx((32 * PLANE, 10 * PIXEL), abs=0.2)]


def test_what_changes_no_shape_is_one_plane():
    root = drawn((Conv2D(8, 5), BatchNormalization(), Dropout(0.5)))
    for name in ("BatchNormalization", "Dropout"):
        ((left, top, right, bottom),) = fronts(root, name)
        assert (right - left, bottom - top) == pytest.approx((PLANE, 24 * PIXEL), abs=0.2)


def bars(root):
    return [float(bar.get("height")) for bar in root.iter(f"{SVG}rect") if bar.get("rx")]


def test_bars_grow_by_the_logarithm_and_never_above_the_largest_map():
    sizes = [1, 3, 15, 255]
    heights = [bars(drawn((Flatten(), Dense(units))))[1] for units in sizes]
    assert [height / heights[0] for height in heights] == pytest.approx([1, 2, 4, 8], abs=0.02)
    assert bars(drawn((Conv2D(128, 1), Flatten()))) == pytest.approx([TALLEST], abs=0.1)


def texts(root):
    return [text.text for text in root.iter(f"{SVG}text")]


def test_it_says_in_words_what_it_shows():
    root = drawn(PRESETS["Tiny"].architecture.layers)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == (
        "The network to scale: Input 28 x 28 x 1, Conv2D 12 x 12 x 4, MaxPooling2D 6 x 6 x 4, Flatten 144, Dense 10"
    )
    input_, conv, pooling = ["Input", "28 x 28 x 1"], ["Conv2D", "12 x 12 x 4"], ["MaxPooling2D", "6 x 6 x 4"]
    end = ["Flatten", "144", "Dense", "10", "softmax", *"0123456789"]
    assert texts(root) == [*input_, *conv, "5 x 5", "strides 2", "relu", *pooling, "2 x 2", *end]


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ((Conv2D(4, 3, padding="same", trainable=False),), ["3 x 3", "same padding", "frozen"]),
        ((Conv2D(4, 3, dilation_rate=2, activation="tanh"),), ["3 x 3", "dilation 2", "tanh"]),
        ((MaxPooling2D(3, strides=1),), ["3 x 3", "strides 1"]),
        ((AveragePooling2D(3, strides=3, padding="same"),), ["3 x 3", "same padding"]),
        ((Dropout(0.25),), ["rate 0.25"]),
        ((GlobalAveragePooling2D(),), []),
    ],
)
def test_details_stand_below_a_layer(layers, words):
    found = texts(drawn(layers))
    shape = dimensions(check(layers).summaries[-1].output_shape)
    assert found[found.index(shape, 2) + 1 :] == words


def test_every_kind_can_be_drawn():
    for name, kind in LAYERS.items():
        layer = kind(
            **{"Conv2D": {"filters": 4, "kernel_size": 3}, "Dense": {"units": 3}, "Dropout": {"rate": 0.1}}.get(
                name, {}
            )
        )
        before = (Flatten(),) if name == "Dense" else ()
        root = drawn((*before, layer))
        assert "".join(texts(root)).replace(" ", "").count(name) == 1


def test_the_picture_is_seen_on_the_input():
    digit = np.zeros((28, 28), np.uint8)
    digit[3, 5:9] = 255
    digit[4, 6] = 102
    (ink,) = (group for group in ET.fromstring(svg((), colours.LAYERS, picture=digit)).iter(f"{SVG}g"))
    runs = [tuple(float(run.get(name)) for name in ("x", "y", "width", "opacity")) for run in ink]
    assert runs == [(5, 3, 4, 1.0), (6, 4, 1, 0.4)]
    assert len(svg((), colours.LAYERS, picture=mnist.load().test.images[0, ..., 0])) < 12_000
    assert svg((), colours.LAYERS, picture=np.zeros((28, 28), np.uint8)).count("<rect") == 0


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
    for text in root.iter(f"{SVG}text"):
        assert 0 < float(text.get("x")) < width
        assert 0 < float(text.get("y")) < height
    solid = [face for face in root.iter(f"{SVG}polygon") if face.get("fill") in colours.LAYERS.values()]
    stacks = [list(map(box, solid[start : start + 3])) for start in range(0, len(solid), 3)]
    for one, other in pairwise(stacks):
        assert max(right for *_, right, _ in one) < min(left for left, *_ in other)


def test_a_network_at_the_limits_is_small_enough_for_a_page():
    layers = (*[Conv2D(128, 1)] * 4, Flatten(), Dense(10, "softmax"))
    assert len(svg(check(layers).summaries, colours.LAYERS)) < 100_000
