"""The plain-language doctor: what is wrong with a run, the numbers that say so, and what to try.

    diagnose(run.history(), info.experiment, failure=info.reason if info.state == "failed" else None)

takes a few milliseconds however long the run is, and may be asked while it trains. What is seen inside the network
(`unit_health.examine`) takes longer, so it is looked at elsewhere and handed in. Nothing is said on too little
evidence: then the finding is that it is too early, and what is missing.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from cnnlab.doctor import curve_checks, remedies
from cnnlab.doctor.curve_checks import LATER, MIN_UPDATES, MIN_VALIDATION
from cnnlab.doctor.curves import STUCK_UPDATES, Curves
from cnnlab.doctor.finding import ERROR, GOOD, INFO, WARNING, Finding, number
from cnnlab.doctor.remedies import those
from cnnlab.doctor.unit_health import NUM_IMAGES, LayerHealth, NetworkHealth
from cnnlab.experiment import Experiment
from cnnlab.runs.records import History
from cnnlab.training.events import NOT_A_NUMBER
from cnnlab.words import percent

DEAD = 0.5
"""Share of a layer's units from which on dead ones are told: the network that ships has 27 % in one of its layers, and
reads 99.6 % of the test digits."""
SATURATED = 0.5
"""The same for units at an end of their sigmoid or tanh: there are more of them, and they still pass on something."""
CHECKS = (
    curve_checks.progress,
    curve_checks.overfitting,
    curve_checks.wrong_labels,
    curve_checks.noisy_steps,
)
CONSTANT = 0.99
"""Share of the images with the same answer from which on it counts as constant: a good network has about 12 %."""


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
    found = [one for check in CHECKS if curves.num_updates and (one := check(curves))]
    found = _with_the_inside(found, _inside(curves, health))
    if not any(one.severity in (ERROR, WARNING) for one in found):
        is_early = curves.num_updates < (STUCK_UPDATES if curves.num_updates and curves.is_guessing else MIN_UPDATES)
        found.append(_too_early(curves) if is_early else _healthy(curves, health))
    return tuple(sorted(found, key=lambda one: (ERROR, WARNING, GOOD, INFO).index(one.severity)))


def _not_a_number(curves: Curves, failure: str | None) -> Finding | None:
    """The loss is NaN or infinite, or the run has failed because of it."""
    steps, losses = curves.history.batches.step, curves.losses
    wrong = np.flatnonzero(~np.isfinite(losses))
    if not len(wrong) and not (failure or "").startswith(NOT_A_NUMBER):
        return None
    before = losses[: wrong[0]] if len(wrong) else losses
    when = f"update {int(steps[wrong[0]]) if len(wrong) else len(before) + 1:,}"
    sentence = f"At {when} the loss was no longer a number: the weights grew too large."
    if len(before):
        shown = ", ".join(number(loss) for loss in before[-3:])
        sentence += f" The last losses before it: {shown}."
    experiment = curves.experiment
    tries = those(remedies.normalise(experiment), remedies.shorter_steps(experiment, curves.rate))
    return Finding("not_a_number", ERROR, sentence + curve_checks.of_the_rate(curves), tries)


def _with_the_inside(found: list[Finding], inside: list[Finding]) -> list[Finding]:
    """Put both together; a constant answer belongs to the standstill that it comes with."""
    constant = next((one for one in inside if one.kind == "constant_answer"), None)
    if constant and found and found[0].severity == ERROR:
        found = [replace(found[0], sentence=f"{found[0].sentence} {constant.sentence}"), *found[1:]]
        inside = [one for one in inside if one is not constant]
    return found + inside


def _inside(curves: Curves, health: NetworkHealth | None) -> list[Finding]:
    """What is wrong inside the network."""
    if health is None or not curves.num_updates:
        return []
    checks = [_same_filters(curves, health)]
    if health.num_images >= NUM_IMAGES:
        checks += [_dead_units(curves, health), _saturated_units(curves, health), _constant_answer(curves, health)]
    return [finding for finding in checks if finding]


def _same_filters(curves: Curves, health: NetworkHealth) -> Finding | None:
    """Filters with the same weights get the same updates: they stay one filter."""
    layers = [layer for layer in health.layers[:-1] if layer.are_same]
    if not layers:
        return None
    sentence = (
        f"After {curves.num_updates:,} update{'s' * (curves.num_updates > 1)} all "
        f"{_each(layers, lambda layer: f'{layer.num_units} of {layer.title}')} have the same weights. What is the "
        "same is changed in the same way: they never learn different things."
    )
    return Finding("same_filters", ERROR, sentence, those(remedies.random_weights(curves.experiment)))


def _dead_units(curves: Curves, health: NetworkHealth) -> Finding | None:
    """Units behind a relu that are zero whatever comes."""
    layers = [layer for layer in health.layers if layer.num_dead >= DEAD * layer.num_units]
    if not layers:
        return None
    units = _each(layers, lambda layer: f"{layer.num_dead} of {layer.num_units} in {layer.title}")
    sentence = (
        f"Zero everywhere for all of {health.num_images} images: {units}. The gradient of relu is zero there, so they "
        "learn nothing more."
    )
    is_all = any(layer.num_dead == layer.num_units for layer in layers)
    tries = those(
        remedies.random_weights(curves.experiment),
        remedies.normalise(curves.experiment),
        remedies.shorter_steps(curves.experiment, curves.rate),
    )
    return Finding("dead_units", ERROR if is_all else WARNING, sentence, tries)


def _saturated_units(curves: Curves, health: NetworkHealth) -> Finding | None:
    """Units at an end of their sigmoid or tanh, where the slope is next to nothing."""
    layers = [layer for layer in health.layers if layer.num_saturated >= SATURATED * layer.num_units]
    if not layers:
        return None
    units = _each(layers, lambda layer: f"{layer.num_saturated} of {layer.num_units} in {layer.title}")
    sentence = (
        f"At an end of their sigmoid or tanh for more than half of {health.num_images} images: {units}. The slope "
        "there is below 5 % of the largest, so they hardly learn."
    )
    experiment = curves.experiment
    tries = (remedies.normalise(experiment), remedies.shorter_steps(experiment, curves.rate), remedies.relu(experiment))
    return Finding("saturated_units", WARNING, sentence, those(*tries))


def _constant_answer(curves: Curves, health: NetworkHealth) -> Finding | None:
    """Whatever it is shown, it says the same digit."""
    digit, count = health.commonest
    if count < CONSTANT * health.num_images or curves.num_updates < STUCK_UPDATES:
        return None
    sentence = f"{count} of {health.num_images} different images were all read as a {digit}."
    tries = those(remedies.random_weights(curves.experiment), remedies.shorter_steps(curves.experiment, curves.rate))
    return Finding("constant_answer", ERROR, sentence, tries)


def _each(layers: Sequence[LayerHealth], words: Callable[[LayerHealth], str]) -> str:
    return ", ".join(map(words, layers))


def _too_early(curves: Curves) -> Finding:
    """How much is there, and how much is needed."""
    updates, planned = curves.num_updates, curves.experiment.num_steps
    needed, what = MIN_UPDATES, "a first judgement"
    if updates >= MIN_UPDATES:
        needed, what = STUCK_UPDATES, f"it takes to tell a standstill; the loss is {number(curves.now)}, as in guessing"
    sentence = f"{updates:,} of the {needed} updates that {what}{'' if updates >= MIN_UPDATES else ' needs'}."
    if planned < needed:
        sentence += f" This run has only {planned:,} in all: give it more epochs, more images or smaller batches."
    tries = those(remedies.more_epochs(curves.experiment)) if planned < needed else ()
    return Finding("too_early", INFO, sentence, tries)


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
    missing = _not_looked_at(curves, health)
    return Finding("healthy", GOOD, sentence + (f" Not looked at yet: {', '.join(missing)}." if missing else ""))


def _not_looked_at(curves: Curves, health: NetworkHealth | None) -> list[str]:
    """What needs more evidence, and how much."""
    missing = []
    if curves.num_updates < STUCK_UPDATES:
        missing.append(f"a standstill (needs {STUCK_UPDATES} updates)")
    if curves.experiment.data.validation_size < MIN_VALIDATION:
        missing.append(f"overfitting (needs {MIN_VALIDATION} validation images)")
    elif curves.num_epochs <= LATER:
        missing.append(f"overfitting (needs {LATER + 1} epochs)")
    if health is None or health.num_images < NUM_IMAGES:
        missing.append("dead units")
    return missing
