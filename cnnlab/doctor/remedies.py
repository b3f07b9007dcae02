"""What to try when a run is in trouble: the experiment with one thing changed, and that change in a few words.

Each function returns None where its change cannot be made, or is made already.
"""

from dataclasses import dataclass, replace
from typing import Any

from cnnlab.experiment import NUM_TRAINING_IMAGES, OPTIMIZERS, Experiment
from cnnlab.limits import LIMITS
from cnnlab.nn.layers import Dropout, Layer
from cnnlab.presets import DEFAULT, PRESETS

PATIENCE = 2
DROPOUT_RATE = 0.5
"""Of the paper on dropout, for hidden units (JMLR 15, 2014)."""
SHORTER = 10
"""By what a learning rate that is too high is divided."""
MORE_IMAGES = 10
LARGER_BATCH = 4


@dataclass(frozen=True)
class Try:
    """A thing to try, to be read after "Try it:", and the experiment in which it is done; None: only words."""

    words: str
    experiment: Experiment | None = None


def those(*tries: Try | None) -> tuple[Try, ...]:
    """The things that can be tried, in order, none twice."""
    return tuple(dict.fromkeys(each for each in tries if each is not None))


def learning_rate(experiment: Experiment, rate: float) -> Try | None:
    """Another learning rate, as near as the limits allow."""
    low, high = LIMITS["learning_rate"]
    rate = float(f"{min(max(rate, low), high):.1g}")
    return _change(f"learning rate {rate:g}", experiment, "training", learning_rate=rate)


def usual_learning_rate(experiment: Experiment) -> Try | None:
    """The learning rate with which its optimizer usually begins."""
    return learning_rate(experiment, OPTIMIZERS[experiment.training.optimizer])


def shorter_steps(experiment: Experiment, rate: float) -> Try | None:
    """A tenth of the learning rate that it had, or the usual one, whichever is lower."""
    return learning_rate(experiment, min(rate / SHORTER, OPTIMIZERS[experiment.training.optimizer]))


def batch_size(experiment: Experiment) -> Try | None:
    """Larger batches."""
    size = min(LARGER_BATCH * experiment.training.batch_size, int(LIMITS["batch_size"][1]))
    return _change(f"batches of {size}", experiment, "training", batch_size=size)


def more_epochs(experiment: Experiment) -> Try | None:
    """Twice as many epochs."""
    epochs = min(2 * experiment.training.epochs, int(LIMITS["epochs"][1]))
    return _change(f"{epochs} epochs", experiment, "training", epochs=epochs)


def early_stopping(experiment: Experiment) -> Try | None:
    """End soon after the validation loss was lowest."""
    if experiment.training.early_stopping or not experiment.data.validation_size:
        return None
    words = f"early stopping after {PATIENCE} epochs without a lower validation loss"
    return _change(words, experiment, "training", early_stopping=PATIENCE)


def normalise(experiment: Experiment) -> Try | None:
    """Pixels from 0 to 1."""
    return _change("pixels from 0 to 1 (normalise)", experiment, "data", normalise=True)


def more_images(experiment: Experiment) -> Try | None:
    """Ten times the images to learn from, or all that there are."""
    most = NUM_TRAINING_IMAGES - experiment.data.validation_size
    count = min(MORE_IMAGES * experiment.data.num_train, most)
    if count == experiment.data.num_train:
        return None
    return _change(f"{count:,} training images", experiment, "data", train_size=None if count == most else count)


def true_labels(experiment: Experiment) -> Try | None:
    """No shuffled labels."""
    return _change("the true labels (label noise 0)", experiment, "data", label_noise=0.0)


def dropout(experiment: Experiment) -> Try | None:
    """Dropout before the last layer, if there is none anywhere."""
    layers = experiment.architecture.layers
    if any(isinstance(layer, Dropout) for layer in layers):
        return None
    words = f"Dropout({DROPOUT_RATE:g}) before the last layer"
    return _change(words, experiment, "architecture", layers=(*layers[:-1], Dropout(DROPOUT_RATE), layers[-1]))


def larger(experiment: Experiment) -> Try | None:
    """Twice the filters and units of every layer but the last; without any such layer, a convolutional network."""
    layers = experiment.architecture.layers
    twice = tuple(_twice(layer) for layer in layers[:-1])
    if twice == layers[:-1]:
        return _change(
            f'the layers of "{DEFAULT}"', experiment, "architecture", layers=PRESETS[DEFAULT].architecture.layers
        )
    return _change("twice the filters and units", experiment, "architecture", layers=(*twice, layers[-1]))


def _twice(layer: Layer) -> Layer:
    sizes = {name: getattr(layer, name) for name in ("filters", "units") if hasattr(layer, name)}
    return replace(layer, **{name: min(2 * size, int(LIMITS[name][1])) for name, size in sizes.items()})


def random_weights(experiment: Experiment) -> Try | None:
    """First weights that differ from each other."""
    words = "first weights at random (glorot_uniform)"
    return _every(words, experiment, "kernel_initializer", {"zeros"}, "glorot_uniform")


def relu(experiment: Experiment) -> Try | None:
    """Relu instead of sigmoid and tanh."""
    return _every("relu instead of sigmoid and tanh", experiment, "activation", {"sigmoid", "tanh"}, "relu")


def _every(words: str, experiment: Experiment, name: str, old: set[str], new: str) -> Try | None:
    """One setting changed in every layer in which it has one of the old values."""
    layers = tuple(
        replace(layer, **{name: new}) if getattr(layer, name, None) in old else layer
        for layer in experiment.architecture.layers
    )
    return _change(words, experiment, "architecture", layers=layers)


def _change(words: str, experiment: Experiment, part: str, **settings: Any) -> Try | None:  # noqa: ANN401 - of any part
    """Change settings of a part of the experiment; None where the limits do not allow it, or nothing has changed."""
    try:
        made = replace(experiment, **{part: replace(getattr(experiment, part), **settings)})
    except ValueError:
        return None
    return None if made == experiment else Try(words, made)
