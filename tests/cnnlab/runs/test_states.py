"""The table of states, and the run that keeps to it."""

import pytest

from cnnlab.presets import PRESETS
from cnnlab.runs.states import TABLE, RunState
from cnnlab.runs.store import RunStore
from cnnlab.training.events import BatchEnd, Failed, RunStarted

LIVE = {RunState.QUEUED, RunState.RUNNING, RunState.PAUSED}
LASTING = {RunState.FINISHED, RunState.STOPPED, RunState.FAILED}


def test_every_state_has_words_and_knows_what_may_follow():
    assert TABLE.keys() == set(RunState)
    for state, (words, following) in TABLE.items():
        assert words
        assert set(following.split()) <= {one.value for one in RunState} - {"damaged"}
        assert state.is_over == (state not in LIVE)
        assert state.can_go_on == (state in (RunState.PAUSED, RunState.INTERRUPTED))
    assert all(state.may_become(end) for state in LIVE for end in LASTING | {RunState.INTERRUPTED})


@pytest.mark.parametrize("end", sorted(LASTING))
def test_what_has_come_to_its_end_stays_so(tmp_path, end):
    run = RunStore(tmp_path).create(PRESETS["Tiny"])
    run.record(RunStarted(0, 200, 100, 2, 2))
    run.record(BatchEnd(1, 0, 0.5, 0.5, 100.0))
    run.end(end)
    run.record(RunStarted(0, 200, 100, 2, 2))  # late words
    run.record(Failed(1, "It was late."))
    run.end("interrupted", "It was late.")
    run.queue()
    assert (run.info.state, run.info.reason, len(run.history().batches.step)) == (end, None, 1)
