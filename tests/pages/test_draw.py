"""Draw: where digits come from, what is shown of them, one's own handwriting, and teaching it to a network."""

import re

import numpy as np
import pytest

from cnnlab import mnist
from cnnlab.digits import prepare, strokes
from cnnlab.digits.prepare import Preparation
from cnnlab.evaluation import predict
from cnnlab.nn.weights import Weights
from cnnlab.runs import handwriting
from cnnlab.runs.handwriting import Handwriting
from cnnlab.runs.store import RunState
from cnnlab.training.events import Failed, Finished, RunStarted, Start, WeightsSnapshot
from pages.parts.draw.compare import story
from pages.parts.draw.steps import SWITCHES
from pages.parts.draw.tuning import answers, count_right
from tests.pages.runs import TINY, broken_run, make_run, weights_of
from tests.pages.seen import PAGES, click, components, labelled, labels, state, text
from ui import reading
from ui.canvas import Drawing
from ui.handwriting import sets
from ui.networks import STARTER_ID, Network
from ui.reading import BROKE_DOWN, read, verdict
from ui.words import when

STEPS, NETWORKS, TRAINING, TEACH = "Step by step", "Several networks", "Through training", "Wrong? Teach it"


def drawing(*numbers, seed=3):
    """Digits drawn side by side, as the canvas gives them."""
    rng = np.random.default_rng(seed)
    rgba = np.concatenate([strokes.draw(number, rng) for number in numbers], axis=1)
    return Drawing({"version": "", "objects": [{"type": "Path"}, {"type": "Path"}]}, rgba)


@pytest.fixture
def draws(visit):
    """`draws(*digits, view=...)` opens Draw with a drawing on the canvas."""

    def draws(*numbers, view=None, **query):
        at = visit("draw", **query)
        state(at).canvas.drawing = drawing(*numbers)
        if view:
            at.button_group(key="draw-view").set_value(view)
        return at.run()

    return draws


def sheet(at, name):
    at.button_group(key="sheet-kind").set_value(name).run()


# What is read


def test_the_first_two_digits_are_told_apart_in_words():
    values = np.full(10, 0.002)
    values[[4, 9]] = 0.61, 0.37
    assert verdict(values, like=True) == "**4** at 61 %, **9** at 37 %: undecided."
    values[[4, 9]] = 0.75, 0.2
    assert verdict(values, like=True) == "**4** at 75 %, **9** at 20 %: not sure."
    values[[4, 9]] = 0.97, 0.01
    assert verdict(values, like=True) == "A **4**, and it is sure."
    assert verdict(values, like=None) == "A **4**.", "without evidence it is not sure"
    assert "97 %, but this is unlike any digit" in verdict(values, like=False)


def tap(pen=20):
    """One touch of the canvas."""
    return Drawing({"version": "", "objects": [{"type": "Path"}]}, strokes.ink([np.full((2, 2), 140.0)], pen))


@pytest.mark.parametrize("page", ["home", "draw"])
def test_what_is_no_digit_is_never_sure(visit, page):
    at = visit(page)
    state(at).canvas.drawing = drawing(7)
    assert "and it is sure" in text(at.run())
    state(at).canvas.drawing = tap()
    assert "unlike any digit" in text(at.run())
    assert "and it is sure" not in text(at)
    assert "Whole number" not in text(at)
    state(at).canvas.drawing = drawing(4, 2)
    assert "Two digits? Draw reads them under **Whole number**" in text(at.run())


def test_a_run_s_network_is_asked_for_evidence_too(draws, store, monkeypatch):
    run = make_run(store, "finished")
    monkeypatch.setattr(reading, "SURE", 0.0)
    assert "and it is sure" in text(draws(7, run=run.id))
    at = draws(7, run=run.id)
    state(at).canvas.drawing = tap()
    assert "and it is sure" not in text(at.run())
    monkeypatch.setattr(reading, "computed", lambda *_: None)
    assert "and it is sure" not in text(draws(7, run=run.id))


def test_a_drawing_is_traced_once_a_run(draws, monkeypatch):
    calls = []
    trace = Network.trace
    monkeypatch.setattr(Network, "trace", lambda self, image: calls.append(1) or trace(self, image))
    at = draws(7)
    calls.clear()
    at.run()
    assert calls == [1]
    assert any(key.startswith("drawn-0") for key in components(at))
    assert "A **7**" in text(at)


@pytest.mark.parametrize("page", ["home", "draw"])
def test_the_last_stroke_is_taken_back_and_then_the_canvas_is_empty(visit, page):
    at = visit(page)
    assert labelled(at.button, "Undo").disabled
    strokes_ = drawing(4)
    state(at).canvas.drawing = strokes_
    at.run()
    click(at, "Undo")
    assert len(state(at).canvas.at_start["objects"]) == 1
    state(at).canvas.drawing = Drawing(state(at).canvas.at_start, strokes_.rgba)  # as the canvas tells it
    click(at, "Undo")
    assert state(at).canvas.drawing == Drawing()
    assert state(at).canvas.at_start["objects"] == []
    assert labelled(at.button, "Undo").disabled


@pytest.mark.parametrize("view", [None, STEPS, NETWORKS, TRAINING, TEACH])
def test_a_network_that_broke_down_reads_nothing(draws, store, view):
    at = draws(7, view=view, run=broken_run(store).id)
    if view == TEACH:
        click(at, "7")
    assert text(at).count(BROKE_DOWN) == (2 if view == TEACH else 1)
    assert not re.search(r"\bnan\b", text(at))
    sheet(at, "Whole number")
    state(at).wide_canvas.drawing = drawing(2, 0)
    at.run()
    assert BROKE_DOWN in text(at)
    assert "It reads" not in text(at)


@pytest.mark.parametrize("run_state", [one for one in RunState if one is not RunState.DAMAGED], ids=str)
def test_the_pages_network_is_among_several_whatever_its_run_does(draws, store, run_state):
    run = make_run(store, run_state)
    at = draws(7, view=NETWORKS, run=run.id)
    assert labelled(at.multiselect, "Networks, at most four").value == [
        STARTER_ID, *([] if run_state == "queued" else [run.id])
    ]  # fmt: skip


# Where digits come from


def test_a_test_digit_is_read(visit):
    at = visit("draw")
    sheet(at, "Test digit")
    for label in (0, 4):
        at.button_group(key="sheet-label").set_value(label).run()
        assert f"A **{label}**" in text(at)
    number = labelled(at.number_input, "Which one (1 to 982)")
    number.set_value(982).run()
    assert "drawn-0-(24, 24, 16)" in components(at)


def test_cells_are_read_and_cleared(visit):
    at = visit("draw")
    sheet(at, "Cells")
    assert "Draw a digit to see what every layer makes of it." in text(at)
    ones = np.zeros((28, 28), np.uint8)
    ones[6:22, 13:15] = 255
    state(at).cells.pixels = ones
    state(at).cells.num_cleared += 1  # comes onto the page anew
    at.run()
    assert "**1**" in text(at)
    click(at, "Clear")
    assert not state(at).cells.pixels.any()


def test_a_picture_is_read_and_its_light_paper_told(visit):
    at = visit("draw")
    sheet(at, "Picture")
    digit = mnist.load().test.images[0, ..., 0]
    state(at).paper = 230 - (np.kron(digit, np.ones((6, 6))) * 0.7).astype(np.uint8)
    at.run()
    assert "A **7**" in text(at)
    assert "light and dark were exchanged" in text(at)
    state(at).paper = np.full((50, 50), 230, np.uint8)
    at.run()
    assert "There is no ink to be seen in it." in text(at)


def test_a_whole_number_is_read(visit):
    at = visit("draw")
    sheet(at, "Whole number")
    assert "Write a number such as **2026**" in text(at)
    state(at).wide_canvas.drawing = drawing(2, 0, 2, 6)
    at.run()
    assert "It reads 2026" in text(at)
    assert "digits" in components(at)
    assert "unlike any digit" not in text(at)
    state(at).wide_canvas.drawing = Drawing({}, np.concatenate([drawing(2).rgba, tap(90).rgba], axis=1))
    assert "Number 2 from the left" in text(at.run())


# Step by step


def test_every_step_can_be_switched_off_and_changes_what_the_network_sees(draws):
    at = draws(5, view=STEPS)
    standard = prepare.from_canvas(state(at).canvas.drawing.rgba)
    assert "steps" in components(at)
    assert set(SWITCHES) == set(Preparation.__dataclass_fields__)
    for name, (label, _) in SWITCHES.items():
        toggle = labelled(at.toggle, label)
        toggle.set_value(not toggle.value).run()
        assert getattr(state(at).preparation, name) != getattr(Preparation(), name)
        assert not np.array_equal(prepare.prepare(state(at).canvas.drawing.rgba, state(at).preparation).image, standard)
        labelled(at.toggle, label).set_value(getattr(Preparation(), name)).run()
    assert state(at).preparation == Preparation()


def test_inverted_a_drawing_is_no_longer_read(draws):
    at = draws(7, view=STEPS)
    labelled(at.toggle, SWITCHES["invert"][0]).set_value(True).run()
    assert "A **7**" not in text(at)
    at.switch_page(PAGES["home"]).run()
    assert "A **7**" in text(at), "Home does every step"


# Several networks, and one through its training


def test_networks_read_side_by_side(draws, store):
    runs = [make_run(store, "finished"), make_run(store, "stopped")]
    at = draws(7, view=NETWORKS)
    assert next(key for key in components(at) if key.startswith("side-")) == f"side-{STARTER_ID}"
    at.multiselect(key="side-by-side").set_value([STARTER_ID, *(run.id for run in runs)]).run()
    assert {f"side-{network}" for network in (STARTER_ID, runs[0].id, runs[1].id)} <= set(components(at))
    max((store.root / runs[0].id / "weights").iterdir()).write_bytes(b"damaged")
    at.run()
    assert "Its weights cannot be read." in text(at)


def test_a_drawing_is_followed_through_training(draws, store):
    run = store.create(TINY)
    run.record(RunStarted(0, 200, 100, 2, 3))
    for step, scale in ((0, 1), (2, 20), (4, 40)):
        weights = Weights((name, np.float32(scale) * value) for name, value in weights_of().items())
        run.record(WeightsSnapshot(step, weights))
    at = draws(7, view=TRAINING, run=run.id)
    assert "Before training: a **" in text(at)
    assert "At the end: a **" in text(at)
    assert list(at.dataframe[0].value["updates"]) == [0, 2, 4]
    assert np.allclose(at.dataframe[0].value.drop(columns="updates").sum(axis=1), 100, atol=0.5)


def test_what_cannot_be_followed_is_told(draws, visit, store):
    assert "Only a run keeps its weights" in text(draws(7, view=TRAINING))
    at = visit("draw", run=make_run(store, "finished").id)
    at.button_group(key="draw-view").set_value(TRAINING).run()
    assert "Draw a digit to follow it" in text(at)


def test_the_story_tells_each_change_of_mind():
    answers_ = np.full((4, 10), 0.01)
    answers_[[0, 1, 2, 3], [3, 7, 7, 7]] = 0.12, 0.41, 0.8, 0.99
    expected = "Before training: a **3** at 12 % · Epoch 2, batch 1: a **7** at 41 % · At the end: a **7** at 99 %"
    assert story([0, 51, 60, 100], answers_, 50) == expected
    assert story([0], answers_[:1], 50) == "Before training: a **3** at 12 %"
    assert [when(step, 50) for step in (1, 50, 51, 100)] == [
        "Epoch 1, batch 1",
        "Epoch 1, batch 50",
        "Epoch 2, batch 1",
        "Epoch 2, batch 50",
    ]


# Handwriting


def test_a_wrong_answer_is_kept_with_its_right_label(draws, visit):
    at = draws(7, view=TEACH)
    click(at, "1")
    set_id = at.query_params["handwriting"]
    kept = sets().get(set_id)
    assert kept.labels.tolist() == [1]
    np.testing.assert_allclose(kept.images[0] / 255, prepare.from_canvas(state(at).canvas.drawing.rgba), atol=0.002)
    assert "reads **0 of 1 drawing (0 %)** rightly" in text(at)
    assert "mistakes" in components(at)
    click(at, "7")
    assert "reads **1 of 2 drawings (50 %)** rightly" in text(at)

    other = visit("draw", handwriting=set_id)
    other.button_group(key="draw-view").set_value(TEACH).run()
    assert "Your handwriting: 2 drawings." in text(other)
    assert other.query_params["handwriting"] == set_id


def test_a_drawing_is_kept_as_every_network_should_see_it(draws):
    at = draws(7, view=STEPS)
    labelled(at.toggle, SWITCHES["invert"][0]).set_value(True).run()
    at.button_group(key="draw-view").set_value(TEACH).run()
    click(at, "7")
    kept = sets().get(state(at).handwriting.set_id)
    np.testing.assert_allclose(kept.images[0] / 255, prepare.from_canvas(state(at).canvas.drawing.rgba), atol=0.002)


def test_nothing_drawn_cannot_be_kept(visit):
    at = visit("draw")
    at.button_group(key="draw-view").set_value(TEACH).run()
    assert all(labelled(at.button, str(label)).disabled for label in range(10))
    assert "it is kept in your handwriting" in text(at)


def test_what_was_taken_out_is_put_back(draws):
    at = draws(7, view=TEACH)
    click(at, "7")
    kept = sets().get(state(at).handwriting.set_id)
    sets().remove(state(at).handwriting.set_id, kept.images[0], 7)
    state(at).handwriting.taken_out = kept
    at.run()
    assert "Your handwriting: 0 drawings." in text(at)
    click(at, "Put the 7 back")
    assert "Your handwriting: 1 drawing." in text(at)
    assert "Put the 7 back" not in labels(at)


@pytest.mark.parametrize("name", ["20200101-000000-abcdef", "../../etc/passwd", "x"])
def test_an_unknown_handwriting_is_told(visit, name):
    at = visit("draw", handwriting=name)
    assert "There is no handwriting of this name" in at.warning[0].value
    assert "handwriting" not in at.query_params


def test_a_damaged_handwriting_is_told(visit):
    set_id = sets().create()
    at = visit("draw", handwriting=set_id)
    assert not at.warning
    (file,) = sets()._files.folder.glob("*.npz")
    file.write_bytes(b"damaged")
    assert "cannot be read" in visit("draw", handwriting=set_id).warning[0].value


def test_a_full_handwriting_is_told(draws):
    set_id = sets().create()
    sets().add(set_id, Handwriting(np.zeros((2_000, 28, 28), np.uint8), np.zeros(2_000, np.uint8)))
    at = draws(7, view=TEACH, handwriting=set_id)
    click(at, "7")
    assert "at most 2,000 drawings" in at.error[0].value


def test_every_network_is_tested_on_it(draws, store):
    run = make_run(store, "finished")
    at = draws(7, view=TEACH)
    click(at, "7")
    labelled(at.toggle, "Test every network on this server").set_value(True).run()
    table = at.dataframe[0].value
    assert table["right, of 1"].is_monotonic_decreasing
    assert sum(run.id[-6:] in name for name in table["Network"]) == 1
    assert len(table) == 2


def test_counting_is_by_the_network_s_own_answers(visit):
    del visit
    images = mnist.load().test.images[:30, ..., 0]
    kept = Handwriting(images, mnist.load().test.labels[:30])
    network = Network("tiny", TINY, weights_of())
    each = [read(network, prepare.to_canvas(image)).probabilities for image in images]
    np.testing.assert_allclose(answers(network, network.weights, images), each, atol=1e-5)
    assert count_right(network, kept) == sum(np.argmax(each, axis=1) == kept.labels)


def test_the_same_file_is_not_put_to_it_twice(visit):
    images = mnist.load().test.images[:4, ..., 0]
    parts = [Handwriting(images[:count], mnist.load().test.labels[:count]) for count in (3, 3, 4)]
    at = visit("draw")
    at.button_group(key="draw-view").set_value(TEACH).run()
    said = []
    for part in parts:
        at.get("file_uploader")[0].set_value(("mine.npz", part.to_bytes(), "application/octet-stream")).run()
        said += [toast.value for toast in at.toast]
    assert sets().get(state(at).handwriting.set_id).labels.tolist() == mnist.load().test.labels[:4].tolist()
    assert said == ["In yours already: 3 drawings of this file."] * 2
    at.get("file_uploader")[0].set_value(("bad.npz", b"no", "application/octet-stream")).run()
    assert "This is not an .npz file of numbers, or it is damaged." in at.error[0].value
    assert "pickle" not in at.error[0].value


# Teaching


def finish(store, run_id, weights):
    """What a worker tells of a run that is over."""
    run = store.get(run_id)
    run.record(RunStarted(0, 4_000, 1_000, 40, 2))
    run.record(WeightsSnapshot(0, weights))
    run.record(Finished(80, False, 0.1, 0.9123, np.full((10_000, 10), 0.1, np.float32), weights, b""))


def test_a_network_is_taught_and_both_sets_are_measured_before_and_after(draws, store, engine, monkeypatch):
    monkeypatch.setattr(predict, "test_accuracy", lambda *_: 0.5678)
    base = make_run(store, "finished")
    at = draws(7, view=TEACH, run=base.id)
    click(at, "7")
    click(at, "Teach it to this network")
    (experiment,), (start,) = engine.submitted, engine.starts
    assert experiment == handwriting.lesson(TINY)
    assert experiment.architecture == TINY.architecture
    assert start.labels.tolist() == [7]
    np.testing.assert_array_equal(start.weights["0/kernel"], base.weights()["0/kernel"])
    assert "It is learning your handwriting" in text(at)
    assert labelled(at.button, "Teach it to this network").disabled

    taught = next(info.id for info in store.list() if info.id != base.id)
    good = Weights((name, np.zeros_like(value)) for name, value in weights_of().items())
    (bias,) = [name for name, value in good.items() if value.shape == (10,)]
    good[bias][7] = 9
    finish(store, taught, good)
    at.run()
    assert "| MNIST's 10,000 test digits | 56.78 % | **91.23 %** |" in text(at)
    assert "| The drawings that it was taught: 1 |" in text(at)
    assert "**100.00 %** |" in text(at)
    state(at).canvas.drawing = drawing(2)
    at.run()
    click(at, "2")
    assert "| Drawings kept since: 1 |" in text(at)
    assert "**0.00 %** |" in text(at)
    click(at, "Draw for the taught network")
    assert at.query_params["run"] == taught
    assert "**7**" in text(at)


def test_teaching_that_fails_is_told(draws, store):
    at = draws(7, view=TEACH)
    click(at, "7")
    state(at).handwriting.taught_run_id = make_run(store, "finished").id
    at.run()
    assert "Before" not in text(at), "a run that was taught nothing is not shown"
    kept = sets().get(state(at).handwriting.set_id)
    run = store.create(TINY, Start(weights_of(), kept.images, kept.labels))
    run.record(Failed(3, "The loss is not a number any more."))
    state(at).handwriting.taught_run_id = run.id
    at.run()
    assert "The loss is not a number any more." in text(at)
    (store.root / run.id / "start.npz").write_bytes(b"cut off")
    at.run()
    assert "The loss is not a number any more." in text(at)
