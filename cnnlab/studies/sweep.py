"""A sweep: one or two settings of an experiment, several values of each, a run for every combination.

    choices = settings(base)                                    # what can be swept in this experiment
    sweep = Sweep((Axis("training.learning_rate", (0.001, 0.01)), Axis("layers.0.filters", (8, 16))))
    sweep.cells(base)                                           # rows of experiments, or why there is none
    Sweep.from_text(sweep.to_text(), base) == sweep             # its place in a link

A setting's key is where it stands in an Experiment: `training.epochs`, `data.noise`, `seed`, `layers.0.filters`.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from cnnlab.experiment import OPTIMIZERS, SCHEDULES, Experiment
from cnnlab.limits import check_choice, check_limit
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Layer, is_head
from cnnlab.nn.operations import ACTIVATIONS

Value = float | int | str | bool

MAX_RUNS = 25
MAX_AXES = 2
MAX_TEXT_LENGTH = 500
RATES = (0.1, 0.3, 1.0, 3.0, 10.0)
"""Learning rates to begin with, as multiples of the optimizer's usual one."""

_PARTS: dict[str, dict[str, tuple[Value, ...]]] = {
    "training": {
        "learning_rate": (),
        "optimizer": ("sgd", "sgd_momentum", "rmsprop", "adam"),
        "schedule": SCHEDULES,
        "batch_size": (16, 32, 64, 128, 256),
        "epochs": (1, 2, 4, 8),
    },
    "data": {
        "train_size": (500, 1_000, 2_000, 5_000),
        "normalise": (True, False),
        "label_noise": (0.0, 0.2, 0.4, 0.6, 0.8),
        "shift": (0, 1, 2, 4),
        "rotation": (0, 5, 10, 20),
        "zoom": (0.0, 0.1, 0.2, 0.3),
        "noise": (0.0, 0.1, 0.2, 0.4),
    },
}
"""What can be swept beside the layers and the seed, and the values to begin with."""
_OF_LAYERS: dict[str, tuple[Value, ...]] = {
    "filters": (4, 8, 16, 32),
    "kernel_size": (3, 5, 7, 9),
    "pool_size": (2, 3, 4),
    "units": (16, 32, 64, 128),
    "rate": (0.0, 0.2, 0.4, 0.6),
    "activation": ("relu", "tanh", "sigmoid", "linear"),
    "l2": (0.0, 0.0001, 0.001, 0.01),
}
_SEEDS: tuple[Value, ...] = (0, 1, 2, 3, 4)
_CHOICES = {"optimizer": tuple(OPTIMIZERS), "schedule": SCHEDULES, "activation": tuple(ACTIVATIONS)}
_FLAGS = {True: "yes", False: "no"}


_COMMA_IN_NUMBER = re.compile(r"(?<![\w.-])\d+,\d+(?![\w.])", re.ASCII)


@dataclass(frozen=True)
class Setting:
    """A setting that can be swept: its Keras name, how it is called, and the values to begin with.

    `choices` are all values of one that is not a number, else empty.
    """

    name: str
    label: str
    values: tuple[Value, ...]
    choices: tuple[Value, ...] = ()

    def read(self, text: str) -> tuple[Value, ...]:
        """Read values, separated by commas: in order, none twice. Raises ValueError, also where a comma is no point."""
        if self._kind is float and (found := _COMMA_IN_NUMBER.search(text)):
            one = found[0].replace(",", ".")
            two = found[0].replace(",", ", ")
            raise ValueError(
                f"`{self.name}`: is {found[0]} one number or two? Write {one} or {two}. Received: {text!r}"
            )
        words = [word.strip() for word in text.split(",") if word.strip()]
        if not words:
            raise ValueError(f"`{self.name}` needs a value at least. Received: {text!r}")
        return tuple(dict.fromkeys(map(self._read_one, words)))

    @property
    def _kind(self) -> type[int] | type[float]:
        return int if all(isinstance(value, int) for value in self.values) else float

    def _read_one(self, word: str) -> Value:
        if self.choices:
            named = {in_words(choice): choice for choice in self.choices}
            check_choice(self.name, word, tuple(named))
            return named[word]
        kind = self._kind
        try:
            value = kind(word)
        except ValueError as error:
            what = "whole numbers" if kind is int else "numbers"
            raise ValueError(f"`{self.name}` must be {what}, separated by commas. Received: {word!r}") from error
        check_limit(self.name, value, kind)
        return value


@dataclass(frozen=True)
class Axis:
    """A setting by its key, and the values that it takes."""

    key: str
    values: tuple[Value, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The values as they are written."""
        return tuple(map(in_words, self.values))


@dataclass(frozen=True)
class Sweep:
    """One axis or two. Raises ValueError when they are the same one, or make too many runs."""

    axes: tuple[Axis, ...]

    def __post_init__(self) -> None:
        keys = [axis.key for axis in self.axes]
        if not 1 <= len(keys) <= MAX_AXES or len(set(keys)) < len(keys):
            raise ValueError(f"A sweep has one setting, or two different ones. Received: {', '.join(keys) or 'none'}")
        if not 1 <= self.num_runs <= MAX_RUNS:
            raise ValueError(f"A sweep has from 1 to {MAX_RUNS} runs. Received: {self.num_runs} combinations of values")

    @property
    def num_runs(self) -> int:
        """How many combinations there are."""
        return math.prod(len(axis.values) for axis in self.axes)

    def choices(self) -> list[list[dict[str, Value]]]:
        """The values of each combination by their keys: a row for each value of the second axis, if there is one."""
        columns, *others = self.axes
        rows = [{others[0].key: value} for value in others[0].values] if others else [{}]
        return [[{columns.key: value, **row} for value in columns.values] for row in rows]

    def cells(self, base: Experiment) -> list[list[Experiment | str]]:
        """Make the experiment of each combination, or say why there is none."""

        def made(choice: Mapping[str, Value]) -> Experiment | str:
            try:
                return experiment(base, choice)
            except ValueError as error:
                return str(error)

        return [list(map(made, line)) for line in self.choices()]

    def to_text(self) -> str:
        """Write as the value of `?sweep=`."""
        return ";".join(f"{axis.key}:{','.join(axis.labels)}" for axis in self.axes)

    @classmethod
    def from_text(cls, text: str, base: Experiment) -> Self:
        """Read what `to_text` wrote, for an experiment that has these settings. Raises ValueError."""
        if len(text) > MAX_TEXT_LENGTH:
            raise ValueError(f"`sweep` has at most {MAX_TEXT_LENGTH} characters. Received: {len(text)}")
        known, axes = settings(base), []
        for part in text.split(";"):
            key, _, values = part.partition(":")
            check_choice("sweep", key, tuple(known))
            axes.append(Axis(key, known[key].read(values)))
        return cls(tuple(axes))


def settings(base: Experiment) -> dict[str, Setting]:
    """Return what can be swept in an experiment, by its key."""
    rates = tuple(float(f"{OPTIMIZERS[base.training.optimizer] * times:g}") for times in RATES)
    found = {
        f"{part}.{name}": _setting(name, rates if name == "learning_rate" else values)
        for part, names in _PARTS.items()
        for name, values in names.items()
    }
    found["seed"] = _setting("seed", _SEEDS)
    layers = base.architecture.layers
    for index, layer in enumerate(layers):
        for name in _of_layer(layer, is_last=index == len(layers) - 1):
            of_layer = f" of layer {index + 1} ({type(layer).__name__})"
            found[f"layers.{index}.{name}"] = _setting(name, _OF_LAYERS[name], of_layer)
    return found


def default(base: Experiment) -> Sweep:
    """Return a sweep to begin with: the learning rate."""
    key = "training.learning_rate"
    return Sweep((Axis(key, settings(base)[key].values),))


def experiment(base: Experiment, choice: Mapping[str, Value]) -> Experiment:
    """Change settings of an experiment, by their keys, at once.

    An optimizer comes with the learning rate that is usual for it, unless that is chosen too. Raises ValueError when
    the result is not an experiment: a kernel does not fit.
    """
    changes: dict[str, dict[str, Any]] = {}
    for key, value in choice.items():
        part, _, name = key.rpartition(".")
        changes.setdefault(part, {})[name] = value
    training = changes.get("training", {})
    if "optimizer" in training:
        training.setdefault("learning_rate", OPTIMIZERS[training["optimizer"]])
    layers = (
        replace(layer, **changes.get(f"layers.{index}", {})) for index, layer in enumerate(base.architecture.layers)
    )
    return Experiment(
        Architecture(tuple(layers)),
        replace(base.data, **changes.get("data", {})),
        replace(base.training, **training),
        **{"seed": base.seed, **changes.get("", {})},
    )


def in_words(value: Value) -> str:
    """A value as it is written in a link and in a table: yes, relu, 0.001."""
    if isinstance(value, bool):
        return _FLAGS[value]
    return f"{value!r}" if isinstance(value, float) else str(value)


def _of_layer(layer: Layer, *, is_last: bool) -> list[str]:
    """Names of what can be swept in a layer; the last one's units and activation are given."""
    fixed = ("units", "activation") if is_last and is_head(layer) else ()
    return [field.name for field in fields(layer) if field.name in _OF_LAYERS and field.name not in fixed]


def _setting(name: str, values: tuple[Value, ...], of_layer: str = "") -> Setting:
    choices = (True, False) if values[0] is True else _CHOICES.get(name, ())
    return Setting(name, name.replace("_", " ").capitalize() + of_layer, values, choices)
