"""Your network against a preset: a study made of the draft."""

import streamlit as st

from cnnlab.presets import PRESETS
from cnnlab.studies.study import SEEDS, against
from pages.parts.experiments import guided
from pages.parts.experiments.own import measured_seconds, own_experiment
from ui.state import control, kept


def show() -> None:
    """Choose a preset; the rest is a study."""
    own = own_experiment()
    if own is None:
        return
    names = {preset.architecture: name for name, preset in reversed(PRESETS.items())}  # each network once
    others = [name for name in reversed(names.values()) if PRESETS[name].architecture != own.architecture]
    choice = kept("experiments-preset", others[0])
    asked = st.query_params.get("preset")
    choice.now = asked if asked in others else choice.now if choice.now in others else others[0]

    def choose(name: str) -> None:
        choice.now = st.query_params["preset"] = name

    control(
        st.segmented_control,
        "Against",
        "experiments-preset",
        choice.now,
        choose,
        options=others,
        required=True,
        wrap=True,
    )
    each = measured_seconds(tuple(against(own, choice.now).variants.values()))
    seconds = None if each is None else sum(each) * len(SEEDS)
    guided.show(against(own, choice.now, seconds), f"against-{choice.now}")
