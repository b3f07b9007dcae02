"""Train: one button, then curves that grow while the engine works, and pictures of what is being learned."""

from pathlib import Path

import streamlit as st

from pages.parts.train.controls import summary
from pages.parts.train.progress import progress
from pages.parts.train.replay import through_training
from ui.cached import store
from ui.frame import begin
from ui.lesson import try_this
from ui.link import follow_link, write_link
from ui.networks import requested_run
from ui.state import state
from ui.words import message

begin()

visitor = state()
st.html(Path(__file__).parent / "parts/train/train.css")
st.title("Train")
follow_link()
run = requested_run("This page begins without a run.")
summary(visitor.draft, is_live=run is not None and not run.info.is_over)
if store().warning:
    st.warning(message(store().warning), icon=":material/hard_drive:")
experiment = visitor.draft.experiment()
write_link(experiment)

if run is not None and run.info.experiment not in (None, experiment):
    st.caption("These curves are of a run with other settings than those above.")
progress(run, experiment)
try_this(
    "the same network with another optimizer or learning rate.",
    "how fast the loss falls in the first epoch, and how slowly after it.",
)
if run is not None:
    through_training(run)
with st.expander("Why can validation be better than training?"):
    st.markdown(
        "Two reasons. Dropout is on while training and off when validating. And the training figure is a mean over "
        "the whole epoch, in which the network was still getting better; validation looks at it at the epoch's end."
    )
