"""One drawing read by several networks side by side, and by one network at every stage of its training."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise

import numpy as np
import streamlit as st

from cnnlab.runs.store import Run, UnknownRunError
from ui.cached import store
from ui.components.probabilities import probabilities
from ui.networks import STARTER_ID, Network, names_of_networks, network_of, starter
from ui.state import state
from ui.widgets import lasting
from ui.words import plain, when

MAX_NETWORKS = 4
MAX_STAGES = 40
MAX_LINES = 3
WIDTH = 250


def readable(network_id: str, step: int | None = None) -> Network | None:
    """The network of this id with its newest weights, or those after `step` updates; None: they cannot be used."""
    with suppress(ValueError):  # UnknownRunError and DamagedRunError; the Train page tells what is wrong with it
        return starter() if network_id == STARTER_ID else network_of(store().get(network_id), step)
    return None


def side_by_side(network: Network, image: np.ndarray | None) -> None:
    """Let the visitor choose up to four networks, at first the starter and the page's, and show what each one reads."""
    names = names_of_networks(network)
    chosen = lasting(
        st.multiselect,
        "Networks, at most four",
        list(names),
        default=list(dict.fromkeys([STARTER_ID, network.run_id or STARTER_ID, *names]))[:2],
        format_func=lambda network_id: names.get(network_id, network_id),
        max_selections=MAX_NETWORKS,
        key="side-by-side",
    )
    if len(names) == 1:
        st.caption("So far there is only the starter network: train one of your own, and come back.")
    with st.container(horizontal=True):
        for network_id in chosen:
            with st.container(width=WIDTH):
                st.markdown(f":small[{plain(names[network_id])}]")
                reader = readable(network_id)
                if reader is None:
                    st.caption("Its weights cannot be read.")
                    continue
                answer = None if image is None else reader.trace(image)[-1].output
                probabilities(answer, key=f"side-{network_id}")


def through_training(image: np.ndarray | None) -> None:
    """Show what the page's run made of the drawing after each of its snapshots."""
    try:
        run = store().get(state().run_id or "")
    except UnknownRunError:
        st.caption("Only a run keeps its weights as they were while it learned: choose one above, or train one.")
        return
    if image is None:
        st.caption("Draw a digit to follow it through this run's training.")
        return
    steps, answers = answers_over(run, image)
    if not len(steps):
        st.caption("This run has no weights that can be used.")
        return
    batches = run.info.batches_per_epoch or 1
    st.markdown(story(steps, answers, batches))
    lines = np.sort(np.argsort(answers.max(axis=0))[-MAX_LINES:])
    table = {"updates": steps, **{f"a {digit}": answers[:, digit] * 100 for digit in lines}}
    st.line_chart(table, x="updates", x_label="updates of the weights", y_label="probability, %", height=240)
    with st.expander("All numbers, in %"):
        every = {"updates": steps, **{str(digit): (answers[:, digit] * 100).round(1) for digit in range(10)}}
        st.dataframe(every, height=240, hide_index=True)


def answers_over(run: Run, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What a run's snapshots read, as far as it is a number: the steps, int (n,), and the answers, float32 (n, 10)."""
    all_steps = np.array(run.snapshot_steps(), int)
    few = all_steps[np.unique(np.linspace(0, len(all_steps) - 1, MAX_STAGES).astype(int))] if len(all_steps) else []
    networks = {int(step): readable(run.id, int(step)) for step in few}
    answers = [(step, reader.trace(image)[-1].output) for step, reader in networks.items() if reader]
    answers = [(step, answer) for step, answer in answers if np.isfinite(answer).all()]
    return np.array([step for step, _ in answers], int), np.array([answer for _, answer in answers]).reshape(-1, 10)


def story(steps: Sequence[int] | np.ndarray, answers: np.ndarray, batches_per_epoch: int) -> str:
    """When the answer changed: "Before training: a **3** at 12 % · Epoch 2: a **7** at 41 % · ..."."""
    tops = answers.argmax(axis=1)
    changes = [0, *(after for before, after in pairwise(range(len(tops))) if tops[before] != tops[after])]
    parts = [
        f"{when(int(steps[index]), batches_per_epoch)}: a **{tops[index]}** at {answers[index].max() * 100:.0f} %"
        for index in changes
    ]
    if changes[-1] != len(tops) - 1:
        parts.append(f"At the end: a **{tops[-1]}** at {answers[-1].max() * 100:.0f} %")
    return " · ".join(parts)
