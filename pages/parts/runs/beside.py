"""Chosen runs beside each other: curves, settings, answers to the same digits; and accuracy against cost."""

import html
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from cnnlab import mnist
from cnnlab.evaluation.compare import McNemar, differing, mcnemar, pareto
from pages.parts.runs.listing import Row
from ui import colours
from ui.cached import store
from ui.figures import chart
from ui.words import message, plain, plural

MAX_CHOSEN = 6
LINES = ("#2F62EA", "#B8420C", "#0A8F68", "#A945C4", "#BF8A0A", "#6E737D")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
CURVES = {"Validation accuracy": "val_accuracy", "Validation loss": "val_loss", "Training loss": "loss"}
COSTS = ("Parameters", "Seconds")
LEGEND = {"orientation": "h", "y": -0.3, "font": {"size": 14}}
UNLIKELY = 0.05


def curves(chosen: Sequence[Row]) -> None:
    """Lay the runs' curves over each other, an entry an epoch."""
    what = st.segmented_control("Curves by epoch", list(CURVES), default="Validation accuracy", required=True)
    figure = go.Figure()
    for row, colour, dash in zip(chosen, LINES, DASHES, strict=False):
        try:
            epochs = store().get(row.info.id).history().epochs
        except ValueError as error:  # damaged, or deleted just now
            st.warning(message(error), icon=":material/broken_image:")
            continue
        line = {"color": colour, "dash": dash}
        x, y, name = epochs.epoch + 1, getattr(epochs, CURVES[what]), html.escape(row.name)
        figure.add_scatter(x=x, y=y, name=name, mode="lines+markers", line=line)
    if empty := [plain(html.unescape(curve.name)) for curve in figure.data if not np.isfinite(curve.y).any()]:
        st.caption(f"Nothing to draw of {', '.join(empty)}: no epoch is over, or there were no validation images.")
    form = ".2%" if what == "Validation accuracy" else ".4f"
    figure.update_traces(hovertemplate=f"epoch %{{x}}: %{{y:{form}}}")
    vertical = {"title": what.lower(), "tickformat": ".1%" if what == "Validation accuracy" else ""}
    longest = max((len(curve.x) for curve in figure.data), default=1)  # so that marks stand at whole epochs
    horizontal = {"title": "epoch", "tickformat": "d", "dtick": max(1, -(-longest // 10))}
    chart(figure, "run-curves", x=horizontal, y=vertical, showlegend=True, legend=LEGEND)


def settings(chosen: Sequence[Row]) -> None:
    """Tell only the settings in which the chosen runs differ."""
    found = differing([row.info.experiment for row in chosen])
    if not found:
        st.markdown("These runs have **the same settings**, seed and all.")
        return
    names = [plain(row.name) for row in chosen]
    table = {
        name.capitalize(): ["" if value is None else str(value) for value in values] for name, values in found.items()
    }
    st.table({"Setting": list(table)} | {name: [table[s][index] for s in table] for index, name in enumerate(names)})


def answers(chosen: Sequence[Row]) -> None:
    """Compare every two of the runs on the same 10,000 test digits, in words."""
    labels = mnist.load().test.labels
    right = {plain(row.name): found for row in chosen if (found := _right(row, labels)) is not None}
    left_out = [plain(row.name) for row in chosen if plain(row.name) not in right]
    pairs = [in_words(a, b, mcnemar(right[a], right[b])) for a, b in combinations(right, 2)]
    with_best = max(len(right) - 1, 0)
    st.markdown("\n".join(f"- {pair}" for pair in pairs[:with_best]))
    if others := pairs[with_best:]:
        with st.expander(f"{plural(len(others), 'other pair')}"):
            st.markdown("\n".join(f"- {pair}" for pair in others))
    if left_out:
        st.caption(f"Without answers to the test digits: {', '.join(left_out)}. They come when a run ends well.")
    if pairs:
        st.caption(
            "McNemar's exact test, which looks only at the digits that one of the two reads and the other misses. It "
            "speaks of these two networks: with another seed the same settings give another one."
            + (f" Among {len(pairs)} comparisons a rare one is no wonder." if len(pairs) > 1 else "")
        )


def in_words(a: str, b: str, found: McNemar) -> str:
    """Say what a comparison of the runs `a` and `b` has shown."""
    if not found.only_a + found.only_b:
        return f"Runs **{a}** and **{b}** read and miss exactly the same digits."
    better, worse = (a, b) if found.only_a >= found.only_b else (b, a)
    more, less = max(found.only_a, found.only_b), min(found.only_a, found.only_b)
    percent = 100 * found.p_value
    chance = "less than 0.1 %" if percent < 0.1 else f"{percent:.{int(percent < 10)}f} %"
    verdict = "too rare to be called chance" if found.p_value < UNLIKELY else "it may well be chance"
    return (
        f"Run **{better}** reads **{more:,}** digit{'s' * (more != 1)} that run **{worse}** misses, and misses "
        f"**{less:,}** that it reads. Between equally good networks such a difference comes about in **{chance}** of "
        f"cases: {verdict}."
    )


def worth(rows: Sequence[Row], chosen: Sequence[Row]) -> None:
    """Accuracy against cost of all runs; the Pareto front is a line, the chosen runs are ringed."""
    cost = st.segmented_control("Accuracy against", COSTS, default=COSTS[0], required=True)
    costs = np.array([row.num_parameters if cost == COSTS[0] else row.seconds for row in rows], float)
    accuracies = np.array([row.accuracy for row in rows], float)
    front = np.flatnonzero(pareto(costs, accuracies))
    front = front[np.argsort(costs[front], kind="stable")]
    names = np.array([html.escape(row.name) for row in rows])
    marked = np.flatnonzero([row in chosen for row in rows])
    figure = go.Figure()
    every = np.arange(len(rows))
    for name, of, mode, marker in (
        ("runs", every, "markers", {"color": colours.NOT_A_NUMBER, "size": 8}),
        ("Pareto front", front, "lines+markers", {"symbol": "star", "size": 14}),
        ("chosen", marked, "markers", {"symbol": "circle-open", "size": 22, "color": colours.VALIDATION}),
    ):
        line = {"color": colours.TRAINING}
        figure.add_scatter(
            x=costs[of], y=accuracies[of], name=name, text=names[of], mode=mode, marker=marker, line=line
        )
    figure.update_traces(hovertemplate="%{text}: %{x:,.0f} " + cost.lower() + ", %{y:.2%}<extra></extra>")
    vertical = {"title": "validation accuracy", "tickformat": ".1%"}
    horizontal = {"title": f"{cost.lower()} (log)", "type": "log"}
    chart(figure, "run-costs", x=horizontal, y=vertical, showlegend=True, legend=LEGEND)
    on_it = ", ".join(f"**{plain(rows[int(index)].name)}**" for index in front) or "no run yet"
    st.markdown(f"On the front: {on_it}. No other run is both cheaper and better than one of these (the Pareto front).")


def _right(row: Row, labels: np.ndarray) -> np.ndarray | None:
    """Which test digits the run read rightly, bool (10000,), or None when it has no answers that are numbers."""
    try:
        probabilities = store().get(row.info.id).probabilities()
    except ValueError as error:
        st.warning(message(error), icon=":material/broken_image:")
        return None
    if probabilities is None or probabilities.shape != (len(labels), 10) or not np.isfinite(probabilities).all():
        return None
    return np.asarray(probabilities.argmax(axis=1) == labels)
