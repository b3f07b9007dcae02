"""What the curves of a run tell about how it goes. Each check returns its finding, or None.

Every threshold stands here, or in `curves`, with its reason. They were held against real runs, good ones and
broken ones; the tests do so again.
"""

import numpy as np

from cnnlab.doctor import remedies
from cnnlab.doctor.curves import STUCK_UPDATES, SURE, Curves
from cnnlab.doctor.finding import ERROR, INFO, WARNING, Finding, number
from cnnlab.experiment import OPTIMIZERS
from cnnlab.nn.layers import Dropout
from cnnlab.words import percent

COMMONEST = 0.112
"""Share of the ones among MNIST's training digits: who always says 1 is right so often."""
MIN_UPDATES = 100
"""Below, nothing is said of progress: networks that learn well have been seen to stand still for 60 updates."""
JUMP = 3.0
"""A batch's loss this many times that of guessing, or of the first batch, is a jump: good runs stay below 1.1."""
RISE, RISE_OF_GUESS = 1.5, 0.25
"""The loss has risen when it is 1.5 times its lowest mean and a quarter of the loss of guessing above it."""
FAR = 10.0
"""A learning rate so many times above or below the usual one is named as the likely cause."""
HIGH = 0.5
"""Part of the loss of guessing above which a loss is high."""
PACE = 3.0
"""Too slow: at its pace it would need more than this many times the updates that it has had to come to zero."""
STEADY = 0.5
"""The fall is steady when it is at the end at least half as quick as at the beginning: a good curve bends soon."""
FLAT_EPOCHS, FLAT = 3, 0.05
"""Flat: over three epochs the loss has fallen by less than 5 %."""
MIN_VALIDATION = 500
"""Validation images needed to speak of overfitting: with 500, 93 % are known to about 2 points."""
LATER = 3
"""Epochs since the lowest validation loss that are needed, because one epoch may be a bad one."""
WORSE = 0.15
"""The validation loss has risen when the middle one of the last three lies 15 % above the lowest."""
FELL = 0.8
"""The training loss has fallen when it is at most 0.8 of what it was at that time."""
APART = 0.01
"""And then training is at least a point more accurate: otherwise both losses only go up and down."""
GAP, RATIO = 0.03, 3.0
"""Or: no lower for three epochs, 3 points less accuracy than in training, and 3 times its loss."""
LABEL_GAP, LABEL_EPOCHS = 0.1, 3
"""Training lies 10 points below validation, and both stand still: MNIST's first 1,000 digits are up to 6 points harder
than its last ones, and while a network learns fast the mean over an epoch is behind."""
SMALL_BATCH, NOISY, DONE = 32, 1.0, 0.98
"""Noise: small batches whose losses spread as wide as their mean, which no longer falls, below 98 %."""
STILL = 0.05
"""Not finished: in the last epoch the loss has still fallen by 5 %, and it is not done, that is below 98 %."""


def of_the_rate(curves: Curves) -> str:
    """A sentence about a learning rate that is far from the usual one; otherwise nothing."""
    optimizer, rate = curves.experiment.training.optimizer, curves.rate
    usual = OPTIMIZERS[optimizer]
    times, word = max((rate / usual, "above"), (usual / rate, "below"))
    if times < FAR * (1 - 1e-9):
        return ""
    return f" The learning rate, {rate:g}, lies {times:,.0f} times {word} the usual {usual:g} of {optimizer}."


def steps_too_long(curves: Curves) -> Finding | None:
    """The loss has jumped, or it rises."""
    seen = _jumped(curves) or _rose(curves)
    if not seen:
        return None
    is_over = curves.now < RISE_OF_GUESS * curves.reference
    after = f" {'Since then it has recovered: now' if is_over else 'Now'} it is {number(curves.now)}."
    if curves.is_stuck:
        after += f" {percent(curves.accuracy)} of the newest images are read rightly: it only guesses."
    severity = INFO if is_over else ERROR if curves.is_stuck else WARNING
    sentence = seen + after + of_the_rate(curves)
    return curves.finding("steps_too_long", severity, sentence, remedies.normalise, curves.shorter_steps)


def _jumped(curves: Curves) -> str:
    first = float(curves.losses[0])
    above = np.flatnonzero(curves.losses > JUMP * max(curves.reference, first))
    if not len(above):
        return ""
    step, loss = int(curves.history.batches.step[above[0]]), float(curves.losses[above[0]])
    guess = "" if curves.guess is None else f" (guessing: {number(curves.guess)})"
    return f"The loss jumped from {number(first)} at the first update to {number(loss)} at update {step:,}{guess}."


def _rose(curves: Curves) -> str:
    if curves.num_updates < MIN_UPDATES:
        return ""
    lowest = float(curves.means.min())
    if curves.now < RISE * lowest + RISE_OF_GUESS * curves.reference:
        return ""
    ago = (len(curves.means) - 1 - int(curves.means.argmin())) * curves.window
    return f"The loss rises: {ago:,} updates ago its mean was {number(lowest)}."


def not_learning(curves: Curves) -> Finding | None:
    """After many updates it does no better than guessing."""
    if not curves.is_stuck:
        return None
    experiment, rate = curves.experiment, curves.rate
    compared = "" if curves.guess is None else f" (guessing: {number(curves.guess)})"
    sentence = (
        f"After {curves.num_updates:,} updates the loss is {number(curves.now)}{compared}. Of the newest images "
        f"{percent(curves.accuracy)} are read rightly; who always says 1 is right in {percent(COMMONEST)}."
    )
    if experiment.data.label_noise:
        sentence += f" Of the labels, {percent(experiment.data.label_noise)} are shuffled, as set."
    of_rate = of_the_rate(curves)
    rates = [remedies.learning_rate(experiment, rate * times) for times in (10, 0.1)]
    tries = remedies.random_weights, remedies.true_labels, remedies.normalise
    more = [remedies.usual_learning_rate] if of_rate else rates
    return curves.finding("not_learning", ERROR, sentence + of_rate, *tries, *more)


def steps_too_short(curves: Curves) -> Finding | None:
    """The loss falls steadily and has a long way to go."""
    if curves.num_updates < STUCK_UPDATES or curves.now < HIGH * curves.reference or curves.falls < SURE:
        return None
    first, second, third, last = curves.quarters
    pace = (third - last) / (curves.num_updates / 4)
    needed = curves.now / pace
    if third - last < STEADY * (first - second) or needed < PACE * curves.num_updates:
        return None
    left = max(curves.experiment.num_steps - curves.num_updates, 0)
    sentence = (
        f"The loss falls steadily, but slowly: from {number(curves.means[0])} to {number(curves.now)} in "
        f"{curves.num_updates:,} updates. At this pace it would take another {number(needed)}, and "
        f"{f'{left:,} are' if left else 'none is'} left."
    )
    rate = max(10 * curves.rate, OPTIMIZERS[curves.experiment.training.optimizer])
    sentence += of_the_rate(curves)
    return curves.finding("steps_too_short", WARNING, sentence, remedies.learning_rate(curves.experiment, rate))


def bad_start(curves: Curves) -> Finding | None:
    """The first loss is far above that of guessing: the network begins sure of nonsense."""
    first = float(curves.losses[0])
    if curves.guess is None or first <= JUMP * curves.guess:
        return None
    sentence = (
        f"The first loss was {number(first)}, where a network that knows nothing has {number(curves.guess)}: what "
        f"comes in, or its first weights, are too large. Now it is {number(curves.now)}."
    )
    severity = INFO if curves.now < RISE_OF_GUESS * curves.guess else WARNING
    return curves.finding("bad_start", severity, sentence, remedies.normalise)


def underfitting(curves: Curves) -> Finding | None:
    """The loss is flat, and not even a plain linear network would be so bad."""
    epochs, experiment = curves.history.epochs, curves.experiment
    if curves.num_epochs < FLAT_EPOCHS or curves.num_updates < MIN_UPDATES:
        return None
    before, after, best = float(epochs.loss[-FLAT_EPOCHS]), float(epochs.loss[-1]), curves.best_accuracy
    if curves.is_guessing or before - after > FLAT * before or best >= curves.reachable:
        return None
    sentence = (
        f"In the last {FLAT_EPOCHS} epochs the training loss has hardly moved, from {number(before)} to "
        f"{number(after)}, and at best {percent(best)} are read rightly. Even a network without hidden layers comes to "
        "about 92 % on MNIST."
    )
    is_far = curves.rate >= FAR * OPTIMIZERS[experiment.training.optimizer]
    sentence += of_the_rate(curves) if is_far else ""
    tries = curves.shorter_steps if is_far else None, remedies.normalise, remedies.larger
    return curves.finding("underfitting", WARNING, sentence, *tries)


def overfitting(curves: Curves) -> Finding | None:
    """The validation loss has risen since its best epoch while the training loss fell, or far apart they stand."""
    epochs, experiment = curves.history.epochs, curves.experiment
    is_known = experiment.data.validation_size >= MIN_VALIDATION and np.isfinite(epochs.val_loss).all()
    best = int(epochs.val_loss.argmin()) if is_known and curves.num_epochs else curves.num_epochs
    if curves.num_epochs - 1 - best < LATER:
        return None
    lowest, loss_then, loss_now = float(epochs.val_loss[best]), float(epochs.loss[best]), float(epochs.loss[-1])
    now = float(np.median(epochs.val_loss[-LATER:]))
    gap = float(epochs.accuracy[-1] - epochs.val_accuracy[-1])
    has_risen = now > (1 + WORSE) * lowest and loss_now < FELL * loss_then and gap > APART
    if not has_risen and not (gap > GAP and now > RATIO * loss_now):
        return None
    sentence = (
        f"The validation loss was lowest after epoch {best + 1}, {number(lowest)}, and is "
        f"{number(epochs.val_loss[-1])} after epoch {curves.num_epochs}, while the training loss went from "
        f"{number(loss_then)} to {number(loss_now)}. "
        f"It reads {percent(epochs.accuracy[-1])} of the {experiment.data.num_train:,} images that it learns from, and "
        f"{percent(epochs.val_accuracy[-1])} of others."
    )
    if experiment.data.label_noise:
        sentence += f" It learns the shuffled labels by heart, {percent(experiment.data.label_noise)} of all."
    tries = remedies.true_labels, remedies.more_images, remedies.dropout, remedies.early_stopping
    return curves.finding("overfitting", WARNING, sentence, *tries)


def wrong_labels(curves: Curves) -> Finding | None:
    """It is worse on what it learns from than on what it is checked on, and nothing that is set explains it."""
    epochs, experiment = curves.history.epochs, curves.experiment
    data = experiment.data
    makes_it_harder = data.shift or data.rotation or data.zoom or data.noise
    has_dropout = any(isinstance(layer, Dropout) for layer in experiment.architecture.layers)
    if curves.num_epochs < LABEL_EPOCHS or data.validation_size < MIN_VALIDATION or makes_it_harder or has_dropout:
        return None
    gap = float(epochs.val_accuracy[-1] - epochs.accuracy[-1])
    if not gap > LABEL_GAP or epochs.loss[-LABEL_EPOCHS] - epochs.loss[-1] > FLAT * epochs.loss[-LABEL_EPOCHS]:
        return None
    sentence = (
        f"After {curves.num_epochs} epochs it reads {percent(epochs.val_accuracy[-1])} of the validation images "
        f"rightly, and only {percent(epochs.accuracy[-1])} of those that it learns from, without dropout or "
        "augmentation. So a part of what it is taught may be wrong."
        + (f" Shuffled labels, as set: {percent(data.label_noise)}." if data.label_noise else "")
    )
    return curves.finding("wrong_labels", WARNING, sentence, remedies.true_labels)


def noisy_steps(curves: Curves) -> Finding | None:
    """Small batches: the loss jumps from one to the next, and its mean no longer falls."""
    size = curves.experiment.training.batch_size
    if curves.num_updates < STUCK_UPDATES or size > SMALL_BATCH or curves.accuracy >= DONE or curves.falls >= SURE:
        return None
    last = np.array_split(curves.losses, 4)[3]
    if last.std() < NOISY * last.mean():
        return None
    low, high = np.quantile(last, (0.05, 0.95))
    sentence = (
        f"In the last {len(last):,} updates the loss of a batch of {size} went up and down, nine times out of ten "
        f"between {number(low)} and {number(high)}, while its mean hardly moved: {number(last.mean())}, and "
        f"{number(curves.quarters[2])} before."
    )
    shorter = remedies.learning_rate(curves.experiment, curves.rate / 4)
    return curves.finding("noisy_steps", INFO, sentence, remedies.batch_size, shorter)


def not_finished(curves: Curves) -> Finding | None:
    """The last epoch has come, and the loss still falls."""
    epochs = curves.history.epochs
    if curves.num_epochs < max(2, curves.experiment.training.epochs) or curves.num_updates < MIN_UPDATES:
        return None
    name, losses = ("validation", epochs.val_loss) if np.isfinite(epochs.val_loss).all() else ("training", epochs.loss)
    if losses[-1] > (1 - STILL) * losses[:-1].min() or curves.best_accuracy >= DONE:
        return None
    sentence = (
        f"In the last epoch the {name} loss has still fallen, from {number(losses[-2])} to {number(losses[-1])}. "
        f"So far {percent(curves.best_accuracy)} are read rightly."
    )
    severity = INFO if curves.best_accuracy >= curves.reachable else WARNING
    return curves.finding("not_finished", severity, sentence, remedies.more_epochs)


CHECKS = (
    (steps_too_long, not_learning, steps_too_short, bad_start, underfitting, not_finished),
    (overfitting,),
    (wrong_labels,),
    (noisy_steps,),
)
"""All checks; of those in one row the first that holds speaks."""


def found(curves: Curves) -> list[Finding]:
    """All that is wrong with the curves."""
    rows = ((one for check in row if (one := check(curves))) for row in CHECKS if curves.num_updates)
    return [first for row in rows if (first := next(row, None))]
