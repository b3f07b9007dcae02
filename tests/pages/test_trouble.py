"""The doctor on the pages: every severity with its words, its sign and what to try."""

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.doctor.finding import SEVERITIES
from cnnlab.experiment import Experiment
from cnnlab.training.events import BatchEnd, Failed, RunStarted
from tests.pages.runs import TINY, make_run
from tests.pages.seen import click, state, text
from ui import trouble


def record(store, losses, experiment=TINY, failure=None):
    run = store.create(experiment)
    run.record(RunStarted(0, 200, 100, 2, 3))
    for step, loss in enumerate(losses, 1):
        run.record(BatchEnd(step, 0, loss, 0.1, 1_000.0))
    if failure:
        run.record(Failed(len(losses) + 1, failure))
    return run


def test_a_live_run_in_trouble_is_told_with_a_button_that_sets_up_what_to_try(visit, store):
    run = record(store, [2.3, 40.0, 30.0])
    at = visit("train", run=run.id)
    assert ":orange-badge[:material/warning: The steps are too long] The loss jumped from 2.3" in text(at)
    click(at, "Try it: learning rate 0.0005")
    assert state(at).draft.training.learning_rate == 0.0005
    assert Experiment.from_url(at.query_params["experiment"]) == state(at).draft.experiment()


def test_a_run_that_failed_is_told(visit, store):
    run = record(
        store, [2.3, 40.0], failure="The loss is no longer a number after update 3: the weights grew too large."
    )
    at = visit("train", run=run.id)
    assert ":red-badge[:material/error: The loss is not a number] At update 3" in text(at)


def test_a_run_in_any_state_has_findings(store):
    for name in ("queued", "running", "paused", "failed", "interrupted", "finished", "stopped"):
        assert [found.kind for found in trouble.of_run(make_run(store, name))] == ["too_early"]
    damaged = make_run(store, "finished")
    damaged._files.write("experiment.json", b"{")
    assert trouble.of_run(damaged) == ()


SHOW = """
from cnnlab.doctor.finding import Finding
from cnnlab.doctor.remedies import Try
from ui.trouble import show

show({}, 'a run')
"""


@pytest.mark.parametrize("severity", SEVERITIES)
def test_every_severity_has_its_colour_and_its_sign(severity):
    finding = f"Finding('healthy', {severity!r}, 'All is well.', (Try('sleep'),))"
    at = AppTest.from_string(SHOW.format(f"[{finding}]"), default_timeout=60).run()
    assert not at.exception
    colour, sign = trouble.BADGES[severity]
    assert at.markdown[0].value == f":{colour}-badge[:material/{sign}: Nothing wrong] All is well."
    assert at.markdown[1].value == "Try sleep"


def test_nothing_found_shows_nothing():
    at = AppTest.from_string(SHOW.format("[]"), default_timeout=60).run()
    assert not at.exception
    assert not at.markdown
