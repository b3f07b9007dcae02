"""Learning: what a loss is, how weights roll downhill, batches and epochs as arithmetic, too small and too large."""

import numpy as np
import streamlit as st

from cnnlab import descent, mnist, recorded_runs
from cnnlab.experiment import DataSettings, Experiment, TrainingSettings
from cnnlab.limits import LIMITS
from cnnlab.presets import PRESETS
from cnnlab.small_problems import sixteen_pixels, zero_or_six
from ui.components import descent as balls
from ui.components.curves import curves
from ui.components.maps import maps
from ui.components.one_hot import costs, one_hot
from ui.glossary import term
from ui.lesson import code, next_station, notes_say, predict, station, try_this
from ui.state import component_value

RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.05, 0.1, 0.3, 1.0)
ASKED_RATES = ("0.001", "0.01", "0.1")
STEPS = 120
START = (0.4, 1.9)
REACH = 2.0  # half a side of the surface shown, in units of a weight
CLOSE = 0.05  # within 5 % of the lowest loss counts as arrived
BALLS = "learning-balls"
EVERY_DIGIT, BATCH = "all 2,000 digits", "a batch of 20"
DIGIT_SIDE, DIGIT_SIZE, ONE_HOT_WIDTH, MOSAIC_SIZE = 28, 130, 660, 300
MOST_SHOWN = 100
KEPT = {"persist_state": "session"}


@st.fragment
def loss() -> None:
    """The label, the answer, the loss; only this part runs again for another digit."""
    test, network = mnist.load().test, sixteen_pixels()
    digit = st.segmented_control(
        "A test digit that is a", range(10), default=4, required=True, key="learning-digit", **KEPT
    )
    image = test.images[np.flatnonzero(test.labels == digit)[0]]
    probabilities = network.probabilities(image)
    with st.container(horizontal=True, gap="small"):
        with st.container(width=DIGIT_SIZE):
            maps(
                mnist.normalise(image[np.newaxis, ..., 0]),
                key="learning-digit-shown",
                titles=[f"a {digit}"],
                kind="ink",
                limit=1.0,
                size=DIGIT_SIZE,
                describe="The digit",
            )
        with st.container(width=ONE_HOT_WIDTH):
            one_hot(probabilities, int(digit), key="learning-one-hot")
    st.markdown(
        f"The {term('label')} is written as a {term('one-hot')} row: a one at the true digit, zeros elsewhere. So "
        f"{term('categorical cross-entropy')}, the sum of label x (-ln p), looks at one {term('probability')} only. "
        "The answer is that of the network of 16 pixels from the station before."
    )
    chance = round(float(probabilities[digit]), 3)
    half, cost = chance / 2, float(costs(np.array([chance / 2]))[0])
    predict(
        "learning-loss",
        f"The network gives the true digit {chance:.3f}: the loss is {costs(np.array([chance]))[0]:.2f}. Suppose "
        f"that it had given it only half of that, {half:.3f}. What would the loss be?",
        round(cost, 2),
        reveal=f"-ln({half:.3f}) = {cost:.3f}. Half the probability always costs ln 2 = {np.log(2):.3f} more.",
    )


@st.fragment
def roll() -> None:
    """The four balls; only this part runs again for another learning rate or start."""
    problem = zero_or_six()
    start = np.array(component_value(BALLS, "start") or START, np.float64)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        rate = st.select_slider("Learning rate", RATES, 0.01, key="learning-rate", width=380, **KEPT)
        looks_at = st.segmented_control(
            "Each step looks at", [EVERY_DIGIT, BATCH], default=EVERY_DIGIT, required=True, key="learning-batch", **KEPT
        )
    batch_size = None if looks_at == EVERY_DIGIT else 20
    paths = {name: problem.path(name, start, rate, STEPS, batch_size) for name in descent.OPTIMIZERS}
    balls.descent(problem, paths, middle=problem.best.round(1), reach=REACH, key=BALLS)
    st.markdown(
        "Is it a 0 or a 6? `w1 * ink above + w2 * ink below`, above zero means 6: one unit, two weights, 2,000 "
        f"digits of MNIST. The {term('loss')} is the mean squared error, a long valley. The {term('gradient')} "
        f"points uphill, and each {term('optimizer')} makes its own step of it."
    )
    lowest = float(problem.loss(problem.best))
    steps = {name: descent.arrival(problem.loss(path), lowest * (1 + CLOSE)) for name, path in paths.items()}
    arrived = [f"{name} {'not in time' if first is None else first}" for name, first in steps.items()]
    usable = {name: _usable_rates(name) for name in paths}
    notes_say(
        "Adam is the best optimizer.",
        f"steps until the loss is within {CLOSE:.0%} of the lowest, at {rate:g}: {', '.join(arrived)}. Of the "
        f"{len(RATES)} learning rates, these many got there from the first start, with all digits: "
        f"{', '.join(f'{name} {count}' for name, count in usable.items())}.",
        None,
    )


@st.cache_data(show_spinner=False)
def _usable_rates(optimizer: str) -> int:
    """For how many of RATES an optimizer gets within CLOSE of the lowest loss, and stays there."""
    problem = zero_or_six()
    ends = [problem.path(optimizer, np.array(START), rate, STEPS, None)[-1] for rate in RATES]
    return int((problem.loss(np.array(ends)) <= problem.loss(problem.best) * (1 + CLOSE)).sum())


@st.fragment
def batches() -> None:
    """Batch size and epochs; only this part runs again after a change."""
    stage = st.container()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        num_images = st.select_slider(
            "Training images",
            [1_000, 10_000, 50_000, 60_000],
            60_000,
            format_func="{:,}".format,
            key="learning-images",
            width=220,
            **KEPT,
        )
        batch_size = st.number_input("Batch size", *LIMITS["batch_size"], 100, key="learning-size", width=130, **KEPT)
        epochs = st.number_input("Epochs", *LIMITS["epochs"], 5, key="learning-epochs", width=130, **KEPT)
        experiment = _experiment(num_images, batch_size, epochs)
        update = st.number_input(
            f"Show update (1 to {experiment.num_steps:,})", 1, experiment.num_steps, 1, key="learning-update", width=210
        )
    epoch, number = divmod(update - 1, experiment.batches_per_epoch)
    order = np.random.default_rng((experiment.seed, epoch)).permutation(num_images)
    batch = order[number * batch_size : (number + 1) * batch_size]
    with stage, st.container(horizontal=True, gap="small"):
        with st.container(width=MOSAIC_SIZE):
            maps(
                _mosaic(batch[:MOST_SHOWN])[np.newaxis],
                key="learning-mosaic",
                titles=[f"The digits of update {update:,}"],
                kind="ink",
                limit=1.0,
                size=MOSAIC_SIZE,
                describe=f"The {len(batch)} digits of update {update:,}",
            )
        with st.container(width=480):
            whole = num_images % batch_size == 0
            st.markdown(
                f"##### {num_images:,} / {batch_size} = **{experiment.batches_per_epoch:,} updates** an epoch"
                f"{'' if whole else ', the last one smaller'}\n"
                f"##### {experiment.batches_per_epoch:,} x {epochs} = **{experiment.num_steps:,} updates** in all"
            )
            st.markdown(
                f"Update {update:,} is number {number + 1:,} of epoch {epoch + 1}, and looks at {len(batch)} digits"
                f"{f' (the first {MOST_SHOWN} are shown)' if len(batch) > MOST_SHOWN else ''}. One {term('update')} "
                f"for each {term('batch')}; when every image was seen once, an {term('epoch')} is over, the images are "
                "shuffled, and it begins again."
            )


def _experiment(num_images: int, batch_size: int, epochs: int) -> Experiment:
    """The experiment whose updates are counted."""
    data = DataSettings(train_size=num_images, validation_size=0)
    return Experiment(PRESETS["Tiny"].architecture, data, TrainingSettings(batch_size=batch_size, epochs=epochs))


def _mosaic(indices: np.ndarray) -> np.ndarray:
    """Training images side by side, ten in a row: float32 (rows * 28, 280) in [0, 1]."""
    images = mnist.normalise(mnist.load().train.images[indices, :, :, 0])
    rows = -(-len(images) // 10)
    sheet = np.concatenate([images, np.zeros((rows * 10 - len(images), DIGIT_SIDE, DIGIT_SIDE), np.float32)])
    return sheet.reshape(rows, 10, DIGIT_SIDE, DIGIT_SIDE).swapaxes(1, 2).reshape(rows * DIGIT_SIDE, -1)


@st.fragment
def recorded() -> None:
    """The recorded runs; only this part runs again for another one."""
    runs = recorded_runs.load()
    name = st.segmented_control("Network", list(runs), default="Too large", required=True, key="learning-run", **KEPT)
    run = runs[name]
    history, experiment = run.history, run.experiment
    curves(
        history.batches.step.astype(int),
        history.batches.loss,
        history.batches.accuracy,
        history.epochs.step.astype(int),
        history.epochs.loss,
        history.epochs.accuracy,
        history.epochs.val_loss,
        history.epochs.val_accuracy,
        experiment.num_steps,
        experiment.batches_per_epoch,
        key=f"learning-curves-{name}",
    )
    st.markdown(
        f"**{verdict(run)}** {experiment.architecture.num_parameters:,} parameters, {experiment.data.num_train:,} "
        f"training images, {experiment.training.epochs} epochs. At the end: loss {history.epochs.loss[-1]:.3f} on "
        f"the training images, {history.epochs.val_loss[-1]:.3f} on {experiment.data.validation_size:,} others; "
        f"{run.test_accuracy:.1%} of the test digits read rightly."
    )


def verdict(run: recorded_runs.RecordedRun) -> str:
    """What the curves of a run say, in a sentence."""
    epochs = run.history.epochs
    if epochs.accuracy[-1] < 0.8:
        return "It underfits: even the digits that it learns from, it cannot tell apart. Both curves stay high."
    if run.gap > 0.1:
        return (
            "It overfits: it gets better and better on the digits that it learns from, but on others its loss was "
            f"lowest after epoch {run.best_epoch}, and grows."
        )
    return "It fits: both curves fall, and stay together."


station("Learning")
st.subheader("What a loss is")
loss()
code(mnist.one_hot, costs)

st.subheader("Rolling downhill")
roll()
try_this(
    "the learning rate from left to right, then a click on another start.",
    "that sgd and momentum creep, roll, swing from wall to wall, and are gone; rmsprop and adam hardly mind.",
)
problem = zero_or_six()
first_loss = float(problem.loss(np.array(START)))
ends = {
    rate: float(problem.loss(problem.path("sgd", np.array(START), float(rate), STEPS, None)[-1]))
    for rate in ASKED_RATES
}
limit = 2 / problem.curvatures[1]
predict(
    "learning-diverges",
    f"At which of these learning rates does sgd climb instead of coming down, from w1 = {START[0]}, w2 = {START[1]}?",
    next(rate for rate, end in ends.items() if end > first_loss),
    options=ASKED_RATES,
    reveal=f"It began at {first_loss:.1f}. After {STEPS} steps: "
    + ", ".join(f"{end:.3g} at {rate}" for rate, end in ends.items())
    + f". Across the valley the surface has a curvature of {problem.curvatures[1]:.1f}; above 2 / "
    f"{problem.curvatures[1]:.1f} = {limit:.3f} every step of sgd lands higher on the other wall.",
)
notes_say(
    "A learning rate that is too small is slow, one that is too large diverges.",
    f"sgd, {STEPS} steps: loss {ends['0.001']:.3f} at 0.001, {ends['0.01']:.3f} at 0.01, {ends['0.1']:.1e} at 0.1; "
    f"the lowest there is {problem.loss(problem.best):.3f}.",
    ends["0.001"] > ends["0.01"] and ends["0.1"] > first_loss,
)
code(descent.sgd, descent.sgd_momentum, descent.rmsprop, descent.adam)

st.subheader("Batches and epochs")
batches()
asked = _experiment(50_000, 128, 3)
predict(
    "learning-updates",
    f"{asked.data.num_train:,} images in batches of {asked.training.batch_size}: how many updates in one epoch? The "
    "last batch may be smaller.",
    asked.batches_per_epoch,
    reveal=f"{asked.data.num_train:,} / {asked.training.batch_size} = "
    f"{asked.data.num_train / asked.training.batch_size:.3f}: {asked.batches_per_epoch - 1} whole batches, and one of "
    f"{asked.data.num_train - (asked.batches_per_epoch - 1) * asked.training.batch_size}.",
)
of_notes = PRESETS["Study notes"]
notes_say(
    "60,000 images in batches of 100 are 600 updates an epoch.",
    f"the notes' own experiment has {of_notes.data.num_train:,} images, batches of {of_notes.training.batch_size}, and "
    f"{of_notes.batches_per_epoch} updates an epoch, {of_notes.num_steps:,} in {of_notes.training.epochs} epochs.",
    of_notes.batches_per_epoch == 600,
)

st.subheader("Too small, too large, and right")
recorded()
st.markdown(
    f"Four real runs, recorded with the same 1,000 digits. {term('underfitting', 'Underfitting')}: too few weights "
    f"to say what there is to say. {term('overfitting', 'Overfitting')}: so many that the training digits are "
    f"learned by heart. Only the {term('validation')} curve tells."
)
runs = recorded_runs.load()
large, held_back = runs["Too large"], runs["Too large, with dropout"]
losses = large.history.epochs.val_loss
notes_say(
    "The more epochs, the better.",
    f"not for the network that is too large: its validation loss was {losses.min():.3f} after epoch "
    f"{large.best_epoch}, and is {losses[-1]:.3f} after epoch {len(losses)}.",
    bool(losses.argmin() == len(losses) - 1),
)
notes_say(
    "Dropout prevents overfitting.",
    f"less of it, not none. Between training and validation loss lie {large.gap:.3f} without and {held_back.gap:.3f} "
    f"with dropout; test accuracy {large.test_accuracy:.1%} and {held_back.test_accuracy:.1%}. A convolution with "
    f"{runs['Fits'].experiment.architecture.num_parameters:,} parameters reads {runs['Fits'].test_accuracy:.1%}.",
    None,
)
next_station()
