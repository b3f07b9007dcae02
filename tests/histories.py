"""Histories made by hand, and those of real runs."""

from collections.abc import Sequence

import numpy as np

from cnnlab.experiment import Experiment
from cnnlab.nn.weights import Weights
from cnnlab.runs.records import BatchHistory, EpochHistory, History, names_of
from cnnlab.training.events import BatchEnd, EpochEnd, Event, Failed, WeightsSnapshot


def history(
    losses: Sequence[float],
    accuracies: float | Sequence[float] = 0.5,
    *,
    loss: Sequence[float] = (),
    accuracy: float | Sequence[float] = 0.5,
    val_loss: float | Sequence[float] = np.nan,
    val_accuracy: float | Sequence[float] = np.nan,
) -> History:
    """A batch for each of `losses`, an epoch for each of `loss`, the batches shared out among the epochs."""
    batches, epochs = len(losses), len(loss)
    step, in_epoch = np.arange(1.0, batches + 1), max(batches // max(epochs, 1), 1)
    columns = {"step": step, "epoch": (step - 1) // in_epoch, "loss": losses, "accuracy": accuracies}
    of_epochs = {"step": in_epoch * np.arange(1.0, epochs + 1), "epoch": np.arange(epochs), "loss": loss}
    of_epochs |= {"accuracy": accuracy, "val_loss": val_loss, "val_accuracy": val_accuracy}
    return History(_columns(BatchHistory, columns, batches), _columns(EpochHistory, of_epochs, epochs))


def _columns(kind: type, values: dict[str, object], count: int):
    filled = (np.broadcast_to(np.asarray(values.get(name, 1.0), float), count) for name in names_of(kind))
    return kind(*filled)


def of_events(events: Sequence[Event]) -> History:
    """The history that a store would have kept of a run's events."""

    def columns(kind: type, event: type):
        own = [one for one in events if isinstance(one, event)]
        table = {name: [getattr(one, name) for one in own] for name in names_of(kind)}
        return kind(*(np.array([np.nan if value is None else value for value in table[name]], float) for name in table))

    return History(columns(BatchHistory, BatchEnd), columns(EpochHistory, EpochEnd))


def trained(experiment: Experiment) -> tuple[History, str | None, Weights]:
    """Train for real; return the history, the reason of a failure, and the newest weights."""
    from cnnlab.training import loop  # noqa: PLC0415 - tests without training load no TensorFlow

    events: list[Event] = []
    loop.train(experiment, events.append)
    reasons = [event.reason for event in events if isinstance(event, Failed)]
    snapshots = [event.weights for event in events if isinstance(event, WeightsSnapshot)]
    return of_events(events), reasons[0] if reasons else None, snapshots[-1]
