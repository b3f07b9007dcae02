"""Experiments: a question, one click, and several runs beside each other; guided ones, and sweeps of one's own."""

import streamlit as st

from cnnlab.studies.catalogue import STUDIES
from cnnlab.studies.study import SEEDS
from pages.parts.experiments import against, guided, sweeping
from ui.address import write
from ui.controls import choose_in_address
from ui.frame import begin
from ui.lesson import try_this
from ui.link import follow_link, write_link
from ui.state import state

begin()

GUIDED, AGAINST, SWEEP = "Guided", "Your network against a preset", "Sweep"
VIEWS = {"guided": GUIDED, "against": AGAINST, "sweep": SWEEP}
IN_ADDRESS = {"guided": {"study"}, "against": {"experiment"}, "sweep": {"experiment", "sweep"}}


st.title("Experiments")
follow_link()
look = {"label_visibility": "collapsed", "wrap": True}
view = choose_in_address("view", list(VIEWS), "View", first="guided", format_func=VIEWS.__getitem__, **look)
write(**dict.fromkeys({"study", "sweep", "experiment"} - IN_ADDRESS[str(view)]))  # what another view has written
if view == "guided":
    names, name = list(STUDIES), lambda key: STUDIES[key].name
    key = choose_in_address("study", names, "Study", first=names[0], format_func=name, wrap=True)
    study = STUDIES[key]
    st.subheader(study.title)
    guided.show(study, key)
    try_this("to say beforehand what will come out, and how sure you are.", study.notice)
elif view == "against":
    against.show()
    try_this("a preset with far fewer parameters.", f"whether {len(SEEDS)} seeds agree.")
else:
    sweeping.show()
    try_this(
        "the learning rate alone; then the seed as the second setting.",
        "how much a setting does, beside what chance does.",
    )
if view != "guided":
    write_link(state().draft.experiment())
