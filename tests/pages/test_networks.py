"""Look inside and Draw: which network they speak of, and what they show of it."""

import numpy as np
import pytest

from cnnlab.experiment import DataSettings, Experiment
from cnnlab.presets import PRESETS
from tests.pages.runs import TINY, make_run, some_training
from tests.pages.seen import PAGES, components, labelled, state, text
from ui.canvas import Drawing
from ui.networks import STARTER, STARTER_ID, run_name

BOTH = pytest.mark.parametrize("page", ["look_inside", "draw"])


def one() -> Drawing:
    """A "1" on the canvas."""
    ink = np.zeros((280, 280, 4), np.uint8)
    ink[40:240, 130:150] = 255
    return Drawing({"version": "", "objects": []}, ink)


def network(at):
    """The network that the page says it speaks of."""
    return labelled(at.selectbox, "Network")


@BOTH
def test_the_starter_is_shown_to_who_has_no_run(visit, page):
    at = visit(page)
    assert network(at).options == [STARTER]
    assert not at.warning


@BOTH
@pytest.mark.parametrize("run_state", ["running", "finished", "stopped", "interrupted", "failed"])
def test_a_run_with_weights_is_shown_by_its_name(visit, store, page, run_state):
    run = make_run(store, run_state)
    at = visit(page, run=run.id)
    assert network(at).value == run.id
    assert run_name(run.info) in network(at).options
    assert not at.warning


@BOTH
def test_another_network_can_be_chosen(visit, store, page):
    first, second = make_run(store, "finished"), make_run(store, "stopped")
    at = visit(page, run=first.id)
    network(at).set_value(second.id).run()
    assert (network(at).value, at.query_params["run"]) == (second.id, second.id)
    network(at).set_value(STARTER_ID).run()
    assert network(at).value == STARTER_ID
    assert "run" not in at.query_params
    assert len(network(at).options) == 3
    at.switch_page(PAGES["train"]).run()
    assert at.query_params["run"] == second.id  # the run is not forgotten
    at.query_params.clear()
    at.switch_page(PAGES[page]).run()
    assert network(at).value == STARTER_ID


@BOTH
def test_the_last_run_of_this_visitor_is_shown_without_an_address(visit, store, page):
    run = make_run(store, "finished")
    at = visit("train", run=run.id)
    at.query_params.clear()
    at.switch_page(PAGES[page]).run()
    assert network(at).value == run.id
    assert at.query_params["run"] == run.id


@BOTH
def test_a_run_without_weights_is_told_and_the_starter_shown(visit, store, page):
    at = visit(page, run=make_run(store, "queued").id)
    assert "no weights yet" in at.info[0].value
    assert network(at).value == STARTER_ID


@BOTH
def test_an_unknown_run_is_told_and_the_starter_shown(visit, page):
    at = visit(page, run="20200101-000000-abcdef")
    for _ in range(2):
        assert "There is no run of this name" in at.warning[0].value
        assert "The starter network is shown instead" in at.warning[0].value
        assert network(at).value == STARTER_ID
        at.run()


@BOTH
def test_an_unknown_run_is_told_until_another_one_is_shown(visit, store, page):
    run = make_run(store, "finished")
    at = visit(page, run="20200101-000000-abcdef")
    network(at).set_value(run.id).run()
    assert "There is no run of this name" not in text(at)
    assert network(at.run()).value == run.id


@BOTH
@pytest.mark.parametrize("content", [b"", b"not an npz", b"PK\x03\x04 cut off"])
def test_damaged_weights_are_told_and_the_starter_shown(visit, store, page, content):
    run = make_run(store, "finished")
    max((store.root / run.id / "weights").iterdir()).write_bytes(content)
    at = visit(page, run=run.id)
    assert run.id in at.warning[0].value
    assert "The starter network is shown instead" in at.warning[0].value
    assert network(at).value == STARTER_ID


@BOTH
def test_a_damaged_run_is_told_and_the_starter_shown(visit, store, page):
    run = make_run(store, "finished")
    (store.root / run.id / "state.json").write_text("{}")
    at = visit(page, run=run.id)
    assert "cannot be read" in text(at)
    assert network(at).value == STARTER_ID


@BOTH
def test_weights_of_another_network_are_told_and_the_starter_shown(visit, store, page):
    run = make_run(store, "stopped")
    other = store.create(PRESETS["LeNet-5"])
    (store.root / other.id / "experiment.json").replace(store.root / run.id / "experiment.json")
    at = visit(page, run=run.id)
    state(at).canvas.drawing = one()
    at.run()
    assert "do not belong to this architecture" in text(at)
    assert network(at).value == STARTER_ID


def test_draw_shows_every_layer_s_maps_of_a_drawing(visit):
    at = visit("draw")
    assert components(at)[1:] == ["answer", "seen"]
    state(at).canvas.drawing = one()
    at.run()
    assert any(key.startswith("drawn-0") for key in components(at))


def test_pixels_are_given_as_the_network_was_trained_on_them(visit, store):
    experiment = Experiment(TINY.architecture, DataSettings(normalise=False), TINY.training)
    run = store.create(experiment)
    for event in some_training(0):
        run.record(event)
    at = visit("look_inside", run=run.id)
    assert network(at).value == run.id
