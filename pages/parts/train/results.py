"""What came out of a run, and where to go on with it."""

import streamlit as st

from cnnlab.runs.store import Run
from pages.parts.train.controls import order
from ui import cached
from ui.estimate import seconds_for
from ui.words import percent, time_span

METRIC_WIDTH = 160
NEXT = (
    ("pages/look_inside.py", "Look inside it", ":material/search:"),
    ("pages/draw.py", "Draw for it", ":material/draw:"),
    ("pages/evaluate.py", "Where it goes wrong", ":material/fact_check:"),
    ("pages/runs.py", "Beside other runs", ":material/leaderboard:"),
)


def results(run: Run) -> None:
    """Show the test figures of a run that is over, its file, and links to go on."""
    info = run.info
    if info.is_over and run.can_go_on:
        st.button(
            "Go on from the last checkpoint",
            on_click=order,
            args=(cached.engine().resume, run.id, None),
            icon=":material/resume:",
            key="go-on",
        )
    if info.test_accuracy is None or info.seconds is None:
        return
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        for label, value, help_ in (
            ("Test accuracy", percent(info.test_accuracy, 2), "On 10,000 digits never seen before"),
            ("Test loss", f"{info.test_loss:.4f}", None),
            ("Time", f"{info.seconds:,.0f} s", None),
        ):
            st.metric(label, value, help=help_, width=METRIC_WIDTH)
        model = run.model()
        if model:
            st.download_button(
                "Download .keras", model, f"cnnlab-{run.id}.keras", icon=":material/download:", on_click="ignore"
            )
    _beside_the_estimate(run)
    with st.container(horizontal=True, gap="medium"):
        for page, label, icon in NEXT:
            st.page_link(page, label=label, icon=icon, query_params={"run": run.id})


def _beside_the_estimate(run: Run) -> None:
    """Say how long it was thought to take, where that was measured in this visit, beside how long it took."""
    info, done = run.info, len(run.history().batches.step)
    if info.experiment is None or info.seconds is None or not done:
        return
    thought = seconds_for(info.experiment, done)
    if thought is not None:
        st.markdown(
            f":material/timer: Before, these {done:,} updates were thought to take **{time_span(thought)}**; they took "
            f"**{time_span(info.seconds)}**, pauses and the test at the end included."
        )
