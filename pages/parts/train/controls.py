"""The buttons of Train: start a run, and steer the one that is looked at."""

from collections.abc import Callable
from functools import partial
from typing import Literal

import streamlit as st

from cnnlab.limits import LIMITS
from cnnlab.runs.store import Run, RunInfo, RunState, StoreError
from cnnlab.training.events import Orders
from ui import cached
from ui.address import write
from ui.components.presses import presses
from ui.controls import training_settings
from ui.estimate import estimate
from ui.state import Draft, state
from ui.widgets import attempt, number_field, show_problem
from ui.words import plural

RATE_WIDTH = 150


def summary(draft: Draft, *, is_live: bool) -> None:
    """Show what would be trained, its settings, and the button that trains it."""
    experiment = draft.experiment()
    with st.container(border=True):
        what, action = st.columns([5, 2], vertical_alignment="center")
        with what:
            if experiment is None:
                st.warning("The layers do not fit together yet.", icon=":material/build:")
                st.page_link("pages/build.py", label="Mend the layers", icon=":material/view_column:")
            else:
                training = experiment.training
                st.markdown(
                    f"**{len(draft.layers)} layers, {experiment.architecture.num_parameters:,} parameters** · "
                    f"{training.optimizer}, learning rate {training.learning_rate:g} · {experiment.data.num_train:,} "
                    f"images in batches of {training.batch_size}: {experiment.batches_per_epoch:,} updates an epoch, "
                    f"{plural(training.epochs, 'epoch')}"
                )
                if not is_live:
                    estimate(experiment)
        with action.container(horizontal=True):
            with st.popover("Settings", icon=":material/tune:"):
                training_settings()
            if not is_live:
                st.button(
                    "Train",
                    on_click=start,
                    type="primary",
                    icon=":material/play_arrow:",
                    key="start",
                    disabled=experiment is None,
                )


def start() -> None:
    """Start a run of the draft, once, however often the button is pressed."""
    visitor = state()
    experiment = visitor.draft.experiment()
    if experiment and visitor.run_id not in cached.engine().live_runs:
        with attempt("start", StoreError):
            visitor.run_id, visitor.shows_starter = cached.engine().submit(experiment), False
            write(run=visitor.run_id)


def order(act: Callable[..., None], *arguments: object) -> None:
    """Have the engine do something with a run; where it cannot, because somebody has deleted it, the page says so."""
    with attempt("start"):
        act(*arguments)


def doing(run_state: RunState, done: int, orders: Orders | None) -> str | None:
    """What a live run has still to do, in words: "Pausing", "Going on until update 80"; None: nothing.

    Args:
        run_state: how it stands.
        done: how many updates are done.
        orders: its latest orders.
    """
    if orders is None:
        return None
    if orders.should_stop:
        return "Stopping"
    is_to_go_on = orders.pause_at is None or orders.pause_at > done
    if is_to_go_on and orders.pause_at is not None and run_state in (RunState.RUNNING, RunState.PAUSED):
        return "One batch" if orders.pause_at == done + 1 else f"Going on until update {orders.pause_at:,}"
    if run_state == RunState.RUNNING and not is_to_go_on:
        return "Pausing"
    return "Going on" if run_state == RunState.PAUSED and is_to_go_on else None


def steer(run: Run, done: int) -> None:
    """Show the buttons of a live run. They stand still and keep the focus; each press of a step is one."""
    info, engine = run.info, cached.engine()
    pending = doing(info.state, done, engine.orders(run.id))
    is_queued, is_running = info.state == RunState.QUEUED, info.state == RunState.RUNNING
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        if info.state == RunState.PAUSED or pending == "One batch":
            _button("Resume", "play_arrow", engine.resume, run.id, None, key="pause", kind="primary")
        else:
            label = "Pausing …" if pending == "Pausing" else "Pause"
            _button(label, "pause", engine.pause, run.id, key="pause", disabled=is_queued)
        steps = {"One batch": 1, "One epoch": info.batches_per_epoch or 1}
        presses("presses-steps", {label: partial(order, engine.step, run.id, every) for label, every in steps.items()})
        for label, every in steps.items():
            is_off = is_queued or (is_running and pending is None)
            _button(label, "skip_next", engine.step, run.id, every, key=label, disabled=is_off)
        label = "Stopping …" if pending == "Stopping" else "Stop"
        _button(label, "stop", engine.stop, run.id, key="stop", disabled=pending == "Stopping")
        _learning_rate(info)


def _button(
    label: str,
    icon: str,
    act: Callable[..., None],
    *arguments: object,
    key: str,
    kind: Literal["primary", "secondary"] = "secondary",
    disabled: bool = False,
) -> None:
    st.button(
        label,
        on_click=order,
        args=(act, *arguments),
        icon=f":material/{icon}:",
        key=key,
        type=kind,
        disabled=disabled,
    )


def _learning_rate(info: RunInfo) -> None:
    """A field for another learning rate, from the next update on."""
    if info.experiment is None:
        return
    (low, high), first = LIMITS["learning_rate"], info.experiment.training.learning_rate
    form = st.form(f"rate-form-{info.id}", border=False, width="content", enter_to_submit=True)
    with form, st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        rate = number_field(
            "Learning rate", low, high, first, f"rate-{info.id}", step=0.001, format="%g", width=RATE_WIDTH
        )
        if st.form_submit_button("Apply", help="From the next update on, whatever the schedule says"):
            with attempt("rate"):
                cached.engine().set_learning_rate(info.id, rate)
    show_problem("rate")
