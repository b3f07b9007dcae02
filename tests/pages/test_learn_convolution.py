"""Convolution: what the page computes for each setting, its predictions, and what it says of the notes' claims."""

import numpy as np
import pytest

from cnnlab.digits.pictures import DRAWN, Picture
from cnnlab.lessons.named_kernels import KERNEL_PRESETS
from tests.pages.seen import click, components, labelled, open_code, state, text


@pytest.fixture
def at(visit):
    return visit("convolution")


def test_the_picture_stands_there_at_once(at):
    assert components(at)[0] == "conv-window"
    assert "**Size of the map** · (28 - 3) / 1 + 1 = **26** cells a side" in text(at)


@pytest.mark.parametrize("name", [name for name, preset in KERNEL_PRESETS.items() if not preset.colour_only])
def test_every_filter_can_be_chosen_and_is_explained(at, name):
    labelled(at.button_group, "Choose a filter").set_value(name).run()
    assert f"**{name}** {KERNEL_PRESETS[name].does}." in text(at)


def test_settings_go_into_the_formula(at):
    labelled(at.slider, "Kernel size").set_value(5).run()
    labelled(at.slider, "Dilation").set_value(2).run()
    assert "makes it reach (5 - 1) x 2 + 1) / 1 + 1 = **20** cells a side" in text(at)
    labelled(at.button_group, "Padding").set_value("same").run()
    assert "**28** cells a side; for that, 4 + 4 rows of zeros are put around the picture" in text(at)
    labelled(at.slider, "Stride").set_value(3).run()
    assert "28 / 3, rounded up = 10" in text(at)


def test_stride_and_dilation_cannot_both_be_above_one(at):
    labelled(at.slider, "Dilation").set_value(3).run()
    labelled(at.slider, "Stride").set_value(2).run()
    assert labelled(at.slider, "Dilation").disabled
    assert "(28 - 3) / 2, rounded down, + 1 = **13** cells a side" in text(at)


def test_a_size_that_a_filter_does_not_have_is_told(at):
    labelled(at.slider, "Kernel size").set_value(1).run()
    assert [warning.value for warning in at.warning] == ["Sobel x needs at least 2 x 2 cells: that is what is shown."]
    labelled(at.button_group, "Choose a filter").set_value("Identity").run()
    assert not at.warning


def test_a_filter_that_does_not_fit_is_told_and_the_rest_of_the_page_stays(at, monkeypatch):
    monkeypatch.setitem(DRAWN, "Circle", lambda side: Picture("strip", np.zeros((side, 12, 1), np.uint8)))
    labelled(at.button_group, "Picture").set_value("Picture").run()
    labelled(at.selectbox, "Which one").set_value("Circle").run()
    labelled(at.slider, "Kernel size").set_value(7).run()
    assert not at.error
    labelled(at.slider, "Dilation").set_value(2).run()
    assert "a 13 x 13 kernel does not fit on a 28 x 12 map" in at.error[0].value
    assert at.error[0].value.endswith('With padding "same" it does: that is what is shown.')
    assert components(at)[0] == "conv-window"
    labelled(at.button_group, "Padding").set_value("same").run()
    assert not at.error


def test_the_picture_can_be_made_smaller(at):
    labelled(at.slider, "Picture size").set_value(11).run()
    assert "(11 - 3) / 1 + 1 = **9** cells a side" in text(at)
    labelled(at.slider, "Kernel size").set_value(7)
    labelled(at.slider, "Dilation").set_value(2).run()
    assert "a 13 x 13 kernel does not fit on a 11 x 11 map" in at.error[0].value
    assert "**11** cells a side; for that, 6 + 6 rows of zeros" in text(at)


def test_a_typed_filter_is_kept_and_can_be_taken_back(at):
    original = KERNEL_PRESETS["Sobel x"].kernel(3, 1)[..., 0, 0]
    table = state(at).course.kept["kernel-Sobel x-3-1-0"]
    table.now = original + 1  # typed
    at.switch_page("pages/home.py").run()
    at.switch_page("pages/convolution.py").run()
    np.testing.assert_array_equal(state(at).course.kept["kernel-Sobel x-3-1-0"].now, original + 1)
    click(at, "Back to Sobel x")
    np.testing.assert_array_equal(state(at).course.kept["kernel-Sobel x-3-1-0"].now, original)
    assert "Back to Sobel x" not in [button.label for button in at.button]


def test_colour_has_a_filter_of_its_own(at):
    labelled(at.toggle, "In colour").set_value(True).run()
    assert labelled(at.button_group, "Choose a filter").value == "Red"
    assert "one map" in text(at).replace("single ", "")
    assert {"Red plane", "Green plane", "Blue plane"} <= {caption.value for caption in at.caption}
    labelled(at.button_group, "Choose a filter").set_value("Emboss").run()
    measured = next(element.value for element in at.markdown if "three maps, one a plane" in element.value)
    assert " holds]" in measured


@pytest.mark.parametrize(
    ("right", "down", "strides", "verdict"),
    [(3, 2, 1, "holds"), (0, 0, 1, "holds"), (4, 2, 2, "holds"), (3, 2, 2, "does not hold")],
)
def test_the_claim_that_the_map_moves_along_is_measured(at, right, down, strides, verdict):
    labelled(at.slider, "Shift to the right").set_value(right).run()
    labelled(at.slider, "Shift down").set_value(down).run()
    labelled(at.slider, "Stride ").set_value(strides).run()
    measured = next(
        element.value for element in at.markdown if f"shifted by {down} and {right} pixels" in element.value
    )
    assert f" {verdict}]" in measured


def test_padding_claim_depends_on_the_stride(at):
    def measured():
        return next(element.value for element in at.markdown if "28 rows become" in element.value)

    assert "26 (valid) and 28 (same)" in measured()
    assert " holds]" in measured()
    labelled(at.slider, "Stride").set_value(2).run()
    assert "13 (valid) and 14 (same)" in measured()
    assert "it depends]" in measured()


@pytest.mark.parametrize("layer", [0, 1, 2, 3])
def test_every_layer_of_the_starter_can_be_looked_at(at, layer):
    labelled(at.button_group, "Layer of the starter network").set_value(layer).run()
    assert "Conv2D **5 x 5**, then MaxPooling2D **6 x 6**, then Conv2D **14 x 14**, then" in text(at)


def test_three_predictions_are_checked_and_counted(at):
    fields = at.number_input
    assert "0 of 3 predictions" in text(at)
    fields[0].set_value(12)
    fields[1].set_value(9)
    checks = [button for button in at.button if button.label == "Check"]
    checks[0].click().run()
    assert "Right] It is **12**" in text(at)
    shows = [button for button in at.button if button.label == "Show me"]
    shows[1].click().run()
    assert "It is **the filter turned by half a circle**" in text(at)
    assert "conv-dot" in components(at)
    labelled(at.toggle, "Turn the filter by half a circle first").set_value(True).run()
    shows = [button for button in at.button if button.label == "Show me"]
    shows[2].click().run()
    assert "It is **7**" in text(at)
    assert "3 of 3 predictions" in text(at)


def test_the_code_is_the_operation_itself(at):
    assert not at.code
    assert "def conv2d_at(" in open_code(at, "conv2d_at")[0]
