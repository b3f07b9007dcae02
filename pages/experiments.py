"""Experiments: a question, one click, and several runs beside each other; guided ones, and sweeps of one's own."""

import streamlit as st

from cnnlab.studies.catalogue import STUDIES
from cnnlab.studies.study import SEEDS
from pages.parts.experiments import against, guided, sweeping
from ui.controls import follow_link, write_link
from ui.frame import begin
from ui.lesson import try_this
from ui.state import control, kept, state

begin()

GUIDED, AGAINST, SWEEP = "Guided", "Your network against a preset", "Sweep"
VIEWS = {"guided": GUIDED, "against": AGAINST, "sweep": SWEEP}


def choose(name: str, options: list[str], **how: object) -> str:
    """Let the visitor choose by a row of names; the address has it, and it is kept for the visit."""
    choice, asked = kept(f"experiments-{name}", options[0]), st.query_params.get(name)
    choice.now = asked if asked in options else choice.now

    def apply(value: str) -> None:
        choice.now = st.query_params[name] = value

    control(st.segmented_control, name.capitalize(), name, choice.now, apply, options=options, required=True, **how)
    return str(choice.now)


st.title("Experiments")
follow_link()
view = choose("view", list(VIEWS), format_func=VIEWS.__getitem__, label_visibility="collapsed", wrap=True)
if view == "guided":
    key = choose("study", list(STUDIES), format_func=lambda key: STUDIES[key].name, wrap=True)
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
