"""Under- and overfitting, explored: the curves of real runs that were recorded, and what they say."""

import streamlit as st

from cnnlab.lessons import recorded_runs
from cnnlab.lessons.recorded_runs import RecordedRun
from ui.controls import choose
from ui.figures import run_curves
from ui.frame import fragment
from ui.glossary import term
from ui.lesson import notes_say, try_this

UNDERFITS = 0.8  # training accuracy
OVERFITS = 0.1  # loss between the training and the validation curve


@fragment
def recorded() -> None:
    """One of the recorded runs; only this part runs again for another one."""
    runs = recorded_runs.load()
    name = choose("Network", list(runs), "learning-run", "Too large")
    run = runs[name]
    epochs, experiment = run.history.epochs, run.experiment
    run_curves(run.history, experiment.num_steps, experiment.batches_per_epoch, f"learning-curves-{name}")
    try_this(
        "the four networks, from left to right.",
        "where the orange validation curve leaves the blue one: from there on it only learns by heart.",
    )
    st.markdown(
        f"**{verdict(run)}** {experiment.architecture.num_parameters:,} parameters, {experiment.data.num_train:,} "
        f"training images, {experiment.training.epochs} epochs. At the end: loss {epochs.loss[-1]:.3f} on "
        f"the training images, {epochs.val_loss[-1]:.3f} on {experiment.data.validation_size:,} others; "
        f"{run.test_accuracy:.1%} of the test digits read rightly."
    )
    st.markdown(
        f"Four real runs, recorded with the same 1,000 digits. {term('underfitting', 'Underfitting')}: too few weights "
        f"to say what there is to say. {term('overfitting', 'Overfitting')}: so many that the training digits are "
        f"learned by heart. Only the {term('validation')} curve tells."
    )


def verdict(run: RecordedRun) -> str:
    """What the curves of a run say, in a sentence."""
    if run.history.epochs.accuracy[-1] < UNDERFITS:
        return "It underfits: even the digits that it learns from, it cannot tell apart. Both curves stay high."
    if run.gap > OVERFITS:
        return (
            "It overfits: it gets better and better on the digits that it learns from, but on others its loss was "
            f"lowest after epoch {run.best_epoch}, and grows."
        )
    return "It fits: both curves fall, and stay together."


def more_epochs() -> None:
    """Measure the claim on the network that is too large."""
    run = recorded_runs.load()["Too large"]
    losses = run.history.epochs.val_loss
    notes_say(
        "The more epochs, the better.",
        f"not for the network that is too large: its validation loss was {losses.min():.3f} after epoch "
        f"{run.best_epoch}, and is {losses[-1]:.3f} after epoch {len(losses)}.",
        bool(losses.argmin() == len(losses) - 1),
    )


def with_dropout() -> None:
    """Measure what dropout did for the same network."""
    runs = recorded_runs.load()
    large, held_back, small = runs["Too large"], runs["Too large, with dropout"], runs["Fits"]
    notes_say(
        "Dropout prevents overfitting.",
        f"less of it, not none. Between training and validation loss lie {large.gap:.3f} without and "
        f"{held_back.gap:.3f} with dropout; test accuracy {large.test_accuracy:.1%} and {held_back.test_accuracy:.1%}. "
        f"A convolution with {small.experiment.architecture.num_parameters:,} parameters reads "
        f"{small.test_accuracy:.1%}.",
        None,
    )
