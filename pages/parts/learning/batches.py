"""Batches and epochs as arithmetic: how many updates there are, and which digits one of them looks at."""

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnnlab import mnist
from cnnlab.experiment import DataSettings, Experiment, TrainingSettings
from cnnlab.limits import LIMITS
from cnnlab.presets import PRESETS
from ui.figures import ink_maps
from ui.frame import fragment
from ui.glossary import term
from ui.lesson import notes_say, predict, try_this
from ui.widgets import lasting

SIDE = 28
SHEET_SIZE, WORDS_WIDTH = 300, 480
COLUMNS = 10
MOST_SHOWN = 100
NOTES_UPDATES = 600
NUM_IMAGES = (1_000, 10_000, 50_000, 60_000)


def counted(num_images: int, batch_size: int, epochs: int) -> Experiment:
    """The experiment whose updates are counted."""
    data = DataSettings(train_size=num_images, validation_size=0)
    return Experiment(PRESETS["Tiny"].architecture, data, TrainingSettings(batch_size=batch_size, epochs=epochs))


def sheet(indices: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
    """Training images side by side, ten in a row: float32 (rows * 28, 280) in [0, 1]."""
    images = mnist.normalise(mnist.load().train.images[indices, :, :, 0])
    rows = -(-len(images) // COLUMNS)
    full = np.concatenate([images, np.zeros((rows * COLUMNS - len(images), SIDE, SIDE), np.float32)])
    return full.reshape(rows, COLUMNS, SIDE, SIDE).swapaxes(1, 2).reshape(rows * SIDE, -1)


@fragment
def updates() -> None:
    """The digits of one update, and the count of all; only this part runs again after a change."""
    stage = st.container()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        num_images = lasting(
            st.select_slider,
            "Training images",
            NUM_IMAGES,
            NUM_IMAGES[-1],
            format_func="{:,}".format,
            key="learning-images",
            width=220,
        )
        batch_size = _setting("Batch size", "batch_size", 100)
        epochs = _setting("Epochs", "epochs", 5)
        experiment = counted(num_images, batch_size, epochs)
        update = st.number_input(
            f"Show update (1 to {experiment.num_steps:,})", 1, experiment.num_steps, 1, key="learning-update", width=210
        )
    with stage:
        _one_update(experiment, update)
        try_this(
            "a batch size of 1000; then 100 again, and the updates 1 and 601.",
            "that larger batches make fewer updates, and that each epoch has an order of its own.",
        )


def _setting(label: str, name: str, value: int) -> int:
    low, high = map(int, LIMITS[name])
    return lasting(st.number_input, label, low, high, value, key=f"learning-{name}", width=130)


def _one_update(experiment: Experiment, update: int) -> None:
    """Show the digits of one update, beside the arithmetic."""
    num_images, size = experiment.data.num_train, experiment.training.batch_size
    epoch, number = divmod(update - 1, experiment.batches_per_epoch)
    order = np.random.default_rng((experiment.seed, epoch)).permutation(num_images)
    batch = order[number * size : (number + 1) * size]
    with st.container(horizontal=True, gap="small"):
        with st.container(width=SHEET_SIZE):
            ink_maps(
                sheet(batch[:MOST_SHOWN])[np.newaxis],
                key="learning-mosaic",
                titles=[f"The digits of update {update:,}"],
                size=SHEET_SIZE,
                describe=f"The {len(batch)} digits of update {update:,}",
            )
        with st.container(width=WORDS_WIDTH):
            rest = "" if num_images % size == 0 else ", the last one smaller"
            st.markdown(
                f"{num_images:,} / {size} = **{experiment.batches_per_epoch:,} updates** an epoch{rest}  \n"
                f"{experiment.batches_per_epoch:,} x {experiment.training.epochs} = "
                f"**{experiment.num_steps:,} updates** in all"
            )
            st.markdown(
                f"Update {update:,} is number {number + 1:,} of epoch {epoch + 1}, and looks at {len(batch)} digits"
                f"{f' (the first {MOST_SHOWN} are shown)' if len(batch) > MOST_SHOWN else ''}. One {term('update')} "
                f"for each {term('batch')}; when every image was seen once, an {term('epoch')} is over, the images are "
                "shuffled, and it begins again."
            )


def how_many() -> None:
    """Ask for the updates of an epoch whose last batch is smaller, and measure the study notes' number."""
    asked = counted(50_000, 128, 3)
    images, size, updates = asked.data.num_train, asked.training.batch_size, asked.batches_per_epoch
    predict(
        "learning-updates",
        f"{images:,} images in batches of {size}: how many updates in one epoch? The last batch may be smaller.",
        updates,
        reveal=f"{images:,} / {size} = {images / size:.3f}: {updates - 1} whole batches, and one of "
        f"{images - (updates - 1) * size}.",
    )
    notes = PRESETS["Study notes"]
    notes_say(
        f"60,000 images in batches of 100 are {NOTES_UPDATES} updates an epoch.",
        f"the study notes' experiment has {notes.data.num_train:,} images, batches of {notes.training.batch_size}, "
        "and "
        f"{notes.batches_per_epoch} updates an epoch, {notes.num_steps:,} in {notes.training.epochs} epochs.",
        notes.batches_per_epoch == NOTES_UPDATES,
    )
