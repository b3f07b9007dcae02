"""Evaluate: the figures of a run whose answers are known, and of networks whose answers are computed."""

from dataclasses import replace

import numpy as np
import pytest

from cnnlab import evaluation, mnist
from tests.app.runs import TINY as EXPERIMENT
from tests.app.runs import finished, make_run, some_training
from tests.app.seen import components, labelled, text
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
    monkeypatch.setattr(evaluation, "predict", lambda *given: questions.append(given) or answers(FIVES[:7]))
    monkeypatch.setattr(evaluation, "accuracy_under", lambda *_: np.linspace(1, 0, 21))
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
    assert images.shape == (10_000, 28, 28, 1)


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
    labelled(at.button_group, "What is done to the digits").set_value("noise").run()
    assert not at.exception
