"""Home: draw at once, then the way on, and what was trained last."""

import streamlit as st

from ui.cached import store
from ui.drawing import board
from ui.frame import begin, fragment
from ui.keeping import show
from ui.lesson import STATIONS, progress
from ui.networks import run_name, starter
from ui.words import plain

begin()

NUM_RECENT = 5
STATION_WIDTH = 262  # three in a row

st.title("Draw a digit, and see it read")


@fragment
def draw() -> None:
    """Only this part of the page runs again after a stroke."""
    board(starter())


draw()
st.markdown(
    "The starter network, which comes with cnnlab and learned from 60,000 handwritten digits, reads what you draw. "
    "**Try** a 4 that could be a 9. **Notice** how sure it is."
)

st.subheader("How does it do that? Five stations")
with st.container(horizontal=True):
    for name, (page, minutes) in STATIONS.items():
        with st.container(border=True, width=STATION_WIDTH):
            st.page_link(page, label=f"**{name}**")
            st.caption(f"{minutes} minutes · {progress(name)}")

st.subheader("Make your own")
steps = {
    "build": ("1 · Build", "Choose the layers and see what each one costs."),
    "train": ("2 · Train", "Watch the loss fall, batch by batch, on the real MNIST."),
    "look_inside": ("3 · Look inside", "See its kernels, and what every layer makes of a digit."),
    "draw": ("4 · Draw", "Let the network that you trained read your handwriting."),
}
for column, (page, (label, text)) in zip(st.columns(4), steps.items(), strict=True):
    with column.container(border=True):
        st.page_link(f"pages/{page}.py", label=f"**{label}**", icon=":material/arrow_forward:", icon_position="right")
        st.caption(text)

recent = [info for info in store().list() if info.experiment][:NUM_RECENT]
if recent:
    st.subheader("Runs on this server")
    for info in recent:
        name, run = plain(run_name(info)), {"run": info.id}
        st.page_link("pages/train.py", label=name, icon=":material/show_chart:", query_params=run)
show()
