"""Build: every way to change a draft, and what is said when it does not fit."""

import base64
import json
from dataclasses import fields, replace

import pytest

from cnnlab.design.keras_script import script
from cnnlab.design.repairs import repairs
from cnnlab.experiment import Experiment
from cnnlab.limits import LIMITS
from cnnlab.nn.architecture import Architecture, check
from cnnlab.nn.layers import LAYERS
from cnnlab.presets import DEFAULT, EXAMPLE_DRAFTS, PRESETS
from cnnlab.training import pace
from pages.parts.build import cards, sharing
from tests.pages.seen import PAGES, click, go_back, labelled, labels, state, text
from ui import controls, link
from ui.computed import answers

TINY = PRESETS["Tiny"]


def to_link(**changes: object) -> str:
    """A link to the smallest network, with some of its JSON changed."""
    content = {"version": 1, "layers": [{"type": "Flatten"}, {"type": "Dense", "units": 10, "activation": "softmax"}]}
    return base64.urlsafe_b64encode(json.dumps(content | changes).encode()).decode().rstrip("=")


@pytest.fixture
def at(visit):
    """A visitor of Build who has the network "Tiny" before them, its first layer selected."""
    return visit("build", experiment=TINY.to_url())


def types(at) -> list[str]:
    return [type(layer).__name__ for layer in state(at).draft.layers]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_one_click(visit, name):
    at = visit("build")
    labelled(at.button_group, "Begin with").set_value(name).run()
    architecture = PRESETS[name].architecture
    assert f"{architecture.num_parameters:,} parameters" in text(at)
    table = at.dataframe[0].value
    assert table["Output"].iloc[-1] == "10"
    assert len(table) == len(architecture.layers) + 1
    assert table["Trained"].iloc[-1] == table["Trained"].iloc[:-1].sum() == architecture.num_parameters
    assert labelled(at.button_group, "Begin with").value == name
    assert not labelled(at.button, "Train it").disabled
    assert Experiment.from_url(at.query_params["experiment"]) == PRESETS[name]


@pytest.mark.parametrize("name", EXAMPLE_DRAFTS)
def test_a_draft_that_does_not_fit_says_why_and_cannot_be_trained(visit, name):
    at = visit("build")
    labelled(at.button_group, "Begin with").set_value(name).run()
    assert [warning.value for warning in at.warning] == [check(EXAMPLE_DRAFTS[name]).problem.message]
    assert labelled(at.button, "Train it").disabled
    assert "experiment" not in at.query_params
    labelled(at.button_group, "Begin with").set_value(DEFAULT).run()
    assert not at.warning
    assert Experiment.from_url(at.query_params["experiment"]) == PRESETS[DEFAULT]


def test_a_changed_setting_changes_the_parameters(at):
    labelled(at.slider, "Filters").set_value(8).run()
    labelled(at.selectbox, "Padding").set_value("same").run()
    architecture = Experiment.from_url(at.query_params["experiment"]).architecture
    assert (architecture.layers[0].filters, architecture.layers[0].padding) == (8, "same")
    assert f"{architecture.num_parameters:,} parameters" in text(at)
    assert labelled(at.button_group, "Begin with").value is None


def test_layers_are_moved_duplicated_and_removed(at):
    before = types(at)
    click(at, "Move right")
    assert types(at) == [before[1], before[0], *before[2:]]
    click(at, "Duplicate")
    assert types(at) == [before[1], before[0], before[0], *before[2:]]
    assert state(at).selected_layer == 2
    click(at, "Remove")
    state(at).selected_layer = 1
    at.run()
    click(at, "Move left")
    assert types(at) == before
    assert labelled(at.button, "Move left").disabled
    state(at).selected_layer = len(before) - 1
    at.run()
    assert labelled(at.button, "Move right").disabled


@pytest.mark.parametrize("name", LAYERS)
def test_every_kind_of_layer_that_can_be_added_has_its_words_and_settings(at, name):
    state(at).change(layers=(cards.NEW_LAYERS[name], *TINY.architecture.layers))
    at.run()
    assert f"Layer 1 · {name}" in text(at)
    assert cards.WORDS[name] in text(at)
    assert at.code[0].value.startswith(f"keras.layers.{name}(")
    shown = {widget.label for widgets in (at.slider, at.selectbox, at.number_input, at.toggle) for widget in widgets}
    assert shown == {controls.words(field.name) for field in fields(LAYERS[name])}


def test_the_input_can_be_chosen(at):
    state(at).selected_layer = None
    at.run()
    assert "28 x 28 x 1 numbers, 784 pixels" in text(at)
    assert "Remove" not in labels(at)


def test_every_edit_is_taken_back_and_done_again(visit):
    at = visit("build")
    drafts = [state(at).draft]

    def edited(act):
        act()
        assert state(at).draft != drafts[-1]
        drafts.append(state(at).draft)

    assert labelled(at.button, "Undo").disabled
    edited(lambda: labelled(at.slider, "Filters").set_value(8).run())
    edited(lambda: click(at, "Duplicate"))
    edited(lambda: labelled(at.button_group, "Begin with").set_value("LeNet-5").run())
    edited(lambda: labelled(at.button_group, "Begin with").set_value(next(iter(EXAMPLE_DRAFTS))).run())
    for draft in reversed(drafts[:-1]):
        click(at, "Undo")
        assert state(at).draft == draft
    assert labelled(at.button, "Undo").disabled
    for draft in drafts[1:]:
        click(at, "Redo")
        assert state(at).draft == draft
    assert labelled(at.button, "Redo").disabled
    click(at, "Undo")
    click(at, "Remove")
    assert labelled(at.button, "Redo").disabled  # another way was taken


def test_what_is_taken_back_is_told_and_survives_other_pages(at):
    labelled(at.slider, "Filters").set_value(8).run()
    assert labelled(at.button, "Undo").help == "Layer 1: filters 8 → 4"
    at.switch_page(PAGES["train"]).run()
    labelled(at.number_input, "Batch size").set_value(32).run()
    at.switch_page(PAGES["build"]).run()
    assert labelled(at.button, "Undo").help == "batch size 32 → 100"
    click(at, "Undo")
    assert [toast.value for toast in at.toast] == ["Undo: batch size 32 → 100"]  # it cannot be seen on this page
    click(at, "Undo")
    assert not at.toast
    assert state(at).draft.experiment() == TINY
    assert labelled(at.button, "Redo").help == "Layer 1: filters 4 → 8"


def test_a_link_that_replaces_a_draft_can_be_taken_back(visit):
    at = visit("build")
    labelled(at.slider, "Filters").set_value(8).run()
    mine = state(at).draft
    go_back(at, experiment=TINY.to_url())
    assert state(at).draft.experiment() == TINY
    click(at, "Undo")
    assert state(at).draft == mine


def test_a_draft_is_mended_by_a_button_and_the_mending_taken_back(visit):
    at = visit("build")
    labelled(at.button_group, "Begin with").set_value(next(iter(EXAMPLE_DRAFTS))).run()
    broken = state(at).draft
    for _ in range(5):
        if not at.warning:
            break
        click(at, repairs(state(at).draft.layers)[0].label)
    assert not labelled(at.button, "Train it").disabled
    assert Experiment.from_url(at.query_params["experiment"]) == state(at).draft.experiment()
    while state(at).draft != broken:
        click(at, "Undo")
    assert at.warning


def test_what_is_seldom_changed_stands_behind_a_button(at):
    labelled(at.selectbox, "Kernel initializer").set_value("sobel").run()
    labelled(at.toggle, "Trainable").set_value(False).run()
    labelled(at.number_input, "L2").set_value(0.001).run()
    layer = state(at).draft.layers[0]
    assert (layer.kernel_initializer, layer.trainable, layer.l2) == ("sobel", False, 0.001)
    assert at.dataframe[0].value["Trained"].iloc[0] == 0
    state(at).selected_layer = len(TINY.architecture.layers) - 1
    at.run()
    assert "sobel" not in labelled(at.selectbox, "Kernel initializer").options  # a dense layer has no edges to find


def test_the_training_time_is_measured_when_it_is_asked_for(at, monkeypatch):
    asked = []

    def measure(kind, again):
        asked.append((kind, again))
        slow = kind.architecture == TINY.architecture
        return pace.Pace(start=10.0, update=0.02 * again if slow else 0.0005, begin_looking=0.0, look=0.0)

    monkeypatch.setattr(pace, "measure", measure)
    answers.clear()
    assert "an epoch" not in text(at)
    click(at, "How long will it take?")
    assert "about **10 s an epoch** (0.2 ms an image), 40 s in all for 3 epochs" in text(at)
    labelled(at.slider, "Filters").set_value(8).run()
    assert "an epoch" not in text(at)
    click(at, "How long will it take?")
    assert "**0.2 s an epoch**" in text(at)
    click(at, "Undo")
    state(at).change(training=replace(TINY.training, epochs=1))
    at.run()
    assert "**10 s an epoch** (0.2 ms an image), 20 s in all for 1 epoch," in text(at)  # remembered: the same pace
    assert len(asked) == 2
    click(at, "Measure again")
    assert "**20 s an epoch**" in text(at)
    assert asked[-1] == (pace.alike(TINY), 2)
    answers.clear()


def test_the_link_is_shown_to_be_copied(at):
    assert at.code[1].value.endswith(f"?experiment={TINY.to_url()}")


def test_an_experiment_that_is_too_long_for_a_link_says_so(at, monkeypatch):
    for module in (link, sharing):
        monkeypatch.setattr(module, "MAX_URL_LENGTH", len(TINY.to_url()))
    labelled(at.slider, "Filters").set_value(100).run()
    assert "too long for a link" in text(at)
    assert "experiment" not in at.query_params
    click(at, "Undo")
    assert "too long for a link" not in text(at)
    assert at.query_params["experiment"] == TINY.to_url()


def test_all_layers_can_be_removed(at):
    for _ in TINY.architecture.layers:
        click(at, "Remove")
    assert types(at) == []
    assert "There are no layers yet" in text(at)
    assert labelled(at.button, "Train it").disabled
    assert "No layer fits yet" in text(at)
    click(at, "Begin with Flatten and Dense")
    assert types(at) == ["Flatten", "Dense"]


def test_no_more_layers_than_allowed(at):
    for _ in range(LIMITS["layers"][1] - len(TINY.architecture.layers)):
        click(at, "Duplicate")
    assert len(types(at)) == LIMITS["layers"][1]
    assert labelled(at.button, "Duplicate").disabled
    click(at, "Remove")
    assert not labelled(at.button, "Duplicate").disabled


def test_settings_that_exclude_each_other_are_refused_beside_the_control(at):
    labelled(at.slider, "Dilation rate").set_value(2).run()  # "Tiny" has strides of 2
    assert "`strides` and `dilation_rate` cannot both be greater than 1" in at.error[0].value
    assert labelled(at.slider, "Dilation rate").value == 1
    assert state(at).draft.experiment() == TINY
    labelled(at.slider, "Strides").set_value(1).run()
    labelled(at.slider, "Dilation rate").set_value(2).run()
    assert not at.error
    assert state(at).draft.layers[0].dilation_rate == 2


def test_train_it_goes_to_train_with_the_same_experiment(at):
    click(at, "Train it")
    assert at.title[0].value == "Train"
    assert state(at).draft.experiment() == TINY


@pytest.mark.parametrize("page", ["build", "train"])
@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("nonsense!", "not one of this app's links"),
        (TINY.to_url()[:-7], "it may have been cut off"),
        (to_link(version=99), "`version` must be 1"),
        (to_link(layers=[{"type": "Conv2D", "filters": 999, "kernel_size": 3}]), "`filters` must be a whole number"),
        (to_link(training={"epochs": 31}), "`epochs` must be a whole number from 1 to 30"),
        (to_link(layers=[{"type": "Flatten"}]), "the last layer must be Dense"),
        ("A" * 4001, "at most 4,000 characters"),
    ],
)
def test_a_bad_link_is_told_and_the_last_good_state_stays(visit, page, link, message):
    at = visit(page, experiment=TINY.to_url())
    go_back(at, experiment=link)
    assert message in at.error[0].value
    assert state(at).draft.experiment() == TINY
    go_back(at, experiment=PRESETS["LeNet-5"].to_url())
    assert not at.error
    assert state(at).draft.experiment() == PRESETS["LeNet-5"]


@pytest.mark.parametrize("experiment", [TINY, Experiment(Architecture(TINY.architecture.layers), seed=7)])
def test_a_link_restores_the_whole_experiment(visit, experiment):
    at = visit("build", experiment=experiment.to_url())
    assert state(at).draft.experiment() == experiment
    assert at.query_params["experiment"] == experiment.to_url()


def test_a_browser_that_does_not_know_the_newest_link_yet_takes_nothing_back(at):
    old = at.query_params["experiment"]
    labelled(at.slider, "Filters").set_value(8).run()
    new, mine = at.query_params["experiment"], state(at).draft
    at.query_params["experiment"] = old  # asked before the answer with the new link came
    at.run()
    assert state(at).draft == mine
    for told in (new, old):  # an edit that was taken back and done again has the same link twice
        at.query_params["experiment"] = told
        at.run()
        assert state(at).draft == mine
    go_back(at, experiment=old)
    assert state(at).draft.experiment() == TINY


def test_an_invalid_draft_is_left_by_its_last_valid_link(at):
    valid = at.query_params["experiment"]
    state(at).change(layers=TINY.architecture.layers[:-1])
    at.run()
    assert "experiment" not in at.query_params
    go_back(at, experiment=valid)
    assert state(at).draft.experiment() == TINY


def test_a_change_after_a_bad_link_takes_the_message_away(visit):
    at = visit("build", experiment="nonsense!")
    labelled(at.slider, "Filters").set_value(8).run()
    assert not at.error
    assert Experiment.from_url(at.query_params["experiment"]) == state(at).draft.experiment()


def test_the_same_in_keras_follows_the_layers(visit):
    at = visit("build")
    assert at.code[0].value == 'keras.layers.Conv2D(16, 5, activation="relu")'  # the chosen layer's own line
    assert at.code[2].value == script(PRESETS[DEFAULT]).strip()
    assert at.code[0].value in at.code[2].value
    draft = state(at).draft
    state(at).change(layers=draft.layers[1:])
    at.run()
    assert "keras.layers.Conv2D(16, 5" not in at.code[2].value
