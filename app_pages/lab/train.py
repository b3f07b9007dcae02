"""Train: one button, then curves that grow while the engine works."""

import numpy as np
import streamlit as st

from cnnlab.runs import DamagedRunError, Run, StoreError
from ui.cached import engine, store
from ui.components.curves import curves
from ui.controls import follow_link, training_settings, write_link
from ui.lesson import try_this
from ui.networks import requested_run
from ui.state import state

TICK_SECONDS = 0.5
STATES = {
    "queued": "Waiting for the engine",
    "running": "Training",
    "paused": "Paused",
    "finished": "Finished",
    "stopped": "Stopped early; the network so far is kept",
    "failed": "Failed",
    "interrupted": "Interrupted",
    "damaged": "Damaged",
}
ENGINE = {
    "starting": "The engine is starting.",
    "warming up": "The engine is warming up (TensorFlow takes some seconds to load).",
    "down": "The engine stopped. It is started again with the next run.",
}

visitor = state()
st.title("Train")
follow_link()
run = requested_run()
is_live = run is not None and not run.info.is_over


def start() -> None:
    """Start a run of the draft, once, however often the button is pressed."""
    experiment = visitor.draft.experiment()
    if experiment and visitor.run_id not in engine().live_runs:
        try:
            visitor.run_id, visitor.shows_starter = engine().submit(experiment), False
        except StoreError as error:
            visitor.problems["start"] = str(error)
            return
        visitor.problems.pop("start", None)
        st.query_params["run"] = visitor.run_id


def stop() -> None:
    """End the run early and keep its network."""
    if visitor.run_id:
        engine().stop(visitor.run_id)


def resume() -> None:
    """Go on from the last checkpoint."""
    if visitor.run_id:
        try:
            engine().resume(visitor.run_id)
        except ValueError as error:
            visitor.problems["start"] = str(error)


draft, experiment = visitor.draft, visitor.draft.experiment()
with st.container(border=True):
    what, action = st.columns([5, 2], vertical_alignment="center")
    with what:
        if experiment is None:
            st.warning("The layers do not fit together yet.", icon=":material/build:")
            st.page_link("app_pages/lab/build.py", label="Mend the layers", icon=":material/view_column:")
        else:
            training = experiment.training
            st.markdown(
                f"**{len(draft.layers)} layers, {experiment.architecture.num_parameters:,} parameters** · "
                f"{training.optimizer}, learning rate {training.learning_rate:g} · {experiment.data.num_train:,} "
                f"images in batches of {training.batch_size}: {experiment.batches_per_epoch:,} updates an epoch, "
                f"{training.epochs} epoch{'s' if training.epochs > 1 else ''}"
            )
    with action.container(horizontal=True):
        with st.popover("Settings", icon=":material/tune:"):
            training_settings()
        if is_live:
            st.button("Stop", on_click=stop, icon=":material/stop:", key="stop")
        else:
            st.button(
                "Train",
                on_click=start,
                type="primary",
                icon=":material/play_arrow:",
                key="start",
                disabled=experiment is None,
            )
if "start" in visitor.problems:
    st.error(visitor.problems["start"], icon=":material/error:")
if store().warning:
    st.warning(store().warning, icon=":material/hard_drive:")
write_link(visitor.draft.experiment())


def results(run: Run) -> None:
    """What came out, and where to go on."""
    info = run.info
    if info.state == "interrupted" and "checkpoint.npz" in run.files.names():
        st.button("Go on from the last checkpoint", on_click=resume, icon=":material/resume:")
    if info.test_accuracy is not None and info.started and info.ended:
        accuracy, loss, seconds, file = st.columns(4, vertical_alignment="center")
        accuracy.metric("Test accuracy", f"{info.test_accuracy * 100:.2f} %", help="On 10,000 digits never seen before")
        loss.metric("Test loss", f"{info.test_loss:.4f}")
        seconds.metric("Time", f"{(info.ended - info.started).total_seconds():,.0f} s")
        model = run.model()
        if model:
            file.download_button(
                "Download .keras", model, f"cnnlab-{run.id}.keras", icon=":material/download:", on_click="ignore"
            )
        look, draw = st.columns(2)
        look.page_link("app_pages/lab/look_inside.py", label="Look inside it", icon=":material/search:")
        draw.page_link("app_pages/lab/draw.py", label="Draw for it", icon=":material/draw:")


@st.fragment(run_every=TICK_SECONDS if is_live or engine().state != "ready" else None)
def progress(run: Run | None, *, was_live: bool) -> None:
    """How the run stands; the only part of the page that runs again while it trains."""
    if engine().state in ENGINE and (run is None or not run.info.is_over):
        st.info(ENGINE[engine().state], icon=":material/hourglass_top:")
    if run is None:
        nothing = np.empty(0)
        planned, in_epoch = (experiment.num_steps, experiment.batches_per_epoch) if experiment else (1, 1)
        curves(*[nothing] * 8, planned, in_epoch, key="curves-empty")
        return
    info = run.info
    if was_live and info.is_over:
        st.rerun()
    try:
        history = run.history()
    except DamagedRunError as error:
        st.error(str(error), icon=":material/broken_image:")
        return
    batches, epochs = history.batches, history.epochs
    planned = info.experiment.num_steps if info.experiment else 1
    done = int(batches.step[-1]) if len(batches.step) else 0
    text = f"**{STATES[info.state]}** · run of {info.created:%d %b, %H:%M:%S} UTC · update {done:,} of {planned:,}"
    if info.state == "queued" and (ahead := engine().queue_position(run.id)):
        text = f"**{STATES['queued']}** · number {ahead} in the queue"
    if info.state == "running" and done:
        speed = batches.images_per_second[-1]
        seconds = (planned - done) * info.experiment.training.batch_size / speed if info.experiment else 0
        text += f" · {speed:,.0f} images a second · {seconds:,.0f} s left"
    st.progress(min(1.0, done / planned), text)
    if info.reason:
        st.warning(f"{info.reason}", icon=":material/warning:")
    curves(
        batches.step.astype(int),
        batches.loss,
        batches.accuracy,
        epochs.step.astype(int),
        epochs.loss,
        epochs.accuracy,
        epochs.val_loss,
        epochs.val_accuracy,
        planned,
        info.batches_per_epoch or (info.experiment.batches_per_epoch if info.experiment else 1),
        key=f"curves-{run.id}",
    )
    if info.is_over:
        results(run)


if run is not None and run.info.experiment not in (None, experiment):
    st.caption("These curves are of a run with other settings than those above.")
progress(run, was_live=is_live)

try_this(
    "the same network with another optimizer or learning rate.",
    "how fast the loss falls in the first epoch, and how slowly after it.",
)
with st.expander("Why can validation be better than training?"):
    st.markdown(
        "Two reasons. Dropout is on while training and off when validating. And the training figure is a mean over "
        "the whole epoch, in which the network was still getting better; validation looks at it at the epoch's end."
    )
