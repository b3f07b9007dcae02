"""What is compared with one's own network: the draft, cut to so many images that many runs take minutes."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from cnnlab.experiment import NUM_TRAINING_IMAGES, DataSettings, Experiment
from cnnlab.studies import campaign
from ui import cached
from ui.computed import computed
from ui.controls import choose_in_address
from ui.state import state
from ui.words import plural

BUILD = "pages/build.py"
IMAGES = (1_000, 2_000, 5_000, 10_000)
FIRST_IMAGES = 5_000
VALIDATION = 2_000
"""Images held back where one's own network holds back none: what is compared must be measured on something."""


def own_experiment() -> Experiment | None:
    """Let the visitor choose from how many images their network learns here; None: it is not a network yet."""
    draft = state().draft.experiment()
    if draft is None:
        st.warning("The layers do not fit together yet.", icon=":material/build:")
        st.page_link(BUILD, label="Mend the layers", icon=":material/view_column:")
        return None
    data, training = _cut(draft.data, _choose_images(draft)), draft.training
    network = draft.architecture
    st.markdown(
        f"**Your network**: {len(network.layers)} layers, {network.num_parameters:,} parameters · "
        f"{training.optimizer}, learning rate {training.learning_rate:g}, batches of {training.batch_size} · "
        f"{plural(training.epochs, 'epoch')} of {data.num_train:,} images, {data.validation_size:,} "
        "held back for validation"
    )
    return replace(draft, data=data)


def measured_seconds(experiments: Sequence[Experiment]) -> tuple[float, ...] | None:
    """How long each experiment will take on this machine; None as long as that is measured, which the page says."""
    with st.container():  # what follows stays in its place
        if cached.engine().state in ("starting", "down", "unable"):
            return None
        return computed("Measuring how long it takes here", campaign.seconds, tuple(experiments))


def _cut(data: DataSettings, images: int) -> DataSettings:
    """Learn from so many images (0: as many as before), with some to validate on."""
    validation = data.validation_size or VALIDATION
    size = images or data.train_size
    return replace(data, validation_size=validation, train_size=size and min(size, NUM_TRAINING_IMAGES - validation))


def _choose_images(draft: Experiment) -> int:
    """How many images are learned from; 0: as many as the draft says."""
    options = [*(count for count in IMAGES if count < draft.data.num_train), 0]
    return choose_in_address(
        "images",
        options,
        "Images to learn from",
        first=FIRST_IMAGES,
        otherwise=0,
        format_func=lambda images: f"{images:,}" if images else f"All {draft.data.num_train:,}, as on Train",
        wrap=True,
    )
