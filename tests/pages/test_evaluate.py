"""Evaluate: the figures of a run whose answers are known, and of networks whose answers are computed."""

from dataclasses import replace

import numpy as np
import pytest

from cnnlab import mnist
from cnnlab.evaluation import predict
from cnnlab.experiment import Experiment
from cnnlab.presets import PRESETS
from cnnlab.runs.handwriting import Handwriting, HandwritingStore
from cnnlab.training.events import BatchEnd
from tests.pages.runs import TINY as EXPERIMENT
from tests.pages.runs import finished, make_run, some_training, weights_of
from tests.pages.seen import click, components, labelled, state, text
from ui import computed

LABELS = mnist.load().test.labels
FIVES, THREES = np.flatnonzero(LABELS == 5), np.flatnonzero(LABELS == 3)


def answers(wrong=()):
    """Sure and right, but for the images `wrong`, which are read as a 3 at 60 %."""
    probabilities = np.eye(10, dtype=np.float32)[LABELS]
    for index in wrong:
        probabilities[index] = 0
        probabilities[index, [3, LABELS[index]]] = 0.6, 0.4
    return probabilities


def make(store, probabilities):
    run = store.create(EXPERIMENT)
    for event in [*some_training(), replace(finished(), probabilities=probabilities)]:
        run.record(event)
    return run


@pytest.fixture(autouse=True)
def asked(monkeypatch):
    """What was asked of Keras, which is not loaded here."""
    questions = []
    monkeypatch.setattr(predict, "predict", lambda *given: questions.append(given) or answers(FIVES[:7]))
    monkeypatch.setattr(predict, "accuracy_under", lambda *_: np.linspace(1, 0, 21))
    computed.answers.clear()
    yield questions
    computed.answers.clear()


def metrics(at):
    return [metric.value for metric in at.metric]


def test_a_run_s_kept_answers_are_counted(visit, store, asked):
    at = visit("evaluate", run=make(store, answers(FIVES[:4])).id)
    loss = 4 * -np.log(0.4) / 10_000
    assert metrics(at) == ["99.96%", "4 of 10,000", f"{loss:.4f}"]
    assert "between **99.90%** and **99.98%**" in text(at)
    assert "**5 read as 3: 4**" in text(at)
    assert f"**{100 * 4 * 0.6 / 10_000:.2f} points** apart" in text(at)
    assert components(at)[:2] == ["confusion", "behind"]
    assert not asked


def test_a_network_without_mistakes(visit, store):
    at = visit("evaluate", run=make(store, answers()).id)
    assert metrics(at) == ["100.00%", "0 of 10,000", "0.0000"]
    assert "never" not in text(at)


@pytest.mark.parametrize("state", ["running", "interrupted", "failed"])
def test_a_run_without_answers_is_read_now(visit, store, asked, state):
    run = make_run(store, state)
    at = visit("evaluate", run=run.id)
    assert metrics(at)[1] == "7 of 10,000"
    ((experiment, weights, images),) = asked
    assert experiment == EXPERIMENT
    assert weights.keys() == run.weights().keys()
    assert images.shape == (10_000, 28, 28)


def test_the_starter_is_read_now(visit, asked):
    at = visit("evaluate")
    assert metrics(at)[1] == "7 of 10,000"
    assert len(asked) == 1


def test_a_network_that_broke_down_is_told(visit, store):
    at = visit("evaluate", run=make(store, answers() * np.nan).id)
    assert "are not numbers" in at.warning[0].value
    assert not at.metric


def test_the_most_telling_digits(visit, store):
    at = visit("evaluate", run=make(store, answers(FIVES[:4])).id)
    labelled(at.button_group, "Show").set_value("Least sure successes").run()
    assert "telling-Least sure successes" in components(at)


def test_another_distortion(visit):
    at = visit("evaluate")
    for name in ("blur", "noise"):
        labelled(at.button_group, "What is done to the digits").set_value(name).run()
        assert "robustness-examples" in components(at)


def choose(at, key, index):
    """As if a digit had been clicked in the gallery of this key."""
    state(at).course.kept["evaluate-chosen"].now = (key, int(index))
    at.run()


def test_a_digit_is_looked_at_closely_and_leads_inside(visit, store):
    at = visit("evaluate", run=make(store, answers(FIVES[:4])).id)
    assert "behind-one-answer" not in components(at)
    choose(at, "behind", FIVES[1])
    assert f"**Test digit {FIVES[1]:,}, a 5**, read as **3** at 60.0%" in text(at)
    assert {"behind-one-cam-3", "behind-one-answer"} <= set(components(at))
    assert "Grad-CAM at layer 1" in text(at)
    assert state(at).test_index == FIVES[1]
    links = {link.label: link.proto.query_string for link in at.get("page_link")}
    assert "view=Why" in links["Why, in six ways"]
    assert "view=Maps" in links["All its maps"]
    assert "run=" in links["All its maps"]
    labelled(at.toggle, "Its maps, layer by layer").set_value(True).run()
    layers = [key for key in components(at) if key.startswith("behind-one-layer-")]
    assert len(layers) == len(EXPERIMENT.architecture.layers)
    choose(at, "telling-Surest mistakes", FIVES[0])  # one at a time
    assert "behind-one-answer" not in components(at)
    assert "telling-one-answer" in components(at)


def test_a_network_without_convolution_has_no_grad_cam(visit, store):
    run = store.create(PRESETS["No convolution (dense only)"])
    weights = weights_of(PRESETS["No convolution (dense only)"])
    run.record(replace(finished(), probabilities=answers(FIVES[:4]), weights=weights))
    at = visit("evaluate", run=run.id)
    choose(at, "behind", FIVES[1])
    assert "behind-one-cam-1" in components(at)
    assert "there is no Grad-CAM" in text(at)


def test_one_s_own_handwriting_is_a_test_set_too(visit, store, asked, monkeypatch):
    drawings = HandwritingStore(store.root / "handwriting")
    name = drawings.create()
    drawings.add(
        name, Handwriting(mnist.load().test.images[[*FIVES[:2], *THREES[:1]], ..., 0], np.array([5, 5, 3], np.uint8))
    )
    read = np.eye(10, dtype=np.float32)[[5, 6, 3]]
    monkeypatch.setattr(predict, "predict", lambda *given: asked.append(given) or read)
    at = visit("evaluate", run=make(store, answers(FIVES[:4])).id, handwriting=name)
    assert metrics(at)[1] == "4 of 10,000"
    labelled(at.button_group, "Measured on").set_value("My handwriting").run()
    assert metrics(at)[:2] == ["66.67%", "1 of 3"]
    assert "**5 read as 6: 1**" in text(at)
    assert "drawings that you would only keep" in text(at)
    assert asked[-1][2].shape == (3, 28, 28)
    assert "robustness" not in components(at)
    choose(at, "behind", 1)
    assert "**Drawing 1, a 5**, read as **6**" in text(at)
    assert not [link for link in at.get("page_link") if link.label == "All its maps"]


def test_the_loss_is_the_one_that_was_trained(visit, store):
    squares = replace(EXPERIMENT, training=replace(EXPERIMENT.training, loss="mean_squared_error"))
    run = store.create(squares)
    run.record(replace(finished(), probabilities=answers(FIVES[:4])))
    at = visit("evaluate", run=run.id)
    assert metrics(at)[2] == f"{4 * 0.072 / 10_000:.4f}"


def test_answers_that_cannot_be_read_are_computed_again(visit, store, asked):
    run = make(store, answers(FIVES[:4]))
    run._files.write("evaluation.npz", b"cut")
    at = visit("evaluate", run=run.id)
    assert "The digits are read again" in at.warning[0].value
    assert len(asked) == 1
    assert metrics(at)[1] == "7 of 10,000"


def test_the_doctor_and_the_report(visit, store):
    run = make(store, answers(FIVES[:4]))
    at = visit("evaluate", run=run.id)
    assert "Too early to tell] 4 of the 100 updates that a first judgement needs." in text(at)
    (button,) = at.get("download_button")
    assert button.proto.label == "Download the report"
    starter = visit("evaluate")
    starter.selectbox[0].set_value("starter").run()
    assert "comes without a run" in text(starter)
    assert not starter.get("download_button")


def test_what_the_doctor_proposes_is_a_button_that_sets_it_up(visit, store):
    broken = replace(EXPERIMENT, training=replace(EXPERIMENT.training, optimizer="sgd", learning_rate=10.0))
    run = store.create(broken)
    run.record(some_training()[0])
    for step, loss in enumerate([2.3, 40.0, 8.0], 1):
        run.record(BatchEnd(step, 0, loss, 0.1, 1_000.0))
    run.record(replace(finished(), probabilities=answers(FIVES[:4])))
    at = visit("evaluate", run=run.id)
    assert "The steps are too long] The loss jumped from 2.3" in text(at)
    click(at, "Try it: learning rate 0.01")
    assert at.title[0].value == "Train"
    assert Experiment.from_url(at.query_params["experiment"]).training.learning_rate == 0.01
