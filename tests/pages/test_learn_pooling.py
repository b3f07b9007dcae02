"""Pooling: both kinds on one picture, noise measured and not believed, what is saved."""

import pytest

from tests.pages.seen import components, labelled, open_code, text


@pytest.fixture
def at(visit):
    return visit("pooling")


def measured(at, words: str) -> str:
    return next(
        element.value
        for element in at.markdown
        if element.value.startswith("**You measured**") and words in element.value
    )


def test_the_picture_stands_there_at_once(at):
    assert components(at)[0] == "pool-window"
    assert "Choose a noise" in text(at)


@pytest.mark.parametrize(
    ("kind", "verdict"), [("Gaussian", "does not hold"), ("Salt", "does not hold"), ("Pepper", "holds")]
)
def test_the_claim_is_tested_for_every_noise(at, kind, verdict):
    labelled(at.button_group, "Noise").set_value(kind).run()
    assert f" {verdict}]" in measured(at, f"{kind} noise with an RMSE of")
    table = at.dataframe[0].value
    assert list(table["noisy - clean"]) == ["Before pooling", "After max pooling", "After average pooling"]
    rmse = table["RMSE (both together)"]
    assert rmse[2] < rmse[0]
    assert (rmse[1] < rmse[0]) == (verdict == "holds")
    for row in range(3):
        assert rmse[row] ** 2 == pytest.approx(table["Bias (mean)"][row] ** 2 + table["Standard deviation"][row] ** 2)


def test_noise_can_be_left_unclipped_and_set_to_nothing(at):
    labelled(at.button_group, "Noise").set_value("Gaussian").run()
    clipped = at.dataframe[0].value["Bias (mean)"][0]
    labelled(at.toggle, "Clipped to black and white").set_value(False).run()
    assert clipped > 0.03
    assert abs(at.dataframe[0].value["Bias (mean)"][0]) < 0.003
    labelled(at.slider, "Standard deviation").set_value(0.0).run()
    assert list(at.dataframe[0].value["RMSE (both together)"]) == [0, 0, 0]


def test_window_and_stride_can_be_anything_offered(at):
    for size, strides in ((6, 1), (3, 6), (2, 3)):
        labelled(at.slider, "Window").set_value(size)
        labelled(at.slider, "Stride").set_value(strides).run()
        assert components(at)[0] == "pool-window"


def test_savings_are_those_of_the_architecture(at):
    labelled(at.slider, "Window ").set_value(4).run()
    said = measured(at, "the dense layer")
    assert "18,432 values become 1,152" in said
    assert "11,530 parameters instead of 184,330 (94% fewer)" in said


def test_three_predictions_are_checked_and_counted(at):
    at.number_input[0].set_value(0.3)
    checks = [button for button in at.button if button.label == "Check"]
    checks[0].click().run()
    assert "Not yet] It is not 0.3" in text(at)
    at.number_input[0].set_value(0.375)
    next(button for button in at.button if button.label == "Check").click().run()
    assert "Right] It is **0.375**" in text(at)
    for place in (1, 2):
        [button for button in at.button if button.label == "Show me"][place].click().run()
    assert "it becomes brighter" in text(at)
    assert "It is **25**" in text(at)
    assert "it holds for Pepper" in text(at)
    assert "It does not hold for Gaussian (clipped), Gaussian (not clipped), Salt" in text(at)
    assert "3 of 3 predictions" in text(at)


def test_the_code_is_the_operations_themselves(at):
    both = open_code(at, "max_pooling2d_at")
    assert "def max_pooling2d_at(" in both[0]
    assert "def average_pooling2d_at(" in both[1]
