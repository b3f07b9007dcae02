"""The curves of a run, as far as it has come, and the figures that are read off them: what the doctor looks at."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import ceil, log, sqrt

import numpy as np

from cnnlab.doctor import remedies
from cnnlab.doctor.finding import Finding
from cnnlab.doctor.remedies import Try, those
from cnnlab.experiment import Experiment
from cnnlab.runs.records import History

Remedy = Callable[[Experiment], Try | None]

GUESS = {"categorical_crossentropy": log(10), "mean_squared_error": 0.09}
"""The loss of a network that gives every digit 10 %: -ln(0.1), and (0.9^2 + 9 x 0.1^2) / 10."""
WINDOW_IMAGES, WINDOW_BATCHES = 1_000, 10
"""A figure is a mean over so many images and batches at least: an accuracy is then known to 3 points or better."""
STUCK_UPDATES = 200
"""Below, a standstill is not reported: plain sgd on the study notes' network begins to move after about 150 updates."""
STUCK = 0.9
"""Part of the loss of guessing above which nothing worth telling was learned: one has to start somewhere."""
GUESSES = 0.2
"""The same for the accuracy, where weights are paid for in the loss: not twice that of the commonest digit."""
SURE = 3.0
"""Standard errors from which on a difference counts: by chance alone once in some hundred looks."""
LINEAR = 0.9
"""A network without hidden layers reads 92 % of MNIST (LeCun et al., 1998): what stays below 90 % underfits."""


@dataclass(frozen=True, eq=False)
class Curves:
    """The curves of a run, as far as it has come, with what is read off them.

    `rate`: the learning rate that it has now.
    """

    history: History
    experiment: Experiment
    rate: float

    @cached_property
    def losses(self) -> np.ndarray:
        """Of every batch."""
        return self.history.batches.loss

    @property
    def num_updates(self) -> int:
        """How many weight updates there were."""
        return len(self.losses)

    @property
    def num_epochs(self) -> int:
        """How many epochs are over."""
        return len(self.history.epochs.loss)

    @property
    def window(self) -> int:
        """Batches over which a figure is a mean."""
        return max(WINDOW_BATCHES, ceil(WINDOW_IMAGES / self.experiment.training.batch_size))

    @cached_property
    def means(self) -> np.ndarray:
        """Mean loss of each window, counted back from the newest batch; a rest at the beginning is left out."""
        count = self.num_updates // self.window
        return self.losses[self.num_updates - count * self.window :].reshape(count, self.window).mean(axis=1)

    @cached_property
    def now(self) -> float:
        """Mean loss of the newest batches."""
        return float(self.losses[-self.window :].mean())

    @cached_property
    def accuracy(self) -> float:
        """Share of the newest training images that was read rightly."""
        return float(self.history.batches.accuracy[-self.window :].mean())

    @property
    def guess(self) -> float | None:
        """The loss of guessing; None where the weights are paid for as well."""
        layers = self.experiment.architecture.layers
        is_paid = any(getattr(layer, name, 0) for layer in layers for name in ("l1", "l2"))
        return None if is_paid else GUESS[self.experiment.training.loss]

    @property
    def reference(self) -> float:
        """The loss of knowing nothing: that of guessing, or else that of the first batch."""
        return float(self.losses[0]) if self.guess is None else self.guess

    @cached_property
    def quarters(self) -> np.ndarray:
        """Mean loss of each quarter of the updates: float64 (4,)."""
        return np.array([part.mean() for part in np.array_split(self.losses, 4)])

    @cached_property
    def falls(self) -> float:
        """How surely the loss falls: from the third quarter to the last, in standard errors."""
        third, last = np.array_split(self.losses, 4)[2:]
        error = sqrt(third.var() / len(third) + last.var() / len(last))
        return float(third.mean() - last.mean()) / max(error, 1e-12)

    @property
    def is_guessing(self) -> bool:
        """Whether it is no better, or hardly better, than guessing."""
        return self.accuracy < GUESSES if self.guess is None else self.now > STUCK * self.guess

    @property
    def is_stuck(self) -> bool:
        """Whether it guesses and does not get better, after many updates."""
        return self.num_updates >= STUCK_UPDATES and self.is_guessing and self.falls < SURE

    @property
    def best_accuracy(self) -> float:
        """The better one of training and validation after the last epoch."""
        epochs = self.history.epochs
        return float(np.nanmax([epochs.accuracy[-1], epochs.val_accuracy[-1]]))

    @property
    def reachable(self) -> float:
        """The accuracy below which a network underfits, with labels as wrong as they are set to be."""
        return LINEAR * (1 - self.experiment.data.label_noise)

    def finding(self, kind: str, severity: str, sentence: str, *tries: Remedy | Try | None) -> Finding:
        """Make a finding with what can be tried about it in this run: remedies, or what they have given."""
        made = (one if one is None or isinstance(one, Try) else one(self.experiment) for one in tries)
        return Finding(kind, severity, sentence, those(*made))

    @property
    def shorter_steps(self) -> Try | None:
        """A lower learning rate than it has."""
        return remedies.shorter_steps(self.experiment, self.rate)
