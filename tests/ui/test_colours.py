import itertools
import tomllib
from pathlib import Path

import numpy as np
import pytest

from ui import colours

THEME = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())["theme"]
THEMES = [pytest.param(THEME[name], id=name) for name in ("light", "dark")]
BACKGROUNDS = ["backgroundColor", "secondaryBackgroundColor"]

# Machado, Oliveira and Fernandes (2009), full severity, for linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
RGB_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE_XYZ = np.array([0.9505, 1.0, 1.089])


def lab(colour: str, sight: str) -> np.ndarray:
    channels = np.array(colours.rgb(colour)) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    x, y, z = np.cbrt(np.maximum(RGB_TO_XYZ @ np.clip(SIGHT[sight] @ linear, 0, 1) / WHITE_XYZ, 0.0089))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(colour: str, other: str) -> float:
    """The smallest CIE 1976 difference that any of the four kinds of sight perceives."""
    return min(float(np.linalg.norm(lab(colour, sight) - lab(other, sight))) for sight in SIGHT)


def test_contrast_is_that_of_wcag():
    assert colours.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert colours.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert colours.contrast("#0F131A", "#0F131A") == 1


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("background", BACKGROUNDS)
def test_text_is_readable_in_both_themes(theme, background):
    for text in ("textColor", "linkColor", "redTextColor"):
        assert colours.contrast(theme[text], theme[background]) >= 4.5, text


@pytest.mark.parametrize("theme", THEMES)
def test_accent_carries_white_text_and_stands_out(theme):
    assert colours.contrast(theme["primaryColor"], "#FFFFFF") >= 4.5  # Streamlit writes white on primary buttons
    assert colours.contrast(theme["primaryColor"], theme["backgroundColor"]) >= 4


@pytest.mark.parametrize("theme", THEMES)
def test_lines_and_areas_stand_out_in_both_themes(theme):
    chart = [colours.TRAINING, colours.VALIDATION, colours.RIGHT, colours.WRONG]
    bars = [colours.BAR_TOP, colours.BAR_SECOND, colours.BAR_REST]
    for colour in [*colours.LAYERS.values(), *chart, *bars]:
        assert colours.contrast(colour, theme["backgroundColor"]) >= 3, colour


def test_layer_families_stay_apart_for_colour_blind_eyes():
    families = [colour for name, colour in colours.LAYERS.items() if "Average" not in name]
    for colour, other in itertools.combinations(families, 2):
        assert difference(colour, other) > 14, (colour, other)


def test_the_ten_classes_stay_apart_for_colour_blind_eyes_in_both_themes():
    for colour in colours.DIGITS:
        for theme in ("light", "dark"):
            assert colours.contrast(colour, THEME[theme]["backgroundColor"]) >= 3, colour
    for pair in itertools.combinations(colours.DIGITS, 2):
        assert difference(*pair) > 14, pair
    for one, other in [(4, 9), (3, 5), (7, 9), (3, 8)]:
        assert difference(colours.DIGITS[one], colours.DIGITS[other]) > 28


@pytest.mark.parametrize(
    "pair",
    [
        (colours.TRAINING, colours.VALIDATION),
        (colours.RIGHT, colours.WRONG),
        (colours.BAR_TOP, colours.BAR_SECOND),
        (colours.BAR_SECOND, colours.BAR_REST),
    ],
)
def test_pairs_stay_apart_for_colour_blind_eyes(pair):
    assert difference(*pair) > 14


def test_right_and_wrong_differ_without_colour():
    assert colours.RIGHT_MARK != colours.WRONG_MARK


def test_diverging_zero_is_the_neutral_middle():
    least, zero, most = colours.to_rgb([-2.0, 0.0, 2.0], "diverging").astype(int)
    np.testing.assert_array_equal(zero, colours.rgb("#F7F6F2"))
    assert least[2] > least[0]  # blue below
    assert most[0] > most[2]  # orange above


def test_diverging_is_symmetric():
    values = np.linspace(-3, 3, 61)
    index = colours.to_index(values, "diverging").astype(int)
    np.testing.assert_array_equal(index + index[::-1], np.full(61, 254))


def test_diverging_limit_comes_from_the_larger_side():
    index = colours.to_index([-4.0, 0.0, 1.0], "diverging")
    assert index[0] == 0
    assert index[1] == 127
    assert 127 < index[2] < 254


def test_sequential_runs_from_zero_and_gets_lighter():
    table = colours.table("sequential")[:255]
    light = [colours.luminance("#{:02X}{:02X}{:02X}".format(*colour)) for colour in table]
    assert np.all(np.diff(light) > -0.001)
    assert colours.to_index([0.0, 5.0, 10.0], "sequential").tolist() == [0, 127, 254]
    assert colours.to_index([-1.0, 2.0], "sequential").tolist() == [0, 254]


@pytest.mark.parametrize(("kind", "zero"), [("sequential", 0), ("diverging", 127)])
def test_all_zero_is_the_colour_of_zero(kind, zero):
    np.testing.assert_array_equal(colours.to_index(np.zeros((2, 3)), kind), np.full((2, 3), zero))


@pytest.mark.parametrize(("kind", "index"), [("sequential", 254), ("diverging", 254)])
def test_a_constant_is_its_own_limit(kind, index):
    assert colours.to_index(np.full(4, 0.3), kind).tolist() == [index] * 4


@pytest.mark.parametrize("kind", ["sequential", "diverging"])
def test_nan_has_a_colour_of_its_own_and_infinity_is_the_end(kind):
    values = np.array([np.nan, 1.0, np.inf, 0.5], dtype=np.float32)
    index = colours.to_index(values, kind)
    assert index[0] == 255
    assert index[1] == index[2] == 254
    np.testing.assert_array_equal(colours.to_rgb(values, kind)[0], colours.rgb(colours.NOT_A_NUMBER))
    assert colours.to_index(np.full(3, np.nan), kind).tolist() == [255] * 3
    assert colours.limit_of(np.full(3, np.nan), kind) == 0


def test_small_inputs():
    assert colours.to_rgb(np.zeros((0, 2)), "sequential").shape == (0, 2, 3)
    assert colours.to_rgb(np.array([[255]], dtype=np.uint8), "sequential").shape == (1, 1, 3)
    assert colours.to_index([2.0], "sequential", limit=4.0).tolist() == [127]


@pytest.mark.parametrize("kind", ["sequential", "diverging"])
def test_text_on_every_colour_of_a_scale_is_readable(kind):
    for colour in colours.table(kind):
        background = "#{:02X}{:02X}{:02X}".format(*colour)
        assert colours.contrast(colours.text_on(background), background) >= 4.5
