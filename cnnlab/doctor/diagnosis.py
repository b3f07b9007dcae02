"""The plain-language doctor: what is wrong with a run, the numbers that say so, and what to try.

    diagnose(run.history(), info.experiment, failure=info.reason if info.state == "failed" else None)

takes a few milliseconds however long the run is, and may be asked while it trains. What is seen inside the network
(`unit_health.examine`) takes longer, so it is looked at elsewhere and handed in. Nothing is said on too little
evidence: then the finding is that it is too early, and what is missing.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cnnlab.doctor import curve_checks, remedies, unit_checks
from cnnlab.doctor.curve_checks import LATER, MIN_UPDATES, MIN_VALIDATION
from cnnlab.doctor.curves import STUCK_UPDATES, Curves
from cnnlab.doctor.finding import ERROR, GOOD, INFO, WARNING, Finding, number
from cnnlab.doctor.unit_health import NUM_IMAGES, NetworkHealth
from cnnlab.experiment import Experiment
from cnnlab.runs.records import History
from cnnlab.training.events import NOT_A_NUMBER
from cnnlab.words import percent


def diagnose(
    history: History,
    experiment: Experiment,
    *,
    failure: str | None = None,
    health: NetworkHealth | None = None,
    learning_rates: Sequence[tuple[int, float]] = (),
) -> tuple[Finding, ...]:
    """Say what is wrong with a run, or that nothing is, the worst first.

    Args:
        history: its curves so far.
        experiment: its settings.
        failure: the reason of a run that failed.
        health: what was seen inside its newest network.
        learning_rates: those that were set by hand, as in `RunInfo.learning_rates`.

    Returns:
        One finding at least: troubles, or that it is too early to tell, or that nothing is wrong.
    """
    rate = learning_rates[-1][1] if learning_rates else experiment.training.learning_rate
    curves = Curves(history, experiment, rate)
    broken = _not_a_number(curves, failure)
    if broken:
        return (broken,)
    found = _with_the_inside(curve_checks.found(curves), unit_checks.found(curves, health))
    if not any(one.severity in (ERROR, WARNING) for one in found):
        is_early = curves.num_updates < (STUCK_UPDATES if curves.num_updates and curves.is_guessing else MIN_UPDATES)
        found.append(_too_early(curves) if is_early else _healthy(curves, health))
    return tuple(sorted(found, key=lambda one: (ERROR, WARNING, GOOD, INFO).index(one.severity)))


def _not_a_number(curves: Curves, failure: str | None) -> Finding | None:
    """The loss is NaN or infinite, or the run has failed because of it."""
    is_wrong = ~np.isfinite(curves.losses)
    if not is_wrong.any() and not (failure or "").startswith(NOT_A_NUMBER):
        return None
    first = int(is_wrong.argmax()) if is_wrong.any() else curves.num_updates
    step = int(curves.history.batches.step[first]) if is_wrong.any() else min(first + 1, curves.experiment.num_steps)
    sentence = f"At update {step:,} the loss was no longer a number: the weights grew too large."
    if first:
        shown = ", ".join(map(number, curves.losses[max(0, first - 3) : first]))
        sentence += f" The last losses before it: {shown}."
    sentence += curve_checks.of_the_rate(curves)
    return curves.finding("not_a_number", ERROR, sentence, remedies.normalise, curves.shorter_steps)


def _with_the_inside(found: list[Finding], inside: list[Finding]) -> list[Finding]:
    """Put both together; a constant answer belongs to the standstill that it comes with."""
    constant = next((one for one in inside if one.kind == "constant_answer"), None)
    if constant and found and found[0].severity == ERROR:
        found = [replace(found[0], sentence=f"{found[0].sentence} {constant.sentence}"), *found[1:]]
        inside = [one for one in inside if one is not constant]
    return found + inside


def _too_early(curves: Curves) -> Finding:
    """How much is there, and how much is needed."""
    updates, planned = curves.num_updates, curves.experiment.num_steps
    needed, what = MIN_UPDATES, "a first judgement needs"
    if updates >= MIN_UPDATES:
        needed, what = STUCK_UPDATES, f"it takes to tell a standstill; the loss is {number(curves.now)}, as in guessing"
    sentence = f"{updates:,} of the {needed} updates that {what}."
    if planned < needed:
        sentence += f" This run has only {planned:,} in all: give it more epochs, more images or smaller batches."
    return curves.finding("too_early", INFO, sentence, remedies.more_epochs if planned < needed else None)


def _healthy(curves: Curves, health: NetworkHealth | None) -> Finding:
    """What speaks for it, and what could not be looked at yet."""
    epochs = curves.history.epochs
    sentence = (
        f"The loss has come from {number(curves.losses[0])} to {number(curves.now)} in {curves.num_updates:,} updates, "
        f"and {percent(curves.accuracy)} of the newest images are read rightly."
    )
    if curves.num_epochs and np.isfinite(epochs.val_loss[-1]):
        sentence += (
            f" On validation images after epoch {curves.num_epochs}: loss {number(epochs.val_loss[-1])}, "
            f"{percent(epochs.val_accuracy[-1])}, against {number(epochs.loss[-1])} and "
            f"{percent(epochs.accuracy[-1])} in training."
        )
    if health:
        dead = sum(layer.num_dead for layer in health.layers)
        sentence += f" Dead units: {dead} of {sum(layer.num_units for layer in health.layers)}."
    missing = []
    if curves.num_updates < STUCK_UPDATES:
        missing.append(f"a standstill (needs {STUCK_UPDATES} updates)")
    if curves.experiment.data.validation_size < MIN_VALIDATION:
        missing.append(f"overfitting (needs {MIN_VALIDATION} validation images)")
    elif curves.num_epochs <= LATER:
        missing.append(f"overfitting (needs {LATER + 1} epochs)")
    if health is None or health.num_images < NUM_IMAGES:
        missing.append("dead units")
    return Finding("healthy", GOOD, sentence + (f" Not looked at yet: {', '.join(missing)}." if missing else ""))
