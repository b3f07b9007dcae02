"""An experiment: everything that decides a training run, in one value that can be stored, shared and compared.

As JSON it names only what differs from the defaults of its version, so that it fits in a link and later settings can
join without breaking old ones: within a version no default ever changes.
"""

import base64
import binascii
import json
import math
import re
from dataclasses import MISSING, dataclass, field, fields
from functools import lru_cache
from typing import Any, Self, TypeVar

import numpy as np

from cnnlab.limits import changed_fields, check_fields
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import LAYERS, Layer

T = TypeVar("T")

VERSION = 1
MAX_URL_LENGTH = 4_000
MAX_JSON_LENGTH = 20_000
NUM_TRAINING_IMAGES = 60_000

KERAS_OPTIMIZERS: dict[str, tuple[str, float, dict[str, float]]] = {
    "sgd": ("SGD", 0.01, {}),
    "sgd_momentum": ("SGD", 0.01, {"momentum": 0.9}),
    "rmsprop": ("RMSprop", 0.001, {}),
    "adam": ("Adam", 0.001, {}),
    "adamw": ("AdamW", 0.001, {}),
    "adagrad": ("Adagrad", 0.01, {}),
}
"""By name: Keras's class, the learning rate to begin with, and what else the class is given."""
OPTIMIZERS = {name: learning_rate for name, (_, learning_rate, _) in KERAS_OPTIMIZERS.items()}
"""Optimizers and the learning rate to begin with."""

LOSSES = ("categorical_crossentropy", "mean_squared_error")

SCHEDULES = ("constant", "cosine", "exponential")
"""How the learning rate goes on: as it is, along half a cosine to 0, or by the same factor at every step to 1 %."""
LAST_SHARE = 0.01
LABELS_KEY = 2**31  # together with the seed: decides which labels are shuffled
PERMUTATION_SEED = 0


@dataclass(frozen=True)
class DataSettings:
    """Which of MNIST's 60,000 training images are learned from, and how their pixels are given to the network.

    Args:
        train_size: number of images to learn from, the first ones; None: all but the validation images.
        validation_size: number of images held back to check on while training, the last ones; 0: none.
        normalise: pixels divided by 255, from 0 to 1; otherwise from 0 to 255.
        label_noise: share of the labels learned from that are shuffled among each other, 0 to 1.
        shift: augmentation: each time an image is learned from, it is shifted by up to so many pixels.
        rotation: augmentation: the same, turned by up to so many degrees.
        zoom: augmentation: the same, up to this share smaller or larger.
        noise: augmentation: standard deviation of what is added to each pixel; for pixels from 0 to 1 only.
        permute_pixels: all images have their pixels in one other order, always the same.
    """

    train_size: int | None = None
    validation_size: int = 10_000
    normalise: bool = True
    label_noise: float = 0.0
    shift: int = 0
    rotation: int = 0
    zoom: float = 0.0
    noise: float = 0.0
    permute_pixels: bool = False

    def __post_init__(self) -> None:
        check_fields(self)
        if self.noise and not self.normalise:
            raise ValueError(
                "`noise` is measured in pixels from 0 to 1: it needs normalise=True. "
                f"Received: noise={self.noise}, normalise={self.normalise}"
            )
        if self.permute_pixels and (self.shift or self.rotation or self.zoom):
            raise ValueError(
                "`permute_pixels` leaves nothing that could be shifted, turned or zoomed: switch one of them off. "
                f"Received: shift={self.shift}, rotation={self.rotation}, zoom={self.zoom}"
            )
        if (self.train_size or 0) + self.validation_size > NUM_TRAINING_IMAGES:
            raise ValueError(
                f"`train_size` and `validation_size` together must be at most {NUM_TRAINING_IMAGES:,}. "
                f"Received: train_size={self.train_size}, validation_size={self.validation_size}"
            )

    @property
    def num_train(self) -> int:
        """Number of images to learn from."""
        return self.train_size or NUM_TRAINING_IMAGES - self.validation_size

    def prepare(self, images: np.ndarray) -> np.ndarray:
        """Turn float32 pixels in [0, 1], (..., 28, 28, 1), into what the network is given, of the same shape."""
        prepared = images if self.normalise else np.round(images * np.float32(255))
        if self.permute_pixels:
            order = pixel_order(math.prod(images.shape[-3:]))
            prepared = prepared.reshape(-1, len(order))[:, order].reshape(images.shape)
        return prepared

    def labels(self, true: np.ndarray, seed: int) -> np.ndarray:
        """Return the labels that are learned from, of the shape of the true ones: `label_noise` of them shuffled."""
        rng = np.random.default_rng((seed, LABELS_KEY))
        chosen = np.flatnonzero(rng.random(len(true)) < self.label_noise)
        labels = true.copy()
        labels[chosen] = true[rng.permutation(chosen)]
        return labels


def pixel_order(num_pixels: int) -> np.ndarray:
    """Which pixel comes where with `permute_pixels`: int (num_pixels,), always the same."""
    return np.random.default_rng(PERMUTATION_SEED).permutation(num_pixels)


@dataclass(frozen=True)
class TrainingSettings:
    """How the weights are changed: one step of the optimizer for every batch, `epochs` times through all images.

    `early_stopping` is Keras's patience: training ends after so many epochs in a row without a lower validation loss
    (without validation images: training loss); 0: never.
    """

    optimizer: str = "adam"
    learning_rate: float = 0.001
    loss: str = "categorical_crossentropy"
    batch_size: int = 100
    epochs: int = 5
    schedule: str = "constant"
    early_stopping: int = 0

    def __post_init__(self) -> None:
        check_fields(self, optimizer=OPTIMIZERS, loss=LOSSES, schedule=SCHEDULES)
        object.__setattr__(self, "learning_rate", float(self.learning_rate))  # Keras takes no whole number


@dataclass(frozen=True)
class Experiment:
    """An architecture, its data and training settings, and the seed of every random choice.

    Raises:
        ValueError: when a part is out of its limits, so that a bad experiment cannot exist.
    """

    architecture: Architecture
    data: DataSettings = field(default_factory=DataSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    seed: int = 0

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def batches_per_epoch(self) -> int:
        """Weight updates in one epoch; the last batch may be smaller."""
        return -(-self.data.num_train // self.training.batch_size)

    @property
    def num_steps(self) -> int:
        """Weight updates in the whole run."""
        return self.batches_per_epoch * self.training.epochs

    def learning_rate_at(self, step: int) -> float:
        """The learning rate of the update after `step` others: Keras's CosineDecay or ExponentialDecay over the run."""
        done = step / self.num_steps
        shares = {"constant": 1.0, "cosine": (1 + math.cos(math.pi * done)) / 2, "exponential": LAST_SHARE**done}
        return self.training.learning_rate * shares[self.training.schedule]

    def to_json(self) -> str:
        """Write as compact JSON, without what is at its default."""
        content = {
            "version": VERSION,
            "layers": [write_layer(layer) for layer in self.architecture.layers],
            "data": changed_fields(self.data),
            "training": changed_fields(self.training),
            "seed": self.seed,
        }
        return json.dumps(content, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read what `to_json` wrote, or a file of it. Raises ValueError with a sentence that says what is wrong."""
        if isinstance(text, bytes):  # an editor may have put a byte-order mark before it, or made UTF-16 of it
            text = text.decode(json.detect_encoding(text), "replace")
        if len(text) > MAX_JSON_LENGTH:
            raise ValueError(f"An experiment has at most {MAX_JSON_LENGTH:,} characters. Received: {len(text):,}")
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"This is not an experiment: it is not valid JSON ({error})") from error
        content = _object(content, "An experiment", {"version", "layers", "data", "training", "seed"})
        if content.get("version") != VERSION:
            raise ValueError(f"`version` must be {VERSION}. Received: version={content.get('version')!r}")
        layers = content.get("layers")
        if not isinstance(layers, list):
            raise ValueError(f"`layers` must be a list. Received: layers={layers!r}")
        return cls(
            _read_architecture(json.dumps(layers, allow_nan=True)),  # the layers refuse it, in words
            read_settings(DataSettings, content.get("data", {}), "`data`"),
            read_settings(TrainingSettings, content.get("training", {}), "`training`"),
            content.get("seed", 0),
        )

    def to_url(self) -> str:
        """Write as the value of `?experiment=`: the JSON in URL-safe base64 (RFC 4648), without padding."""
        return base64.urlsafe_b64encode(self.to_json().encode()).decode().rstrip("=")

    @classmethod
    def from_url(cls, text: str) -> Self:
        """Read what `to_url` wrote. Raises ValueError with a sentence that says what is wrong.

        Line breaks of a mail, and what else stood around the link (a quotation mark, a bracket, a full stop), are
        dropped.
        """
        if len(text) > MAX_URL_LENGTH:
            raise ValueError(f"`experiment` has at most {MAX_URL_LENGTH:,} characters. Received: {len(text):,}")
        in_one_line = "".join(one for one in text if one.isprintable() and one != " ")
        try:
            link = re.findall(r"[\w-]+", in_one_line, re.ASCII)[0]
            decoded = base64.b64decode(link + "=" * (-len(link) % 4), altchars=b"-_", validate=True).decode()
        except (binascii.Error, ValueError, IndexError) as error:
            raise ValueError("`experiment` is not one of this app's links: it may have been cut off") from error
        return cls.from_json(decoded)


def _object(content: object, what: str, allowed: set[str]) -> dict[str, Any]:
    """Check that a JSON value is an object with known names only."""
    if not isinstance(content, dict):
        raise ValueError(f"{what} must be a JSON object. Received: {content!r}")
    unknown = sorted(content.keys() - allowed)
    if unknown:
        raise ValueError(f"{what} has no {', '.join(unknown)}. Allowed: {', '.join(sorted(allowed))}")
    return content


def read_settings(kind: type[T], content: object, what: str) -> T:
    """Make a settings object or a layer from a JSON object. Raises ValueError."""
    known = fields(kind)  # type: ignore[arg-type]
    values = _object(content, what, {f.name for f in known})
    missing = [f.name for f in known if f.default is MISSING and f.name not in values]
    if missing:
        raise ValueError(f"{what} needs {', '.join(missing)}")
    return kind(**values)


@lru_cache(2_048)
def _read_architecture(layers: str) -> Architecture:
    """Make a network from a JSON list of layers: once for the many runs of the same one."""
    return Architecture(tuple(read_layer(index, layer) for index, layer in enumerate(json.loads(layers))))


def write_layer(layer: Layer) -> dict[str, Any]:
    """A layer as a JSON object with its type, without what is at its default."""
    return {"type": type(layer).__name__, **layer.settings()}


def read_layer(index: int, content: object) -> Layer:
    """Make a layer from what `write_layer` made. Raises ValueError."""
    what = f"Layer {index + 1}"
    if not isinstance(content, dict) or content.get("type") not in tuple(LAYERS):
        raise ValueError(f"{what} must have a `type` that is one of {', '.join(LAYERS)}. Received: {content!r}")
    kind = LAYERS[content["type"]]
    try:
        return read_settings(kind, {name: value for name, value in content.items() if name != "type"}, kind.__name__)
    except ValueError as error:
        raise ValueError(f"{what}: {error}") from error
