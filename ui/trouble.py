"""The doctor on a page: what is wrong with a run, in words, and what to try, each a button that sets it up on Train."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from cnnlab.doctor import unit_health
from cnnlab.doctor.diagnosis import diagnose
from cnnlab.doctor.finding import ERROR, GOOD, INFO, WARNING, Finding
from cnnlab.doctor.remedies import Try
from cnnlab.doctor.unit_health import NetworkHealth
from cnnlab.runs.store import DamagedRunError, Run, RunState
from ui.computed import computed
from ui.state import state
from ui.words import message

TRAIN = "pages/train.py"
BADGES = {
    ERROR: ("red", "error"),
    WARNING: ("orange", "warning"),
    INFO: ("blue", "info"),
    GOOD: ("green", "check_circle"),
}
"""For each severity, the colour and the sign that stand for it."""


def of_run(run: Run, inside: NetworkHealth | None = None) -> tuple[Finding, ...]:
    """Findings about a run as far as it has come; quick enough for every tick of a live one.

    Nothing for a run whose settings cannot be read. Raises DamagedRunError when its curves cannot.
    """
    info = run.info
    if info.experiment is None:
        return ()
    failure = info.reason if info.state == RunState.FAILED else None
    return diagnose(run.history(), info.experiment, failure=failure, health=inside, learning_rates=info.learning_rates)


def inside(run: Run) -> NetworkHealth | None:
    """What the engine has seen inside the run's newest network; None as long as it looks or cannot, which is said."""
    try:
        experiment, weights = run.info.experiment, run.weights()
    except DamagedRunError as error:
        st.warning(message(error), icon=":material/broken_image:")
        return None
    if experiment is None or weights is None:
        return None
    return computed(
        f"Looking at its units with {unit_health.NUM_IMAGES} images", unit_health.examine_first, experiment, weights
    )


def show(findings: Sequence[Finding], of: str) -> None:
    """Show each finding of the run `of`: what it is, the numbers that say so, and what to try."""
    if not findings:
        return
    with st.container(border=True, gap="small"):
        for finding in findings:
            colour, sign = BADGES[finding.severity]
            st.markdown(f":{colour}-badge[:material/{sign}: {finding.title}] {finding.sentence}")
            if finding.tries:
                with st.container(horizontal=True, gap="small"):
                    for each in finding.tries:
                        _offer(each, f"{of}-{finding.title}-{each.words}")


def _offer(each: Try, key: str) -> None:
    """A button that sets the experiment up on the Train page; only words where it is none."""
    if each.experiment is None:
        st.markdown(f"Try {each.words}", width="content")
        return
    load = partial(state().load, each.experiment)
    if st.button(f"Try it: {each.words}", key=key, type="tertiary", icon=":material/arrow_forward:", on_click=load):
        st.switch_page(TRAIN)
