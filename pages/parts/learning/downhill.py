"""Gradient descent, explored: four optimizers roll down one real loss surface, from a learning rate of one's choice."""

import numpy as np
import streamlit as st

from cnnlab.lessons import descent
from cnnlab.lessons.small_problems import zero_or_six
from ui.components import descent as balls
from ui.controls import choose
from ui.frame import fragment
from ui.glossary import term
from ui.lesson import notes_say, predict, try_this
from ui.state import component_value
from ui.widgets import lasting

RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.05, 0.1, 0.3, 1.0)
ASKED_RATES = ("0.001", "0.01", "0.1")
STEPS = 120
START = (0.4, 1.9)
REACH = 2.0  # half a side of the surface shown, in units of a weight
CLOSE = 0.05  # within 5 % of the lowest loss counts as arrived
BALLS = "learning-balls"
EVERY_DIGIT, BATCH = "all 2,000 digits", "a batch of 20"


@fragment
def roll() -> None:
    """The four balls; only this part runs again for another learning rate or start."""
    problem = zero_or_six()
    start = np.array(component_value(BALLS, "start") or START, np.float64)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        rate = lasting(st.select_slider, "Learning rate", RATES, 0.01, key="learning-rate", width=380)
        looks_at = choose("Each step looks at", [EVERY_DIGIT, BATCH], "learning-batch")
    batch_size = None if looks_at == EVERY_DIGIT else 20
    paths = {name: problem.path(name, start, rate, STEPS, batch_size) for name in descent.OPTIMIZERS}
    balls.descent(problem, paths, middle=problem.best.round(1), reach=REACH, key=BALLS)
    try_this(
        "the learning rate from left to right, then a click on another start.",
        "that sgd and momentum creep, roll, swing from wall to wall, and are gone; rmsprop and adam hardly mind.",
    )
    st.markdown(
        "Is it a 0 or a 6? `w1 * ink above + w2 * ink below`, above zero means 6: one unit, two weights, 2,000 "
        f"digits of MNIST. The {term('loss')} is the mean squared error, a long valley. The {term('gradient')} "
        f"points uphill, and each {term('optimizer')} makes its own step of it."
    )
    _who_arrives(paths, rate)


def _who_arrives(paths: dict[str, np.ndarray], rate: float) -> None:
    """Measure the claim that Adam is the best, at this rate and over all of them."""
    problem = zero_or_six()
    enough = float(problem.loss(problem.best)) * (1 + CLOSE)
    steps = {name: descent.arrival(problem.loss(path), enough) for name, path in paths.items()}
    arrived = [f"{name} {'not in time' if first is None else first}" for name, first in steps.items()]
    usable = [f"{name} {_usable_rates(name)}" for name in paths]
    notes_say(
        "Adam is the best optimizer.",
        f"steps until the loss is within {CLOSE:.0%} of the lowest, at {rate:g}: {', '.join(arrived)}. Of the "
        f"{len(RATES)} learning rates, these many got there from the first start, with all digits: "
        f"{', '.join(usable)}.",
        None,
    )


@st.cache_data(show_spinner=False)
def _usable_rates(optimizer: str) -> int:
    """For how many of RATES an optimizer gets within CLOSE of the lowest loss, and stays there."""
    problem = zero_or_six()
    ends = [problem.path(optimizer, np.array(START), rate, STEPS, None)[-1] for rate in RATES]
    return int((problem.loss(np.array(ends)) <= problem.loss(problem.best) * (1 + CLOSE)).sum())


def too_fast() -> None:
    """Ask which learning rate diverges, and measure what the others do."""
    problem = zero_or_six()
    first = float(problem.loss(np.array(START)))
    paths = {rate: problem.path("sgd", np.array(START), float(rate), STEPS, None) for rate in ASKED_RATES}
    ends = {rate: float(problem.loss(path[-1])) for rate, path in paths.items()}
    across = problem.curvatures[1]
    predict(
        "learning-diverges",
        "At which of these learning rates does sgd climb instead of coming down, from "
        f"w1 = {START[0]}, w2 = {START[1]}?",
        next(rate for rate, end in ends.items() if end > first),
        options=ASKED_RATES,
        reveal=f"It began at {first:.1f}. After {STEPS} steps: "
        + ", ".join(f"{end:.3g} at {rate}" for rate, end in ends.items())
        + f". Across the valley the surface has a curvature of {across:.1f}; above 2 / {across:.1f} = {2 / across:.3f} "
        "every step of sgd lands higher on the other wall.",
    )
    slow, good, fast = ends.values()
    notes_say(
        "A learning rate that is too small is slow, one that is too large diverges.",
        f"sgd, {STEPS} steps: loss {slow:.3f} at {ASKED_RATES[0]}, {good:.3f} at {ASKED_RATES[1]}, {fast:.1e} at "
        f"{ASKED_RATES[2]}; the lowest there is {problem.loss(problem.best):.3f}.",
        slow > good and fast > first,
    )
