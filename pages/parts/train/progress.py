"""How a run stands: its state, buttons, curves and doctor, the part of Train that runs again while it trains."""

import math

import streamlit as st

from cnnlab.experiment import Experiment
from cnnlab.runs.records import BatchHistory, EpochHistory, History, to_columns
from cnnlab.runs.store import DamagedRunError, Run, RunInfo, RunState
from pages.parts.train.controls import doing, steer
from pages.parts.train.results import results
from ui import cached, trouble
from ui.computed import tell_engine_state
from ui.figures import run_curves
from ui.widgets import show_problem
from ui.words import ENGINE, duration, message, moment

TICK_SECONDS = 0.5
CURVES_HEIGHT = 230


def progress(run: Run | None, draft: Experiment | None) -> None:
    """Show a run, or the empty curves of the draft while there is none."""
    is_live = run is not None and not run.info.is_over
    tick = TICK_SECONDS if is_live or cached.engine().state in ENGINE else None
    st.fragment(_show, run_every=tick)(run, draft, was_live=is_live)


def _show(run: Run | None, draft: Experiment | None, *, was_live: bool) -> None:
    show_problem("start")
    if run is None or not run.info.is_over:
        tell_engine_state()
    if run is None:
        nothing = History(to_columns(BatchHistory, b""), to_columns(EpochHistory, b""))
        planned, in_epoch = (draft.num_steps, draft.batches_per_epoch) if draft else (1, 1)
        run_curves(nothing, planned, in_epoch, "curves-empty", height=CURVES_HEIGHT)
        return
    info = run.info
    if was_live and info.is_over:
        st.rerun()
    try:
        history = run.history()
    except DamagedRunError as error:
        st.error(message(error), icon=":material/broken_image:")
        return
    done = int(history.batches.step[-1]) if len(history.batches.step) else 0
    planned = info.experiment.num_steps if info.experiment else 1
    st.progress(min(1.0, done / planned), in_words(info, history, done, planned))
    if info.reason:
        st.warning(message(info.reason), icon=":material/warning:")
    if not info.is_over:
        steer(run, done)
    in_epoch = info.batches_per_epoch or (info.experiment.batches_per_epoch if info.experiment else 1)
    marks = [(step, f"learning rate {rate:g}") for step, rate in info.learning_rates]
    key = f"curves-{run.id}"
    run_curves(history, planned, in_epoch, key, height=CURVES_HEIGHT, run_id=run.id, marks=marks)
    if info.is_over:
        results(run)
    if done:
        trouble.show(trouble.of_run(run, trouble.inside(run) if info.is_over else None), run.id)


def in_words(info: RunInfo, history: History, done: int, planned: int) -> str:
    """How a run stands: "**Training** · update 507 of 1,500 · 2,100 images a second, 0.48 ms each · 1:04 left"."""
    pending = doing(info.state, done, cached.engine().orders(info.id))
    ahead = cached.engine().queue_position(info.id) if info.state == RunState.QUEUED else None
    parts = [f"**{pending} …**" if pending else f"**{info.state.words}**"]
    if ahead:
        parts.append(f"number {ahead} in the queue")
    elif info.is_over:
        parts.append(f"run of {moment(info.created)}")
    parts.append(f"update {done:,} of {planned:,}")
    if info.experiment and not info.is_over and done:
        rate = info.learning_rates[-1][1] if info.learning_rates else info.experiment.learning_rate_at(done)
        parts.append(f"learning rate {rate:.3g}")
    speed = history.batches.images_per_second[-1] if done else 0.0
    if info.experiment and info.state == RunState.RUNNING and 0 < speed < math.inf:
        seconds = (planned - done) * info.experiment.training.batch_size / speed
        parts += [f"{speed:,.0f} images a second, {1000 / speed:.2f} ms each", f"{duration(seconds)} left"]
    return " · ".join(parts)
